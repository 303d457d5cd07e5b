"""Deadlines of duties: how many days late something was done, or is so far."""

from __future__ import annotations

from datetime import date, timedelta

from rules.periods import Calendar


def late_days(on: date, done: date | None, as_of: date, allowed: int, working: bool, calendar: Calendar) -> int:
    """Days beyond the allowed ones from `on` (not counted) to `done`, or to the day of reading; 0 in time.

    What is done after the day of reading is not done yet. With `working` only working days count: who is done on the
    weekend after the last allowed day is in time, for no working day has passed.
    """
    end = as_of if done is None else min(done, as_of)
    passed = (end - on).days
    if working:
        passed = sum(calendar.working(on + timedelta(days=number)) for number in range(1, passed + 1))
    return max(0, passed - allowed)
