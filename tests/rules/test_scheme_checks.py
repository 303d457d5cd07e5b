"""Checks of a scheme's names, references and criteria: one row per finding, with its very place."""

from __future__ import annotations

import pytest

from tests.rules.scheme_texts import criterion, found, one

AT = ("nodes", 0, "criteria", 0)
SECOND = ("nodes", 0, "criteria", 1)
VALUE = (*AT, "value")
BY = "by: [organisation]"
GOOD = criterion(code="A1", name="学习")


def value(rule: str, rest: str = "") -> str:
    """A scheme of one criterion with this value rule."""
    return one(criterion(rule, rest))


def shared(rest: str, *criteria: str) -> str:
    """A scheme with something besides its categories."""
    return one(*(criteria or (GOOD,)), rest=rest)


NAMES = [
    pytest.param(
        one(GOOD, criterion(code="A1")), "scheme_code_twice", (*SECOND, "code"), id="code of another criterion"
    ),
    pytest.param(one(criterion(code="A")), "scheme_code_twice", (*AT, "code"), id="code of its category"),
    pytest.param(one(criterion(code="total")), "scheme_code_reserved", (*AT, "code"), id="code of the total"),
    pytest.param(one(criterion(code='"*"')), "scheme_code_reserved", (*AT, "code"), id="code of all"),
    pytest.param(
        shared("passes: [{name: p, of: total, take: best}, {name: p, of: total, take: mean}]"),
        "scheme_code_twice",
        ("passes", 1, "name"),
        id="two passes of one name",
    ),
    pytest.param(
        shared("pools: [{name: p, caps: {month: 1}}, {name: p, caps: {month: 2}}]", criterion("{fixed: 1}", "pool: p")),
        "scheme_code_twice",
        ("pools", 1, "name"),
        id="two pools of one name",
    ),
    pytest.param(
        shared("groups: [{name: g, dedupe: {}}, {name: g, dedupe: {}}]", criterion("{fixed: 1}", "group: g")),
        "scheme_code_twice",
        ("groups", 1, "name"),
        id="two groups of one name",
    ),
    pytest.param(one(GOOD, criterion(name="学习")), "scheme_name_twice", (*SECOND, "name"), id="one name twice"),
    pytest.param(
        one(GOOD, criterion(rest="aliases: [它, ' 学 习']")),
        "scheme_name_twice",
        (*SECOND, "aliases", 1),
        id="an alias",
    ),
    pytest.param(
        one(criterion(name="AB"), criterion(code="B2", name="\uff21b")),
        "scheme_name_twice",
        (*SECOND, "name"),
        id="names that look alike",
    ),
    pytest.param(one(criterion(name="' '")), "scheme_name_empty", (*AT, "name"), id="a name of spaces"),
    pytest.param(one(criterion(rest="pool: p")), "scheme_pool_unknown", (*AT, "pool"), id="no such pool"),
    pytest.param(one(criterion(rest="group: g")), "scheme_group_unknown", (*AT, "group"), id="no such group"),
    pytest.param(one(criterion(rest="lifts: [B9]")), "scheme_criterion_unknown", (*AT, "lifts", 0), id="lifts nothing"),
    pytest.param(
        one(criterion(rest="credit: [{to: head, as: B9}]")),
        "scheme_criterion_unknown",
        (*AT, "credit", 0, "as"),
        id="credited as nothing",
    ),
    pytest.param(
        one(
            criterion(rest="credit: [{to: head, as: A1}]"),
            criterion("{fixed: 1}", "credit: [{to: x, as: B1}]", "A1", "甲"),
        ),
        "scheme_credit_loop",
        (*AT, "credit"),
        id="credit in a circle",
    ),
    pytest.param(
        shared("subjects: {classes: [甲类]}", criterion(rest="for: [乙类]")),
        "scheme_class_unknown",
        (*AT, "for", 0),
        id="no such class",
    ),
    pytest.param(
        shared("subjects: {classes: [甲类], exempt: [{effect: not_scored, for: [丙]}]}"),
        "scheme_class_unknown",
        ("subjects", "exempt", 0, "for", 0),
        id="no such class to exempt",
    ),
    pytest.param(
        shared("subjects: {exempt: [{effect: not_scored}]}"),
        "scheme_exempts_all",
        ("subjects", "exempt", 0),
        id="all are exempt",
    ),
    pytest.param(
        shared("cycle: {by: event}"),
        "scheme_event_unnamed",
        ("cycle", "event"),
        id="a cycle by an event without a name",
    ),
]
CRITERIA = [
    pytest.param(one(criterion(rest="by: []")), "scheme_nobody_records", (*AT, "by"), id="nobody records"),
    pytest.param(
        one(criterion(rest="by: [organisation, member], sign: minus")),
        "scheme_member_deducts",
        (*AT, "by"),
        id="a member deducts",
    ),
    pytest.param(
        value("{attendance: {present: 1, late: 0, leave: 0, absent: 0}}"),
        "scheme_member_deducts",
        (*AT, "by"),
        id="a member records attendance",
    ),
    pytest.param(
        one(criterion(rest="winners: 3")), "scheme_winners_by_member", (*AT, "winners"), id="winners by themselves"
    ),
    pytest.param(
        one(criterion(rest="caps: {month: 3}"), node="max: 2,"),
        "scheme_cap_above_category",
        (*AT, "caps", "month"),
        id="a cap above the category",
    ),
    pytest.param(
        one(criterion(rest="factors: [{when: quantity > 1}]")),
        "scheme_factor_empty",
        (*AT, "factors", 0),
        id="no factor",
    ),
    pytest.param(
        one(criterion(rest="factors: [{by: role}]")), "scheme_factor_half", (*AT, "factors", 0, "by"), id="no table"
    ),
    pytest.param(
        one(criterion(rest="dedupe: {kinds: {outside: 1}}")),
        "scheme_kind_unclear",
        (*AT, "dedupe", "kinds", "outside"),
        id="a kind without a value",
    ),
    pytest.param(
        one(criterion(rest="dedupe: {most: 3, kinds: {scope=outside: 4}}")),
        "scheme_kind_above_most",
        (*AT, "dedupe", "kinds", "scope=outside"),
        id="more of a kind than of all",
    ),
    pytest.param(
        shared("pools: [{name: p, caps: {}}]", criterion(rest="pool: p")),
        "scheme_pool_boundless",
        ("pools", 0, "caps"),
        id="a pool without a cap",
    ),
]
WARNINGS = [
    pytest.param(
        one(criterion(rest="caps: {day: 5, month: 3}")),
        "scheme_caps_crossed",
        (*AT, "caps", "day"),
        id="a day's cap above the month's",
    ),
    pytest.param(
        one(criterion("{fixed: 5}", "caps: {year: 3}")),
        "scheme_value_above_cap",
        (*VALUE, "fixed"),
        id="a value above its cap",
    ),
    pytest.param(shared("pools: [{name: p, caps: {day: 1}}]"), "scheme_part_unused", ("pools", 0), id="an unused pool"),
    pytest.param(shared("groups: [{name: g, dedupe: {}}]"), "scheme_part_unused", ("groups", 0), id="an unused group"),
    pytest.param(
        value("{expected: {times: 1, per: month}}"),
        "scheme_expected_worthless",
        (*VALUE, "expected"),
        id="expected for nothing",
    ),
]


