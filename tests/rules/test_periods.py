"""Months over year ends, and the days on which reminders go out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.periods import Calendar, day_after, first_day, last_day, period_of, reminder_days, shift, weekdays, year_of

PERIODS = st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(period_of)


def calendar(off: set[date], made_up: set[date]) -> Calendar:
    """Monday to Friday, but for the days off (放假) and the days made up for (调休上班)."""
    return Calendar(
        working=lambda day: day in made_up or (day.weekday() < 5 and day not in off),
        known=lambda year: True,
    )


def days(month: int, *numbers: int) -> set[date]:
    return {date(2026, month, number) for number in numbers}


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 1, 1), "2026-01"),
        (date(2026, 1, 31), "2026-01"),
        (date(2025, 12, 31), "2025-12"),
    ],
)
def test_a_day_belongs_to_its_month(day: date, period: str):
    assert period_of(day) == period
    assert year_of(period) == day.year


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("2026-01", date(2026, 1, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 29)),
        ("2100-02", date(2100, 2, 28)),
        ("2026-04", date(2026, 4, 30)),
        ("2026-12", date(2026, 12, 31)),
    ],
)
def test_a_month_ends_on_its_last_day(period: str, last: date):
    assert last_day(period) == last
    assert first_day(period) == last.replace(day=1)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1", "2026-00", "2026-13", "202601", "2026-01-01", "26-01", "二〇二六"]
)
def test_a_text_that_is_no_month_is_refused(text: str):
    with pytest.raises(ValueError, match=r"isoformat|month"):
        first_day(text)


@pytest.mark.parametrize(
    ("period", "months", "then"),
    [
        ("2026-06", 0, "2026-06"),
        ("2026-06", 1, "2026-07"),
        ("2026-12", 1, "2027-01"),
        ("2026-01", -1, "2025-12"),
        ("2026-01", -12, "2025-01"),
        ("2026-01", -13, "2024-12"),
        ("2026-11", 26, "2029-01"),
    ],
)
def test_months_are_counted_over_year_ends(period: str, months: int, then: str):
    assert shift(period, months) == then


@given(PERIODS, st.integers(-600, 600))
def test_shifting_there_and_back_gives_the_same_month(period: str, months: int):
    assert shift(shift(period, months), -months) == period


@given(PERIODS)
def test_the_day_after_the_last_is_the_first_of_the_next_month(period: str):
    assert last_day(period) + timedelta(days=1) == first_day(shift(period, 1)) == day_after(period, 1)


@pytest.mark.parametrize(
    ("period", "day", "then"),
    [
        ("2026-01", 5, date(2026, 2, 5)),
        ("2026-12", 6, date(2027, 1, 6)),
        ("2026-01", 28, date(2026, 2, 28)),
    ],
)
def test_review_and_closing_fall_in_the_month_after(period: str, day: int, then: date):
    assert day_after(period, day) == then


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 5, 25), True),
        (date(2026, 5, 29), True),
        (date(2026, 5, 30), False),
        (date(2026, 5, 31), False),
    ],
)
def test_without_a_published_calendar_monday_to_friday_are_worked(day: date, works: bool):
    assert weekdays().working(day) is works
    assert weekdays().known(day.year) is False


# January 2026 ends on a Saturday, February too, May on a Sunday, September on a Wednesday before National Day
@pytest.mark.parametrize(
    ("period", "off", "made_up", "expected"),
    [
        pytest.param("2026-01", set(), set(), {7: 23, 3: 28, 1: 30, 0: 31}, id="a Saturday moves to the Friday before"),
        pytest.param("2026-01", set(), days(1, 24), {7: 24, 3: 28, 1: 30, 0: 31}, id="a made-up Saturday stays"),
        pytest.param(
            "2026-01", days(1, 30), set(), {3: 28, 1: 29, 0: 31}, id="a holiday on a Friday moves to Thursday"
        ),
        pytest.param("2026-02", days(2, *range(15, 24)), set(), {7: 13, 3: 25}, id="over the whole Spring Festival"),
        pytest.param(
            "2026-02", days(2, *range(15, 24)), days(2, 14), {7: 14, 3: 25}, id="to the made-up day before the festival"
        ),
        pytest.param("2026-05", set(), set(), {3: 28, 2: 29, 1: 29, 0: 31}, id="two steps may meet on one day"),
        pytest.param("2026-09", set(), set(), {7: 23, 3: 25, 1: 29, 0: 30}, id="a Sunday moves back over two days"),
        pytest.param("2026-09", set(), days(9, 27), {3: 27}, id="a made-up Sunday stays"),
        pytest.param("2026-09", days(9, 30), set(), {0: 30}, id="the last day itself never moves"),
        pytest.param("2026-09", days(9, *range(1, 31)), set(), {7: 1, 0: 30}, id="never before the month begins"),
    ],
)
def test_a_reminder_on_a_day_off_goes_out_on_the_working_day_before(
    period: str, off: set[date], made_up: set[date], expected: dict[int, int]
):
    found = reminder_days(period, expected, calendar(off, made_up))
    assert found == {step: first_day(period).replace(day=day) for step, day in expected.items()}


@given(PERIODS, st.sets(st.integers(0, 27)), st.sets(st.integers(1, 31)))
def test_a_reminder_goes_out_on_a_working_day_and_never_later_than_its_step(
    period: str, steps: set[int], off_days: set[int]
):
    some = calendar({first_day(period) + timedelta(days=number - 1) for number in off_days}, set())
    for step, day in reminder_days(period, steps, some).items():
        assert day <= last_day(period) - timedelta(days=step)
        assert some.working(day) or day == first_day(period) or step == 0
        assert day == last_day(period) or step > 0
