"""When obligations fall: periods of a beat, single dates, working days, days counted from another obligation."""

import json
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.holidays import CHINA
from rules.periods import Calendar, weekdays
from rules.tasks.cadences import Fall, falls, falls_in, upcoming
from rules.tasks.kept import kept_plan
from rules.tasks.plan import MONTHS, Obligation, Plan
from rules.tasks.spans import span

HEAD = 'plan: p\ntitle: 计划\nversion: "1"\nobligations:\n'
WEEKDAYS = weekdays()
SWAPPED = Calendar(working=lambda day: day.weekday() < 5 or day == date(2026, 2, 28), known=lambda year: True)
"""Weekdays, and a make-up Saturday."""


def plan(*obligations: str) -> Plan:
    return kept_plan(HEAD + "".join(f"  - {{code: c{n}, name: 甲, {text}}}\n" for n, text in enumerate(obligations)))


def fallen(text: str, period: str, *others: str, calendar: Calendar = WEEKDAYS) -> list[tuple[str, str, str]]:
    found = plan(text, *others)
    some = falls_in(found, found.obligations[0], period, calendar)
    return [(fall.period, fall.issue_on.isoformat(), fall.due_on.isoformat()) for fall in some]


@pytest.mark.parametrize(
    ("text", "period", "issued", "due"),
    [
        ("every: month, due: {day: 25}, lead: 10", "2026-03", "2026-03-15", "2026-03-25"),
        ("every: month, due: {day: 31}, lead: 0", "2026-02", "2026-02-28", "2026-02-28"),
        ("every: month, lead: 0", "2026-04", "2026-04-30", "2026-04-30"),
        ("every: month, due: {day: 15, move: next}, lead: 0", "2026-02", "2026-02-16", "2026-02-16"),
        ("every: month, due: {day: 15, move: before}, lead: 0", "2026-02", "2026-02-13", "2026-02-13"),
        ("every: month, due: {working_day: -1}, lead: 0", "2026-05", "2026-05-29", "2026-05-29"),
        ("every: month, due: {working_day: 1}, lead: 0", "2026-02", "2026-02-02", "2026-02-02"),
        ("every: month, due: {working_day: 3}, lead: 1, lead_working: true", "2026-02", "2026-02-03", "2026-02-04"),
        ("every: month, due: {day: 2}, lead: 1, lead_working: true", "2026-03", "2026-02-27", "2026-03-02"),
        ("every: two_months, due: {working_day: -1}, lead: 5", "2026-T2", "2026-04-25", "2026-04-30"),
        ("every: quarter, due: {month: 1, day: 10}, lead: 5", "2026-Q2", "2026-04-05", "2026-04-10"),
        ("every: half_year, due: {month: -2, day: 10}, lead: 0", "2026-H2", "2026-11-10", "2026-11-10"),
        ("every: year, due: {month: 12, day: 20}, lead: 30", "2026", "2026-11-20", "2026-12-20"),
    ],
)
def test_a_beat_falls_once_in_its_period(text: str, period: str, issued: str, due: str):
    assert fallen(text, period) == [(period, issued, due)]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("every: month", "2026-Q1"),
        ("every: month, months: [3, 6]", "2026-04"),
        ("every: quarter, months: [1]", "2026-Q2"),
        ("dates: [02-29]", "2026"),
        ("dates: ['2027-05-04']", "2026"),
    ],
)
def test_it_falls_in_no_other_period(text: str, period: str):
    assert fallen(text, period) == []


def test_single_dates_have_the_date_as_their_period_and_fall_in_the_month_that_holds_them():
    text = "dates: [07-01, '2026-10-01'], lead: 3"
    assert fallen(text, "2026-07") == [("2026-07-01", "2026-06-28", "2026-07-01")]
    assert fallen(text, "2026-10-01") == [("2026-10-01", "2026-09-28", "2026-10-01")]
    assert [row[0] for row in fallen(text, "2026")] == ["2026-07-01", "2026-10-01"]
    assert [row[0] for row in fallen(text, "2027")] == ["2027-07-01"]


