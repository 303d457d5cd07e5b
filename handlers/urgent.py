"""What is due today and still open in the afternoon is told once more, in one message a person."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler
from handlers.periods import Ran
from handlers.tasks.around import carriers, terms_of
from rules.notices import URGENT_AT
from rules.reminding import silenced, waking
from storage import absences, digests
from storage.digests import Span
from storage.tasks.rows import TaskRow

UNITS = 100
NAMED = 10


class RemindDueToday(Struct, frozen=True):
    """For the tasks of the next units `after` a number; from 15:00 on."""

    after: int = 0


def remind_due_today(context: Context, request: RemindDueToday) -> Ran:
    """Nobody who is away or has muted it; a key a person and day makes it once."""
    at = context.now.astimezone(context.house.zone).time()
    if at < URGENT_AT or not waking(at):
        return Ran(0)
    tasks = digests.due_on(context.connection, context.today, request.after, UNITS)
    if not tasks:
        return Ran(0)
    open_for: dict[int, list[TaskRow]] = {}
    carried = carriers(context, tasks)
    for task in tasks:
        for holder in carried[task.id]:
            open_for.setdefault(holder.member, []).append(task)
    told = _listening(context, open_for)
    day = context.today.isoformat()
    rows = [
        {
            "member_id": member,
            "kind": "urgent_due",
            "key": f"urgent-due:{member}:{day}",
            "facts": {
                "count": len(some),
                "tasks": [{"task": task.id, "title": task.title} for task in some[:NAMED]],
            },
        }
        for member, some in told.items()
    ]
    context.tell_all(rows)
    return Ran(len(rows), more=True, then=RemindDueToday(max(task.unit for task in tasks)))


def _listening(context: Context, open_for: dict[int, list[TaskRow]]) -> dict[int, list[TaskRow]]:
    """Member → his open tasks, without those who are away, and without what he has muted."""
    if not open_for:
        return {}
    away = absences.away(context.connection, open_for, context.today)
    muted = digests.mutes(context.connection, Span(min(open_for), max(open_for), ()))
    wishes = digests.wishes(context.connection) if muted else []
    found: dict[int, list[TaskRow]] = {}
    for member, some in open_for.items():
        person = context.person(member) if member in muted else None
        kept = some
        if person is not None:
            terms = {task.id: {"compulsory": terms_of(context, task).compulsory} for task in some}
            quiet = {
                task.id for task in some if silenced("task_due", terms[task.id], muted[member], person.path, wishes)
            }
            kept = [task for task in some if task.id not in quiet]
        if kept and member not in away:
            found[member] = kept
    return found


REQUESTS: dict[type, Handler] = {RemindDueToday: remind_due_today}
