"""The auditor of tasks: which reminders stand today by the rows and were never left."""

from __future__ import annotations

from datetime import UTC, datetime, time

from msgspec import Struct

from handlers.context import Context, Handler
from handlers.periods import Ran
from handlers.tasks.reminding import SLICE, due_now
from handlers.unsent import alarm
from rules.notices import GATHER_AT
from storage import outbox
from storage.tasks import live

AUDIT_AT = time(7, 0)
"""When all reminders of the day must have been left."""


class AuditReminders(Struct, frozen=True):
    """Looks at the next live tasks `after` a number; `missing` reminders of those before were never left."""

    after: int = 0
    missing: int = 0


def audit_reminders(context: Context, request: AuditReminders) -> Ran:
    """Slice by slice; the last one tells. What happened to a task since the morning is for tomorrow."""
    if context.now.astimezone(context.house.zone).time() < AUDIT_AT:
        return Ran(0)
    tasks = live.live(context.connection, request.after, SLICE)
    wanted = {row["key"]: row["facts"]["task"] for row in due_now(context, tasks)}
    absent = wanted.keys() - outbox.known_keys(context.connection, wanted)
    gathered = datetime.combine(context.today, GATHER_AT, context.house.zone).astimezone(UTC)
    fresh = live.touched(context.connection, {wanted[key] for key in absent}, gathered)
    fresh |= {task.id for task in tasks if task.issued_at >= gathered}
    missing = request.missing + sum(wanted[key] not in fresh for key in absent)
    if len(tasks) == SLICE:
        return Ran(0, more=True, then=AuditReminders(tasks[-1].id, missing))
    return alarm(context, {"reminders": missing} if missing else {})


REQUESTS: dict[type, Handler] = {AuditReminders: audit_reminders}
