"""Backups: what is recorded of each, who is told when they fail, and what a restored house forgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from handlers.context import Context, Handler
from storage import backup, members
from storage.backup import Forgotten

RECENT = timedelta(days=30)


class RecordBackup(Struct, frozen=True):
    """A backup was made by schedule, restored and verified: its file, size, seconds, and files that were missing."""

    file: str
    size: int
    seconds: float
    missing: int


class ReportFailure(Struct, frozen=True):
    """A backup by schedule failed, or the newest is too old; `newest` is when the newest was taken, if any was."""

    code: str
    facts: Mapping[str, Any]
    newest: datetime | None


class Revive(Struct, frozen=True):
    """Makes a restored house fit to go on: from which file, and when that was taken."""

    file: str
    taken_at: str


class CountFailures(Struct, frozen=True):
    """How many backups failed in the last thirty days."""


class Recorded(Struct, frozen=True):
    """It stands in the audit."""


def record_backup(context: Context, request: RecordBackup) -> Recorded:
    """The proof that a restore was tried, as 等保 asks for."""
    context.audit(
        backup.MADE,
        "backup",
        0,
        file=request.file,
        size=request.size,
        seconds=request.seconds,
        missing=request.missing,
    )
    if request.missing:
        _tell(context, "backup_incomplete", {"file": request.file, "missing": request.missing}, context.now)
    return Recorded()


def report_failure(context: Context, request: ReportFailure) -> Recorded:
    """Every failure is recorded; the administrators are told once a day."""
    context.audit(backup.FAILED, "backup", 0, code=request.code)
    _tell(context, request.code, request.facts, request.newest)
    return Recorded()


def _tell(context: Context, code: str, why: Mapping[str, Any], newest: datetime | None) -> None:
    units = [unit.id for unit in members.units_under(context.connection, "/")]
    holders = members.holders(context.connection, ("administrator",), units, context.today)
    people = sorted({holder.member for some in holders.values() for holder in some})
    day = "" if newest is None else context.house.today(newest).isoformat()
    facts = {"code": code, "facts": dict(why), "newest": day}
    context.tell_all(
        [
            {
                "member_id": member,
                "kind": "backup_failed",
                "key": f"backup:{context.today.isoformat()}:{member}",
                "facts": facts,
            }
            for member in people
        ]
    )


def revive(context: Context, request: Revive) -> Forgotten:
    """Old sessions, links, questions and buttons end, nothing is sent again, and the audit says what happened."""
    forgotten = backup.forget(context.connection, context.now)
    context.audit(
        backup.RESTORED,
        "backup",
        0,
        file=request.file,
        taken_at=request.taken_at,
        entrances=forgotten.entrances,
        buttons=forgotten.buttons,
        messages=forgotten.messages,
    )
    return forgotten


def count_failures(context: Context, _request: CountFailures) -> int:
    """Counted from the audit."""
    return backup.failures_since(context.connection, context.now - RECENT)


REQUESTS: dict[type, Handler] = {
    RecordBackup: record_backup,
    ReportFailure: report_failure,
    Revive: revive,
    CountFailures: count_failures,
}
