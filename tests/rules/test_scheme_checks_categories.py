"""Checks of categories, windows, bounds and weights; a real rulebook that contradicts itself."""

from __future__ import annotations

import pytest

from tests.rules.scheme_texts import HEAD, criterion, found, nodes, one

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

COMPANY = f"""{HEAD}
total: {{periods: {{per: quarter}}, max: 100}}
nodes:
  - code: A
    name: 三会一课
    max: 10
    criteria:
      - {{code: A1, name: 积极参与三会一课, value: {{fixed: 5}}, caps: {{quarter: 5}}, by: [organisation]}}
      - {{code: A2, name: 三会一课缺席不超过1次, value: {{fixed: 5}}, caps: {{year: 5}}, by: [organisation]}}
  - code: B
    name: 主题党日
    max: 6
    criteria:
      - {{code: B1, name: 参与主题党日, value: {{fixed: 5}}, caps: {{quarter: 5}}, by: [organisation]}}
      - {{code: B2, name: 主题党日缺席不超过1次, value: {{fixed: 5}}, caps: {{year: 5}}, by: [organisation]}}
  - code: C
    name: 自身建设
    max: 9
    criteria:
      - {{code: C1, name: 党费, value: {{fixed: 3}}, caps: {{quarter: 3}}, by: [organisation]}}
      - {{code: C2, name: 配合完成任务, value: {{fixed: 3}}, caps: {{quarter: 3}}, by: [organisation]}}
      - {{code: C3, name: 志愿服务, value: {{fixed: 2}}, caps: {{quarter: 2}}}}
      - {{code: C4, name: 困难帮扶, value: {{fixed: 1}}, caps: {{quarter: 1}}}}
grades: [{{name: 优秀候选, from: 90}}, {{name: 其他, from: 0}}]
"""


@pytest.mark.parametrize(("text", "code", "path"), ERRORS)
def test_an_error_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "error")]


def test_the_company_rulebook_of_25_a_quarter_is_refused_for_its_contradictions():
    assert found(COMPANY) == [
        ("scheme_window_longer", ("nodes", 0, "criteria", 1, "caps", "year"), "error"),
        ("scheme_window_longer", ("nodes", 1, "criteria", 1, "caps", "year"), "error"),
        ("scheme_items_above_category", ("nodes", 1, "max"), "error"),
    ]


def test_the_company_rulebook_mended_has_no_finding():
    mended = COMPANY.replace("caps: {year: 5}", "caps: {quarter: 5}").replace("max: 6", "max: 10")
    assert found(mended) == []
