"""Spans of days: the cycle, the sub-periods of a span, and the windows in which something is counted."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Hashable, Iterator
from datetime import date, timedelta

from rules.schemes.subjects import Cycle

Span = tuple[date, date]
"""The first and the last day."""
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
ONE_DAY = timedelta(days=1)

KEYS: dict[str, Callable[[date], Hashable]] = {
    "day": date.toordinal,
    "week": lambda on: (on.toordinal() - 1) // 7,
    "month": lambda on: on.year * 12 + on.month,
    "quarter": lambda on: on.year * 4 + (on.month - 1) // 3,
    "half": lambda on: on.year * 2 + (on.month - 1) // 6,
    "year": lambda on: on.year,
    "cycle": lambda on: None,
}
"""Window → what is equal for two days in the same one. Weeks begin on Monday."""


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month when there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    if index >= 9999 * 12:
        return date.max
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def cycle_span(cycle: Cycle, as_of: date, given: Span | None) -> Span:
    """The cycle a day lies in: as the facts give it, else as the scheme's dates say."""
    if given is not None:
        return given
    if cycle.by == "never":
        return date.min, as_of
    month, day = map(int, cycle.start.split("-"))
    first = date(as_of.year, month, day)
    while first > as_of:
        first = add_months(first, -cycle.months)
    while add_months(first, cycle.months) <= as_of:
        first = add_months(first, cycle.months)
    return first, add_months(first, cycle.months) - ONE_DAY


def parts_of(span: Span, window: str) -> Iterator[Span]:
    """The windows of a span in order, cut to it; months are counted from its first day where that is a first."""
    if window in ("cycle", "occurrence"):
        yield span
        return
    first = span[0]
    while first <= span[1]:
        after = _next(first, window)
        yield first, min(after - ONE_DAY, span[1])
        if after == date.max:
            return
        first = after


def key_in(span: Span, window: str) -> Callable[[date], Hashable]:
    """What is equal for two days in the same of the windows that `parts_of` gives."""
    months, first = MONTHS.get(window), span[0]
    if months is None or first.day != 1:
        return KEYS.get(window, KEYS["cycle"])
    return lambda on: ((on.year - first.year) * 12 + on.month - first.month) // months


def _next(first: date, window: str) -> date:
    if window == "day":
        return first + ONE_DAY
    if window == "week":
        return first + timedelta(days=7 - first.weekday())
    months = MONTHS[window]
    if first.day == 1:
        return add_months(first, months)
    return add_months(first.replace(day=1), months - (first.month - 1) % months)


def label(span: Span) -> str:
    """The name of a sub-period as imported values carry it: 2026-01, 2026Q1, 2026H1, 2026."""
    first, last = span
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return f"{first:%Y-%m}"
    if months == 3:
        return f"{first.year}Q{(first.month - 1) // 3 + 1}"
    if months == 6:
        return f"{first.year}H{(first.month - 1) // 6 + 1}"
    return f"{first.year}"
