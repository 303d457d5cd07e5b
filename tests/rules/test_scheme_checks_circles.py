"""Checks of figures that wait for one another: through formulas, suspensions, lifts, shared caps, one matter once."""

from __future__ import annotations

import pytest

from rules.schemes import check
from tests.rules.scheme_texts import criterion, found, nodes, one, read

TOP = ("nodes", 0)
AT = (*TOP, "criteria", 0)
SECOND = (*TOP, "criteria", 1)
GOOD = criterion()
BY = "by: [organisation]"
MINUS = f"sign: minus, {BY}"


def formulas(*written: str, rest: str = "") -> str:
    """A scheme of categories A, B, C … with these formulas."""
    codes = "ABCDE"
    return nodes(
        *(f'{{code: {code}, name: {code}, formula: "{each}"}}' for code, each in zip(codes, written, strict=False)),
        rest=rest,
    )


def two(first: str, second: str = "", rest: str = "", value: str = "{fixed: 1}") -> str:
    """A scheme of two criteria: B1 with `first`, B2 of this value with `second`."""
    return one(criterion(rest=first), criterion(value, second, "B2", "学习"), rest=rest)


def suspended(when: str, value: str = "{fixed: 1}", second: str = MINUS, sign: str = "plus") -> str:
    """A scheme of two criteria with a suspension."""
    return two("", second, f"suspend: [{{when: {when}, sign: {sign}}}]", value)


