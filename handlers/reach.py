"""Whether an actor reaches a thing; absent and foreign are the same to him."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from storage import signin
from storage.places import place_of

LARGEST = 2**63 - 1


class MayReach(Struct, frozen=True):
    """Whether the actor may do an action to a thing: a row of storage.places, or his own session."""

    action: str
    kind: str
    number: int


class Reached(Struct, frozen=True):
    """He may."""


def may_reach(context: Context, request: MayReach) -> Reached | Refused:
    """One refusal for what does not exist and for what is not his."""
    if request.number > LARGEST:
        return refuse("absent")
    if request.kind == "session":
        own = signin.owner(context.connection, request.number) == context.actor.member
        return Reached() if own else refuse("absent")
    place = place_of(context.connection, request.kind, request.number, context.today)
    if place is None or context.actor.may(request.action, place.unit, place.path) is None:
        return refuse("absent")
    return Reached()


REQUESTS: dict[type, Handler] = {MayReach: may_reach}
