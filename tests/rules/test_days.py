"""Days as people type them: what each text means, seen from Monday 23 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.days import day_typed

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("今天", "2026-11-23"),
        ("明天", "2026-11-24"),
        ("后天", "2026-11-25"),
        ("大后天", "2026-11-26"),
        ("2026-12-01", "2026-12-01"),
        ("2026/12/1", "2026-12-01"),
        ("2026.12.1", "2026-12-01"),
        ("20261201", "2026-12-01"),
        ("2026年12月1日", "2026-12-01"),
        ("12月1日", "2026-12-01"),
        ("12月1号", "2026-12-01"),
        ("12-1", "2026-12-01"),
        ("12/1", "2026-12-01"),
        ("１２月１日", "2026-12-01"),
        ("十二月五日", "2026-12-05"),
        ("1月5日", "2027-01-05"),
        ("11月22日", "2027-11-22"),
        ("2月29日", "2028-02-29"),
        ("明年1月3日", "2027-01-03"),
        ("今年12月3日", "2026-12-03"),
        ("1号", "2026-12-01"),
        ("25日", "2026-11-25"),
        ("二十五号", "2026-11-25"),
        ("31号", "2026-12-31"),
        ("本月28日", "2026-11-28"),
        ("本月5日", "2026-11-05"),
        ("下月5日", "2026-12-05"),
        ("下个月10号", "2026-12-10"),
        ("下下月1日", "2027-01-01"),
        ("月底", "2026-11-30"),
        ("本月底", "2026-11-30"),
        ("下月底", "2026-12-31"),
        ("2月底", "2027-02-28"),
        ("年底", "2026-12-31"),
        ("3天", "2026-11-26"),
        ("三天", "2026-11-26"),
        ("十天", "2026-12-03"),
        ("十五天", "2026-12-08"),
        ("3天后", "2026-11-26"),
        ("3日后", "2026-11-26"),
        ("延期3天", "2026-11-26"),
        ("再延三天", None),
        ("再3天", "2026-11-26"),
        ("0天", "2026-11-23"),
        ("一周", "2026-11-30"),
        ("两周后", "2026-12-07"),
        ("2个星期", "2026-12-07"),
        ("一个月", "2026-12-23"),
        ("周一", "2026-11-23"),
        ("周五", "2026-11-27"),
        ("星期天", "2026-11-29"),
        ("礼拜日", "2026-11-29"),
        ("本周五", "2026-11-27"),
        ("这周一", "2026-11-23"),
        ("下周一", "2026-11-30"),
        ("下周五", "2026-12-04"),
        ("下下周三", "2026-12-09"),
        ("请假到下周五", "2026-12-04"),
        ("到12月1日前", "2026-12-01"),
        ("12月1日之前", "2026-12-01"),
        ("today", "2026-11-23"),
        ("tomorrow", "2026-11-24"),
        ("in 3 days", "2026-11-26"),
        ("a week", "2026-11-30"),
        ("2 weeks", "2026-12-07"),
        ("Friday", "2026-11-27"),
        ("next friday", "2026-12-04"),
        ("until next Friday", "2026-12-04"),
        ("Dec 1", "2026-12-01"),
        ("1 December", "2026-12-01"),
        ("end of month", "2026-11-30"),
        ("end of next month", "2026-12-31"),
        ("2月30日", None),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("13月1日", None),
        ("0号", None),
        ("99999天", None),
        ("9999天", None),
        ("999个月", None),
        ("十十天", None),
        ("-3天", None),
        ("3.5天", None),
        ("三个工作日", None),
        ("下周八", None),
        ("", None),
        ("   ", None),
        ("申报", None),
        ("😀", None),
        ("12月", None),
        ("1" * 5000, None),
    ],
)
def test_a_text_means_a_day(text: str, meant: str | None):
    assert day_typed(text, TODAY) == (None if meant is None else date.fromisoformat(meant))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3天", "2026-12-03"),
        ("一周", "2026-12-07"),
        ("1个月", "2026-12-30"),
        ("下周五", "2026-12-04"),
        ("月底", "2026-11-30"),
    ],
)
def test_what_is_counted_is_counted_from_another_day(text: str, meant: str):
    assert day_typed(text, TODAY, date(2026, 11, 30)) == date.fromisoformat(meant)


@given(DAYS, DAYS)
def test_a_day_written_in_full_is_that_day_whenever_it_is_read(day: date, today: date):
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"):
        assert day_typed(text, today) == day


@given(DAYS)
def test_the_next_week_after_a_day_is_reached_by_names_of_weekdays(today: date):
    found = {day_typed(f"周{name}", today) for name in "一二三四五六日"}
    assert found == {today + timedelta(days=each) for each in range(7)}


@given(st.text(max_size=30), DAYS)
def test_no_text_breaks_it(text: str, today: date):
    found = day_typed(text, today)
    assert found is None or isinstance(found, date)
