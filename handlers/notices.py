"""Who is reminded of what, and when notices become messages: urgent ones at once, the others in one digest a day."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from handlers.announcements import waves as announcements
from handlers.context import Context, Handler, Published
from handlers.declarations.review import waiting_lines
from handlers.periods import Ran
from handlers.ways import taken_by
from rules.notices import DIGEST_AT, KINDS
from rules.periods import last_day, period_of, reminder_days
from storage import declarations, members, outbox, schemes, sending
from storage.outbox import NoticeRow

DISPATCHED = 200


class Remind(Struct, frozen=True):
    """Leaves reminders for those who have not declared, and for reviewers with a queue; from 08:30 on."""


class ComposeDigests(Struct, frozen=True):
    """One message a person and day from all that waits."""


class DispatchUrgent(Struct, frozen=True):
    """A message for each notice that goes at once."""


class CheckCalendar(Struct, frozen=True):
    """Tells the administrators when next month's holidays are not known."""


def remind(context: Context, _request: Remind) -> Ran:
    """State decides: a step that was missed comes late once, older missed steps lapse."""
    if context.now.astimezone(context.house.zone).time() < DIGEST_AT:
        return Ran(0)
    outbox.hold_waiting(context.connection)
    made = 0
    for row in schemes.versions(context.connection):
        made += _remind_members(context, context.version(row.id), row.path)
    return Ran(made + _remind_reviewers(context))


def _remind_members(context: Context, published: Published, path: str) -> int:
    scheme, period = published.scheme, period_of(context.today)
    days = reminder_days(period, scheme.months.remind, context.house.calendar)
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
    rows = []
    for member in sorted(people):
        actor = members.actor(context.connection, member, context.today)
        if actor is None:
            continue
        lines = waiting_lines(Context(context.connection, actor, context.now, context.house))
        if lines:
            facts = {"count": len(lines), "people": len({line.member for line in lines})}
            key = f"pending:{context.today.isoformat()}:{member}"
            rows.append({"member_id": member, "kind": "review_pending", "key": key, "facts": facts})
    context.tell_all(rows)
    return len(rows)


def compose_digests(context: Context, _request: ComposeDigests) -> Ran:
    """From 08:30 on; what was done meanwhile is dropped, and nobody gets an empty digest."""
    local = context.now.astimezone(context.house.zone)
    if local.time() < DIGEST_AT:
        return Ran(0)
    outbox.hold_waiting(context.connection)
    waiting = outbox.waiting_notices(context.connection, [kind for kind, urgent in KINDS.items() if not urgent])
    waiting = _without_done(context, waiting)
    keys = {member: f"digest:{member}:{local.date().isoformat()}" for member in waiting}
    sent_today = outbox.has_key(context.connection, keys.values())
    due = {member: rows for member, rows in waiting.items() if keys[member] not in sent_today}
    return Ran(_put(context, "digest", {keys[member]: rows for member, rows in due.items()}))


def dispatch_urgent(context: Context, _request: DispatchUrgent) -> Ran:
    """Decisions, entries and announcements are told at once, so many in one unit that others need not wait."""
    outbox.hold_waiting(context.connection)
    urgent = [kind for kind, at_once in KINDS.items() if at_once]
    waiting = outbox.waiting_notices(context.connection, urgent, DISPATCHED)
    return Ran(_put(context, "urgent", {f"urgent:{row.id}": [row] for rows in waiting.values() for row in rows}))


def _without_done(context: Context, waiting: dict[int, list[NoticeRow]]) -> dict[int, list[NoticeRow]]:
    """Drops calls to declare to those who have declared, those whose month is over, and needless reminders."""
    everything = [row for rows in waiting.values() for row in rows]
    calls = [row for row in everything if row.kind in ("declare_reminder", "period_opened")]
    current = period_of(context.today)
    done = declarations.declared(context.connection, current, {row.member for row in calls})
    dropped = {row.id for row in calls if row.member in done} | announcements.needless(context, everything)
    lapsed = {row.id for row in calls if row.facts["period"] != current}
    outbox.settle_notices(context.connection, dropped - lapsed, "dropped")
    outbox.settle_notices(context.connection, lapsed, "lapsed")
    gone = dropped | lapsed
    left = {member: [row for row in rows if row.id not in gone] for member, rows in waiting.items()}
    return {member: rows for member, rows in left.items() if rows}


def _put(context: Context, kind: str, messages: dict[str, list[NoticeRow]]) -> int:
    """Makes the messages; whom no channel reaches now shows up as not reached, with the reason."""
    taken = taken_by(context, {rows[0].member for rows in messages.values()})
    rows = []
    for key, notices in messages.items():
        way = taken[notices[0].member]
        rows.append(
            {
                "key": key,
                "class": kind,
                "member_id": notices[0].member,
                "channel": way.channel,
                "address": way.address,
                "state": "due" if way.channel and not way.shut else "failed",
                "due_at": context.now,
                "made_at": context.now,
            }
        )
    numbers = outbox.put_all(context.connection, rows)
    composed = {row.id: number for key, number in numbers.items() for row in messages[key]}
    sending.compose(context.connection, composed)
    shut = {key: taken[notices[0].member].shut for key, notices in messages.items()}
    sending.explain(
        context.connection, {numbers[key]: code for key, code in shut.items() if code and key in numbers}, context.now
    )
    return len(numbers)


def check_calendar(context: Context, _request: CheckCalendar) -> Ran:
    """One notice a year and administrator."""
    year = context.today.year if context.today.month < 12 else context.today.year + 1
    if context.house.calendar.known(year):
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
    ComposeDigests: compose_digests,
    DispatchUrgent: dispatch_urgent,
    CheckCalendar: check_calendar,
}
