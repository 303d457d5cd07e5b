"""Binding an account of a channel to a member by an invitation that somebody confirms."""

from __future__ import annotations

from dataclasses import replace

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.identities.accounts import Unbind, in_charge, unbind
from handlers.members import MOST_ATTEMPTS, FindInvitation, find_invitation
from storage import identities, invitations, members
from storage.identities import BindingRow
from storage.locks import hold_members
from storage.members import Person


class AskBinding(Struct, frozen=True):
    """Somebody opened an invitation on a channel and asks that this account be the member's."""

    channel: str
    address: str
    name: str
    token_hash: str


class ConfirmBinding(Struct, frozen=True):
    """A secretary knows the person: the account becomes the member's."""

    binding: int


class RefuseBinding(Struct, frozen=True):
    """A secretary does not know the account."""

    binding: int


class ConfirmByPin(Struct, frozen=True):
    """Where nobody else may confirm, the invitation's PIN does; `correct` was found out before the unit."""

    channel: str
    address: str
    token_hash: str
    correct: bool = False


class BindingAsked(Struct, frozen=True):
    """A request to bind was stored; somebody else confirms it."""

    person: str


class PinWanted(Struct, frozen=True):
    """Nobody else may confirm: the PIN is asked for."""

    person: str
    request: ConfirmByPin


class BindingDecided(Struct, frozen=True):
    """A request was decided."""

    person: str
    account: str
    channel: str
    confirmed: bool


class Linked(Struct, frozen=True):
    """The account is the member's now."""

    channel: str
    declares: bool


def ask_binding(context: Context, request: AskBinding) -> BindingAsked | PinWanted | Refused:
    """The same account asking again sees the same and disturbs nobody twice."""
    found = _invited(context, request.token_hash)
    if isinstance(found, Refused):
        return found
    person = found
    bound = identities.bound(context.connection, request.channel, request.address)
    if bound is not None:
        return refuse("account_bound" if bound.member == person.id else "account_of_other")
    row = identities.binding_of(context.connection, request.channel, request.address, request.token_hash)
    if row is not None and row.state != "asked":
        return refuse("binding_refused")
    if row is None:
        row = BindingRow(0, person.id, request.channel, request.address, request.name, request.token_hash, "asked")
        row = replace(row, id=identities.ask(context.connection, row, context.now))
        context.audit("ask_binding", "member", person.id, channel=request.channel, binding=row.id)
    if not tell_confirming(context, row, person):
        return PinWanted(person.name, ConfirmByPin(request.channel, request.address, request.token_hash))
    return BindingAsked(person.name)


def tell_confirming(context: Context, row: BindingRow, person: Person) -> bool:
    """Asks those who may confirm, once for each request; False when there is nobody."""
    people = in_charge(context, person)
    others = [each for each in identities.open_for(context.connection, person.id) if each.id != row.id]
    facts = {
        "binding": row.id,
        "name": person.name,
        "account": row.name,
        "channel": row.channel,
        "vouched": row.vouched,
        "others": [[each.name, each.channel] for each in others],
    }
    context.tell_all(
        [
            {"member_id": member, "kind": "binding_asked", "key": f"binding:{row.id}:{member}", "facts": facts}
            for member in people
        ]
    )
    return bool(people)


def _invited(context: Context, token_hash: str) -> Person | Refused:
    """Whose invitation it is, while it can be used."""
    found = find_invitation(context, FindInvitation(token_hash))
    row = invitations.find(context.connection, token_hash)
    if isinstance(found, Refused) or row is None:
        return refuse("invitation_over")
    return context.person(row.member) or refuse("invitation_over")


def confirm_binding(context: Context, request: ConfirmBinding) -> BindingDecided | Refused:
    """Binds the account and spends the invitation, when it stands on one."""
    found = _to_decide(context, request.binding)
    if isinstance(found, Refused):
        return found
    row, person = found
    invited = person if row.vouched else _invited(context, row.token_hash)
    if isinstance(invited, Refused):
        return invited
    if identities.bound(context.connection, row.channel, row.address) is not None:
        return refuse("account_of_other")
    linked = _link(context, row, person)
    facts = {"channel": row.channel, "declares": linked.declares}
    context.tell(person.id, "identity_bound", f"bound:{row.id}", facts)
    return BindingDecided(person.name, row.name, row.channel, confirmed=True)


def refuse_binding(context: Context, request: RefuseBinding) -> BindingDecided | Refused:
    """The account stays a stranger's; the invitation stays good."""
    found = _to_decide(context, request.binding)
    if isinstance(found, Refused):
        return found
    row, person = found
    identities.decide(context.connection, row.id, "refused", context.actor.member, context.now)
    context.audit("refuse_binding", "member", person.id, channel=row.channel, binding=row.id)
    return BindingDecided(person.name, row.name, row.channel, confirmed=False)


def _to_decide(context: Context, number: int) -> tuple[BindingRow, Person] | Refused:
    found = identities.binding_by_id(context.connection, number)
    hold_members(context.connection, [] if found is None else [found.member])
    row = identities.binding_by_id(context.connection, number)  # as it stands now that nobody else decides it
    person = None if row is None else context.person(row.member)
    if row is None or person is None:
        return refuse("not_allowed")
    grant = context.actor.may("invite", person.unit, person.path)
    if grant is None or person.id in (context.actor.member, grant.behalf):
        return refuse("not_allowed")
    return (row, person) if row.state == "asked" else refuse("binding_decided")


def confirm_by_pin(context: Context, request: ConfirmByPin) -> Linked | Refused:
    """Five tries, as on the web, however many at once."""
    known = invitations.find(context.connection, request.token_hash)
    hold_members(context.connection, [] if known is None else [known.member])
    person = _invited(context, request.token_hash)
    row = identities.binding_of(context.connection, request.channel, request.address, request.token_hash)
    if isinstance(person, Refused) or row is None or row.state != "asked" or in_charge(context, person):
        return refuse("invitation_over")
    if not request.correct:
        invitations.count_attempt(context.connection, request.token_hash)
        context.audit("pin_wrong", "member", person.id)
        attempts = invitations.find(context.connection, request.token_hash)
        return refuse("pin_wrong", left=MOST_ATTEMPTS - (attempts.attempts if attempts else MOST_ATTEMPTS))
    if identities.bound(context.connection, row.channel, row.address) is not None:
        return refuse("account_of_other")
    return _link(context, row, person)


def _link(context: Context, row: BindingRow, person: Person) -> Linked:
    """The account becomes the member's; his older one on the channel ends, and so does the invitation."""
    unbind(context, Unbind(row.channel), person.id)
    members.bind(context.connection, row.channel, row.address, person.id, context.now)
    if not row.vouched:
        invitations.spend(context.connection, row.token_hash, context.now)
    identities.decide(context.connection, row.id, "confirmed", context.actor.member or None, context.now)
    identities.lapse(context.connection, row.token_hash, context.now)
    identities.lapse_of(context.connection, person.id, row.channel, context.now)
    context.audit("bind", "member", person.id, channel=row.channel, binding=row.id)
    return Linked(row.channel, person.unit_kind == "branch")


REQUESTS: dict[type, Handler] = {
    AskBinding: ask_binding,
    ConfirmBinding: confirm_binding,
    RefuseBinding: refuse_binding,
    ConfirmByPin: confirm_by_pin,
}
