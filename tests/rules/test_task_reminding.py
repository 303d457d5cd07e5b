"""When who is reminded of a task: the days of each step, what of it stands on a day, and what never happens."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.holidays import CHINA
from rules.tasks.plan import Step, Terms
from rules.tasks.reminding import Reminder, reminders, standing
from rules.tasks.terms import LEVELS

QUIET = Terms(remind=(), overdue=())
LATE_ONCE = Terms(remind=(), overdue=(Step(1, "self"),))
Row = tuple[str, str, str]


def days(terms: Terms, issued: str, due: str) -> list[Row]:
    """The day, to whom, and the name of each reminder."""
    some = reminders(terms, date.fromisoformat(issued), date.fromisoformat(due), CHINA)
    return [(f"{each.on:%m-%d}", each.to, each.name) for each in some]


@pytest.mark.parametrize(
    ("terms", "issued", "due", "told"),
    [
        (QUIET, "2026-03-02", "2026-03-20", []),
        (
            Terms(),
            "2026-03-02",
            "2026-03-18",
            [
                ("03-13", "self", "before:3"),  # the 15th is a Sunday
                ("03-18", "self", "due"),
                ("03-19", "self", "late:1:1:self"),
                ("03-23", "officer", "late:3:1:officer"),  # the 21st is a Saturday
                ("03-30", "committee", "late:10:1:committee"),  # the 28th is a Saturday
            ],
        ),
        # the Spring Festival of 2026 is from 15 to 23 February, worked on Saturdays the 14th and the 28th
        (
            Terms(remind=(5, 0), overdue=(Step(1, "self"), Step(2, "officer"))),
            "2026-02-02",
            "2026-02-20",
            [
                ("02-14", "self", "before:5"),
                ("02-20", "self", "due"),
                ("02-24", "self", "late:1:1:self"),
                ("02-24", "officer", "late:2:1:officer"),
            ],
        ),
        (
            Terms(remind=(), overdue=(Step(1, "self"),)),
            "2026-02-02",
            "2026-02-27",
            [("02-28", "self", "late:1:1:self")],
        ),
        # on one day the nearest to the due day is the last
        (
            Terms(remind=(3, 1, 2), overdue=()),
            "2026-03-02",
            "2026-03-16",
            [("03-13", "self", "before:3"), ("03-13", "self", "before:2"), ("03-13", "self", "before:1")],
        ),
        # none on the day of issue or before it
        (Terms(remind=(9, 3, 0), overdue=()), "2026-03-13", "2026-03-16", [("03-16", "self", "due")]),
        (Terms(remind=(0,), overdue=()), "2026-03-16", "2026-03-16", []),
        # “still on it?” until the first reminder of the due day, and not on the day it moves to
        (
            Terms(remind=(3,), overdue=(), still=10),
            "2026-03-02",
            "2026-04-04",
            [("03-12", "self", "still:1"), ("03-23", "self", "still:2"), ("04-01", "self", "before:3")],
        ),
        (Terms(remind=(2,), overdue=(), still=4), "2026-03-02", "2026-03-08", [("03-06", "self", "before:2")]),
        (Terms(remind=(), overdue=(), still=4), "2026-03-02", "2026-03-08", [("03-06", "self", "still:1")]),
        # repeats end, or when the next step begins to be told to the same
        (
            Terms(remind=(), overdue=(Step(8, "self"), Step(1, "self", times=9, every=3))),
            "2026-03-02",
            "2026-03-08",
            [
                ("03-09", "self", "late:1:1:self"),
                ("03-12", "self", "late:1:2:self"),
                ("03-16", "self", "late:1:3:self"),  # the 15th is a Sunday
                ("03-16", "self", "late:8:1:self"),
            ],
        ),
        # issued when it was late already: days count from the issue
        (
            Terms(),
            "2026-03-16",
            "2026-03-02",
            [
                ("03-17", "self", "late:1:1:self"),
                ("03-19", "officer", "late:3:1:officer"),
                ("03-26", "committee", "late:10:1:committee"),
            ],
        ),
    ],
)
def test_each_step_has_its_day(terms: Terms, issued: str, due: str, told: list[Row]):
    assert days(terms, issued, due) == told


@pytest.mark.parametrize(
    ("today", "told"),
    [
        ("2026-03-12", []),
        ("2026-03-13", ["before:3"]),
        ("2026-03-17", ["before:3"]),
        ("2026-03-18", ["due"]),
        ("2026-03-22", ["late:1:1:self"]),
        ("2026-03-23", ["late:1:1:self", "late:3:1:officer"]),
        ("2036-03-23", ["late:1:1:self", "late:3:1:officer", "late:10:1:committee"]),
    ],
)
def test_what_stands_is_the_last_for_each_who_hears(today: str, told: list[str]):
    some = reminders(Terms(), date(2026, 3, 2), date(2026, 3, 18), CHINA)
    assert [each.name for each in standing(some, date.fromisoformat(today))] == told


def test_of_several_on_one_day_what_stands_is_the_nearest_to_the_due_day():
    some = reminders(Terms(remind=(3, 1, 2)), date(2026, 3, 2), date(2026, 3, 16), CHINA)
    assert [each.name for each in standing(some, date(2026, 3, 13))] == ["before:1"]


STEPS = st.builds(Step, st.integers(1, 60), st.sampled_from(LEVELS), st.integers(1, 12), st.integers(1, 20))
TERMS = st.builds(
    Terms,
    remind=st.lists(st.integers(0, 90), max_size=4).map(tuple),
    overdue=st.lists(STEPS, max_size=4).map(tuple),
    still=st.integers(0, 60),
)
ISSUED = st.dates(date(2025, 12, 1), date(2026, 10, 1))
LENGTHS = st.integers(-31, 200)


def some_of(terms: Terms, issued: date, length: int) -> list[Reminder]:
    return reminders(terms, issued, issued + timedelta(days=length), CHINA)


@given(TERMS, ISSUED, LENGTHS)
def test_none_is_on_the_day_of_issue_or_on_a_day_not_worked_but_the_due_day(terms: Terms, issued: date, length: int):
    for each in some_of(terms, issued, length):
        assert each.on > issued
        assert CHINA.working(each.on) or each.name == "due"
        if each.kind in ("task_overdue", "task_escalated"):
            assert each.on > issued + timedelta(days=length)
        else:
            assert (each.to, each.on <= issued + timedelta(days=length)) == ("self", True)


@given(TERMS, ISSUED, LENGTHS)
def test_there_are_never_more_than_its_terms_say_and_each_name_is_there_once(terms: Terms, issued: date, length: int):
    some = some_of(terms, issued, length)
    still = length // terms.still if terms.still and length > 0 else 0
    assert len(some) <= len(set(terms.remind)) + still + sum(step.times for step in terms.overdue)
    assert some == sorted(some, key=lambda each: each.on)
    if len({(step.after, step.to) for step in terms.overdue}) == len(terms.overdue):
        assert len({each.name for each in some}) == len(some)


@given(TERMS, ISSUED, LENGTHS, st.integers(-40, 4000))
def test_at_most_one_stands_for_each_who_hears_and_it_stays_until_the_next(
    terms: Terms, issued: date, length: int, later: int
):
    some, today = some_of(terms, issued, length), issued + timedelta(days=later)
    now = standing(some, today)
    assert len({each.to for each in now}) == len(now)
    assert standing(now, today) == now == standing(some, today)
    assert all(each.on <= today for each in now)
    for each in now:
        assert not [other for other in some if other.to == each.to and each.on < other.on <= today]


@given(TERMS, ISSUED, LENGTHS)
def test_day_by_day_nobody_hears_more_than_one_a_day_nor_one_twice(terms: Terms, issued: date, length: int):
    some = some_of(terms, issued, length)
    told: set[tuple[str, str]] = set()
    for day in range(400):
        fresh = [(each.to, each.name) for each in standing(some, issued + timedelta(days=day))]
        fresh = [each for each in fresh if each not in told]
        assert len({to for to, _ in fresh}) == len(fresh)
        told |= set(fresh)
    assert told <= {(each.to, each.name) for each in some}
