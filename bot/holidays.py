"""China's working days with 调休, from chinesecalendar; weekdays where it does not know the year."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from rules.periods import Calendar


@cache
def known(year: int) -> bool:
    """Whether the public holidays of a year are known."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=8192)
def working(day: date) -> bool:
    """Whether a day is worked."""
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day)) if known(day.year) else day.weekday() < 5


CHINA = Calendar(working=working, known=known)
