"""What a national rule asks to leave off, and what formulas may speak of: one row per finding."""

from __future__ import annotations

import pytest

from tests.rules.scheme_texts import Row, criterion, found, one

ROWS = [
    pytest.param(
        one(criterion(), rest="visibility: {ranking: {on: true}}"),
        [
            ("scheme_ranking_unfounded", ("visibility", "ranking", "basis"), "error"),
            ("scheme_ranking_on", ("visibility", "ranking", "on"), "warning"),
        ],
        id="a ranking without its basis",
    ),
    pytest.param(
        one(criterion(), rest="visibility: {ranking: {on: true, basis: 第三号纪要, decided_by: 党委}}"),
        [("scheme_ranking_on", ("visibility", "ranking", "on"), "warning")],
        id="a ranking that was decided",
    ),
    pytest.param(
        one(criterion(), node="max: 9, formula: figure.p,", rest="passes: [{name: p, of: points.B1, take: rank}]"),
        [("scheme_rank_computed", ("passes", 0, "take"), "warning")],
        id="a place among members while ranking is off",
    ),
    pytest.param(
        one(criterion(), rest="visibility: {streaks: true}"),
        [("scheme_streaks_on", ("visibility", "streaks"), "warning")],
        id="streaks",
    ),
    pytest.param(
        one(criterion(), rest="visibility: {online_time: true}"),
        [("scheme_online_time_on", ("visibility", "online_time"), "warning")],
        id="online time",
    ),
    pytest.param(
        one(criterion(), rest="visibility: {points: [self, public]}"),
        [("scheme_points_public", ("visibility", "points", 1), "warning")],
        id="points on a public board",
    ),
    pytest.param(
        one(criterion(), rest="visibility: {advisory: false}"),
        [("scheme_decides_itself", ("visibility", "advisory"), "warning")],
        id="a score that decides",
    ),
    pytest.param(
        one(criterion(name="每日签到")),
        [("scheme_forced_use", ("nodes", 0, "criteria", 0, "name"), "warning")],
        id="a check-in",
    ),
    pytest.param(
        one(criterion(rest="by: [system], evidence: required")),
        [("scheme_evidence_known", ("nodes", 0, "criteria", 0, "evidence"), "warning")],
        id="evidence of what the system knows",
    ),
    pytest.param(
        one(*[criterion(rest="evidence: required", code=f"B{i}", name=f"事{i}") for i in range(12)]),
        [("scheme_evidence_many", ("nodes",), "warning")],
        id="evidence for everything",
    ),
    pytest.param(
        one(criterion(rest='when: ""')),
        [("scheme_formula_empty", ("nodes", 0, "criteria", 0, "when"), "error")],
        id="an empty formula",
    ),
    pytest.param(
        one(criterion(rest="when: nodes.A > 1")),
        [("scheme_name_unknown", ("nodes", 0, "criteria", 0, "when"), "error")],
        id="an unknown name",
    ),
    pytest.param(
        one(criterion(), node="formula: node.Q,"),
        [("scheme_name_unknown", ("nodes", 0, "formula"), "error")],
        id="an unknown category",
    ),
    pytest.param(
        one(criterion(), node="formula: quantity * 2,"),
        [("scheme_entry_name_here", ("nodes", 0, "formula"), "error")],
        id="a name of an entry in a category",
    ),
    pytest.param(
        one(criterion(rest="when: 'grade == \"优\"'")),
        [
            ("scheme_grade_name_here", ("nodes", 0, "criteria", 0, "when"), "error"),
            ("scheme_grade_unknown", ("nodes", 0, "criteria", 0, "when"), "error"),
        ],
        id="the grade outside of grading",
    ),
]


@pytest.mark.parametrize(("text", "findings"), ROWS)
def test_a_finding_stands_at_its_place(text: str, findings: list[Row]):
    assert found(text) == findings
