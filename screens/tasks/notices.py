"""What carriers are told of their tasks, and officers of those that are late: many in one matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.tasks.mine import MyTasks, ShowTask
from handlers.tasks.reporting import TaskDone
from handlers.tasks.wanting import AskHelp, OnIt
from screens.screen import Choice
from screens.tasks.mine import left_words
from screens.tasks.words import brief
from screens.texts import Say, clean, day, joined

Facts = dict[str, Any]
Part = tuple[str, list[str], list[Choice]]
LISTED = 10
PRESSING = ("task_overdue", "task_due", "task_still", "task_issued")
"""Of several notices about one task the first of these is told."""


def _mine(say: Say, some: list[Facts]) -> Part:
    """Tasks that wait for the reader, by due date; one of them in full, more as a list."""
    newest = {f["task"]: f for f in sorted(some, key=lambda f: PRESSING.index(f["kind"]), reverse=True)}
    tasks = sorted(newest.values(), key=lambda f: (f["due"], f["task"]))
    if len(tasks) == 1:
        return _one(say, tasks[0])
    several = len({f["unit"] for f in tasks}) > 1
    lines = [_line(say, f, several=several) for f in tasks[:LISTED]]
    title = say("{count} tasks wait for you", count=len(tasks))
    return title, [*lines, *_more(say, len(tasks))], [Choice(say("My tasks"), MyTasks())]


def _one(say: Say, f: Facts) -> Part:
    title = clean(f["title"])
    head = {
        "task_issued": say("New task: {title}", title=title),
        "task_due": say("Task due: {title}", title=title),
        "task_overdue": say("Overdue task: {title}", title=title),
        "task_still": say("Still on it? {title}", title=title),
    }[f["kind"]]
    due = joined(say, say("Due on {day}", day=day(say, f["due"])), left_words(say, f["left"]))
    number, short = f["task"], brief(f["title"])
    choices = [Choice(say("Mark done: {title}", title=short), TaskDone(number))]
    if f["kind"] == "task_issued":
        choices.insert(0, Choice(say("Open: {title}", title=short), ShowTask(number)))
    if f["kind"] == "task_still":
        on_it = Choice(say("Still on it: {title}", title=short), OnIt(number))
        choices = [on_it, *choices, Choice(say("Need help: {title}", title=short), AskHelp(number))]
    return head, [clean(f["unit"]), due], [*choices, Choice(say("My tasks"), MyTasks())]


def _line(say: Say, f: Facts, *, several: bool) -> str:
    word = {"task_issued": say("new task"), "task_still": say("still on it?")}.get(f["kind"], "")
    return joined(say, clean(f["title"]), clean(f["unit"]) if several else "", left_words(say, f["left"]), word)


def _late(say: Say, some: list[Facts]) -> Part:
    """Who is late with what, the longest first."""
    tasks = sorted({f["task"]: f for f in some}.values(), key=lambda f: (f["due"], f["task"]))
    lines = [joined(say, _who(f), clean(f["title"]), left_words(say, f["left"])) for f in tasks[:LISTED]]
    choices = []
    if len(tasks) == 1:
        choices.append(Choice(say("Open: {title}", title=brief(tasks[0]["title"])), ShowTask(tasks[0]["task"])))
    return say("{count} overdue tasks in your charge", count=len(tasks)), [*lines, *_more(say, len(tasks))], choices


def _who(f: Facts) -> str:
    return " ".join(part for part in (clean(f["unit"]), clean(f.get("who", ""))) if part)


def _more(say: Say, count: int) -> list[str]:
    return [say("and {count} more", count=count - LISTED)] if count > LISTED else []


TOGETHER: dict[str, Callable[[Say, list[Facts]], Part]] = {
    **dict.fromkeys(PRESSING, _mine),
    "task_escalated": _late,
}
