"""Many lines decided alike, as they were shown."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.forms import Pins
from handlers.declarations.review import MOST_PINNED, decide_lines
from rules.declarations import DECISIONS, check_note
from storage import declarations


class DecideMany(Struct, frozen=True):
    """Approves, returns or rejects the pinned lines; a reason is needed for all but approval."""

    pins: Pins
    decision: str
    reason: str = ""


class DecidedMany(Struct, frozen=True):
    """How many were decided, and how many no longer stood as they were shown."""

    done: int
    missed: int


def decide_many(context: Context, request: DecideMany) -> DecidedMany | Refused:
    """Lines that changed, were decided by somebody else or are not the actor's to decide stay as they are."""
    if request.decision not in DECISIONS or len(request.pins) > MOST_PINNED:
        return refuse("filter_unclear")
    if request.decision != "approve" and not request.reason.strip():
        return refuse("reason_missing")
    problems = [] if request.decision == "approve" else check_note(request.reason)
    if problems:
        return Refused(tuple(problems))
    lines = declarations.by_ids(context.connection, [number for number, _ in request.pins])
    if request.decision == "return" and any(line.source == "organisation" for line in lines.values()):
        return refuse("not_returned")
    reason = "" if request.decision == "approve" else request.reason
    done, _ = decide_lines(context, request.pins, request.decision, reason)
    return DecidedMany(len(done), len(set(request.pins)) - len(done))


REQUESTS: dict[type, Handler] = {DecideMany: decide_many}
