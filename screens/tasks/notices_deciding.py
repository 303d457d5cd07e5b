"""What deciders are told of tasks, and what carriers are told of decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.tasks.deciding import OpenReport, ShowReports
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
    if len(f["tasks"]) == 1:
        return say("{word}: {title}", **facts), lines, []
    return say("{word}: {count} tasks", word=facts["word"], count=len(f["tasks"])), lines, []


def _help(say: Say, f: Facts) -> Part:
    """Somebody needs help."""
    lines = [say("due on {day}", day=day(say, f["due"]))]
    if f["reason"]:
        lines.insert(0, clean(f["reason"]))
    lines.append(say("by {name}", name=f["by"]))
    title = say("Needs help: {unit}, {title}", unit=clean(f["unit"]), title=clean(f["title"]))
    return title, lines, [Choice(say("Open: {title}", title=brief(f["title"])), OpenReport((f["task"], 0)))]


PARTS: dict[str, Callable[[Say, Facts], Part]] = {
    "task_decided": _decided,
    "task_help": _help,
}
TOGETHER: dict[str, Callable[[Say, list[Facts]], Part]] = {
    "task_reported": _reported,
    "more_time_asked": _more_time,
}
