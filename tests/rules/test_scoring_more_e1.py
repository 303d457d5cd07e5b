"""Values that ask for names of the entry: with nothing else written at the criterion."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, score

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
    details = {"honour": "市级", "goal": Decimal(3)}
    day, until = date(2026, 5, 4), date(2026, 5, 10)
    entry = Entry(1, "c", day, quantity=Decimal(2), until=until, details=details)
    assert score(scheme, Facts(date(2026, 12, 31), {1: [entry]}))[1].total == Decimal(points)
