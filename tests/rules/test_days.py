"""A day as people type it."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.days import day_of, whole

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-05", date(2026, 12, 5)),
        ("2026/12/5", date(2026, 12, 5)),
        ("２０２６年１２月５日", date(2026, 12, 5)),
        ("12月5日", date(2026, 12, 5)),
        ("十二月五号", date(2026, 12, 5)),
        ("12-5", date(2026, 12, 5)),
        ("1月5日", date(2027, 1, 5)),
        ("25日", date(2026, 11, 25)),
        ("5号", date(2026, 12, 5)),
        ("22日", SUNDAY),
        ("5 days", date(2026, 11, 26)),
        ("1 day", SUNDAY),
        ("三天", date(2026, 11, 24)),
        ("十五天", date(2026, 12, 6)),
        ("两周", date(2026, 12, 5)),
        ("今天", SUNDAY),
        ("明天", date(2026, 11, 23)),
        ("周五", date(2026, 11, 27)),
        ("周日", SUNDAY),
        ("下周三", date(2026, 11, 25)),
        ("2月30日", None),
        ("31日", None),
        ("13月1日", None),
        ("0天", None),
        ("五", None),
        ("", None),
        ("随便", None),
        ("2026-02-29", None),
        ("9999-12-31", date(9999, 12, 31)),
    ],
)
def test_a_text_means_a_day_or_none(text: str, day: date | None):
    assert day_of(text, SUNDAY) == day


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(0, 300))
@example(date(2027, 12, 1), 90)
def test_every_day_of_the_next_year_is_understood_in_each_writing(today: date, ahead: int):
    day = today + timedelta(days=ahead)
    for text in (day.isoformat(), f"{day.month}月{day.day}日", f"{day:%m-%d}", f"{ahead + 1}天"):
        assert day_of(text, today) == day, text


@given(st.text(max_size=12), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_no_text_breaks_it(text: str, today: date):
    found = day_of(text, today)
    assert found is None or isinstance(found, date)


@pytest.mark.parametrize(
    ("text", "number"), [("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("两", 2), ("7", 7)]
)
def test_numbers_are_read_in_chinese(text: str, number: int):
    assert whole(text) == number