@pytest.mark.parametrize(("text", "code", "path"), [*NAMES, *CRITERIA])
def test_an_error_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "error")]


@pytest.mark.parametrize(("text", "code", "path"), WARNINGS)
def test_a_warning_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(one(GOOD), id="the simplest"),
        pytest.param(
            value("{per: 元, brackets: [{from: 0, points: 1}, {from: 100, points: 2}]}"), id="brackets for points"
        ),
        pytest.param(value("{bands: [{from: 9, points: 3}, {from: 5, points: 2}]}"), id="bands downward"),
        pytest.param(one(criterion(rest="caps: {day: 1, month: 5, year: 20}")), id="caps that widen"),
        pytest.param(one(criterion(rest=f"winners: 3, {BY}")), id="winners by the organisation"),
        pytest.param(one(criterion(rest="credit: [{to: head, as: B1}]")), id="credit as the same criterion"),
        pytest.param(
            shared("subjects: {classes: [甲类]}", criterion(rest="for: [甲类, branch]")), id="a class and a kind"
        ),
        pytest.param(value("{survey: {round: r, ranges: {好: [80, 100], 中: [60, 80]}}}"), id="ranges side by side"),
        pytest.param(
            one(criterion(rest="caps: {year: 3}"), node="max: 2, formula: count.B1,"), id="a cap under a formula"
        ),
    ],
)
def test_what_is_in_order_gives_no_finding(text: str):
    assert found(text) == []


def test_every_fault_is_found_at_once():
    text = one(GOOD, criterion("{}", "by: [], caps: {day: 3, month: 1}", name="学习"), rest="total: {base: 9, max: 5}")
    assert [row[0] for row in found(text)] == [
        "scheme_name_twice",
        "scheme_nobody_records",
        "scheme_caps_crossed",
        "scheme_value_unclear",
        "scheme_base_above_max",
    ]
