"""What a group drops takes no place in the window of a count."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, score

TEXT = """
scheme: s
version: "1"
title: 办法
groups: [{name: merit, dedupe: {by: [matter]}}]
nodes:
  - code: A
    name: 甲
    criteria:
      - {code: second, name: 二等功, value: {fixed: 8}, group: merit}
      - {code: third, name: 三等功, value: {count: {points: [2], then: 1, zero_from: 3}}, group: merit}
"""


@pytest.mark.parametrize(
    ("matters", "points"),
    [
        pytest.param(["抢险", "训练"], "10", id="what the group drops is not the first"),
        pytest.param(["训练", "比武"], "11", id="others count from the first"),
        pytest.param(["抢险", "训练", "比武"], "11", id="what the group drops does not bring the category to zero"),
        pytest.param(["救人", "训练", "比武"], "0", id="three that count do"),
    ],
)
def test_what_a_group_drops_takes_no_place_in_a_count(matters: list[str], points: str):
    scheme = parse(TEXT)
    assert isinstance(scheme, Scheme), scheme
    entries = [Entry(0, "second", date(2026, 1, 1), matter="抢险")]
    entries += [Entry(i, "third", date(2026, 1, 1 + i), matter=each) for i, each in enumerate(matters, 1)]
    assert score(scheme, Facts(date(2026, 12, 31), {1: entries}))[1].total == Decimal(points)
