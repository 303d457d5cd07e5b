"""Accounts on channels: ended by their member, out of reach, or moved; what was meant for them goes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.members import WEBCHAT
from handlers.periods import Ran
from handlers.ways import ways_by_member
from rules.access import reviewers
from rules.reach import best
from storage import identities, members, outbox, phones, sending
from storage.locks import hold_members
from storage.members import Person


class AskUnbind(Struct, frozen=True):
    """解绑: which account is to be ended?"""


class Unbind(Struct, frozen=True):
    """Ends the actor's account on a channel."""

    channel: str


class Reach(Struct, frozen=True):
    """The platform says whether an address can be reached."""

    channel: str
    address: str
    reachable: bool


class MoveAddress(Struct, frozen=True):
    """The platform gave an address another name."""

    channel: str
    old: str
    new: str


class AccountRemoved(Struct, frozen=True):
    """The platform says that an account is no more: whoever had it has left his employer."""

    channel: str
    address: str


class Failure(Struct, frozen=True):
    """A message that its address will not get; `blocked` says that nothing else will arrive there either."""

    message: int
    kind: str
    member: int
    channel: str
    address: str
    blocked: bool


class GoElsewhere(Struct, frozen=True):
    """Sends what failed to the member's next channel."""

    failures: tuple[Failure, ...]


class UnbindQuestion(Struct, frozen=True):
    """The accounts that may be ended."""

    channels: tuple[str, ...]


class Unbound(Struct, frozen=True):
    """The account is nobody's any more."""

    channel: str


def ask_unbind(context: Context, _request: AskUnbind) -> UnbindQuestion | Refused:
    """The web chat is left by signing out."""
    channels = identities.channels_of(context.connection, context.actor.member)
    found = tuple(channel for channel in channels if channel != WEBCHAT)
    return UnbindQuestion(found) if found else refuse("nothing_bound")


def unbind(context: Context, request: Unbind, member: int = 0) -> Unbound | Refused:
    """Notices that wait for the account go to the next channel."""
    member = member or context.actor.member
    addresses = identities.unbind(context.connection, member, request.channel, context.now)
    if not addresses:
        return refuse("nothing_bound")
    ended(context, member, request.channel, addresses)
    context.audit("unbind", "member", member, channel=request.channel)
    return Unbound(request.channel)


def ended(context: Context, member: int, channel: str, addresses: Sequence[str]) -> None:
    """What follows when a member's addresses are his no more: what waits goes elsewhere, phone pages close."""
    waiting = [
        Failure(number, kind, member, channel, address, blocked=False)
        for address in addresses
        for number, kind in sending.due_to(context.connection, channel, address)
    ]
    sending.turn_away(context.connection, [each.message for each in waiting])
    _elsewhere(context, waiting)
    phones.end_all(context.connection, member)


def account_removed(context: Context, request: AccountRemoved) -> Ran:
    """The binding ends, and those in charge of the member are told; a second word of it changes nothing."""
    identities.lapse_at(context.connection, request.channel, request.address, context.now)
    bound = identities.bound(context.connection, request.channel, request.address)
    if bound is None:
        return Ran(0)
    hold_members(context.connection, [bound.member])
    identities.end(context.connection, request.channel, request.address, context.now)
    ended(context, bound.member, request.channel, [request.address])
    context.audit("account_removed", "member", bound.member, channel=request.channel)
    person = context.person(bound.member)
    if person is not None:
        stamp = int(context.now.timestamp() * 1000)
        key = f"removed:{bound.member}:{request.channel}:{stamp}"
        facts = {"name": person.name, "channel": request.channel}
        context.tell_all(
            [
                {"member_id": number, "kind": "account_removed", "key": f"{key}:{number}", "facts": facts}
                for number in in_charge(context, person)
            ]
        )
    return Ran(1)


def in_charge(context: Context, person: Person) -> list[int]:
    """The branch's secretaries, else officers and administrators above; nobody is in charge of himself."""
    above = members.units_above(context.connection, person.path)
    branch = members.holders(context.connection, ("secretary",), [person.unit], context.today)[person.unit]
    higher = members.holders(context.connection, ("officer", "administrator"), above, context.today)
    return sorted(reviewers(person.id, branch, [holder for some in higher.values() for holder in some]))


def reach(context: Context, request: Reach) -> Ran:
    """Blocked addresses are passed over until they can be reached again."""
    if request.reachable:
        identities.unblock(context.connection, request.channel, request.address)
    else:
        identities.block(context.connection, request.channel, [request.address], context.now)
    return Ran(1)


def move_address(context: Context, request: MoveAddress) -> Ran:
    """What waits for the old address goes to the new one; a request to bind the old one is over."""
    identities.lapse_at(context.connection, request.channel, request.old, context.now)
    identities.move(context.connection, request.channel, request.old, request.new)
    sending.move(context.connection, request.channel, request.old, request.new)
    return Ran(1)


def go_elsewhere(context: Context, request: GoElsewhere) -> Ran:
    """Once for each message; who has no other channel shows up as not reached."""
    for channel in {each.channel for each in request.failures}:
        blocked = {each.address for each in request.failures if each.blocked and each.channel == channel}
        if blocked:
            identities.block(context.connection, channel, blocked, context.now)
    return Ran(_elsewhere(context, [each for each in request.failures if each.kind != outbox.REPLY]))


def _elsewhere(context: Context, failures: Sequence[Failure]) -> int:
    """Never to a channel that has failed for the same message before."""
    before = sending.tried(context.connection, [each.message for each in failures])
    ways = ways_by_member(context, {each.member for each in failures})
    found = [(each, best(ways[each.member], {each.channel} | before[each.message])) for each in failures]
    rows = [
        {
            "was": each.message,
            "class": each.kind,
            "member_id": each.member,
            "channel": way.channel,
            "address": way.address,
        }
        for each, way in found
        if way is not None
    ]
    return sending.redirect(context.connection, rows, context.now)


REQUESTS: dict[type, Handler] = {
    AskUnbind: ask_unbind,
    Unbind: unbind,
    Reach: reach,
    MoveAddress: move_address,
    AccountRemoved: account_removed,
    GoElsewhere: go_elsewhere,
}
