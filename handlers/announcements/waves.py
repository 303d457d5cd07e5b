"""Telling recipients in waves: each slice is one unit, a wave goes on after a restart where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec import Struct

from handlers.context import Context, Handler
from handlers.periods import Ran
from rules.announcements import reminder_due
from rules.notices import GATHER_AT
from storage import announcements, confirmations, members, sending
from storage.announcements import AnnouncementRow, Roll, WaveRow
from storage.engine import Connection
from storage.outbox import NoticeRow

SLICE = 400
SENT, URGED, REMINDER, WITHDRAWN = (
    "announcement",
    "announcement_urged",
    "announcement_reminder",
    "announcement_withdrawn",
)


class Spread(Struct, frozen=True):
    """Tells the next slice of recipients; `done` is 0 once nobody waits to be told."""


class RemindUnconfirmed(Struct, frozen=True):
    """Reminds those who have not confirmed, once, on the working day before the last day to confirm."""


def wave_key(kind: str, number: int, more: str = "") -> str:
    """The key of a wave; each notice of it has the member's number behind."""
    return f"{kind}:{number}{more}"


def roll_of(row: AnnouncementRow, context: Context) -> Roll:
    """Whom an announcement is for: as of the day of sending, before that as of today."""
    return Roll(row.path, row.role, row.sent_on or context.today, row.author)


def begin(context: Context, row: AnnouncementRow, kind: str, more: str = "") -> WaveRow | None:
    """Begins a wave; None when it was begun before."""
    return announcements.open_wave(
        context.connection,
        {
            "key": wave_key(kind, row.id, more),
            "announcement_id": row.id,
            "kind": kind,
            "by_id": context.actor.member or None,
            "made_at": context.now,
        },
    )


def tell_next(context: Context, wave: WaveRow) -> int:
    """One slice of a wave; gives how many were told."""
    row = announcements.get(context.connection, wave.announcement)
    if row is None:
        raise ValueError(f"wave {wave.id} belongs to no announcement")
    found = _next(context, row, wave)
    keys = {member: f"{wave.key}:{member}" for member in found}
    facts = {"announcement": row.id, "by": wave.by}
    unseen: set[str] = set()
    if wave.kind == WITHDRAWN:  # who was not told of it need not hear that it is gone
        known = {f"{wave_key(SENT, row.id)}:{member}" for member in found}
        unseen = sending.dropped_among(context.connection, known)
    told = [member for member in found if f"{wave_key(SENT, row.id)}:{member}" not in unseen]
    context.tell_all([{"member_id": member, "kind": wave.kind, "key": keys[member], "facts": facts} for member in told])
    done_at = context.now if len(found) < SLICE else None
    announcements.move_wave(context.connection, wave.id, found[-1] if found else wave.reached_to, done_at)
    return len(told)


def _next(context: Context, row: AnnouncementRow, wave: WaveRow) -> list[int]:
    if wave.kind == SENT:
        found = announcements.next_on_roll(context.connection, roll_of(row, context), wave.reached_to, SLICE)
        announcements.add_recipients(context.connection, row.id, found, context.now)
        return found
    silent = wave.kind in (URGED, REMINDER)
    return announcements.next_recipients(context.connection, row.id, wave.reached_to, SLICE, silent=silent)


def spread(context: Context, _request: Spread) -> Ran:
    """The oldest wave goes first."""
    wave = announcements.unfinished_wave(context.connection, claim=True)
    if wave is None:
        return Ran(0)
    tell_next(context, wave)
    return Ran(1)


def remind_unconfirmed(context: Context, _request: RemindUnconfirmed) -> Ran:
    """From 06:30 on, so that the reminder stands in the digest of the day; large waves go on as slices."""
    if context.now.astimezone(context.house.zone).time() < GATHER_AT:
        return Ran(0)
    rows = [
        row
        for row in announcements.to_confirm_from(context.connection, context.today)
        if row.sent_on and reminder_due(row.sent_on, row.confirm_by, context.today, context.house.calendar)
    ]
    begun = announcements.waves_of(context.connection, [wave_key(REMINDER, row.id) for row in rows])
    told = waves = 0
    for row in rows:
        wave = None if wave_key(REMINDER, row.id) in begun else begin(context, row, REMINDER)
        if wave is not None:
            waves += 1
            told += tell_next(context, wave) if told < SLICE else 0
    return Ran(waves)


def needless(context: Context, rows: Sequence[NoticeRow]) -> set[int]:
    """Those of the notices that remind of something confirmed, withdrawn or past by now."""
    reminders = {row.id: (row.facts["announcement"], row.member) for row in rows if row.kind == REMINDER}
    gone = confirmations.settled(context.connection, reminders.values(), context.today)
    return {number for number, pair in reminders.items() if pair in gone}


def complete(connection: Connection, messages: Mapping[int, list[NoticeRow]]) -> dict[int, list[NoticeRow]]:
    """Message → its notices with the words of their announcements, which are stored once, not once a recipient."""
    told = {repr(row.facts): row.facts for rows in messages.values() for row in rows if row.kind.startswith(SENT)}
    said = {known: _words(connection, facts) for known, facts in told.items()}
    return {
        number: [replace(row, facts=said.get(repr(row.facts), row.facts)) for row in rows]
        for number, rows in messages.items()
    }


def _words(connection: Connection, facts: dict[str, Any]) -> dict[str, Any]:
    row = announcements.get(connection, facts["announcement"])
    if row is None:
        raise ValueError(f"there is no announcement {facts['announcement']}")
    by = members.names(connection, [facts["by"]])[facts["by"]] if facts["by"] else row.author_name
    return {
        "announcement": row.id,
        "title": row.title,
        "text": row.text,
        "unit": row.unit_name,
        "author": row.author_name,
        "by": by,
        "confirm_by": row.confirm_by.isoformat() if row.confirm_by else None,
    }


REQUESTS: dict[type, Handler] = {Spread: spread, RemindUnconfirmed: remind_unconfirmed}
