"""Who is to be reminded of which task today, computed from the rows: one reminder a hearer and task, however late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from handlers.calendars import calendar_of
from handlers.context import Context, Handler
from handlers.periods import Ran
from handlers.tasks.around import carriers, deciders, terms_of
from handlers.tasks.telling import facts_of
from rules.access import ABOVE
from rules.notices import GATHER_AT
from rules.periods import Calendar
from rules.tasks.plan import Terms
from rules.tasks.reminding import Reminder, reminders, standing
from storage import members, outbox
from storage.tasks import live
from storage.tasks.rows import TaskRow

SLICE = 500
PATIENCE = 3
"""Working days a report may wait before its deciders are reminded of it."""
Rows = list[dict[str, Any]]


class RemindTasks(Struct, frozen=True):
    """Leaves the reminders of the next live tasks `after` a number; from 06:30 on."""

    after: int = 0


class RemindDeciders(Struct, frozen=True):
    """Reminds deciders once of reports that wait too long, the next `after` a number; from 06:30 on."""

    after: int = 0


def remind_tasks(context: Context, request: RemindTasks) -> Ran:
    """A key a task, due day, step and hearer: nothing twice, whatever the clock does."""
    if not gathering(context):
        return Ran(0)
    outbox.hold_waiting(context.connection)
    if not request.after:
        live.look_anew(context.connection)
    tasks = live.live(context.connection, request.after, SLICE)
    rows = due_now(context, tasks)
    live.revive(context.connection, [row["key"] for row in rows], context.now)
    context.tell_all(rows)
    return Ran(len(rows), more=True, then=RemindTasks(tasks[-1].id)) if len(tasks) == SLICE else Ran(len(rows))


def gathering(context: Context) -> bool:
    """Whether it is time to look who is to be reminded today."""
    return context.now.astimezone(context.house.zone).time() >= GATHER_AT


def due_now(context: Context, tasks: Sequence[TaskRow]) -> Rows:
    """The notices of which each should have been left by now, told before or not."""
    steps = _standing(context, tasks)
    some = [task for task in tasks if task.id in steps]
    carried = {task: [holder.member for holder in held] for task, held in carriers(context, some).items()}
    heard = _hearers(context, some, steps, carried)
    names = context.names({number for people in carried.values() for number in people})
    rows: Rows = []
    for task in some:
        facts = facts_of(context, task) | {"compulsory": terms_of(context, task).compulsory}
        facts.pop("by")
        who = "、".join(sorted({names[number] for number in carried[task.id]}))
        # the last step of those that one person hears in several roles
        told = {member: step for step in steps[task.id] for member in heard[task.id, step.to]}
        for member, step in told.items():
            more = {"on": step.on.isoformat()} | ({"who": who} if step.kind == "task_escalated" else {})
            key = f"task:{task.id}:{task.due_on.isoformat()}:{step.name}:{member}"
            rows.append({"member_id": member, "kind": step.kind, "key": key, "facts": facts | more})
    return rows


def _standing(context: Context, tasks: Iterable[TaskRow]) -> dict[int, list[Reminder]]:
    """Task → the reminders that stand today, in the order of their days; tasks of one obligation are computed once."""
    computed: dict[tuple[Any, ...], list[Reminder]] = {}
    found: dict[int, list[Reminder]] = {}
    for task in tasks:
        terms, calendar = terms_of(context, task), calendar_of(context, task.path)
        issued_on = context.house.today(task.issued_at)
        own = task.id if task.terms is not None else 0
        key = (own, task.plan, task.obligation, issued_on, task.due_on, id(calendar))
        if key not in computed:
            computed[key] = standing(reminders(terms, issued_on, task.due_on, calendar), context.today)
        kept = [step for step in computed[key] if _wanted(context, task, terms, step)]
        if kept:
            found[task.id] = sorted(kept, key=lambda step: step.on)
    return found


def _wanted(context: Context, task: TaskRow, terms: Terms, step: Reminder) -> bool:
    """Who has asked for more time is not told that it is late while nobody has decided, and who has just said that he
    is on it is not asked whether he still is."""
    if step.kind == "task_overdue":
        return task.wanted_on is None
    if step.kind == "task_still" and task.stance == "doing" and task.stance_at is not None:
        return (step.on - context.house.today(task.stance_at)).days >= terms.still
    return True


def _hearers(
    context: Context,
    tasks: Sequence[TaskRow],
    steps: dict[int, list[Reminder]],
    carried: dict[int, list[int]],
) -> dict[tuple[int, str], list[int]]:
    """(task, whom a step goes to) → who hears it: the carriers, or who holds the role nearest above, never a carrier.

    Where nobody holds it on the whole way up, whoever looks after the units above hears it. One query a role.
    """
    by_role: dict[str, list[TaskRow]] = {}
    found: dict[tuple[int, str], list[int]] = {}
    for task in tasks:
        for to in {step.to for step in steps[task.id]}:
            if to == "self":
                found[task.id, to] = sorted(set(carried[task.id]))
            else:
                by_role.setdefault(to, []).append(task)
    for role, some in by_role.items():
        nearest = _nearest(context, (role,), some, carried)
        vacant = [task for task in some if not nearest[task.id]]
        nearest |= _nearest(context, ABOVE, vacant, carried) if vacant else {}
        found |= {(task.id, role): nearest[task.id] for task in some}
    return found


def _nearest(
    context: Context, roles: Sequence[str], tasks: Sequence[TaskRow], carried: dict[int, list[int]]
) -> dict[int, list[int]]:
    """Task → who holds one of the roles in the nearest unit that has somebody who does not carry it."""
    lines = {task.id: [int(part) for part in reversed(task.path.strip("/").split("/"))] for task in tasks}
    units = {unit for line in lines.values() for unit in line}
    held = members.holders(context.connection, roles, units, context.today)
    found: dict[int, list[int]] = {}
    for task in tasks:
        barred = set(carried[task.id])
        levels = (sorted({holder.member for holder in held[unit]} - barred) for unit in lines[task.id])
        found[task.id] = next(filter(None, levels), [])
    return found


def remind_deciders(context: Context, request: RemindDeciders) -> Ran:
    """Once a report; what is verified meanwhile is not told."""
    if not gathering(context):
        return Ran(0)
    outbox.hold_waiting(context.connection)
    zone = context.house.zone
    before = datetime.combine(context.today - timedelta(days=PATIENCE), time(0), zone)
    tasks = live.reported(context.connection, before, request.after, SLICE)
    late = [task for task in tasks if _too_long(context, task)]
    asked = deciders(context, late)
    rows = [
        {
            "member_id": member,
            "kind": "task_reported",
            "key": f"waits:{task.id}:{task.edition}:{member}",
            "facts": facts_of(context, task),
        }
        for task in late
        for member in asked[task.id]
    ]
    context.tell_all(rows)
    return Ran(len(rows), more=True, then=RemindDeciders(tasks[-1].id)) if len(tasks) == SLICE else Ran(len(rows))


def _too_long(context: Context, task: TaskRow) -> bool:
    if task.reported_at is None:
        return False
    since = context.house.today(task.reported_at)
    return _worked_since(since, context.today, calendar_of(context, task.issuer_path)) > PATIENCE


def _worked_since(since: date, today: date, calendar: Calendar) -> int:
    """Days worked after a day up to today, counted no further than patience goes."""
    count, day = 0, since + timedelta(days=1)
    while day <= today and count <= PATIENCE:
        count += calendar.working(day)
        day += timedelta(days=1)
    return count


REQUESTS: dict[type, Handler] = {RemindTasks: remind_tasks, RemindDeciders: remind_deciders}
