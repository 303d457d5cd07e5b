"""The functions of formulas, lists in them, and what gives no data."""

from decimal import Decimal

import pytest

from rules.expressions import Answer
from tests.formulas import value

D = Decimal


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("if(quantity >= 4, 1, 0)", D(1)),
        ("if（quantity≥6，1，0）", D(0)),
        ("if(nothing, 1, 0)", D(0)),
        ("if(quantity, 1, 0)", D(1)),
        ("if(state, 'a', 'b')", "a"),
        ("if(children.total, 1, 0)", D(0)),
        ("if(guest, 1, if(leader, 2, 3))", D(2)),
        ("if(leader, nothing, 1)", None),
        ("min(3, 1, 2)", D(1)),
        ("max(3, quantity)", D(5)),
        ("max(children.total, 80)", D(90)),
        ("min(nothing, 3)", D(3)),
        ("min(nothing)", None),
        ("max(children.none)", None),
        ("max(state, 2)", D(2)),
        ("min(odd, 1)", None),
        ("sum(1, 2, nothing, leader)", D(4)),
        ("sum(children.total)", D(225)),
        ("sum(children.none)", D(0)),
        ("mean(children.total)", D(75)),
        ("mean(children.total, 75)", D(75)),
        ("mean(1, 0, 0)", D("0.3333333333333333333333333333")),
        ("mean(children.blank)", None),
        ("count(children.total)", D(3)),
        ("count(children.grade, state, nothing)", D(4)),
        ("count(children.none)", D(0)),
        ("any(children.leader)", True),
        ("all(children.leader)", False),
        ("any(children.none)", False),
        ("all(children.none)", True),
        ("any(zero, nothing)", False),
        ("all(leader, nothing, 1)", True),
        ("round(2.5)", D(3)),
        ("round(-2.5)", D(-3)),
        ("round(2.45, 1)", D("2.5")),
        ("round(1234, -2)", D(1200)),
        ("round(2/3, 20)", D("0.66666666666666666667")),
        ("round(12345678901234567890.5, 10)", D("12345678901234567890.5")),
        ("round(nothing, 1)", None),
        ("round(1, nothing)", None),
        ("round(1, 0.5)", None),
        ("round(1, 21)", None),
        ("round(1, huge)", None),
        ("round(huge, 2)", None),
        ("round(state)", None),
        ("floor(-0.5)", D(-1)),
        ("floor(2.9)", D(2)),
        ("ceil(2.1)", D(3)),
        ("floor(tiny)", D(-1)),
        ("abs(-3)", D(3)),
        ("abs(nothing)", None),
        ("clamp(7, 0, 5)", D(5)),
        ("clamp(-7, 0, 5)", D(0)),
        ("clamp(3, 0, 5)", D(3)),
        ("clamp(7, 0, nothing)", D(7)),
        ("clamp(-7, nothing, 5)", D(-7)),
        ("clamp(nothing, 0, 5)", None),
        ("clamp(7, 6, 5)", D(5)),
        ("share(3, 4)", D("0.75")),
        ("share(3, 0)", None),
        ("share(3, nothing)", None),
        ("share(nothing, 3)", None),
        ("share(0, -3)", D(0)),
    ],
)
def test_functions_give(formula: str, expected: Answer):
    answer = value(formula)
    assert answer == expected
    assert type(answer) is type(expected)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("children.total < 80", (True, None, False, True)),
        ("80 > children.total", (True, None, False, True)),
        ("children.grade = 'A'", (True, None, False, True)),
        ("children.grade in ('B', 'C')", (False, None, True, False)),
        ("children.grade not in ('B')", (True, None, False, True)),
        ("any(children.total < 60)", False),
        ("all(children.total >= 60)", True),
        ("sum(children.grade = 'A')", D(2)),
        ("share(sum(children.grade = 'A'), count(children.grade)) > 66%", True),
        ("children.total = children.total", True),
        ("children.total < children.total", False),
        ("children.total * 2", None),
    ],
)
def test_a_list_is_compared_member_by_member(formula: str, expected: Answer):
    assert value(formula) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "nothing + 1",
        "1 - nothing",
        "-nothing",
        "+state",
        "state * 2",
        "state + state",
        "figure + 1",
        "1 / 0",
        "0 / 0",
        "quantity / zero",
        "quantity / guest",
        "huge * huge",
        "huge + huge",
        "sum(huge, huge)",
        "odder + 1",
        "children.total + children.total",
    ],
)
def test_what_cannot_be_figured_is_no_data(formula: str):
    assert value(formula) is None


@pytest.mark.parametrize(("formula", "expected"), [("leader + leader", 2), ("leader * 3", 3), ("-leader", -1)])
def test_yes_counts_as_one_in_arithmetic(formula: str, expected: int):
    answer = value(formula)
    assert answer == expected
    assert type(answer) is Decimal


@pytest.mark.parametrize("formula", ["zero * -2", "round(-0.4)", "ceil(-0.4)", "zero / -3", "-zero", "share(0, -1)"])
def test_no_zero_has_a_sign(formula: str):
    assert str(value(formula)) == "0"
