"""核实: what waits for a decision, all at once except numbers named, or one by one; extensions stand among it."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import decided, deciders
from handlers.tasks.settling import DEEDS, REASONED, Order, Pin, Pins, settle
from handlers.tasks.view import TaskView, views
from rules.access import ABOVE, DECIDING
from rules.days import day_typed
from rules.tasks.states import LIVE
from storage.tasks import lists, rows
from storage.tasks.rows import TaskRow

SHOWN = 20
MOST_PINNED = 500


class ShowReports(Struct, frozen=True):
    """核实: what waits; later pages keep the numbers of the first by its pins."""

    offset: int = 0
    pins: Pins = ()


class VerifyAll(Struct, frozen=True):
    """全部核实: verifies the pinned reports except the numbers named, which are asked next, as extensions are."""

    pins: Pins
    but: tuple[int, ...] = ()


class OpenReport(Struct, frozen=True):
    """Shows one task for a decision; `rest` are asked after it."""

    pin: Pin
    rest: Pins = ()


class DecideTask(Struct, frozen=True):
    """Decides about one task as it was shown; `until` is the day of an extension as typed."""

    pin: Pin
    deed: str
    rest: Pins = ()
    reason: str = ""
    until: str = ""


class Outcome(Struct, frozen=True):
    """What went before: how many were verified at once, what was missed, and one decision (task, deed)."""

    verified: int | None = None
    missed: tuple[TaskView, ...] = ()
    one: tuple[TaskView, str] | None = None


class Reports(Struct, frozen=True):
    """One page of what waits; numbers run through all pages."""

    tasks: tuple[TaskView, ...]
    pins: Pins
    offset: int
    total: int
    reports: int


class ForVerification(Struct, frozen=True):
    """One task to decide about; `may` are the deeds possible."""

    task: TaskView
    may: tuple[str, ...]
    rest: Pins
    before: Outcome = Outcome()


class TaskReasonQuestion(Struct, frozen=True):
    """Why is it returned, waived, extended?"""

    task: TaskView
    request: DecideTask


class TaskDayQuestion(Struct, frozen=True):
    """Until which day?"""

    task: TaskView
    request: DecideTask


class TasksDecided(Struct, frozen=True):
    """What was decided, and how much still waits."""

    before: Outcome
    waiting: int


def waiting_tasks(context: Context) -> list[TaskRow]:
    """What waits for the actor: reports and extensions he is asked to decide about."""
    grants = [grant for grant in context.actor.grants if grant.role in DECIDING]
    if not grants:
        return []
    found = lists.waiting(
        context.connection,
        {grant.unit for grant in grants},
        {grant.path for grant in grants if grant.role in ABOVE},
        context.today,
        MOST_PINNED,
    )
    if not found:
        return []
    asked = deciders(context, found)
    may = decided(context, found)
    return [task for task in found if task.id in may and context.actor.member in asked[task.id]]


def show_reports(context: Context, request: ShowReports) -> Reports | Refused:
    """The actor's queue; without pins a fresh one, with pins another page of the one shown."""
    if not context.actor.granted("decide_tasks"):
        return refuse("not_deciding")
    if request.pins:
        found = rows.get_all(context.connection, [number for number, _ in request.pins])
        may = decided(context, found.values())
        tasks = [found[number] for number, _ in request.pins if number in may]
    else:
        tasks = waiting_tasks(context)
    page = tasks[request.offset : request.offset + SHOWN]
    pins = request.pins or tuple((task.id, task.edition) for task in tasks)
    reports = sum(task.state == "reported" for task in tasks)
    return Reports(tuple(views(context, page)), pins, request.offset, len(tasks), reports)


