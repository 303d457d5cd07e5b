"""Days late of a duty: calendar days and working days, weekends, made-up working days, done before, not done yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.deadlines import late_days
from rules.periods import Calendar, weekdays

# October 2026: holidays from the 1st (Thursday) to the 7th, Saturday the 10th is worked for them.
OFF = {date(2026, 10, day) for day in range(1, 8)}
HOLIDAYS = Calendar(
    working=lambda day: day == date(2026, 10, 10) or (day.weekday() < 5 and day not in OFF),
    known=lambda year: True,
)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("on", "done", "allowed", "late"),
    [
        ("03-02", "03-09", 7, 0),  # the last day
        ("03-02", "03-10", 7, 1),
        ("03-02", "03-14", 7, 5),  # Saturday counts
        ("03-02", "03-02", 0, 0),
        ("03-02", "03-03", 0, 1),
        ("03-02", "02-20", 0, 0),  # done before
    ],
)
def test_calendar_days(on: str, done: str, allowed: int, late: int):
    assert late_days(day(on), day(done), day("12-31"), allowed, False, weekdays()) == late


@pytest.mark.parametrize(
    ("on", "done", "allowed", "late"),
    [
        ("03-02", "03-09", 5, 0),  # Monday to Monday: five working days
        ("03-02", "03-10", 5, 1),
        ("03-06", "03-13", 5, 0),  # Friday to Friday
        ("03-06", "03-15", 5, 0),  # done on the weekend after it: no further working day has passed
        ("03-06", "03-16", 5, 1),
        ("03-07", "03-09", 1, 0),  # begun on a Saturday: Monday is the first day
        ("03-07", "03-10", 1, 1),
        ("03-06", "03-08", 0, 0),
        ("03-06", "03-01", 0, 0),
    ],
)
def test_working_days(on: str, done: str, allowed: int, late: int):
    assert late_days(day(on), day(done), day("12-31"), allowed, True, weekdays()) == late


@pytest.mark.parametrize(
    ("on", "done", "allowed", "late"),
    [
        ("09-30", "10-07", 0, 0),  # holidays only
        ("09-30", "10-08", 1, 0),
        ("09-30", "10-10", 2, 1),  # the Saturday is worked: 8th, 9th, 10th
        ("09-30", "10-11", 3, 0),
        ("10-10", "10-12", 1, 0),  # the day it began is not counted though it is worked
        ("10-09", "10-12", 1, 1),
    ],
)
def test_holidays_and_a_saturday_worked_for_them(on: str, done: str, allowed: int, late: int):
    assert late_days(day(on), day(done), day("12-31"), allowed, True, HOLIDAYS) == late


@pytest.mark.parametrize(
    ("done", "as_of", "allowed", "working", "late"),
    [
        (None, "03-09", 7, False, 0),  # the last day is not over
        (None, "03-10", 7, False, 1),
        (None, "03-09", 5, True, 0),
        (None, "03-10", 5, True, 1),
        (None, "03-15", 5, True, 4),  # Sunday: the 10th to the 13th
        (None, "03-16", 7, True, 3),
        ("03-20", "03-12", 7, False, 3),  # as of the 12th it was not done yet
        ("03-08", "03-12", 7, False, 0),
        (None, "02-01", 0, True, 0),  # read before it began
    ],
)
def test_what_is_not_done_is_late_by_the_day_of_reading(
    done: str | None, as_of: str, allowed: int, working: bool, late: int
):
    assert (
        late_days(day("03-02"), None if done is None else day(done), day(as_of), allowed, working, weekdays()) == late
    )


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(DAYS, DAYS, st.integers(0, 40), st.booleans())
def test_a_day_later_is_at_most_one_day_later(on: date, done: date, allowed: int, working: bool):
    later = done + timedelta(days=1)
    first = late_days(on, done, date(2027, 12, 31), allowed, working, HOLIDAYS)
    second = late_days(on, later, date(2027, 12, 31), allowed, working, HOLIDAYS)
    assert 0 <= second - first <= 1


@given(DAYS, DAYS, st.integers(0, 40))
def test_working_days_are_never_more_than_calendar_days(on: date, done: date, allowed: int):
    every = Calendar(working=lambda day: True, known=lambda year: True)
    plain = late_days(on, done, date(2027, 12, 31), allowed, False, weekdays())
    assert late_days(on, done, date(2027, 12, 31), allowed, True, weekdays()) <= plain
    assert late_days(on, done, date(2027, 12, 31), allowed, True, every) == plain
