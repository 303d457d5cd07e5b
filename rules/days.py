"""A day as people type it: 2026-12-05, 12月5日, 5日, 三天, 5 days, 明天."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
NUMBER = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
WORDS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "大后天": 3}
WEEKDAYS = {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6}


def whole(text: str) -> int:
    """A number in digits or in Chinese up to ninety-nine: 12, 十二, 三十."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def day_of(text: str, today: date) -> date | None:
    """The day a text means, seen from today; a number of days counts today as the first."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in WORDS:
        return today + timedelta(days=WORDS[plain])
    for pattern, make in FORMS:
        if found := re.fullmatch(pattern, plain):
            try:
                return make(today, *found.groups())
            except (ValueError, OverflowError):
                return None
    return None


def _in_year(today: date, month: str, day: str) -> date:
    """This year, or the next when the day is past."""
    past = (whole(month), whole(day)) < (today.month, today.day)
    return date(today.year + past, whole(month), whole(day))


def _in_month(today: date, day: str) -> date:
    """This month, or the next when the day is past."""
    if whole(day) >= today.day:
        return today.replace(day=whole(day))
    after = today.replace(day=1) + timedelta(days=32)
    return after.replace(day=whole(day))


def _counted(today: date, number: str) -> date:
    if not whole(number):
        raise ValueError(number)
    return today + timedelta(days=whole(number) - 1)


def _weekday(today: date, next_week: str, sign: str) -> date:
    monday = today - timedelta(days=today.weekday())
    found = monday + timedelta(days=WEEKDAYS[sign] + (7 if next_week else 0))
    return found if found >= today else found + timedelta(days=7)


FORMS: tuple[tuple[str, Callable[..., date]], ...] = (
    (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", lambda today, *parts: date(*map(int, parts))),
    (rf"{NUMBER}月{NUMBER}[日号]?", _in_year),
    (r"(\d{1,2})[-/.](\d{1,2})", _in_year),
    (rf"{NUMBER}[日号]", _in_month),
    (rf"{NUMBER}\s*(?:天|days?)", _counted),
    (rf"{NUMBER}\s*(?:周|个?星期|weeks?)", lambda today, number: today + timedelta(days=7 * whole(number) - 1)),
    (r"(下)?(?:周|星期|礼拜)([一二三四五六日天])", _weekday),
)
