"""Circles, grades and quotas of a scheme: one row per finding, with its very place."""

from __future__ import annotations

import pytest

from tests.rules.scheme_texts import Row, criterion, found, nodes, one

BY = "by: [organisation]"
T = "{thresholds: [{name: 优, from: 90}, {name: 中, from: 60}, {name: 差, from: 0}]}"


def graded(steps: str, node: str = "max: 100, min: 0,") -> str:
    """A scheme from 0 to 100 points with these steps to a grade."""
    return one(criterion("{fixed: 1}", "caps: {cycle: 100}"), node=node, rest=f"grading: {steps}")


ROWS = [
    pytest.param(
        nodes("{code: A, name: 甲, formula: node.B}", "{code: B, name: 乙, formula: node.A}"),
        [("scheme_formulas_circle", ("nodes", 0, "formula"), "error")],
        id="two categories that ask for one another",
    ),
    pytest.param(
        nodes("{code: A, name: 甲, formula: total / 2}"),
        [("scheme_formulas_circle", ("nodes", 0, "formula"), "error")],
        id="a total that a category asks for",
    ),
    pytest.param(
        one(criterion(), node="formula: figure.p,", rest="passes: [{name: p, of: node.A, take: best}]"),
        [("scheme_formulas_circle", ("nodes", 0, "formula"), "error")],
        id="a pass that asks for itself",
    ),
    pytest.param(
        nodes(
            "{code: A, name: 甲, for: [unit], formula: mean(children.total)}",
            "{code: B, name: 乙, for: [member], formula: unit.total}",
        ),
        [("scheme_formulas_circle", ("nodes", 0, "formula"), "error")],
        id="up and down",
    ),
    pytest.param(
        graded("[{thresholds: [{name: 优, from: 0}], verdict: {by: 党委}}]"),
        [("scheme_step_unclear", ("grading", 0), "error")],
        id="a step of two kinds",
    ),
    pytest.param(
        graded("[{thresholds: [{name: 优, from: 90}, {name: 优, from: 0}]}]"),
        [("scheme_grade_twice", ("grading", 0, "thresholds", 1, "name"), "error")],
        id="a grade twice",
    ),
    pytest.param(
        graded("[{thresholds: [{name: 优, from: 60}, {name: 中, from: 60}, {name: 差, from: 0}]}]"),
        [("scheme_grades_equal", ("grading", 0, "thresholds", 1, "from"), "error")],
        id="equal starts",
    ),
    pytest.param(
        graded("[{thresholds: [{name: 优, from: 101}, {name: 差, from: 0}]}]"),
        [("scheme_grade_unreachable", ("grading", 0, "thresholds", 0, "from"), "error")],
        id="out of reach",
    ),
    pytest.param(
        graded("[{thresholds: [{name: 优, from: 0}, {name: 差, from: -10}]}]"),
        [("scheme_grade_never", ("grading", 0, "thresholds", 1, "from"), "warning")],
        id="never reached",
    ),
    pytest.param(
        graded("[{thresholds: [{name: 优, from: 90}]}]"),
        [("scheme_grades_gap", ("grading", 0, "thresholds"), "warning")],
        id="a gap",
    ),
    pytest.param(
        one(
            criterion("{range: {from: -9, to: 9}}", f"sign: both, {BY}"),
            rest="grading: [{thresholds: [{name: 优, from: 0}]}]",
        ),
        [("scheme_grades_gap_endless", ("grading", 0, "thresholds"), "warning")],
        id="a gap without end",
    ),
    pytest.param(
        graded(f"[{T}, {{veto: {{name: 违纪, when: count.B1 > 0, effect: {{}}}}}}]"),
        [("scheme_effect_nothing", ("grading", 1, "veto", "effect"), "error")],
        id="an effect that does nothing",
    ),
    pytest.param(
        graded(f"[{T}, {{veto: {{name: 违纪, when: count.B1 > 0, effect: {{zero: true, lowest: true}}}}}}]"),
        [("scheme_effect_lowest", ("grading", 1, "veto", "effect", "lowest"), "error")],
        id="lowest without a grade",
    ),
    pytest.param(
        graded(f"[{T}, {{veto: {{name: 违纪, when: count.B1 > 0, effect: {{at_most: 良}}}}}}]"),
        [("scheme_grade_unknown", ("grading", 1, "veto", "effect", "at_most"), "error")],
        id="a grade nobody gives",
    ),
    pytest.param(
        graded(f"[{T}, {{quota: {{grades: [], most: 3}}}}]"),
        [("scheme_quota_gradeless", ("grading", 1, "quota", "grades"), "error")],
        id="a quota of no grade",
    ),
    pytest.param(
        graded(f"[{T}, {{quota: {{grades: [优]}}}}]"),
        [("scheme_quota_open", ("grading", 1, "quota"), "error")],
        id="a quota without number",
    ),
    pytest.param(
        graded(f"[{T}, {{quota: {{grades: [优], most: 1/3, among: [unit], smallest: 2}}}}]"),
        [("scheme_quota_nobody", ("grading", 1, "quota", "most"), "error")],
        id="a third of two",
    ),
    pytest.param(
        graded(
            f"[{T}, {{quota: {{grades: [优], most: 0.2, smallest: 10}}}},"
            " {quota: {grades: [优], least: 0.5, smallest: 10}}]"
        ),
        [("scheme_quotas_contradict", ("grading", 2, "quota", "least"), "error")],
        id="at least above at most",
    ),
    pytest.param(
        graded(f"[{T}, {{quota: {{grades: [优], least: 0.6}}}}, {{quota: {{grades: [差], least: 0.6}}}}]"),
        [("scheme_quotas_above_all", ("grading", 2, "quota", "least"), "error")],
        id="least shares above all",
    ),
    pytest.param(
        graded(
            f"[{T}, {{quota: {{grades: [优], most: 0.2}}}}, {{quota: {{grades: [中], most: 0.2}}}},"
            " {quota: {grades: [差], most: 0.2}}]"
        ),
        [
            ("scheme_quota_nobody", ("grading", 1, "quota", "most"), "warning"),
            ("scheme_quota_nobody", ("grading", 2, "quota", "most"), "warning"),
            ("scheme_quota_nobody", ("grading", 3, "quota", "most"), "warning"),
            ("scheme_quotas_below_all", ("grading", 3, "quota", "most"), "error"),
        ],
        id="most shares below all",
    ),
]


@pytest.mark.parametrize(("text", "findings"), ROWS)
def test_a_finding_stands_at_its_place(text: str, findings: list[Row]):
    assert found(text) == findings
