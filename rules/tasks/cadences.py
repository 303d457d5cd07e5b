"""When obligations fall: periods of a beat, or single dates, each with the day it is issued and the day it is due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from msgspec import Struct

from rules.periods import Calendar
from rules.tasks.plan import MONTHS, Due, Obligation, Plan
from rules.tasks.spans import span

MARKS = {"month": "", "two_months": "T", "quarter": "Q", "half_year": "H", "year": ""}
NEAR = 31
"""Days by which what moves to a working day may leave its period, and more."""
AHEAD = (2, 10, 100)
"""Years to look ahead, more when little falls in fewer."""


class Fall(Struct, frozen=True):
    """One time an obligation falls."""

    period: str
    issue_on: date
    due_on: date


def falls(plan: Plan, obligation: Obligation, first: date, last: date, calendar: Calendar) -> list[Fall]:
    """Those issued from a day to another, both included, in the order they are issued."""
    outside = timedelta(days=NEAR + _away(plan, obligation))
    since, until = first - outside, last + outside + timedelta(days=2 * obligation.lead)
    some = [
        fall
        for year in range(since.year - 1, until.year + 1)
        for period in _periods(obligation, year)
        if span(period)[1] >= since and span(period)[0] <= until
        for fall in falls_in(plan, obligation, period, calendar)
        if first <= fall.issue_on <= last
    ]
    return sorted(some, key=lambda fall: (fall.issue_on, fall.due_on))


def falls_in(plan: Plan, obligation: Obligation, period: str, calendar: Calendar) -> list[Fall]:
    """Those of a period; of single dates those that lie in it."""
    first, last = span(period)
    names = [name for name in _periods(obligation, first.year) if name == period]
    if obligation.dates:
        names = [name for name in _periods(obligation, first.year) if first <= span(name)[0] <= last]
    found = []
    for name in names:
        due = _due(plan, obligation, name, calendar)
        if due is not None:
            found.append(Fall(name, _earlier(due, obligation.lead, calendar, obligation.lead_working), due))
    return found


def upcoming(plan: Plan, obligation: Obligation, today: date, calendar: Calendar, most: int) -> list[Fall]:
    """The next that are due from a day on, at most so many."""
    found: list[Fall] = []
    first = today - timedelta(days=2 * obligation.lead)
    for years in AHEAD:
        found = falls(plan, obligation, first, today + timedelta(days=366 * years), calendar)
        found = sorted((each for each in found if each.due_on >= today), key=lambda each: each.due_on)
        if len(found) >= most:
            break
    return found[:most]


def _periods(obligation: Obligation, year: int) -> list[str]:
    """The names of the periods that begin in a year."""
    if obligation.every is None:
        dated = [each if len(each) > 5 else f"{year:04d}-{each}" for each in obligation.dates]
        return sorted({each for each in dated if each[:4] == f"{year:04d}" and _is_day(each)})
    length, mark = MONTHS[obligation.every], MARKS[obligation.every]
    begins = [begin for begin in range(1, 13, length) if not obligation.months or begin in obligation.months]
    if obligation.every == "year":
        return [f"{year:04d}"] if begins else []
    names = [(f"{mark}{begin // length + 1}" if mark else f"{begin:02d}") for begin in begins]
    return [f"{year:04d}-{name}" for name in names]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:  # 29 February
        return False
    return True


def _due(plan: Plan, obligation: Obligation, period: str, calendar: Calendar) -> date | None:
    due = obligation.due
    first, last = span(period)
    if due.after:
        base = _base(plan, due.after, period, calendar)
        if base is None:
            return None
        return _later(base, due.days, calendar) if due.working else base + timedelta(days=due.days)
    if obligation.dates:
        return _moved(first, due, calendar)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    month = min(max(due.month - 1 if due.month > 0 else months + due.month, 0), months - 1)
    return _in_month(first.replace(month=first.month + month), due, calendar)


def _away(plan: Plan, obligation: Obligation) -> int:
    """The most days that what is counted from others may be due outside its own period."""
    by_code = {each.code: each for each in plan.obligations}
    days, each, seen = 0, obligation, {obligation.code}
    while each.due.after:
        days += 2 * abs(each.due.days)
        if each.due.after in seen or each.due.after not in by_code:
            break
        each = by_code[each.due.after]
        seen.add(each.code)
    return days + 366 if days or obligation.due.after else 0


def _base(plan: Plan, code: str, period: str, calendar: Calendar) -> date | None:
    """The due date of another obligation in the same period, or in the one that holds it."""
    first, last = span(period)
    other = next((each for each in plan.obligations if each.code == code), None)
    if other is None:
        return None
    holding = [name for name in _periods(other, first.year) if span(name)[0] <= first and last <= span(name)[1]]
    inside = [name for name in _periods(other, first.year) if first <= span(name)[0] <= last] if other.dates else []
    some = holding or inside[-1:]
    return _due(plan, other, some[0], calendar) if some else None


def _in_month(first: date, due: Due, calendar: Calendar) -> date:
    length = monthrange(first.year, first.month)[1]
    if due.working_day is None:
        return _moved(first.replace(day=min(due.day or length, length)), due, calendar)
    days = [first.replace(day=day) for day in range(1, length + 1)]
    worked = [day for day in days if calendar.working(day)] or days
    index = due.working_day - 1 if due.working_day > 0 else len(worked) + due.working_day
    return worked[min(max(index, 0), len(worked) - 1)]


def _moved(day: date, due: Due, calendar: Calendar) -> date:
    step = {"next": 1, "before": -1, "": 0}[due.move]
    while step and not calendar.working(day):
        day += timedelta(days=step)
    return day


def _later(day: date, days: int, calendar: Calendar) -> date:
    """So many working days later, or earlier when negative."""
    step = 1 if days > 0 else -1
    for _ in range(abs(days)):
        day += timedelta(days=step)
        while not calendar.working(day):
            day += timedelta(days=step)
    return day


def _earlier(day: date, days: int, calendar: Calendar, working: bool) -> date:
    return _later(day, -days, calendar) if working else day - timedelta(days=days)
