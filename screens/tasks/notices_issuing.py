"""What who carries them is told of new tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.tasks.mine import MyTasks, ShowTask
from screens.screen import Choice
from screens.tasks.words import brief
from screens.texts import Say, clean, day, joined

Facts = dict[str, Any]
Part = tuple[str, list[str], list[Choice]]
LISTED = 10


def _issued(say: Say, some: list[Facts]) -> Part:
    """New tasks, in one matter whatever their number; the one that is due first stands first."""
    some = sorted(some, key=lambda f: (f["due"], f["task"]))
    if len(some) == 1:
        f = some[0]
        lines = [clean(f["unit"]), say("due on {day}", day=day(say, f["due"]))]
        choice = Choice(say("Open: {title}", title=brief(f["title"])), ShowTask(f["task"]))
        return say("New task: {title}", title=clean(f["title"])), lines, [choice]
    lines = [
        joined(say, f"{clean(f['unit'])} {clean(f['title'])}", say("due on {day}", day=day(say, f["due"])))
        for f in some[:LISTED]
    ]
    if len(some) > LISTED:
        lines.append(say("and {count} more", count=len(some) - LISTED))
    return say("{count} new tasks", count=len(some)), lines, [Choice(say("Tasks"), MyTasks())]


TOGETHER: dict[str, Callable[[Say, list[Facts]], Part]] = {"task_issued": _issued}
