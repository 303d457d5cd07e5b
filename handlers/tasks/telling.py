"""Who is told of what happens to a task: its deciders of reports, calls for help and of more time, its carriers of
what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.context import Context
from handlers.tasks.around import carriers, deciders
from storage.tasks.rows import TaskRow

Rows = list[dict[str, Any]]


def facts_of(context: Context, task: TaskRow) -> dict[str, Any]:
    """What every notice of a task says; `left` are the days until it is due, negative when it is late."""
    left = (task.due_on - context.today).days
    return {
        "task": task.id,
        "title": task.title,
        "unit": task.unit_name,
        "due": task.due_on.isoformat(),
        "left": left,
        "by": context.actor.name,
    }


def tell_reported(context: Context, task: TaskRow) -> None:
    """Its deciders hear that a report waits to be verified."""
    _tell_deciders(context, task, "task_reported", "reported", {})


def tell_help(context: Context, task: TaskRow, reason: str) -> None:
    """Its deciders hear at once that who carries it needs help."""
    _tell_deciders(context, task, "task_help", "help", {"reason": reason})


def tell_more_time(context: Context, task: TaskRow) -> None:
    """Its deciders hear that more time is asked for, until when and why."""
    wanted = None if task.wanted_on is None else task.wanted_on.isoformat()
    _tell_deciders(context, task, "more_time_asked", "more_time", {"wanted": wanted, "reason": task.wanted_reason})


def tell_decided(context: Context, task: TaskRow, deed: str, reason: str) -> None:
    """Who carries it hears at once what was decided."""
    tell_all_decided(context, [task], deed, reason)


def tell_all_decided(
    context: Context, tasks: Sequence[TaskRow], deed: str, reason: str, was: dict[int, str] | None = None
) -> None:
    """Who carries some tasks hears of one decision about them in one message; `was` are the due days before it."""
    by_member: dict[int, list[TaskRow]] = {}
    carried = carriers(context, tasks)
    for task in tasks:
        for member in sorted({holder.member for holder in carried[task.id]} | _who_reported(task)):
            if member != context.actor.member:
                by_member.setdefault(member, []).append(task)
    rows: Rows = []
    for member, some in by_member.items():
        first = some[0]
        listed = [[each.title, each.unit_name, each.due_on.isoformat(), (was or {}).get(each.id)] for each in some]
        facts = facts_of(context, first) | {"deed": deed, "reason": reason, "tasks": listed}
        key = f"task_decided:{first.id}:{first.edition}:{member}"
        rows.append({"member_id": member, "kind": "task_decided", "key": key, "facts": facts})
    context.tell_all(rows)


def _who_reported(task: TaskRow) -> set[int]:
    return set() if task.reported_by is None else {task.reported_by}


def _tell_deciders(context: Context, task: TaskRow, kind: str, word: str, more: dict[str, Any]) -> None:
    facts = facts_of(context, task) | more
    context.tell_all(
        [
            {"member_id": member, "kind": kind, "key": f"{word}:{task.id}:{task.edition}:{member}", "facts": facts}
            for member in deciders(context, [task])[task.id]
            if member != context.actor.member
        ]
    )