@pytest.mark.parametrize(
    ("text", "other", "period", "due"),
    [
        ("every: month, due: {after: c1, days: 5}", "every: month, due: {day: 25}", "2026-03", "2026-03-30"),
        (
            "every: month, due: {after: c1, days: 3, working: true}",
            "every: month, due: {day: 26}",
            "2026-03",
            "2026-03-31",
        ),
        ("every: month, due: {after: c1, days: -10}", "every: quarter, due: {day: 31}", "2026-02", "2026-03-21"),
        ("every: month, due: {after: c1, days: 1}", "dates: [03-08]", "2026-03", "2026-03-09"),
    ],
)
def test_days_are_counted_from_another_obligation(text: str, other: str, period: str, due: str):
    assert [row[2] for row in fallen(text, period, other)] == [due]


def test_where_the_other_does_not_fall_it_does_not_either():
    assert fallen("every: month, due: {after: c1, days: 1}", "2026-04", "dates: [03-08]") == []


def test_a_make_up_saturday_counts_as_a_working_day():
    last = "every: month, due: {working_day: -1}, lead: 0"
    assert fallen(last, "2026-02")[0][2] == "2026-02-27"
    assert fallen(last, "2026-02", calendar=SWAPPED)[0][2] == "2026-02-28"


BEATS = st.sampled_from(
    [
        "every: month, due: {day: 25}, lead: 10",
        "every: month, due: {working_day: -1}, lead: 15, lead_working: true",
        "every: two_months, due: {working_day: 2}, lead: 40",
        "every: quarter, months: [4, 10], lead: 90",
        "every: year, due: {month: 1, day: 5, move: next}, lead: 366",
        "dates: [02-29, 07-01, '2026-10-01'], lead: 20",
        "every: month, due: {after: c1, days: 200}, lead: 3",
        "every: quarter, due: {after: c1, days: -300}, lead: 3",
    ]
)


def sought(text: str, first: date, last: date) -> list[Fall]:
    found = plan(text, "every: year, due: {month: 6, day: 15}")
    return falls(found, found.obligations[0], first, last, WEEKDAYS)


@given(BEATS, st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.integers(0, 400))
def test_days_one_after_the_other_give_what_they_give_together(text: str, first: date, days: int, more: int):
    middle, last = first + timedelta(days=days), first + timedelta(days=days + more)
    apart = sought(text, first, middle) + sought(text, middle + timedelta(days=1), last)
    assert apart == sought(text, first, last)


@given(BEATS, st.integers(2024, 2030))
def test_every_period_of_a_year_is_found_by_its_day_of_issue(text: str, year: int):
    found = plan(text, "every: year, due: {month: 6, day: 15}")
    one = found.obligations[0]
    by_day = falls(found, one, date(year - 3, 1, 1), date(year + 3, 1, 1), WEEKDAYS)
    names = {fall.period for fall in by_day if span(fall.period)[0].year == year}
    assert names == {fall.period for name in periods(one, year) for fall in falls_in(found, one, name, WEEKDAYS)}
    assert len(names) == sum(span(fall.period)[0].year == year for fall in by_day)


CHAINED = """\
  - {code: c1, name: 乙, every: quarter, due: {after: c2, days: 200}}
  - {code: c2, name: 丙, every: year, due: {after: c3, days: 300, working: true}}
  - {code: c3, name: 丁, every: year, due: {month: 1, day: 1}}
"""
MOVED = 10
"""Days a due day moves at most: over the Spring Festival."""
DUES = st.fixed_dictionaries(
    {},
    optional={
        "month": st.integers(-12, 12),
        "day": st.integers(1, 31),
        "working_day": st.integers(-23, 23),
        "move": st.sampled_from(["", "next", "before"]),
    },
)
ANY = st.fixed_dictionaries(
    {
        "every": st.sampled_from(list(MONTHS)),
        "due": DUES,
        "lead": st.integers(0, 366),
        "lead_working": st.booleans(),
    }
)
RANGES = (st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 800))


def written(obligation: dict[str, object]) -> Plan:
    """A plan of one obligation."""
    return kept_plan(HEAD + f"  - {json.dumps({'code': 'c0', 'name': '甲', **obligation})}\n")


