"""Months, working days and the days on which a reminder falls."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta


def period_of(day: date) -> str:
    """The period (申报期) a day belongs to, for example "2026-01"."""
    return f"{day:%Y-%m}"


def first_day(period: str) -> date:
    """The first day of a period; raises ValueError when the text is no period."""
    return date.fromisoformat(f"{period}-01")


def last_day(period: str) -> date:
    """The last day on which a period may be declared."""
    first = first_day(period)
    return first.replace(day=monthrange(first.year, first.month)[1])


def shift(period: str, months: int) -> str:
    """The period so many months later (earlier when negative)."""
    first = first_day(period)
    index = first.year * 12 + first.month - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def year_of(period: str) -> int:
    """The calendar year of a period."""
    return int(period[:4])


def read_on(today: date, year: int) -> date:
    """The day on which a year's figures are read: today, or its last day once it is over."""
    return today if today.year == year else date(year, 12, 31)


def day_after(period: str, day: int) -> date:
    """Day `day` of the month after the period: review ends and closing happens there."""
    return first_day(shift(period, 1)).replace(day=day)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked; `known` tells whether a year's public holidays are known or only weekdays."""

    working: Callable[[date], bool]
    known: Callable[[int], bool]


def weekdays() -> Calendar:
    """Monday to Friday: the rule for a year whose holidays are not published."""
    return Calendar(working=lambda day: day.weekday() < 5, known=lambda year: False)


def reminder_days(period: str, steps: Iterable[int], calendar: Calendar) -> dict[int, date]:
    """Step (calendar days before the last day) → the day it goes out.

    A step on a non-working day moves to the last working day before it; step 0, the last day itself, never moves.
    """
    days: dict[int, date] = {}
    for step in steps:
        day = last_day(period) - timedelta(days=step)
        while step and not calendar.working(day) and day > first_day(period):
            day -= timedelta(days=1)
        days[step] = day
    return days


def working_before(day: date, calendar: Calendar) -> date:
    """The last working day before a day."""
    before = day - timedelta(days=1)
    while not calendar.working(before):
        before -= timedelta(days=1)
    return before