def verify_all(context: Context, request: VerifyAll) -> ForVerification | TasksDecided | Refused:
    """Verifies what was shown; excepted reports and all extensions stay and are asked next."""
    wrong = [number for number in request.but if not 1 <= number <= len(request.pins)]
    if wrong:
        return refuse("number_not_shown", numbers=", ".join(map(str, wrong)), most=len(request.pins))
    excepted = {request.pins[number - 1] for number in request.but}
    found = rows.get_all(context.connection, [number for number, _ in request.pins])
    asking = {number for number, task in found.items() if task.state in LIVE and task.wanted_on is not None}
    rest = tuple(pin for pin in request.pins if pin in excepted or pin[0] in asking)
    settled = settle(context, [pin for pin in request.pins if pin not in rest], Order("verify"))
    if isinstance(settled, Refused):
        return settled
    done, missed = settled
    return _go_on(context, rest, Outcome(len(done), tuple(views(context, missed))))


def open_report(context: Context, request: OpenReport) -> ForVerification | Refused:
    """One task to look at, whatever its state: what can be done about it is offered."""
    task = rows.get(context.connection, request.pin[0])
    if task is None or not decided(context, [task]):
        return refuse("no_such_task")
    return _for_decision(context, task, request.rest)


def decide_task(
    context: Context, request: DecideTask
) -> ForVerification | TasksDecided | TaskReasonQuestion | TaskDayQuestion | Refused:
    """Decides about one task; a reason and a day are asked for where they are needed."""
    task = rows.get(context.connection, request.pin[0])
    if task is None or request.deed not in DEEDS or not decided(context, [task]):
        return refuse("no_such_task")
    shown = views(context, [task])[0]
    if request.deed not in possible(task):
        return _go_on(context, request.rest, Outcome(missed=(shown,)))
    if task.edition != request.pin[1]:
        return ForVerification(shown, possible(task), request.rest, Outcome(missed=(shown,)))
    until = day_typed(request.until, context.today) if request.deed == "extend" and request.until else None
    wanting = _wanting(shown, request, until)
    return wanting if wanting is not None else _settled(context, request, until)


def _wanting(
    view: TaskView, request: DecideTask, until: date | None
) -> TaskReasonQuestion | TaskDayQuestion | Refused | None:
    """What a decision still lacks: a day, a reason; who agrees to what was asked for needs none."""
    if request.deed == "extend" and until is None:
        return refuse("date_unclear") if request.until else TaskDayQuestion(view, request)
    agreed = request.deed == "extend" and view.task.wanted_on is not None
    if request.deed in REASONED and not request.reason and not agreed:
        return TaskReasonQuestion(view, request)
    return None


def _settled(context: Context, request: DecideTask, until: date | None) -> ForVerification | TasksDecided | Refused:
    settled = settle(context, [request.pin], Order(request.deed, request.reason, until))
    if isinstance(settled, Refused):
        return settled
    done, missed = settled
    one = (views(context, done)[0], request.deed) if done else None
    return _go_on(context, request.rest, Outcome(missed=tuple(views(context, missed)), one=one))


def possible(task: TaskRow) -> tuple[str, ...]:
    """What may be decided about a task as it stands."""
    if task.state == "reported":
        return ("verify", "return", "waive", "cancel")
    if task.state not in LIVE:
        return ()
    return ("extend", *(("refuse_more_time",) if task.wanted_on is not None else ()), "waive", "cancel")


def _for_decision(context: Context, task: TaskRow, rest: Pins, before: Outcome | None = None) -> ForVerification:
    return ForVerification(views(context, [task])[0], possible(task), rest, before or Outcome())


def _go_on(context: Context, rest: Pins, before: Outcome) -> ForVerification | TasksDecided:
    """The next that is still to be decided, else what was done and what is left."""
    found = rows.get_all(context.connection, [number for number, _ in rest])
    may = decided(context, found.values())
    for index, (number, _) in enumerate(rest):
        if number in may and _waits(found[number]):
            return _for_decision(context, found[number], rest[index + 1 :], before)
    return TasksDecided(before, len(waiting_tasks(context)))


def _waits(task: TaskRow) -> bool:
    return task.state == "reported" or (task.state in LIVE and task.wanted_on is not None)


REQUESTS: dict[type, Handler] = {
    ShowReports: show_reports,
    VerifyAll: verify_all,
    OpenReport: open_report,
    DecideTask: decide_task,
}
