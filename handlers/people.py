"""People and units as the console shows them."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.members import MOST_ATTEMPTS
from handlers.privacy import proofs_of
from handlers.signin import IDLE
from rules.access import APPOINTS, ROLES
from rules.periods import period_of
from storage import people, signin
from storage.acknowledgements import Proof
from storage.members import Person
from storage.people import BoundRow, DeputyRow, Listed, RoleRow, UnitFacts, Wanted

PAGE = 50
MOST_UNITS = 2000


class ListPeople(Struct, frozen=True):
    """People in reach, narrowed; pages count from 1."""

    text: str = ""
    unit: int = 0
    role: str = ""
    reached: str = ""
    page: int = 1


class ShowPerson(Struct, frozen=True):
    """All about a member that his unit's roles may see."""

    member: int


class ListUnits(Struct, frozen=True):
    """The units in reach; `unit` shows that one and what is below it."""

    unit: int = 0


class Row(Struct, frozen=True):
    """A member of the list with his roles (role and unit's name) and channels."""

    person: Listed
    roles: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]


class PeoplePage(Struct, frozen=True):
    """A page of people, how many there are, and the units one may narrow to."""

    rows: tuple[Row, ...]
    total: int
    units: tuple[UnitFacts, ...]


class May(Struct, frozen=True):
    """What the visitor may do to a member."""

    invite: bool
    unbind: bool
    roles: tuple[str, ...]
    units: tuple[UnitFacts, ...]


class PersonFacts(Struct, frozen=True):
    """A member: unit, roles, deputyships, accounts, sessions, invitation (none, open, used, over), and what he said to
    the notices about personal data he was shown (`version` is the one of today, "" without any)."""

    person: Person
    kind: str
    joined_on: date | None
    roles: tuple[RoleRow, ...]
    deputies: tuple[DeputyRow, ...]
    accounts: tuple[BoundRow, ...]
    chat_sessions: int
    console_sessions: int
    invitation: str
    invited_at: datetime | None
    may: May
    today: date
    notices: tuple[Proof, ...]
    version: str


class UnitTree(Struct, frozen=True):
    """Units in the order of the tree; `figures` tells whether the month's declarations may be seen."""

    units: tuple[UnitFacts, ...]
    holders: dict[int, tuple[tuple[str, str], ...]]
    period: str
    figures: bool


def list_people(context: Context, request: ListPeople) -> PeoplePage | Refused:
    """Three queries whatever the number of people."""
    reach = context.actor.reach("see_people")
    if not reach:
        return refuse("not_allowed")
    wanted = Wanted(request.text, request.unit, request.role if request.role in ROLES else "", request.reached)
    start = (request.page - 1) * PAGE
    found, total = people.listed(context.connection, wanted, reach, context.today, range(start, start + PAGE))
    ids = [person.id for person in found]
    roles = people.roles_today(context.connection, ids, context.today)
    channels = people.channels_of(context.connection, ids)
    rows = [Row(each, tuple(roles.get(each.id, ())), tuple(channels.get(each.id, ()))) for each in found]
    units = people.tree(context.connection, reach, context.today, period_of(context.today))
    return PeoplePage(tuple(rows), total, tuple(units[:MOST_UNITS]))


def show_person(context: Context, request: ShowPerson) -> PersonFacts | Refused:
    """Addresses are cut short by whoever draws them; nothing of the points stands here."""
    person = context.person(request.member)
    if person is None or context.actor.may("see_people", person.unit, person.path) is None:
        return refuse("absent")
    connection, now = context.connection, context.now
    kind, joined_on = people.about(connection, person.id)
    state, at = _invitation(context, person.id)
    return PersonFacts(
        person,
        kind,
        joined_on,
        tuple(people.roles_of(connection, person.id)),
        tuple(people.deputies_of(connection, person.id)),
        tuple(people.bound_of(connection, person.id)),
        people.chat_sessions(connection, person.id, now),
        len(signin.sessions_of(connection, person.id, now, IDLE)),
        state,
        at,
        _may(context, person),
        context.today,
        tuple(proofs_of(context, person.id)),
        "" if context.house.notice is None else context.house.notice.version,
    )


def _invitation(context: Context, member: int) -> tuple[str, datetime | None]:
    row = people.invited(context.connection, member)
    if row is None:
        return "none", None
    if row.used_at is not None:
        return "used", row.used_at
    over = row.expires_at < context.now or row.attempts >= MOST_ATTEMPTS
    return ("over" if over else "open"), row.issued_at


def _may(context: Context, person: Person) -> May:
    actor = context.actor
    appoints = {name for grant, _ in actor.granted("appoint") for name in APPOINTS[grant.role]}
    own = person.id == actor.member
    reached = actor.may("appoint", person.unit, person.path) is not None and not own
    units = people.tree(context.connection, actor.reach("appoint"), context.today, "") if reached else []
    return May(
        actor.may("invite", person.unit, person.path) is not None,
        actor.may("unbind", person.unit, person.path) is not None,
        tuple(name for name in ROLES if name in appoints) if reached else (),
        tuple(units[:MOST_UNITS]),
    )


def list_units(context: Context, request: ListUnits) -> UnitTree | Refused:
    """Figures of the month only for those who may see lines."""
    reach = context.actor.reach("see_people")
    period = period_of(context.today)
    units = people.tree(context.connection, reach, context.today, period)
    if request.unit:
        top = next((each.path for each in units if each.id == request.unit), None)
        if top is None:
            return refuse("absent")
        units = [each for each in units if each.path.startswith(top)]
    holders = people.holders_of(context.connection, [each.id for each in units], context.today)
    return UnitTree(tuple(units), holders, period, bool(context.actor.granted("see_lines")))


REQUESTS: dict[type, Handler] = {ListPeople: list_people, ShowPerson: show_person, ListUnits: list_units}
