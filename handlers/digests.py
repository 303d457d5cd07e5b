"""When notices become messages: urgent ones at once, the others in one digest a person and day, at his hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from msgspec import Struct

from handlers.context import Context, Handler
from handlers.needed import judged
from handlers.periods import Ran
from handlers.ways import taken_by
from rules.notices import DIGEST_AT, KINDS
from rules.reminding import BY_PEOPLE, at_once, hour_of, nearest_hour, silenced, waking
from storage import digests, outbox, sending
from storage.digests import DIGEST, Span, Waiting
from storage.outbox import NoticeRow

DISPATCHED = 200
SLICE = 100
WAITING = tuple(kind for kind, urgent in KINDS.items() if not urgent)


class ComposeDigests(Struct, frozen=True):
    """One message a person and day from all that waits; for the next slice of people `after` a number."""

    after: int = 0


class DispatchUrgent(Struct, frozen=True):
    """A message for each notice that goes at once."""


class DigestHours(Struct, frozen=True):
    """The local times at which somebody's digest goes out."""


def compose_digests(context: Context, request: ComposeDigests) -> Ran:
    """At each one's hour, within waking hours; nobody gets an empty digest, and who is away none."""
    local = context.now.astimezone(context.house.zone)
    if not waking(local.time()):
        return Ran(0)
    outbox.hold_waiting(context.connection)
    people = digests.people(context.connection, context.today, request.after, SLICE)
    made = _composed(context, people, local)
    if len(people) < SLICE:
        return Ran(made)
    return Ran(made, more=True, then=ComposeDigests(people[-1].member))


def _composed(context: Context, people: list[Waiting], local: datetime) -> int:
    wishes = digests.wishes(context.connection)
    hours = {each.member: nearest_hour(each.hour, each.path, wishes) for each in people if not (each.away or each.sent)}
    paths = {each.member: each.path for each in people if each.member in hours and hours[each.member] <= local.time()}
    if not paths:
        return 0
    span = Span(min(paths), max(paths), WAITING)
    rows = [row for row in digests.notices(context.connection, span) if row.member in paths]
    muted = digests.mutes(context.connection, span)
    found = judged(context, rows)
    silent = {
        row.id: "muted"
        for row in rows
        if row.member in muted and silenced(row.kind, row.facts, muted[row.member], paths[row.member], wishes)
    }
    left_out = silent | found.gone
    digests.settle(context.connection, left_out)
    digests.correct(context.connection, found.facts)
    told: dict[str, list[NoticeRow]] = {}
    day = context.today.isoformat()
    for row in rows:
        if row.id not in left_out:
            told.setdefault(f"{DIGEST}{row.member}:{day}", []).append(row)
    told = {key: some for key, some in told.items() if _ripe(some, _at(local, hours[some[0].member]))}
    numbers = put(context, "digest", told)
    if numbers:
        digests.compose(context.connection, span, context.today, min(numbers.values()))
    return len(numbers)


def _at(local: datetime, hour: time) -> datetime:
    return local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)


def _ripe(rows: list[NoticeRow], hour: datetime) -> bool:
    """Whether something is told today, and not only what people did after the hour."""
    return any(row.kind not in BY_PEOPLE or row.made_at <= hour for row in rows)


def dispatch_urgent(context: Context, _request: DispatchUrgent) -> Ran:
    """Decisions, entries and announcements are told at once, so many in one unit that others need not wait; at night
    only what somebody has just pressed a button for."""
    outbox.hold_waiting(context.connection)
    urgent = at_once(context.now.astimezone(context.house.zone).time())
    waiting = outbox.waiting_notices(context.connection, urgent, DISPATCHED)
    messages = {f"urgent:{row.id}": [row] for rows in waiting.values() for row in rows}
    numbers = put(context, "urgent", messages)
    sending.compose(context.connection, {messages[key][0].id: number for key, number in numbers.items()})
    return Ran(len(numbers))


def put(context: Context, kind: str, messages: Mapping[str, list[NoticeRow]]) -> dict[str, int]:
    """Makes messages, and gives the numbers of those that are new by their keys; whom no channel reaches now shows up
    as not reached, with the reason."""
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
    shut = {key: taken[notices[0].member].shut for key, notices in messages.items()}
    sending.explain(
        context.connection, {numbers[key]: code for key, code in shut.items() if code and key in numbers}, context.now
    )
    return numbers


def digest_hours(context: Context, _request: DigestHours) -> tuple[str, ...]:
    """In order, with the house's own."""
    wished = {hour for text in digests.hours(context.connection) if (hour := hour_of(text))}
    return tuple(f"{hour:%H:%M}" for hour in sorted(wished | {DIGEST_AT}))


REQUESTS: dict[type, Handler] = {
    ComposeDigests: compose_digests,
    DispatchUrgent: dispatch_urgent,
    DigestHours: digest_hours,
}
