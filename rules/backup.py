"""Backups (备份): when one is due, when the newest is too old, and which are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

BACKUP_AT = time(3, 0)
STALE = timedelta(days=2)
FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months keep their newest backup."""

    days: int
    weeks: int
    months: int


def due(newest: datetime | None, now: datetime) -> bool:
    """Whether no backup was made since the last 03:00; both instants are local."""
    slot = datetime.combine(now.date(), BACKUP_AT, now.tzinfo)
    if slot > now:
        slot -= timedelta(days=1)
    return newest is None or newest < slot


def stale(newest: datetime | None, now: datetime) -> bool:
    """Whether the newest backup is older than two days, or there is none."""
    return newest is None or now - newest > STALE


def kept(made: Collection[datetime], keep: Keep, now: datetime) -> set[datetime]:
    """Which backups stay: the newest, all of the last 24 hours, and the newest of each day, week and month kept."""
    newest_first = sorted(made, reverse=True)
    stay = {at for at in newest_first if now - at < FRESH} | set(newest_first[:1])
    spans: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
        (keep.days, lambda at: at.date()),
        (keep.weeks, lambda at: at.isocalendar()[:2]),
        (keep.months, lambda at: (at.year, at.month)),
    )
    for most, span in spans:
        seen: dict[Hashable, datetime] = {}
        for at in newest_first:
            seen.setdefault(span(at), at)
        stay |= set(list(seen.values())[:most])
    return stay
