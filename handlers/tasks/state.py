"""任务情况: how all that was issued stands, and who it is, one tap from every count."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks import handing
from handlers.tasks.around import decided, seen
from handlers.tasks.settling import Pins
from handlers.tasks.view import TaskView, views
from rules.access import Reach
from storage.tasks import lists, rows
from storage.tasks.lists import Counts
from storage.tasks.rows import TaskRow

PAGE, NAMED = 8, 20
BACK, AHEAD = timedelta(days=31), timedelta(days=92)
"""Due how long ago, and how far ahead, what is over is still shown."""


class TaskStates(Struct, frozen=True):
    """任务情况: what was issued, the next due first."""

    page: int = 0


class ShowState(Struct, frozen=True):
    """How the tasks issued with one stand, with the names of those that stand `which` way; "" all."""

    task: int
    which: str = ""
    offset: int = 0


class StateList(Struct, frozen=True):
    """A page of what was issued, with counts; `orphans` are tasks whose carrier is gone."""

    rows: tuple[Counts, ...]
    page: int
    pages: int
    orphans: int


class StateNames(Struct, frozen=True):
    """Counts, and a page of tasks; `pins` are all that the list holds, in its order, `mine` those the actor decides
    about."""

    request: ShowState
    task: TaskRow
    counts: dict[str, int]
    tasks: tuple[TaskView, ...]
    pins: Pins
    parts: dict[int, tuple[int, int]]
    decides: bool


def reaches(context: Context) -> tuple[Reach, Reach]:
    """What the actor sees: tasks of units he looks after, and tasks issued by units he decides for."""
    return context.actor.reach("see_tasks"), context.actor.reach("decide_tasks")


def task_states(context: Context, request: TaskStates) -> StateList | Refused:
    """One query whatever the number of units."""
    within = reaches(context)
    if not any(within):
        return refuse("not_looking_after")
    today = context.today
    found = lists.states(context.connection, *within, today - BACK, today + AHEAD, today)
    found.sort(key=lambda each: (each.open + each.reported == 0, each.due_first, each.first))
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    orphans = handing.count(context)
    return StateList(tuple(found[page * PAGE : (page + 1) * PAGE]), page, pages, orphans)


def show_state(context: Context, request: ShowState) -> StateNames | Refused:
    """For whoever may look at the task it begins with."""
    one = seen(context, request.task)
    if isinstance(one, Refused):
        return one
    if request.which not in lists.STANDING:
        return refuse("filter_unclear")
    within = reaches(context)
    found = lists.issued_with(context.connection, one, request.which, within, context.today)
    page = found[request.offset : request.offset + NAMED]
    return StateNames(
        request,
        one,
        lists.counts_with(context.connection, one, within, context.today),
        tuple(views(context, page)),
        tuple((task.id, task.edition) for task in found),
        rows.parts_done(context.connection, [task.id for task in page]),
        bool(decided(context, page)),
    )


REQUESTS: dict[type, Handler] = {TaskStates: task_states, ShowState: show_state}
