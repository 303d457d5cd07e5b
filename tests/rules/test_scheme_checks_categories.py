"""Checks of categories, windows, bounds and weights."""

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


ERRORS = [
    pytest.param(quarterly(rest="caps: {year: 5}"), "scheme_window_longer", (*AT, "caps", "year"), id="a year's cap"),
    pytest.param(
        quarterly(rest="caps: {cycle: 5}"), "scheme_window_longer", (*AT, "caps", "cycle"), id="a cycle's cap"
    ),
    pytest.param(
        quarterly("{count: {points: [1]}}"), "scheme_window_longer", (*AT, "value", "count", "per"), id="count by cycle"
    ),
    pytest.param(
        quarterly("{expected: {times: 1, per: half, each: 1}}"),
        "scheme_window_longer",
        (*AT, "value", "expected", "per"),
        id="expected by half",
    ),
    pytest.param(
        quarterly("{cumulative: {tiers: [{from: 1, points: 1}]}}"),
        "scheme_window_longer",
        (*AT, "value", "cumulative", "per"),
        id="cumulative by cycle",
    ),
    pytest.param(
        quarterly(rest="dedupe: {}"), "scheme_window_longer", (*AT, "dedupe", "per"), id="one matter by cycle"
    ),
    pytest.param(
        quarterly(rest="pool: p", more="pools: [{name: p, caps: {month: 1, year: 9}}]"),
        "scheme_window_longer",
        ("pools", 0, "caps", "year"),
        id="a year's cap that is shared",
    ),
    pytest.param(
        quarterly(rest="group: g", more="groups: [{name: g, dedupe: {per: year}}]"),
        "scheme_window_longer",
        ("groups", 0, "dedupe", "per"),
        id="one matter of a group by year",
    ),
    pytest.param(
        one(criterion(rest="caps: {half: 5}"), rest="total: {periods: {per: month}}"),
        "scheme_window_longer",
        (*AT, "caps", "half"),
        id="a half's cap in a total by month",
    ),
    pytest.param(
        one(GOOD, rest="cycle: {months: 3}\ntotal: {periods: {per: half}}"),
        "scheme_periods_longer",
        ("total", "periods", "per"),
        id="halves of a quarter",
    ),
    pytest.param(
        one(GOOD, node="periods: {per: half},", rest="total: {periods: {per: quarter}}"),
        "scheme_periods_longer",
        (*TOP, "periods", "per"),
        id="halves inside quarters",
    ),
    pytest.param(
        one(GOOD, rest="cycle: {by: never}\ntotal: {periods: {per: half}}"),
        "scheme_endless",
        ("total", "periods"),
        id="halves of no cycle",
    ),
    pytest.param(
        one(GOOD, node="periods: {per: half, combine: weighted, weights: [1]},"),
        "scheme_weights_count",
        (*TOP, "periods", "weights"),
        id="one weight for two halves",
    ),
    pytest.param(
        one(GOOD, node="periods: {per: half, weights: [0.4, 0.6]},"),
        "scheme_weights_left",
        (*TOP, "periods", "weights"),
        id="weights of a sum",
    ),
    pytest.param(
        one(GOOD, rest="total: {base: 60, max: 50}"),
        "scheme_base_above_max",
        ("total", "base"),
        id="a base above the most",
    ),
    pytest.param(
        one(GOOD, rest="total: {base: 60, min: 70}"),
        "scheme_base_below_min",
        ("total", "base"),
        id="a base below the least",
    ),
    pytest.param(one(GOOD, node="full: 9, max: 8,"), "scheme_full_above_max", (*TOP, "full"), id="full above the most"),
    pytest.param(
        one(GOOD, node="full: 2, min: 3,"), "scheme_full_below_min", (*TOP, "full"), id="full below the least"
    ),
    pytest.param(
        one(GOOD, node="any: {need: 2, full: 5},"), "scheme_any_too_few", (*TOP, "any", "need"), id="any 2 of 1"
    ),
    pytest.param(
        one(criterion(rest="caps: {month: 1}"), node="max: 13,"),
        "scheme_max_unreachable",
        (*TOP, "max"),
        id="twelve months of 1 do not make 13",
    ),
    pytest.param(
        one(criterion(rest="sign: minus, by: [organisation]"), node="max: 20,"),
        "scheme_max_unreachable",
        (*TOP, "max"),
        id="deductions without a full mark",
    ),
    pytest.param(
        one(criterion("{map: {优: 3}, of: imported.x}"), node="max: 4,"),
        "scheme_max_unreachable",
        (*TOP, "max"),
        id="the best of a map is below the most",
    ),
    pytest.param(
        one(criterion(rest="caps: {cycle: 30}"), rest="total: {base: 60, max: 100}"),
        "scheme_max_unreachable",
        ("total", "max"),
        id="base and caps do not make 100",
    ),
    pytest.param(
        one(criterion(rest="pool: p"), node="max: 13,", rest="pools: [{name: p, caps: {month: 1}}]"),
        "scheme_max_unreachable",
        (*TOP, "max"),
        id="a shared cap does not make 13",
    ),
    pytest.param(
        one(criterion(rest="caps: {cycle: 3}"), node="min: 4,"),
        "scheme_min_unreachable",
        (*TOP, "min"),
        id="least above all",
    ),
    pytest.param(
        one(criterion(rest="sign: minus, by: [organisation]"), node="full: 20, min: 10,", rest="total: {max: 9}"),
        "scheme_max_below_least",
        ("total", "max"),
        id="the least of a category is above the most of the total",
    ),
    pytest.param(
        one(GOOD, rest="total: {base: 60, max: 100, target: 120}"),
        "scheme_target_above_max",
        ("total", "target"),
        id="a target above the most",
    ),
    pytest.param(
        nodes("{code: A, name: 甲, max: 20, nodes: [{code: A1, name: 一, full: 15}, {code: A2, name: 二, full: 10}]}"),
        "scheme_inner_above_category",
        (*TOP, "max"),
        id="full marks of categories",
    ),
    pytest.param(
        one(
            criterion(FIVE, "caps: {quarter: 5}"),
            criterion(FIVE, "caps: {quarter: 5}", "B2", "乙"),
            node=f"max: 6, {QUARTERS}",
        ),
        "scheme_items_above_category",
        (*TOP, "max"),
        id="two fives once a quarter in a six",
    ),
    pytest.param(
        one(
            criterion("{options: {好: 4, 中: 2}}", "caps: {month: 4}"),
            criterion("{expected: {times: 1, per: month, each: 3}}", "caps: {month: 3}", "B2", "乙"),
            criterion("{map: {优: 3, 良: 2}, of: imported.x}", "", "B3", "丙"),
            node="max: 6, periods: {per: month},",
        ),
        "scheme_items_above_category",
        (*TOP, "max"),
        id="an option, an expectation and a measure once a month",
    ),
]
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


@pytest.mark.parametrize(("text", "code", "path"), ERRORS)
def test_an_error_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "error")]


@pytest.mark.parametrize(("text", "code", "path"), WARNINGS)
def test_a_warning_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "warning")]


@pytest.mark.parametrize("text", SOUND)
def test_what_is_in_order_gives_no_finding(text: str):
    assert found(text) == []
