"""What the checker only warns of, and what it takes for sound: categories, windows and bounds."""

from __future__ import annotations

import pytest

from tests.rules.scheme_texts import criterion, found, nodes, one

TOP = ("nodes", 0)
AT = (*TOP, "criteria", 0)
QUARTERS = "periods: {per: quarter},"
FIVE = "{fixed: 5}"
GOOD = criterion()
HALVES = [
    f"{{code: N{n}, name: 第{n}类, weight: {{}}, criteria: [{criterion(code=f'B{n}', name=f'项{n}')}]}}" for n in (1, 2)
]


def weighted(*weights: str, rest: str = "") -> str:
    """A scheme of two weighted categories."""
    return nodes(*(half.replace("{}", weight) for half, weight in zip(HALVES, weights, strict=True)), rest=rest)


def quarterly(rule: str = "{fixed: 1}", rest: str = "", more: str = "") -> str:
    """A criterion in a category that is scored by quarter."""
    return one(criterion(rule, rest), node=QUARTERS, rest=more)


WARNINGS = [
    pytest.param(weighted("0.4", "0.5"), "scheme_weights_sum", ("nodes",), id="weights of 0.9"),
    pytest.param(weighted("40", "60"), "scheme_weights_sum", ("nodes",), id="weights of 100"),
    pytest.param(
        nodes(f"{{code: A, name: 甲, nodes: [{HALVES[0]}, {HALVES[1]}]}}".replace("weight: {}", "weight: 30%")),
        "scheme_weights_sum",
        (*TOP, "nodes"),
        id="inner weights of 60%",
    ),
    pytest.param(
        one(GOOD, node="periods: {per: half, combine: weighted, weights: [0.4, 0.5]},"),
        "scheme_weights_sum",
        (*TOP, "periods", "weights"),
        id="halves of 0.9",
    ),
    pytest.param(
        one(criterion(FIVE, "caps: {year: 5}"), criterion(FIVE, "caps: {cycle: 5}", "B2", "乙"), node="max: 6,"),
        "scheme_items_above_max",
        (*TOP, "max"),
        id="two fives once a year in a six",
    ),
    pytest.param(
        one(
            criterion("{fixed: 6}", "caps: {quarter: 6}"),
            criterion(FIVE, "caps: {quarter: 5}", "B2", "乙"),
            node=f"max: 6, {QUARTERS}",
        ),
        "scheme_items_above_max",
        (*TOP, "max"),
        id="one of the items fills the category alone",
    ),
]
SOUND = [
    pytest.param(quarterly(rest="caps: {month: 1, quarter: 2}"), id="windows within the quarter"),
    pytest.param(
        one(criterion(rest="caps: {cycle: 3}"), rest="cycle: {months: 3}\ntotal: {periods: {per: quarter}}"),
        id="a cycle of one quarter",
    ),
    pytest.param(
        one(
            *(criterion("{fixed: 0.5}", "caps: {month: 1, year: 8}", f"B{n}", f"项{n}") for n in range(4)),
            node="max: 12,",
        ),
        id="ordinary caps add up to more than their category",
    ),
    pytest.param(
        one(
            *(criterion("{fixed: 1}", "caps: {quarter: 5}", f"B{n}", f"项{n}") for n in range(3)),
            node=f"max: 6, {QUARTERS}",
        ),
        id="repeated items add up to more than their category, also by quarter",
    ),
    pytest.param(
        one(
            criterion(FIVE, "caps: {quarter: 5}"),
            criterion(FIVE, "caps: {quarter: 5}", "B2", "乙"),
            node=f"max: 10, {QUARTERS}",
        ),
        id="two fives make ten",
    ),
    pytest.param(
        one(
            criterion("{fixed: 10}", "caps: {year: 10}, group: g"),
            criterion("{fixed: 6}", "caps: {year: 6}, group: g", "B2", "乙"),
            node="max: 10,",
            rest="groups: [{name: g, dedupe: {}}]",
        ),
        id="awards of which only the highest counts",
    ),
    pytest.param(one(criterion(rest="caps: {month: 1}"), node="max: 12,"), id="twelve months of 1 make 12"),
    pytest.param(
        one(criterion(rest="caps: {year: 6}"), node="max: 12,", rest='cycle: {from: "09-01"}'), id="two years"
    ),
    pytest.param(
        one(criterion(rest="sign: minus, by: [organisation]"), node="full: 20, max: 20,"),
        id="deductions from full marks",
    ),
    pytest.param(
        one(criterion(rest="caps: {quarter: 25}"), rest="total: {periods: {per: quarter}, max: 100}"),
        id="four quarters of 25 make 100",
    ),
    pytest.param(one(criterion("{formula: imported.x * 2}"), node="max: 500,"), id="nobody knows a formula's most"),
    pytest.param(one(criterion(rest="caps: {month: 1}"), node="max: 99,", rest="cycle: {by: never}"), id="no end"),
    pytest.param(weighted("1/3", "2/3"), id="weights of thirds"),
    pytest.param(weighted("40%", "0.6"), id="weights of a hundred percent"),
    pytest.param(weighted("0.4", "node.N1"), id="a weight that must be worked out"),
    pytest.param(one(GOOD, node="any: {need: 1, full: 5}, max: 5,"), id="any one"),
]


@pytest.mark.parametrize(("text", "code", "path"), WARNINGS)
def test_a_warning_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "warning")]


@pytest.mark.parametrize("text", SOUND)
def test_what_is_in_order_gives_no_finding(text: str):
    assert found(text) == []
