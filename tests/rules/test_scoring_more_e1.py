"""Values that ask for names of the entry; sub-periods that reach back; ballots of a sub-period."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Ballot, Entry, Facts, Subject, score

TEXT = """
scheme: s
version: "1"
title: 办法
nodes:
  - code: A
    name: 甲
    criteria:
      - {code: c, name: 文章, value: {%s}}
"""


@pytest.mark.parametrize(
    ("value", "points"),
    [
        pytest.param("""formula: 'quantity * 3 + if(entry.honour == "市级", 3, 0)'""", "9", id="a formula"),
        pytest.param("of: days + 1, bands: [{from: 7, points: 2}]", "2", id="a tier of the entry's days"),
        pytest.param("of: entry.honour, map: {市级: 5}", "5", id="a value by a detail of the entry"),
        pytest.param("of: quantity, target: {at: entry.goal, full: 4, points: -1}", "3", id="a target of the entry"),
    ],
)
def test_a_value_may_ask_for_the_entry_without_any_other_rule_beside_it(value: str, points: str):
    scheme = parse(TEXT % value)
    assert isinstance(scheme, Scheme), scheme
    details: dict[str, Decimal | str | bool | None] = {"honour": "市级", "goal": Decimal(3)}
    day, until = date(2026, 5, 4), date(2026, 5, 10)
    entry = Entry(1, "c", day, quantity=Decimal(2), until=until, details=details)
    assert score(scheme, Facts(date(2026, 12, 31), {1: [entry]}))[1].total == Decimal(points)


QUARTERLY = """
scheme: s
version: "1"
title: 办法
total: {base: 100}
nodes:
  - {code: A, name: 甲, criteria: [{code: c, name: 记分, sign: both, value: {formula: entry.p}}]}
  - {code: N, name: 通报, counts: aside, formula: base + node.A, periods: {per: quarter, %s}}
  - {code: V, name: 测评, counts: aside, periods: {per: quarter, combine: %s}, criteria: [
      {code: v, name: 测评, value: {survey: {round: 测评}}}]}
"""


def quarterly(periods: str, combine: str, as_of: date, ballots: list[Ballot]) -> dict[str, Decimal]:
    scheme = parse(QUARTERLY % (periods, combine))
    assert isinstance(scheme, Scheme), scheme
    rows = [(2, -45), (5, 10), (11, 5)]
    entries = [Entry(n, "c", date(2026, n, 1), details={"p": Decimal(points)}) for n, points in rows]
    found = score(scheme, Facts(as_of, {"甲": entries}, {"甲": Subject("甲")}, ballots=ballots))
    return dict(found["甲"].nodes)


@pytest.mark.parametrize(
    ("periods", "month", "figure"),
    [
        pytest.param("running: true, combine: worst", 12, "55", id="the lowest of what had come together"),
        pytest.param("running: true, combine: last", 12, "70", id="at the end, the whole"),
        pytest.param("running: true, combine: last", 6, "65", id="half-way, what has come together so far"),
        pytest.param("combine: worst", 12, "55", id="each quarter by itself: the first is the lowest"),
        pytest.param("combine: best", 12, "110", id="each quarter by itself: the second is the best"),
    ],
)
def test_sub_periods_may_reach_back_to_the_first_day(periods: str, month: int, figure: str):
    assert quarterly(periods, "sum", date(2026, month, 28), [])["N"] == Decimal(figure)


@pytest.mark.parametrize(
    ("rounds", "combine", "figure"),
    [
        pytest.param({"测评@2026Q1": 8, "测评@2026Q2": 5}, "sum", "13", id="each quarter its own ballots"),
        pytest.param({"测评@2026Q4": 7, "测评@2026Q2": 5}, "last", "7", id="the last quarter's ballots"),
        pytest.param({"测评": 6}, "mean", "6", id="ballots of no sub-period hold for each"),
        pytest.param({"测评": 6, "测评@2026Q3": 2}, "mean", "5", id="a sub-period's own ballots go before"),
    ],
)
def test_a_survey_in_sub_periods_has_ballots_for_each(rounds: dict[str, int], combine: str, figure: str):
    ballots = [Ballot(name, "甲", {"": mark}, "乙") for name, mark in rounds.items()]
    assert quarterly("combine: sum", combine, date(2026, 12, 31), ballots)["V"] == Decimal(figure)
