"""Checks of formulas: names that stand for nothing, names of the wrong place."""

from __future__ import annotations

import pytest

from rules.schemes import check
from tests.rules.scheme_texts import criterion, found, nodes, one, read

TOP = ("nodes", 0)
AT = (*TOP, "criteria", 0)
GOOD = criterion()
GRADES = "grades: [{name: 优, from: 1}, {name: 差, from: 0}]\ntotal: {min: 0}"


def formulas(*written: str, rest: str = "") -> str:
    """A scheme of categories A, B, C … with these formulas."""
    codes = "ABCDE"
    return nodes(
        *(f'{{code: {code}, name: {code}, formula: "{each}"}}' for code, each in zip(codes, written, strict=False)),
        rest=rest,
    )


ERRORS = [
    pytest.param(formulas(" "), "scheme_formula_empty", (*TOP, "formula"), id="empty"),
    pytest.param(formulas("1 +"), "formula_unreadable", (*TOP, "formula"), id="cut short"),
    pytest.param(formulas("wonder(1)"), "formula_function_unknown", (*TOP, "formula"), id="no such function"),
    pytest.param(formulas("node.Z"), "scheme_name_unknown", (*TOP, "formula"), id="no such category"),
    pytest.param(formulas("points.Z"), "scheme_name_unknown", (*TOP, "formula"), id="no such criterion"),
    pytest.param(formulas("figure.p"), "scheme_name_unknown", (*TOP, "formula"), id="no such pass"),
    pytest.param(formulas("children.node.Z"), "scheme_name_unknown", (*TOP, "formula"), id="no such category below"),
    pytest.param(formulas("imported"), "scheme_name_unknown", (*TOP, "formula"), id="a first word alone"),
    pytest.param(formulas("previous.rank"), "scheme_name_unknown", (*TOP, "formula"), id="no such thing of the past"),
    pytest.param(formulas("quantity * 2"), "scheme_entry_name_here", (*TOP, "formula"), id="an entry in a category"),
    pytest.param(formulas("unit.entry.role"), "scheme_name_unknown", (*TOP, "formula"), id="an entry of the unit"),
    pytest.param(
        formulas("grade = '优'", rest=GRADES), "scheme_grade_name_here", (*TOP, "formula"), id="grade too early"
    ),
    pytest.param(
        one(GOOD, rest="passes: [{name: p, of: quantity, take: best}]"),
        "scheme_entry_name_here",
        ("passes", 0, "of"),
        id="an entry in a pass",
    ),
    pytest.param(
        one(GOOD, rest=GRADES + "\ngrading: [{gate: {name: g, grade: 优, when: days > 3}}]"),
        "scheme_entry_name_here",
        ("grading", 0, "gate", "when"),
        id="an entry in grading",
    ),
    pytest.param(
        one(criterion("{expected: {times: quantity, per: month, each: 1}}")),
        "scheme_entry_name_here",
        (*AT, "value", "expected", "times"),
        id="an entry in what is expected",
    ),
    pytest.param(one(criterion(rest="when: node.Z > 1")), "scheme_name_unknown", (*AT, "when"), id="in a criterion"),
    pytest.param(
        one(criterion(rest='factors: [{times: "figure.z"}]')),
        "scheme_name_unknown",
        (*AT, "factors", 0, "times"),
        id="in a factor",
    ),
]
SOUND = [
    pytest.param(formulas("node.B", "subject.age * 2"), id="one category of another"),
    pytest.param(formulas("mean(children.total)"), id="a total of those below"),
    pytest.param(formulas("unit.total * 0.6"), id="a total of the unit above"),
    pytest.param(formulas("previous.total / 2"), id="the total of the last cycle"),
    pytest.param(
        formulas("imported.x / figure.p", rest="passes: [{name: p, of: imported.x, take: best}]"),
        id="relative to the best",
    ),
    pytest.param(one(criterion("{formula: quantity * 2 + entry.size}")), id="an entry in its criterion"),
    pytest.param(
        one(GOOD, rest=GRADES + "\ngrading: [{consequence: {name: c, when: 'streak.差 >= 2 and grade = \"差\"'}}]"),
        id="a grade in grading",
    ),
]


@pytest.mark.parametrize(("text", "code", "path"), ERRORS)
def test_an_error_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "error")]


@pytest.mark.parametrize("text", SOUND)
def test_what_is_in_order_gives_no_finding(text: str):
    assert found(text) == []


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("node.BB", "node.B"),
        ("totl", "total"),
        ("points.S2", "points.S1"),
        ("points.学习", "points.S1"),
        ("children.totel", "children.total"),
        ("zzzzzz.zzzz", ""),
    ],
)
def test_an_unknown_name_comes_with_the_one_that_was_meant(name: str, nearest: str):
    study = criterion(code="S1", name="学习")
    text = nodes(f'{{code: A, name: 甲, formula: "{name}"}}', f"{{code: B, name: 乙, criteria: [{study}]}}")
    (finding,) = check(read(text))
    assert (finding.code, finding.problem.facts["nearest"]) == ("scheme_name_unknown", nearest)
