"""When a backup is due, when the newest is too old, and which are kept."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.backup import Keep, due, kept, stale

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("newest", "now", "expected"),
    [
        (None, "2026-11-22T09:00", True),
        ("2026-11-22T03:00", "2026-11-22T09:00", False),
        ("2026-11-22T02:59", "2026-11-22T03:00", True),
        ("2026-11-21T12:00", "2026-11-22T02:59", False),
        ("2026-11-21T12:00", "2026-11-22T03:00", True),
        ("2026-11-10T03:00", "2026-11-22T01:00", True),
    ],
)
def test_one_is_due_when_none_was_made_since_three_in_the_morning(newest: str | None, now: str, expected: bool):
    assert due(at(newest) if newest else None, at(now)) is expected


@pytest.mark.parametrize(
    ("newest", "expected"),
    [(None, True), ("2026-11-20T08:59", True), ("2026-11-20T09:00", False), ("2026-11-22T03:00", False)],
)
def test_two_days_are_too_old(newest: str | None, expected: bool):
    assert stale(at(newest) if newest else None, NOW) is expected


def test_a_year_of_nights_leaves_days_weeks_and_months():
    nights = [NOW.replace(hour=3) - timedelta(days=number) for number in range(400)]
    stay = sorted(kept(nights, Keep(7, 4, 12), NOW), reverse=True)
    assert stay[:7] == nights[:7]
    months = {(day.year, day.month) for day in stay}
    assert len(months) == 12
    weeks = {day.isocalendar()[:2] for day in stay}
    assert {day.isocalendar()[:2] for day in nights[:22]} <= weeks
    assert len(stay) <= 7 + 4 + 12


def test_the_newest_stays_however_old_it_is():
    old = [NOW - timedelta(days=900), NOW - timedelta(days=901)]
    assert max(old) in kept(old, Keep(1, 0, 0), NOW)
    assert kept([], Keep(1, 0, 0), NOW) == set()


def test_nothing_of_the_last_day_goes():
    hours = [NOW - timedelta(hours=number) for number in range(30)]
    assert set(hours[:24]) <= kept(hours, Keep(1, 0, 0), NOW)
    assert len(kept(hours, Keep(1, 0, 0), NOW)) == 24
