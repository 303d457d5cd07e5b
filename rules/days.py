"""Days as people type them: 3天, 下周五, 月底, 12月1日, 2026-12-01, next friday."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

FAR = 3660
"""Days ahead beyond which a typed number is taken for a slip."""
DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
Read = Callable[[re.Match[str], date], date]
N = r"(\d{1,4}|[零一二两三四五六七八九十]{1,4})"
WEEKDAYS = {
    name: number for number, names in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for name in names
}
ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEAR = {"今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2, "大后天": 3}
NUMERALS = {"one": "1", "two": "2", "three": "3", "a": "1"}
BEFORE = re.compile(
    r"^(?:请|申请)?(?:假|延期|延长|推迟|顺延|改)?(?:请|一直)?(?:至|到|截至|(?:until|till|to|by)(?= ))?\s*"
)
AFTER = re.compile(r"\s*(?:为止|之前|以前|前|止|吧|[。.!])$")


def day_typed(text: str, today: date, since: date | None = None) -> date | None:
    """The day a text means, seen from today; None when it means none.

    A day or month without its year is the next one from today on; what names a week or month itself (本周五, 本月5日)
    may be past. Numbers of days, weeks and months are counted from `since`, where it is not today.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = AFTER.sub("", BEFORE.sub("", plain, count=1)).strip()
    if plain in NEAR:
        return today + timedelta(days=NEAR[plain])
    for pattern, read in SHAPES:
        if found := pattern.fullmatch(plain):
            try:
                return read(found, since if since and read in COUNTED else today)
            except (ValueError, KeyError, OverflowError):  # there is no such day
                return None
    return None


def _number(text: str) -> int:
    """A figure in digits or in Chinese numerals up to 99."""
    if text.isdecimal():
        return int(text)
    if text in NUMERALS:
        return int(NUMERALS[text])
    tens, ten, ones = text.rpartition("十")
    if not ten:
        tens, ones = "", text
    if len(tens) > 1 or len(ones) > 1:
        raise ValueError(text)
    return 10 * (DIGITS[tens] if tens else bool(ten)) + (DIGITS[ones] if ones else 0)


def _ahead(today: date, days: int) -> date:
    if days > FAR:
        raise ValueError(days)
    return today + timedelta(days=days)


def _month(today: date, months: int) -> tuple[int, int]:
    """The year and month so many months from today's."""
    if months > FAR // 30:
        raise ValueError(months)
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _full(found: re.Match[str], _today: date) -> date:
    return date(int(found[1]), int(found[2]), int(found[3]))


def _in_year(month: int, day: int, today: date) -> date:
    """The next day of that name; the 29th of February may be years ahead."""
    for year in range(today.year, today.year + 9):
        if day <= monthrange(year, month)[1] and (meant := date(year, month, day)) >= today:
            return meant
    raise ValueError(day)


def _of_year(found: re.Match[str], today: date) -> date:
    return _in_year(_checked(_number(found[1]), 12), _checked(_number(found[2]), 31), today)


def _named_year(found: re.Match[str], today: date) -> date:
    return date(today.year + {"今年": 0, "明年": 1}[found[1]], _number(found[2]), _number(found[3]))


def _checked(value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise ValueError(value)
    return value


def _of_month(found: re.Match[str], today: date) -> date:
    """本月5日, 下月5号; without the month the next one that has such a day."""
    day = _checked(_number(found[2]), 31)
    if found[1]:
        return date(*_month(today, found[1].count("下")), day)
    for months in range(3):
        year, month = _month(today, months)
        if day <= monthrange(year, month)[1] and (meant := date(year, month, day)) >= today:
            return meant
    raise ValueError(day)


def _end_of_month(found: re.Match[str], today: date) -> date:
    return _last(*_month(today, (found[1] or "").count("下")))


def _end_of_named_month(found: re.Match[str], today: date) -> date:
    month = _checked(_number(found[1]), 12)
    return _last(today.year + (month < today.month), month)


def _in_days(found: re.Match[str], today: date) -> date:
    return _ahead(today, _number(found[1]))


def _in_weeks(found: re.Match[str], today: date) -> date:
    return _ahead(today, 7 * _number(found[1]))


def _in_months(found: re.Match[str], today: date) -> date:
    last = _last(*_month(today, _number(found[1])))
    return last.replace(day=min(today.day, last.day))


def _weekday(found: re.Match[str], today: date) -> date:
    """下周五 is the Friday of the week after this one; 周五 alone is the next Friday from today on."""
    monday = today - timedelta(days=today.weekday())
    meant = monday + timedelta(days=WEEKDAYS[found[2]] + 7 * found[1].count("下"))
    return meant if found[1] or meant >= today else meant + timedelta(days=7)


def _english_weekday(found: re.Match[str], today: date) -> date:
    wanted = next(number for number, name in enumerate(ENGLISH_DAYS) if name.startswith(found[2][:3]))
    monday = today - timedelta(days=today.weekday())
    meant = monday + timedelta(days=wanted + 7 * ((found[1] or "").strip() == "next"))
    return meant if found[1] or meant >= today else meant + timedelta(days=7)


def _english_month(month: str, day: str, today: date) -> date:
    return _in_year(ENGLISH_MONTHS.index(month[:3]) + 1, _checked(int(day), 31), today)


DAY_NAMES = "|".join(f"{name}|{name[:3]}" for name in ENGLISH_DAYS)
MONTH_NAMES = "|".join(ENGLISH_MONTHS)
LONG = r"one|two|three|a|[零一二两三四五六七八九十]{1,4}"
LATER = r"(?:之?后|以后|内|later)?"
COUNTED = (_in_days, _in_weeks, _in_months)
SHAPES: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?", _full),
        (r"(\d{4})(\d{2})(\d{2})", _full),
        (rf"(今年|明年){N}月{N}[日号]?", _named_year),
        (rf"{N}\s*月\s*{N}\s*[日号]?", _of_year),
        (r"(\d{1,2})[-/](\d{1,2})", _of_year),
        (rf"(本月|这个?月|当月|下下?个?月)?\s*{N}\s*[日号]", _of_month),
        (r"(本月|这个?月|当月|下下?个?月)?(?:月?底|末|最后一天)", _end_of_month),
        (rf"{N}月(?:月?底|末)", _end_of_named_month),
        (r"年底|年末|今年年?底|end of (?:the )?year", lambda _found, today: date(today.year, 12, 31)),
        (rf"(?:再|in )?\s*(\d{{1,4}}|{LONG})\s*(?:个?[天日]|days?){LATER}", _in_days),
        (rf"(?:再|in )?\s*(\d{{1,4}}|{LONG})\s*(?:个?(?:周|星期|礼拜)|weeks?){LATER}", _in_weeks),
        (rf"(?:再|in )?\s*(\d{{1,3}}|{LONG})\s*(?:个月|months?){LATER}", _in_months),
        (r"(本|这个?|下下?个?|)(?:周|星期|礼拜)([一二三四五六日天1-7])", _weekday),
        (rf"(this |next )?({DAY_NAMES})", _english_weekday),
        (rf"({MONTH_NAMES})[a-z]* (\d{{1,2}})", lambda found, today: _english_month(found[1], found[2], today)),
        (rf"(\d{{1,2}}) ({MONTH_NAMES})[a-z]*", lambda found, today: _english_month(found[2], found[1], today)),
        (r"(?:the )?end of (?:the )?(next )?month", lambda found, today: _last(*_month(today, bool(found[1])))),
    )
)
"""How a day may be written, and what each means."""
