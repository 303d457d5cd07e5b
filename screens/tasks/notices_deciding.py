"""What deciders are told of tasks, and what carriers are told of decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.tasks.deciding import OpenReport, ShowReports
from handlers.tasks.handing import Orphans
from handlers.tasks.mine import MyTasks, ShowTask
from screens.screen import Choice
from screens.tasks.words import brief, deed_word
from screens.texts import Say, clean, day, joined

Facts = dict[str, Any]
Part = tuple[str, list[str], list[Choice]]
LISTED = 10


def _what(say: Say, f: Facts) -> str:
    """Unit and title of a task."""
    return f"{clean(f['unit'])} {clean(f['title'])}"


def _reported(say: Say, some: list[Facts]) -> Part:
    """Reports that wait, in one matter whatever their number."""
    lines = [_what(say, f) for f in some[:LISTED]]
    if len(some) > LISTED:
        lines.append(say("and {count} more", count=len(some) - LISTED))
    title = say("{count} reports wait for verification", count=len(some))
    return title, lines, [Choice(say("Verify ({count})", count=len(some)), ShowReports())]


def _more_time(say: Say, some: list[Facts]) -> Part:
    """Extensions that were asked for."""
    lines = [
        joined(
            say,
            _what(say, f),
            say("{old} → {new}", old=day(say, f["due"]), new=day(say, f["wanted"])),
            clean(f["reason"]),
        )
        for f in some[:LISTED]
    ]
    if len(some) > LISTED:
        lines.append(say("and {count} more", count=len(some) - LISTED))
    title = say("{count} ask for more time", count=len(some))
    return title, lines, [Choice(say("Decide"), ShowReports())]


def _decided(say: Say, f: Facts) -> Part:
    """One decision, with its reason."""
    lines = []
    for title, unit, due, was in f["tasks"][:LISTED]:
        moved = say("due {old} → {new}", old=day(say, was), new=day(say, due)) if was else ""
        lines.append(joined(say, f"{clean(unit)} {clean(title)}", moved))
    if len(f["tasks"]) > LISTED:
        lines.append(say("and {count} more", count=len(f["tasks"]) - LISTED))
    if f["deed"] == "hand_over":
        lines.append(say("You carry it now; it is due on {day}.", day=day(say, f["due"])))
    if f["reason"]:
        lines.append(say("reason: {text}", text=clean(f["reason"])))
    lines.append(say("by {name}", name=f["by"]))
    facts = {"word": deed_word(say, f["deed"]), "title": clean(f["title"])}
    again = [_open(say, f)] if f["deed"] in ("return", "extend", "refuse_more_time", "hand_over") else []
    if len(f["tasks"]) == 1:
        return say("{word}: {title}", **facts), lines, again
    return say("{word}: {count} tasks", word=facts["word"], count=len(f["tasks"])), lines, [_mine(say)] if again else []


def _mine(say: Say) -> Choice:
    return Choice(say("My tasks"), MyTasks())


def _help(say: Say, f: Facts) -> Part:
    """Somebody needs help."""
    lines = [say("due on {day}", day=day(say, f["due"]))]
    if f["reason"]:
        lines.insert(0, clean(f["reason"]))
    lines.append(say("by {name}", name=f["by"]))
    title = say("Needs help: {unit}, {title}", unit=clean(f["unit"]), title=clean(f["title"]))
    return title, lines, [Choice(say("Open: {title}", title=brief(f["title"])), OpenReport((f["task"], 0)))]


def _urged(say: Say, f: Facts) -> Part:
    """Somebody asks for an answer."""
    lines = [say("{name} asks you to report it.", name=f["by"]), _left(say, f)]
    return say("Reminder: {what}", what=_what(say, f)), lines, [_open(say, f)]


def _soon(say: Say, f: Facts) -> Part:
    """A task that is due so soon that it is told at once."""
    lines = [_left(say, f), say("by {name}", name=f["by"])]
    return say("New task, due soon: {what}", what=_what(say, f)), lines, [_open(say, f)]


def _left(say: Say, f: Facts) -> str:
    due = say("due on {day}", day=day(say, f["due"]))
    left = say("{days} days late", days=-f["left"]) if f["left"] < 0 else say("{days} days left", days=f["left"])
    return joined(say, due, left if f["left"] else say("due today"))


def _open(say: Say, f: Facts) -> Choice:
    return Choice(say("Open: {title}", title=brief(f["title"])), ShowTask(f["task"]))


def _orphaned(say: Say, some: list[Facts]) -> Part:
    """Tasks whose carrier is gone, in one matter."""
    lines = [joined(say, _what(say, f), say("{name} is gone", name=clean(f["gone"]))) for f in some[:LISTED]]
    if len(some) > LISTED:
        lines.append(say("and {count} more", count=len(some) - LISTED))
    title = say("{count} tasks are without anybody", count=len(some))
    return title, lines, [Choice(say("Hand over"), Orphans())]


PARTS: dict[str, Callable[[Say, Facts], Part]] = {
    "task_decided": _decided,
    "task_help": _help,
    "task_urged": _urged,
    "task_issued_soon": _soon,
}
TOGETHER: dict[str, Callable[[Say, list[Facts]], Part]] = {
    "task_reported": _reported,
    "more_time_asked": _more_time,
    "task_orphaned": _orphaned,
}