CIRCLES = [
    pytest.param(formulas("node.A + 1"), (*TOP, "formula"), id="itself"),
    pytest.param(formulas("node.B", "node.A"), (*TOP, "formula"), id="two categories"),
    pytest.param(formulas("total / 2"), (*TOP, "formula"), id="a category and the total"),
    pytest.param(
        formulas("figure.p", rest="passes: [{name: p, of: node.A, take: best}]"),
        (*TOP, "formula"),
        id="a category and a pass",
    ),
    pytest.param(
        one(GOOD, rest="passes: [{name: p, of: figure.q, take: best}, {name: q, of: figure.p, take: mean}]"),
        ("passes", 0, "of"),
        id="two passes",
    ),
    pytest.param(one(criterion(rest="when: total > 5")), (*AT, "when"), id="a criterion and the total"),
    pytest.param(
        formulas("unit.node.B", "sum(children.node.A)"),
        (*TOP, "formula"),
        id="up to the unit and down again",
    ),
    pytest.param(
        formulas("unit.total + sum(children.total)"),
        (*TOP, "formula"),
        id="both ways at once",
    ),
    pytest.param(one(criterion(rest="when: count.B1 < 3")), (*AT, "when"), id="a criterion and its own count"),
    pytest.param(one(criterion("{formula: quantity * sum.B1}")), (*AT, "value", "formula"), id="and its own sum"),
    pytest.param(two("when: count.B2 > 0", "when: sum.B1 > 0"), (*AT, "when"), id="two criteria count one another"),
    pytest.param(one(criterion(rest="valid: {months: total}")), (*AT, "valid", "months"), id="how long it counts"),
    pytest.param(two("lifts: [B2]", "lifts: [B1]"), (*AT, "lifts", 0), id="two criteria lift one another"),
    pytest.param(one(criterion(rest="lifts: [B1]")), (*AT, "lifts", 0), id="a criterion lifts itself"),
    pytest.param(
        two("lifts: [B2], when: count.B2 > 1"),
        (*AT, "when"),
        id="a criterion counts what it lifts",
    ),
    pytest.param(
        two("pool: p", "pool: p, when: points.B1 > 3", "pools: [{name: p, caps: {year: 9}}]"),
        (*SECOND, "when"),
        id="a criterion and the cap it shares",
    ),
    pytest.param(
        two("group: g", "group: g, when: count.B1 > 0", "groups: [{name: g, dedupe: {}}]"),
        (*SECOND, "when"),
        id="a criterion and what it competes with",
    ),
    pytest.param(
        nodes(
            "{code: P, name: 甲, formula: imported.x, nodes: [{code: X, name: 乙, counts: outside, formula: node.P}]}"
        ),
        (*TOP, "nodes", 0, "formula"),
        id="a category and what is added to its formula",
    ),
    pytest.param(
        one(criterion("{options: {甲: 1}, zero: [甲]}", "when: node.A > 1"), node="formula: imported.x,"),
        (*AT, "when"),
        id="a category and what sets its formula to zero",
    ),
    pytest.param(suspended("total > 5"), ("suspend", 0, "when"), id="suspended by the total"),
    pytest.param(suspended("count.B1 > 5"), ("suspend", 0, "when"), id="suspended by its own count"),
    pytest.param(suspended("node.A < -5"), ("suspend", 0, "when"), id="suspended by its own category"),
    pytest.param(suspended("points.B2 < -5", sign="minus"), ("suspend", 0, "when"), id="deductions by deductions"),
    pytest.param(
        suspended("points.B2 < 0", "{options: {好: 1, 差: -1}}"), ("suspend", 0, "when"), id="an option that adds back"
    ),
    pytest.param(suspended("points.B2 < 0", second=f"sign: both, {BY}"), ("suspend", 0, "when"), id="both ways"),
    pytest.param(
        suspended("points.B2 < 0", second=f"{MINUS}, factors: [{{times: -1}}]"),
        ("suspend", 0, "when"),
        id="a factor that turns the sign",
    ),
    pytest.param(
        suspended("points.B2 < 0", "{formula: quantity - 3}"), ("suspend", 0, "when"), id="a formula may turn the sign"
    ),
    pytest.param(
        suspended("points.B2 < 0", "{cumulative: {tiers: [{from: 1, points: 3}, {from: 5, points: 1}]}}"),
        ("suspend", 0, "when"),
        id="a tier that takes back",
    ),
]
KINDS = [
    "{fixed: 2}",
    "{per: 小时, points: 2}",
    "{options: {轻: 1, 重: 3}}",
    "{range: {from: 1, to: 3}}",
    "{count: {points: [1, 2], then: 3}}",
    "{cumulative: {tiers: [{from: 1, points: 1}, {from: 5, points: 3}]}}",
    "{expected: {times: 1, per: month, each: 1, missing: 2}}",
    "{deadline: {days: {'*': 5}, points: 1}}",
    "{promise: {}}",
    "{formula: 3}",
    "{formula: imported.x - 3}",
]
SOUND = [
    *(pytest.param(suspended("points.B2 < 0", kind), id=f"additions suspended by deductions {kind}") for kind in KINDS),
    pytest.param(suspended("imported.warned > 0"), id="suspended by what is imported"),
    pytest.param(
        nodes("{code: P, name: 甲, formula: imported.x, nodes: [{code: X, name: 乙, formula: node.P / 2}]}"),
        id="a part of the category it stands in, which a formula makes",
    ),
    pytest.param(
        one(criterion(rest="when: node.A > 1"), node="formula: imported.x,"), id="a criterion beside a formula"
    ),
    pytest.param(two("when: count.B2 > 0", "lifts: []"), id="one criterion counts the other"),
    pytest.param(two("", "lifts: [B1], when: imported.x > 0"), id="one criterion lifts the other"),
]


ERRORS = [pytest.param(row.values[0], "scheme_formulas_circle", row.values[1], id=str(row.id)) for row in CIRCLES]


@pytest.mark.parametrize(("text", "code", "path"), ERRORS)
def test_a_circle_is_found_once_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "error")]


@pytest.mark.parametrize("text", SOUND)
def test_what_waits_for_nothing_of_its_own_gives_no_finding(text: str):
    assert [row for row in found(text) if row[2] == "error"] == []


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        (formulas("node.B", "node.C * 2", "node.A", "1"), "node.A → node.B → node.C → node.A"),
        (suspended("total > 5"), "node.A → points.B1 → suspend → total → node.A"),
        (one(criterion(rest="when: count.B1 < 3")), "points.B1 → count.B1 → points.B1"),
        (two("lifts: [B2]", "lifts: [B1]"), "points.B2 → points.B1 → points.B2"),
    ],
)
def test_a_circle_is_named_with_its_way(text: str, circle: str):
    (finding,) = check(read(text))
    assert finding.problem.facts["circle"] == circle
