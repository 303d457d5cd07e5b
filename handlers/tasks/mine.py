"""What a member carries: the list with today and overdue first, and one task with what he may do about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from msgspec import Struct

from handlers.calendars import calendar_of
from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks import around
from rules.access import Grant
from rules.periods import working_before
from rules.tasks.plan import Terms
from rules.tasks.states import LIVE, OVER
from storage import evidence, members
from storage.evidence import EvidenceRow
from storage.tasks import mine, rows
from storage.tasks.rows import EventRow, TaskRow

PAGE = 10
LISTED = (*LIVE, "reported")
HISTORY = 6
"""Events of a task that are shown, the last ones."""


class MyTasks(Struct, frozen=True):
    """任务: what the actor carries, ten a page."""

    page: int = 0


class ShowTask(Struct, frozen=True):
    """One task, for whoever may look at it."""

    task: int


class TaskList(Struct, frozen=True):
    """A page of what the actor carries; `first` is the number of its first line."""

    rows: tuple[TaskRow, ...]
    today: date
    first: int
    page: int
    pages: int
    units: bool


class Happened(Struct, frozen=True):
    """An event of a task on its local day: its deed or the stance that was said; `by` is "" when the system did it."""

    on: date
    by: str
    deed: str
    text: str


class ShownTask(Struct, frozen=True):
    """A task, what it asks, what happened to it, and what the actor may do about it.

    `can` are of finish, sheet, doing, help, more_time, break_down, parts, withdraw, add, decide; `done` is what was
    just done. `carriers` are the names of who carries it, `behalf` of whom the actor stands in for. `issuer` is a
    member or else a unit, `worked` is the due day, or the last working day before it.
    """

    task: TaskRow
    terms: Terms
    today: date
    worked: date
    issuer: str
    carriers: tuple[str, ...]
    parts: tuple[int, int]
    history: tuple[Happened, ...]
    files: tuple[EvidenceRow, ...]
    can: tuple[str, ...]
    behalf: str = ""
    reported_by: str = ""
    done: str = ""


def my_tasks(context: Context, request: MyTasks) -> TaskList | ShownTask | Refused:
    """By due date, what waits for verification last; a single task opens at once."""
    found = rows.of_carrier(context.connection, context.actor.member, around.posts(context), LISTED)
    if len(found) == 1 and not request.page:
        return shown(context, found[0])
    found.sort(key=lambda task: task.state == "reported")
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    several = len({task.unit for task in found}) > 1
    some = tuple(found[page * PAGE : (page + 1) * PAGE])
    return TaskList(some, context.today, page * PAGE + 1, page, pages, several)


def show_task(context: Context, request: ShowTask) -> ShownTask | Refused:
    """Who may not look at it is told no more than that there is none."""
    task = around.seen(context, request.task)
    return task if isinstance(task, Refused) else shown(context, task)


def carried_task(context: Context, number: int) -> TaskRow | Refused:
    """A task the actor carries."""
    task = around.seen(context, number)
    if isinstance(task, Refused):
        return task
    return task if around.carries(context, task) else refuse("task_not_yours")


def behalf_of(context: Context, task: TaskRow) -> int | None:
    """Whose deputy the actor is when he carries a task by a role."""
    grant = around.carries(context, task)
    return grant.behalf if isinstance(grant, Grant) else None


def count_open(context: Context) -> int:
    """How many tasks wait for the actor."""
    return mine.count_open(context.connection, context.actor.member, around.posts(context))


def shown(context: Context, task: TaskRow, done: str = "") -> ShownTask:
    """A task as the actor sees it."""
    terms = around.terms_of(context, task)
    carrying = around.carries(context, task)
    holders = around.carriers(context, [task])[task.id]
    events = rows.events_of(context.connection, task.id)[-HISTORY:]
    behalf = behalf_of(context, task)
    numbers = {number for number in (task.issuer, behalf, task.reported_by) if number}
    names = context.names(numbers | {each.member for each in holders} | {each.by for each in events if each.by})
    parts = rows.parts_of(context.connection, [task.id])
    return ShownTask(
        task,
        terms,
        context.today,
        _worked(context, task.path, task.due_on),
        names.get(task.issuer or 0, "") or _unit_name(context, task.issuer_unit),
        tuple(names[each.member] for each in holders),
        rows.parts_done(context.connection, [task.id]).get(task.id, (0, 0)) if parts else (0, 0),
        tuple(_happened(context, each, names) for each in events),
        tuple(evidence.of_tasks(context.connection, [task.id]).get(task.id, ())),
        may_do(context, task, terms, parts) if carrying else _looking(context, task),
        names.get(behalf or 0, ""),
        names.get(task.reported_by or 0, ""),
        done,
    )


def may_do(context: Context, task: TaskRow, terms: Terms, parts: Sequence[TaskRow]) -> tuple[str, ...]:
    """What who carries a task may do about it now."""
    if task.state in LIVE:
        can = [] if open_parts(parts) else [*(("sheet",) if terms.sheet else ()), "finish"]
        can += ["doing"] if task.stance != "doing" else []
        can += ["help"]
        can += ["more_time"] if may_ask_more_time(context, task) else []
        whole = task.member is None and task.role == "secretary" and not (parts or terms.sheet)
        can += ["break_down"] if whole else []
        return (*can, "parts") if parts else tuple(can)
    can = ["withdraw"] if task.state == "reported" else []
    return (*can, "add") if takes_files(task, terms, context.today) else tuple(can)


def _looking(context: Context, task: TaskRow) -> tuple[str, ...]:
    return ("decide",) if around.decides(context, task) else ()


def _unit_name(context: Context, number: int) -> str:
    return members.units_by_ids(context.connection, [number])[number].name


def may_ask_more_time(context: Context, task: TaskRow) -> bool:
    """Up to the due date, while none is asked for already; of a promise nobody else decides."""
    return task.kind != "promise" and task.wanted_on is None and context.today <= task.due_on


def takes_files(task: TaskRow, terms: Terms, today: date) -> bool:
    """A report takes files until it is verified; one that nobody verifies until the due date or the day it was done."""
    if task.state == "done":
        return terms.verify == "nobody" and today <= max(task.due_on, task.done_on or task.due_on)
    return task.state == "reported"


def open_parts(parts: Collection[TaskRow]) -> int:
    """How many parts are not settled."""
    return sum(each.state not in OVER for each in parts)


def _worked(context: Context, path: str, day: date) -> date:
    calendar = calendar_of(context, path)
    return day if calendar.working(day) else working_before(day, calendar)


def _happened(context: Context, each: EventRow, names: dict[int, str]) -> Happened:
    deed = (each.facts or {}).get("stance", each.deed)
    return Happened(context.house.today(each.at), names.get(each.by or 0, ""), deed, each.text)


REQUESTS: dict[type, Handler] = {MyTasks: my_tasks, ShowTask: show_task}
