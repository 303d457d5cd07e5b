"""Reminders of the month: those who have not declared, reviewers with a queue, holidays that nobody knows yet."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from handlers.calendars import calendar_of, known
from handlers.context import Context, Handler, Published
from handlers.needed import queue_of
from handlers.periods import Ran
from rules.notices import GATHER_AT
from rules.periods import last_day, period_of, reminder_days
from storage import declarations, members, outbox, schemes


class Remind(Struct, frozen=True):
    """Leaves reminders for those who have not declared, and for reviewers with a queue; from 06:30 on."""


class CheckCalendar(Struct, frozen=True):
    """Tells the administrators when next month's holidays are not known."""


def remind(context: Context, _request: Remind) -> Ran:
    """State decides: a step that was missed comes late once, older missed steps lapse."""
    if context.now.astimezone(context.house.zone).time() < GATHER_AT:
        return Ran(0)
    outbox.hold_waiting(context.connection)
    made = 0
    for row in schemes.versions(context.connection):
        made += _remind_members(context, context.version(row.id), row.path)
    return Ran(made + _remind_reviewers(context))


def _remind_members(context: Context, published: Published, path: str) -> int:
    scheme, period = published.scheme, period_of(context.today)
    days = reminder_days(period, scheme.months.remind, calendar_of(context, path))
    due = sorted(step for step, day in days.items() if day <= context.today)
    if not due:
        return 0
    people = [person.id for person in members.people_under(context.connection, path, context.today)]
    declared = declarations.declared(context.connection, period, people)
    missing = [member for member in people if member not in declared]
    prefix = f"remind:{scheme.scheme}:{period}"
    known = outbox.known_keys(context.connection, [f"{prefix}:{step}:{member}" for step in due for member in missing])
    rows: list[dict[str, Any]] = []
    for member in missing:
        fresh = [step for step in due if f"{prefix}:{step}:{member}" not in known]
        left = (last_day(period) - context.today).days
        facts = {"period": period, "until": last_day(period).isoformat(), "left": left, "title": scheme.title}
        rows += [
            {
                "member_id": member,
                "kind": "declare_reminder",
                "key": f"{prefix}:{step}:{member}",
                "facts": facts,
                "state": "waiting" if step == fresh[0] else "lapsed",
            }
            for step in fresh
        ]
    context.tell_all(rows)
    return len(rows)


def _remind_reviewers(context: Context) -> int:
    if not context.house.calendar.working(context.today):
        return 0
    units = {unit.id: unit for unit in members.units_under(context.connection, "/")}
    holders = members.holders(context.connection, ("secretary", "officer"), units, context.today)
    waiting = {line.unit for line in declarations.waiting(context.connection, units)}
    above = {units[unit].parent for unit in waiting}
    people = {holder.member for unit, some in holders.items() if unit in waiting or unit in above for holder in some}
    queues = {member: queue_of(context, member) for member in sorted(people)}
    prefix = f"pending:{context.today.isoformat()}"
    rows = [
        {"member_id": member, "kind": "review_pending", "key": f"{prefix}:{member}", "facts": facts}
        for member, facts in queues.items()
        if facts
    ]
    context.tell_all(rows)
    return len(rows)


def check_calendar(context: Context, _request: CheckCalendar) -> Ran:
    """One notice a year and administrator."""
    year = context.today.year if context.today.month < 12 else context.today.year + 1
    if known(context, year):
        return Ran(0)
    units = [unit.id for unit in members.units_under(context.connection, "/")]
    holders = members.holders(context.connection, ("administrator",), units, context.today)
    people = sorted({holder.member for some in holders.values() for holder in some})
    context.tell_all(
        [
            {
                "member_id": member,
                "kind": "calendar_unknown",
                "key": f"calendar:{year}:{member}",
                "facts": {"year": year},
            }
            for member in people
        ]
    )
    return Ran(len(people))


REQUESTS: dict[type, Handler] = {
    Remind: remind,
    CheckCalendar: check_calendar,
}