@given(ANY, st.integers(2024, 2027))
def test_whatever_is_written_falls_once_in_each_period_and_is_due_in_it_or_moved_out_by_days(
    some: dict[str, object], year: int
):
    found = written(some)
    one = found.obligations[0]
    names = [each for each in periods(one, year) if falls_in(found, one, each, CHINA)]
    assert len(names) == 12 // MONTHS[str(some["every"])]
    for name in names:
        (fall,) = falls_in(found, one, name, CHINA)
        first, last = span(name)
        away = timedelta(days=MOVED if one.due.move else 0)
        assert first - away <= fall.due_on <= last + away
        assert fall.issue_on <= fall.due_on
        assert (fall.issue_on == fall.due_on) is (one.lead == 0)
        if one.due.move or one.due.working_day is not None:
            assert CHINA.working(fall.due_on)


@given(ANY, *RANGES, st.integers(0, 800))
def test_what_is_issued_in_two_ranges_is_what_is_issued_in_the_whole(
    some: dict[str, object], first: date, days: int, more: int
):
    found = written(some)
    one, middle, last = found.obligations[0], first + timedelta(days=days), first + timedelta(days=days + more)
    whole = falls(found, one, first, last, CHINA)
    after = middle + timedelta(days=1)
    assert falls(found, one, first, middle, CHINA) + falls(found, one, after, last, CHINA) == whole
    assert len({fall.period for fall in whole}) == len(whole)


@cache
def chained() -> tuple[Plan, tuple[Fall, ...]]:
    """A plan of days counted from one another, and all that falls of its first in some years, by day of issue."""
    found = kept_plan(HEAD + "  - {code: c0, name: 甲, every: month, due: {after: c1, days: 1}}\n" + CHAINED)
    one = found.obligations[0]
    names = [name for year in range(2022, 2031) for name in periods(one, year)]
    some = [fall for name in names for fall in falls_in(found, one, name, WEEKDAYS)]
    return found, tuple(sorted(some, key=lambda fall: fall.issue_on))


@settings(max_examples=15)
@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 40))
def test_a_chain_of_days_counted_from_one_another_leaves_nothing_out(first: date, days: int):
    found, everything = chained()
    last = first + timedelta(days=days)
    wanted = [each for each in everything if first <= each.issue_on <= last]
    assert falls(found, found.obligations[0], first, last, WEEKDAYS) == wanted


def test_the_chain_leads_far_out_of_its_period():
    _, everything = chained()
    assert max(abs(each.due_on - span(each.period)[0]) for each in everything) > timedelta(days=500)


def test_a_date_that_is_written_twice_falls_once():
    assert [row[0] for row in fallen("dates: [07-01, '2026-07-01', 07-01]", "2026")] == ["2026-07-01"]


@pytest.mark.parametrize(
    ("text", "dues"),
    [
        ("every: month, due: {day: 25}", ["2026-03-25", "2026-04-25", "2026-05-25"]),
        ("every: year, due: {month: 1, day: 5}", ["2027-01-05", "2028-01-05", "2029-01-05"]),
        ("dates: [02-29]", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("dates: ['2040-01-05']", ["2040-01-05"]),
        ("dates: ['2026-03-01']", []),
        ("every: month, due: {day: 2}, lead: 366, lead_working: true", ["2026-03-02", "2026-04-02", "2026-05-02"]),
    ],
)
def test_what_falls_next_begins_with_what_is_due_today(text: str, dues: list[str]):
    found = plan(text)
    some = upcoming(found, found.obligations[0], date(2026, 3, 2), WEEKDAYS, 3)
    assert [fall.due_on.isoformat() for fall in some] == dues


def periods(obligation: Obligation, year: int) -> list[str]:
    """Every name a period of a year may have."""
    if obligation.dates:
        return [f"{year}"]
    parts = [(mark, n) for mark, most in (("T", 6), ("Q", 4), ("H", 2)) for n in range(1, most + 1)]
    return [f"{year}", *(f"{year}-{n:02d}" for n in range(1, 13)), *(f"{year}-{mark}{n}" for mark, n in parts)]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-T6", "2026-11-01", "2026-12-31"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-05-06", "2026-05-06", "2026-05-06"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, first: str, last: str):
    assert span(period) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("period", ["", "2026-13", "2026-T7", "2026-Q0", "March", "2026-02-30"])
def test_what_is_no_period_is_refused(period: str):
    with pytest.raises(ValueError, match=r"\w"):
        span(period)
