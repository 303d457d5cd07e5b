"""What is only shown beside the total may ask for it."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, score

TOP = """
  - {code: A, name: 甲, criteria: [{code: c, name: 记分, value: {fixed: 3}}]}
  - {code: B, name: 另列, counts: aside, formula: total * 2}
"""
INNER = """
  - code: A
    name: 甲
    criteria: [{code: c, name: 记分, value: {fixed: 3}}]
    nodes: [{code: B, name: 另列, counts: aside, formula: total * 2}]
"""
QUARTERS = "total: {periods: {per: quarter, combine: sum}}\n"


@pytest.mark.parametrize(
    ("head", "nodes"),
    [
        pytest.param("", TOP, id="beside the others"),
        pytest.param("", INNER, id="inside another"),
        pytest.param(QUARTERS, TOP, id="where the total is figured by quarters"),
    ],
)
def test_a_category_that_is_only_shown_may_be_figured_from_the_total(head: str, nodes: str):
    scheme = parse(f'scheme: s\nversion: "1"\ntitle: 办法\n{head}nodes:{nodes}')
    assert isinstance(scheme, Scheme), scheme
    found = score(scheme, Facts(date(2026, 12, 31), {1: [Entry(1, "c", date(2026, 5, 4))]}))[1]
    assert (found.total, found.nodes["B"]) == (Decimal(3), Decimal(6))
