"""Accounts on channels: ended by their member, out of reach, or moved; what was meant for them goes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.members import WEBCHAT
from handlers.periods import Ran
from handlers.ways import ways_by_member
from rules.reach import best
from storage import identities, outbox, sending


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
    waiting = [
        Failure(number, kind, member, request.channel, address, blocked=False)
        for address in addresses
        for number, kind in sending.due_to(context.connection, request.channel, address)
    ]
    sending.turn_away(context.connection, [each.message for each in waiting])
    _elsewhere(context, waiting)
    context.audit("unbind", "member", member, channel=request.channel)
    return Unbound(request.channel)


def reach(context: Context, request: Reach) -> Ran:
    """Blocked addresses are passed over until they can be reached again."""
    if request.reachable:
        identities.unblock(context.connection, request.channel, request.address)
    else:
        identities.block(context.connection, request.channel, [request.address], context.now)
    return Ran(1)


def move_address(context: Context, request: MoveAddress) -> Ran:
    """What waits for the old address goes to the new one."""
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
    GoElsewhere: go_elsewhere,
}
