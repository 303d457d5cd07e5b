"""Deciding about many tasks of one obligation and period: extended, waived or cancelled for all, some, all but some."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import decided, seen
from handlers.tasks.settling import Order, Pin, Pins, settle
from handlers.tasks.view import TaskView, views
from rules.days import day_typed
from rules.tasks.states import may as deed_may
from rules.tasks.typed import picked
from storage.tasks import rows
from storage.tasks.rows import TaskRow

BULK = ("extend", "waive", "cancel")


class DecideTasks(Struct, frozen=True):
    """Decides about tasks of a list as it was shown: `which` are its numbers as typed, `until` a day as typed."""

    task: int
    deed: str
    pins: Pins
    which: str = ""
    until: str = ""
    reason: str = ""


class ManyQuestion(Struct, frozen=True):
    """What is still wanted: which, day or reason; `tasks` are those meant, as far as that is known."""

    request: DecideTasks
    task: TaskRow
    wanted: str
    count: int


class ManyDecided(Struct, frozen=True):
    """How many were decided, and what was missed."""

    request: DecideTasks
    task: TaskRow
    count: int
    until: date | None
    missed: tuple[TaskView, ...]


def decide_many(context: Context, request: DecideTasks) -> ManyDecided | ManyQuestion | Refused:
    """Asks which, until when and why, then decides about all that still stand as shown."""
    one = seen(context, request.task)
    if isinstance(one, Refused):
        return one
    pins = _meant(context, request)
    if isinstance(pins, Refused):
        return pins
    return _decided(context, request, one, pins)


def _decided(context: Context, request: DecideTasks, one: TaskRow, pins: Pins) -> ManyDecided | ManyQuestion | Refused:
    until = day_typed(request.until, context.today) if request.until else None
    if request.until and until is None:
        return refuse("date_unclear")
    wanted = _wanted(request, until)
    if wanted:
        return ManyQuestion(request, one, wanted, len(pins))
    settled = settle(context, pins, Order(request.deed, request.reason, until))
    if isinstance(settled, Refused):
        return settled
    done, missed = settled
    return ManyDecided(request, one, len(done), until, tuple(views(context, missed)))


def _meant(context: Context, request: DecideTasks) -> Pins | Refused:
    """The pins that the numbers mean; all before anything is typed. What the actor does not decide about is no task."""
    if request.deed not in BULK:
        return refuse("choose_one")
    found = rows.get_all(context.connection, [number for number, _ in request.pins])
    may = decided(context, found.values())
    if not may:
        return refuse("no_such_task")
    numbers = picked(request.which or "all", len(request.pins))
    if numbers is None:
        return refuse("numbers_unclear")
    wrong = [number for number in numbers if not 1 <= number <= len(request.pins)]
    if wrong:
        return refuse("number_not_shown", numbers=", ".join(map(str, wrong)), most=len(request.pins))
    pins = [request.pins[number - 1] for number in numbers]
    return tuple(pin for pin in pins if pin[0] in may and _fits(found[pin[0]], pin, request.deed))


def _fits(task: TaskRow, pin: Pin, deed: str) -> bool:
    """What was over already when it was shown is left out without a word."""
    return task.edition != pin[1] or deed_may(deed, task.state)


def _wanted(request: DecideTasks, until: date | None) -> str:
    if not request.which:
        return "which"
    if request.deed == "extend" and until is None:
        return "day"
    return "" if request.reason else "reason"


REQUESTS: dict[type, Handler] = {DecideTasks: decide_many}
