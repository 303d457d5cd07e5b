"""What came in: replies are kept for ever, old buttons and questions are not; the unhandled may be given up."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.periods import Ran
from storage import batches, inbox, platforms
from storage.audit import Deed

KEPT = timedelta(days=30)


class Tidy(Struct, frozen=True):
    """Forgets buttons and questions that expired a month ago, and calls and cards that nothing can come of any more."""


class DropParked(Struct, frozen=True):
    """Gives up messages that could not be handled, by their numbers."""

    numbers: tuple[int, ...]


class Dropped(Struct, frozen=True):
    """Those that still waited and are given up."""

    numbers: tuple[int, ...]


def tidy(context: Context, _request: Tidy) -> Ran:
    """What is forgotten is answered like any unknown button: with the current screen."""
    gone = inbox.forget_expired(context.connection, context.now - KEPT)
    gone += platforms.forget_cards(context.connection, context.now)
    return Ran(gone + batches.forget(context.connection, context.now - KEPT))


def drop_parked(context: Context, request: DropParked) -> Dropped | Refused:
    """Their rows stay, marked; the trail says who gave up which."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    dropped = inbox.drop_parked(context.connection, request.numbers)
    context.audit_all([Deed("drop_parked", "inbox", number, {}) for number in dropped])
    return Dropped(tuple(dropped))


REQUESTS: dict[type, Handler] = {Tidy: tidy, DropParked: drop_parked}
