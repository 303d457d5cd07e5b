"""Validity by what an entry is, repeats of what was doubled, what was lifted for good; sources of who sees points."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, Score, score

TEXT = """
scheme: s
version: "1"
title: 办法
total: {base: 1000}
cycle: {by: never}
visibility: {points: [self, above], names: hidden, source: 1.rules.2}
nodes:
  - code: A
    name: 甲
    criteria:
      - {code: prize, name: 表彰, value: {options: {省: 60, 县: 20}},
         valid: {months: 'if(option == "省", 36, 12)'}}
      - {code: bad, name: 失信, sign: minus, by: [organisation], value: {fixed: 30},
         when: 'entry.minor != true',
         valid: {months: 'if(abs(points) > 40, 24, 12)'},
         factors: [{times: 2, when: earlier > 0}]}
      - {code: direct, name: 直接降级, sign: minus, by: [organisation], value: {fixed: 400}, valid: {months: 60}}
      - {code: repair, name: 信用修复, sign: minus, by: [organisation], value: {fixed: 50}, valid: {months: 24},
         lifts: [direct]}
"""
AS_OF = date(2026, 12, 31)


def scored(*entries: Entry) -> Score:
    scheme = parse(TEXT)
    assert isinstance(scheme, Scheme), scheme
    return score(scheme, Facts(AS_OF, {1: entries}), trace=True)[1]


@pytest.mark.parametrize(
    ("option", "on", "total"),
    [
        ("省", date(2024, 1, 1), 1060),
        ("省", date(2023, 12, 31), 1000),
        ("县", date(2024, 1, 1), 1000),
        ("县", date(2026, 1, 1), 1020),
    ],
)
def test_how_long_an_entry_is_valid_may_depend_on_its_option(option: str, on: date, total: int):
    assert scored(Entry(1, "prize", on, option=option)).total == total


@pytest.mark.parametrize(
    ("days", "total"),
    [
        ([date(2026, 1, 1), date(2026, 7, 1)], 1000 - 30 - 60),
        ([date(2025, 1, 1), date(2026, 1, 1)], 1000 - 30),  # the first had just ended
        # the second was doubled, so it lasts two years and the third is doubled too; the first is over
        ([date(2024, 6, 1), date(2025, 1, 1), date(2026, 8, 1)], 1000 - 60 - 60),
    ],
)
def test_a_repeat_is_doubled_while_one_before_is_valid_as_it_counted(days: list[date], total: int):
    assert scored(*(Entry(number, "bad", day) for number, day in enumerate(days, 1))).total == total


def test_what_was_refused_is_no_earlier_time():
    refused = Entry(1, "bad", date(2026, 1, 1), details={"minor": True})
    assert scored(refused, Entry(2, "bad", date(2026, 2, 1))).total == 970


@pytest.mark.parametrize(
    ("repaired", "total"),
    [(None, 600), (date(2025, 6, 1), 950), (date(2024, 6, 1), 1000)],
    ids=["not repaired", "repaired", "the repair itself is over"],
)
def test_what_was_lifted_stays_lifted_when_the_lifting_entry_is_over(repaired: date | None, total: int):
    entries = [Entry(1, "direct", date(2024, 1, 1), matter="判决")]
    if repaired is not None:
        entries.append(Entry(2, "repair", repaired, matter="判决"))
    assert scored(*entries).total == Decimal(total)


def test_the_trace_names_where_the_rule_on_who_sees_points_was_taken_from():
    assert "1.rules.2" in {source for line in scored().trace for source in line.sources}
