"""Who holds which role, who stands in for whom, and which accounts are theirs: given and ended on the console."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.identities.accounts import ended
from handlers.signin import Done
from rules.access import APPOINTS, Grant
from storage import appointments, members, people, signin
from storage.locks import hold_members
from storage.members import Person

LONGEST_DEPUTY = timedelta(days=366)


class GiveRole(Struct, frozen=True):
    """Gives a member a role in a unit, from a day on, until a day or for good."""

    member: int
    role: str
    unit: int
    from_on: date
    until_on: date | None = None


class EndRole(Struct, frozen=True):
    """Ends a role at once, or after its last day."""

    member: int
    role: int
    last: date | None = None


class NameDeputy(Struct, frozen=True):
    """Lets somebody stand in for a member in one of his roles, between two days."""

    member: int
    role: int
    deputy: str
    from_on: date
    until_on: date


class EndDeputy(Struct, frozen=True):
    """Ends a deputyship at once."""

    member: int
    deputy: int


class EndAccount(Struct, frozen=True):
    """Unbinds an account of a member: a lost or changed phone."""

    member: int
    identity: int


def _appointing(context: Context, member: int, unit: int, path: str, role: str) -> Grant | Refused:
    """The grant by which the actor may change a role there; nobody changes his own."""
    if member == context.actor.member:
        return refuse("own_role")
    grants = [grant for grant, _ in context.actor.granted("appoint") if path.startswith(grant.path)]
    fitting = [grant for grant in grants if role in APPOINTS[grant.role]]
    return min(fitting, key=lambda grant: grant.behalf is not None) if fitting else refuse("not_allowed")


def _known(context: Context, member: int) -> Person | None:
    """The member, when the actor may appoint him."""
    person = context.person(member)
    if person is None or context.actor.may("appoint", person.unit, person.path) is None:
        return None
    return person


def give_role(context: Context, request: GiveRole) -> Done | Refused:
    """A role one holds already on some of the days is not given twice."""
    hold_members(context.connection, [request.member])
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    if _known(context, request.member) is None or unit is None:
        return refuse("absent")
    if context.actor.may("appoint", unit.id, unit.path) is None:
        return refuse("absent")
    grant = _appointing(context, request.member, unit.id, unit.path, request.role)
    if isinstance(grant, Refused):
        return grant
    if request.until_on is not None and request.until_on < max(request.from_on, context.today):
        return refuse("dates_order")
    span = (request.from_on, request.until_on)
    if appointments.holds(context.connection, request.member, request.role, unit.id, *span):
        return refuse("role_held")
    values = {
        "member_id": request.member,
        "role": request.role,
        "unit_id": unit.id,
        "from_on": request.from_on,
        "until_on": request.until_on,
    }
    number = appointments.give(context.connection, values)
    facts = {"role": request.role, "unit": unit.name, "from": _iso(request.from_on), "until": _iso(request.until_on)}
    context.audit("role_given", "member", request.member, behalf=grant.behalf, number=number, **facts)
    _tell(context, request.member, f"role:{number}", "given", facts)
    return Done()


def end_role(context: Context, request: EndRole) -> Done | Refused:
    """At once means: from this moment on, in chat and console."""
    hold_members(context.connection, [request.member])
    row = next((row for row in people.roles_of(context.connection, request.member) if row.id == request.role), None)
    if row is None:
        return refuse("absent")
    grant = _appointing(context, request.member, row.unit, row.path, row.role)
    if isinstance(grant, Refused):
        return grant
    last = request.last or context.today - timedelta(days=1)
    if request.last is not None and request.last < context.today:
        return refuse("dates_order")
    if row.until_on is not None and row.until_on <= last:
        return refuse("role_over")
    appointments.end_role(context.connection, row.id, last)
    facts = {"role": row.role, "unit": row.unit_name, "from": _iso(row.from_on), "until": _iso(last)}
    context.audit("role_ended", "member", request.member, behalf=grant.behalf, number=row.id, **facts)
    _tell(context, request.member, f"role:{row.id}", "ended", facts)
    return Done()


def name_deputy(context: Context, request: NameDeputy) -> Done | Refused:
    """The role must be held now; the deputy is somebody else the actor may appoint."""
    hold_members(context.connection, [request.member])
    row = next((row for row in people.roles_of(context.connection, request.member) if row.id == request.role), None)
    if row is None:
        return refuse("absent")
    if row.until_on is not None and row.until_on < context.today:
        return refuse("role_over")
    deputy = members.member_by_code(context.connection, request.deputy)
    if deputy is None or _known(context, deputy) is None or deputy == request.member:
        return refuse("deputy_unknown")
    grant = _appointing(context, deputy, row.unit, row.path, row.role)
    if request.member == context.actor.member:
        grant = refuse("own_role")
    if isinstance(grant, Refused):
        return grant
    if not context.today <= request.until_on or not timedelta(0) <= request.until_on - request.from_on < LONGEST_DEPUTY:
        return refuse("deputy_dates", most=LONGEST_DEPUTY.days)
    values = {
        "principal_id": request.member,
        "deputy_id": deputy,
        "role": row.role,
        "unit_id": row.unit,
        "from_on": request.from_on,
        "until_on": request.until_on,
    }
    number = appointments.name_deputy(context.connection, values)
    facts = {
        "role": row.role,
        "unit": row.unit_name,
        "from": _iso(request.from_on),
        "until": _iso(request.until_on),
    }
    context.audit("deputy_named", "member", request.member, behalf=grant.behalf, number=number, deputy=deputy, **facts)
    _tell(context, deputy, f"deputy:{number}", "deputy", facts)
    return Done()


def end_deputy(context: Context, request: EndDeputy) -> Done | Refused:
    """From this moment on."""
    hold_members(context.connection, [request.member])
    rows = people.deputies_of(context.connection, request.member)
    row = next((row for row in rows if row.id == request.deputy), None)
    if row is None:
        return refuse("absent")
    grant = _appointing(context, row.other if row.own else request.member, row.unit, row.path, row.role)
    if isinstance(grant, Refused):
        return grant
    last = context.today - timedelta(days=1)
    if row.until_on is not None and row.until_on <= last:
        return refuse("role_over")
    appointments.end_deputy(context.connection, row.id, last)
    context.audit("deputy_ended", "member", request.member, behalf=grant.behalf, number=row.id)
    return Done()


def unbind(context: Context, request: EndAccount) -> Done | Refused:
    """The account, and every session of the member, open nothing any more; what waits goes to his next channel."""
    person = context.person(request.member)
    if person is None or context.actor.may("unbind", person.unit, person.path) is None:
        return refuse("absent")
    found = appointments.unbind(context.connection, request.member, request.identity, context.now)
    if found is None:
        return refuse("absent")
    channel, address = found
    ended(context, request.member, channel, [address])
    signin.end_all(context.connection, request.member)
    context.audit("unbind", "member", request.member, channel=channel)
    return Done()


def _tell(context: Context, member: int, key: str, change: str, facts: dict[str, str]) -> None:
    stamp = int(context.now.timestamp() * 1000)
    context.tell(member, "role_changed", f"{key}:{change}:{stamp}", {"change": change, **facts})


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


REQUESTS: dict[type, Handler] = {
    GiveRole: give_role,
    EndRole: end_role,
    NameDeputy: name_deputy,
    EndDeputy: end_deputy,
    EndAccount: unbind,
}
