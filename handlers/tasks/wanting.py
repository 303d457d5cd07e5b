"""What a carrier says before a task is done: that he is on it, that he needs help, that he needs more time."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks import around, telling
from handlers.tasks.mine import ShownTask, behalf_of, carried_task, may_ask_more_time, shown
from rules.days import day_typed
from rules.declarations import check_note
from rules.tasks.states import LIVE
from storage.tasks.rows import TaskRow

MOST_DAYS = 366
"""Beyond the due date."""


class OnIt(Struct, frozen=True):
    """正在办: nobody is told."""

    task: int


class AskHelp(Struct, frozen=True):
    """需要协助: asks what for."""

    task: int


class NeedHelp(Struct, frozen=True):
    """Tells those who decide about the task at once."""

    task: int
    reason: str = ""


class AskMoreTime(Struct, frozen=True):
    """申请延期: asks until when."""

    task: int


class TypeMoreTime(Struct, frozen=True):
    """Until when, as it was typed."""

    task: int
    text: str = ""


class WantMoreTime(Struct, frozen=True):
    """Until when and why: decided by who issued the task."""

    task: int
    until: date
    reason: str = ""


class HelpQuestion(Struct, frozen=True):
    """What for?"""

    task: TaskRow


class DayQuestion(Struct, frozen=True):
    """Until when?"""

    task: TaskRow


class ReasonQuestion(Struct, frozen=True):
    """Why?"""

    task: TaskRow
    until: date
    today: date


def on_it(context: Context, request: OnIt) -> ShownTask | Refused:
    """Noted, and that it still was so now."""
    return _said(context, request.task, "doing", "")


def ask_help(context: Context, request: AskHelp) -> HelpQuestion | Refused:
    """While it is not reported."""
    task = _waiting(context, request.task)
    return task if isinstance(task, Refused) else HelpQuestion(task)


def need_help(context: Context, request: NeedHelp) -> ShownTask | Refused:
    """The reason may be left out."""
    wrong = check_note(request.reason) if request.reason else []
    if wrong:
        return Refused(tuple(wrong))
    return _said(context, request.task, "help", request.reason)


def _said(context: Context, number: int, stance: str, text: str) -> ShownTask | Refused:
    task = _waiting(context, number)
    if isinstance(task, Refused):
        return task
    values = {"stance": stance, "stance_at": context.now}
    facts, behalf = {"stance": stance}, behalf_of(context, task)
    changed = around.happen(context, task, "stance", text=text, facts=facts, behalf=behalf, **values)
    if isinstance(changed, Refused):
        return changed
    if stance == "help":
        telling.tell_help(context, changed, text)
    return shown(context, changed, stance)


def ask_more_time(context: Context, request: AskMoreTime) -> DayQuestion | Refused:
    """Asked before or on the due date, once at a time."""
    task = _extendable(context, request.task)
    return task if isinstance(task, Refused) else DayQuestion(task)


def type_more_time(context: Context, request: TypeMoreTime) -> ReasonQuestion | Refused:
    """3天 is counted from the due date, a day by its name is that day."""
    task = _extendable(context, request.task)
    if isinstance(task, Refused):
        return task
    until = day_typed(request.text, context.today, task.due_on)
    if until is None:
        return refuse("day_not_understood", text=request.text)
    return _fits(task, until) or ReasonQuestion(task, until, context.today)


def want_more_time(context: Context, request: WantMoreTime) -> ReasonQuestion | ShownTask | Refused:
    """Kept with the task until it is decided."""
    task = _extendable(context, request.task)
    if isinstance(task, Refused):
        return task
    if refused := _fits(task, request.until):
        return refused
    if not request.reason:
        return ReasonQuestion(task, request.until, context.today)
    wrong = check_note(request.reason)
    if wrong:
        return Refused(tuple(wrong))
    values = {"wanted_on": request.until, "wanted_reason": request.reason}
    facts, behalf = {"until": request.until.isoformat()}, behalf_of(context, task)
    changed = around.happen(context, task, "ask_more_time", text=request.reason, facts=facts, behalf=behalf, **values)
    if isinstance(changed, Refused):
        return changed
    telling.tell_more_time(context, changed)
    return shown(context, changed, "wanted")


def _waiting(context: Context, number: int) -> TaskRow | Refused:
    """A task the actor carries and has still to report."""
    task = carried_task(context, number)
    if isinstance(task, Refused):
        return task
    return task if task.state in LIVE else refuse("task_not_so_now", state=task.state, deed="stance")


def _extendable(context: Context, number: int) -> TaskRow | Refused:
    task = _waiting(context, number)
    if isinstance(task, Refused) or may_ask_more_time(context, task):
        return task
    if task.kind == "promise":
        return refuse("promise_not_extended")
    if task.wanted_on is not None:
        return refuse("more_time_waits", until=task.wanted_on.isoformat())
    return refuse("more_time_late", due=task.due_on.isoformat())


def _fits(task: TaskRow, until: date) -> Refused | None:
    if until <= task.due_on:
        return refuse("more_time_none", until=until.isoformat(), due=task.due_on.isoformat())
    if until > task.due_on + timedelta(days=MOST_DAYS):
        return refuse("more_time_far", most=MOST_DAYS)
    return None


REQUESTS: dict[type, Handler] = {
    OnIt: on_it,
    AskHelp: ask_help,
    NeedHelp: need_help,
    AskMoreTime: ask_more_time,
    TypeMoreTime: type_more_time,
    WantMoreTime: want_more_time,
}
