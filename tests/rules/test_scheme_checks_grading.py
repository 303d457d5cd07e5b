"""Checks of grades and quotas, and of what a national rule advises against."""

from __future__ import annotations

import pytest

from rules.schemes import check
from tests.rules.scheme_texts import criterion, found, one, read

GOOD = criterion()
GRADES = "total: {min: 0}\ngrades: [{name: 优, from: 90}, {name: 中, from: 60}, {name: 差, from: 0}]\n"
STEP = ("grading", 0)
CAPPED = criterion(rest="caps: {cycle: 20}")


def graded(step: str, *more: str) -> str:
    """A scheme of three grades with further steps."""
    return one(GOOD, rest=f"{GRADES}grading: [{', '.join([step, *more])}]")


def quota(rest: str, grades: str = "[优]") -> str:
    return f"{{quota: {{grades: {grades}, {rest}}}}}"


def tiers(*starts: str, criteria: str = GOOD, total: str = "{min: 0}") -> str:
    """A scheme whose grades begin at these totals."""
    rows = ", ".join(f"{{name: 第{n}等, from: {start}}}" for n, start in enumerate(starts))
    return one(criteria, rest=f"total: {total}\ngrades: [{rows}]")


ERRORS = [
    pytest.param(tiers("60", "90", "0"), "scheme_grades_unordered", ("grades", 1, "from"), id="upward"),
    pytest.param(tiers("60", "60", "0"), "scheme_grades_equal", ("grades", 1, "from"), id="equal starts"),
    pytest.param(
        tiers("90", "0", criteria=CAPPED, total="{base: 60, min: 0}"),
        "scheme_grade_unreachable",
        ("grades", 0, "from"),
        id="60 and 20 do not make 90",
    ),
    pytest.param(
        tiers("120", "0", total="{min: 0, max: 100}"), "scheme_grade_unreachable", ("grades", 0, "from"), id="120"
    ),
    pytest.param(
        one(GOOD, rest="total: {min: 0}\ngrades: [{name: 优, from: 5}, {name: 优, from: 0}]"),
        "scheme_grade_twice",
        ("grades", 1, "name"),
        id="a grade twice",
    ),
    pytest.param(graded("{}"), "scheme_step_unclear", STEP, id="a step of no kind"),
    pytest.param(
        graded("{gate: {name: g, grade: 优, when: total > 1}, verdict: {by: 工委}}"),
        "scheme_step_unclear",
        STEP,
        id="a step of two kinds",
    ),
    pytest.param(
        graded("{gate: {name: g, grade: 良, when: total > 1}}"),
        "scheme_grade_unknown",
        (*STEP, "gate", "grade"),
        id="gate",
    ),
    pytest.param(
        graded("{veto: {name: v, when: total < 1, effect: {at_most: 良}}}"),
        "scheme_grade_unknown",
        (*STEP, "veto", "effect", "at_most"),
        id="a ceiling",
    ),
    pytest.param(
        graded(quota("most: 5", "[优, 良]")), "scheme_grade_unknown", (*STEP, "quota", "grades", 1), id="quota"
    ),
    pytest.param(
        graded("{verdict: {by: 工委, grades: [良]}}"),
        "scheme_grade_unknown",
        (*STEP, "verdict", "grades", 0),
        id="verdict",
    ),
    pytest.param(
        graded("{consequence: {name: c, when: 'grade = \"良\"'}}"),
        "scheme_grade_unknown",
        (*STEP, "consequence", "when"),
        id="a consequence",
    ),
    pytest.param(
        graded("{consequence: {name: c, when: 'grade in (“优”, “良”)'}}"),
        "scheme_grade_unknown",
        (*STEP, "consequence", "when"),
        id="a consequence of several grades",
    ),
    pytest.param(
        graded("{veto: {name: v, when: total < 1, effect: {}}}"),
        "scheme_effect_nothing",
        (*STEP, "veto", "effect"),
        id="nil",
    ),
    pytest.param(
        graded("{veto: {name: v, when: total < 1, effect: {lowest: true}}}"),
        "scheme_effect_lowest",
        (*STEP, "veto", "effect", "lowest"),
        id="the lowest of no grade",
    ),
    pytest.param(
        graded(quota("most: 5", "[]")), "scheme_quota_gradeless", (*STEP, "quota", "grades"), id="of no grade"
    ),
    pytest.param(graded(quota("among: [unit]")), "scheme_quota_open", (*STEP, "quota"), id="a quota without a number"),
    pytest.param(
        graded(quota("most: 1/3, smallest: 2")), "scheme_quota_nobody", (*STEP, "quota", "most"), id="a third of two"
    ),
    pytest.param(
        graded(quota("most: 10%, among: [unit], smallest: 9")),
        "scheme_quota_nobody",
        (*STEP, "quota", "most"),
        id="tenth",
    ),
    pytest.param(
        graded(quota("most: 0.1, least: 0.2, smallest: 10")),
        "scheme_quotas_contradict",
        (*STEP, "quota", "least"),
        id="at least 2 and at most 1 of 10",
    ),
    pytest.param(
        graded(quota("most: 3", "[优, 中]"), quota("least: 4")),
        "scheme_quotas_contradict",
        ("grading", 1, "quota", "least"),
        id="at least 4 of one, at most 3 of both",
    ),
    pytest.param(
        graded(quota("least: 0.6"), quota("least: 0.5", "[中]")),
        "scheme_quotas_above_all",
        ("grading", 1, "quota", "least"),
        id="110% at least",
    ),
    pytest.param(
        graded(quota("most: 0.5, smallest: 9", "[优]"), quota("most: 0.4, smallest: 9", "[中, 差]")),
        "scheme_quotas_below_all",
        ("grading", 1, "quota", "most"),
        id="90% at most",
    ),
    pytest.param(
        one(GOOD, rest="visibility: {points: [self]}\nsubjects: {exempt: [{effect: not_graded}]}"),
        "scheme_exempts_all",
        ("subjects", "exempt", 0),
        id="all are exempt from a grade",
    ),
]
PROOF = [criterion(rest="evidence: required", code=f"B{n}", name=f"项{n}") for n in range(5)]
WARNINGS = [
    pytest.param(
        tiers("90", "60", "0", total="{base: 60}"),
        "scheme_grade_never",
        ("grades", 2, "from"),
        id="nobody below the base",
    ),
    pytest.param(tiers("90", "60"), "scheme_grades_gap", ("grades",), id="no grade below 60"),
    pytest.param(
        tiers("90", "0", criteria=criterion(rest="sign: minus, by: [organisation]"), total="{base: 100}"),
        "scheme_grades_gap_endless",
        ("grades",),
        id="no grade below nothing",
    ),
    pytest.param(
        graded(quota("most: 1/3")), "scheme_quota_nobody", (*STEP, "quota", "most"), id="a third of one group"
    ),
    pytest.param(
        one(GOOD, rest="visibility: {ranking: {'on': true, basis: 文件, decided_by: 工委}}"),
        "scheme_ranking_on",
        ("visibility", "ranking", "on"),
        id="ranking",
    ),
    pytest.param(
        one(GOOD, rest="passes: [{name: p, of: total, take: rank}]"),
        "scheme_rank_computed",
        ("passes", 0, "take"),
        id="a rank that is not shown",
    ),
    pytest.param(
        one(GOOD, rest="visibility: {streaks: true}"), "scheme_streaks_on", ("visibility", "streaks"), id="streaks"
    ),
    pytest.param(
        one(GOOD, rest="visibility: {online_time: true}"),
        "scheme_online_time_on",
        ("visibility", "online_time"),
        id="online time",
    ),
    pytest.param(
        one(GOOD, rest="visibility: {points: [self, public]}"),
        "scheme_points_public",
        ("visibility", "points", 1),
        id="public points",
    ),
    pytest.param(
        one(GOOD, rest="visibility: {advisory: false}"),
        "scheme_decides_itself",
        ("visibility", "advisory"),
        id="decides",
    ),
    *(
        pytest.param(one(criterion(name=name)), "scheme_forced_use", ("nodes", 0, "criteria", 0, "name"), id=name)
        for name in ("每日签到", "学习打卡", "在线时长", "提交截图", "Daily check-in")
    ),
    pytest.param(
        one(criterion(rest="proof: [照片, 手机截图]")),
        "scheme_forced_use",
        ("nodes", 0, "criteria", 0, "proof", 1),
        id="a screenshot as proof",
    ),
    pytest.param(
        one(criterion(rest="by: [system], evidence: required")),
        "scheme_evidence_known",
        ("nodes", 0, "criteria", 0, "evidence"),
        id="proof of what the system records",
    ),
    pytest.param(one(*PROOF), "scheme_evidence_many", ("nodes",), id="proof of everything"),
]
SOUND = [
    pytest.param(graded(quota("most: 1/3, smallest: 3")), id="a third of three"),
    pytest.param(graded(quota("most: 1/3, smallest: 2, round: half_up")), id="a third of two, rounded"),
    pytest.param(graded(quota("most: 10%, among: [unit], round: up")), id="a tenth, rounded up"),
    pytest.param(
        graded(quota("most: 0.1, least: 0.2, among: [unit], smallest: 1, allotted: true, round: up")), id="both one"
    ),
    pytest.param(
        graded(quota("most: 0.5, smallest: 9", "[优]"), quota("most: 0.5, smallest: 9", "[中, 差]")), id="shares of all"
    ),
    pytest.param(one(*PROOF[:4]), id="proof of a few"),
    pytest.param(one(criterion(rest="proof: [签到表]")), id="a sign-in sheet as proof"),
    pytest.param(
        one(GOOD, rest="subjects: {of: unit}\npasses: [{name: p, of: total, take: rank}]"), id="a rank of units"
    ),
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


@pytest.mark.parametrize(("missing", "rest"), [("basis", "decided_by: 工委"), ("decided_by", "basis: 文件")])
def test_a_ranking_without_a_basis_or_a_body_is_refused(missing: str, rest: str):
    text = one(GOOD, rest=f"visibility: {{ranking: {{'on': true, {rest}}}}}")
    assert found(text) == [
        ("scheme_ranking_unfounded", ("visibility", "ranking", missing), "error"),
        ("scheme_ranking_on", ("visibility", "ranking", "on"), "warning"),
    ]


@pytest.mark.parametrize(
    ("share", "rounding", "enough"),
    [("1/3", "down", 3), ("10%", "down", 10), ("0.1", "half_up", 5), ("0.3", "down", 4)],
)
def test_a_quota_that_leaves_nobody_names_the_smallest_group_that_works(share: str, rounding: str, enough: int):
    def facts_for(size: int) -> list[object]:
        text = graded(quota(f"most: {share}, round: {rounding}, among: [unit], smallest: {size}"))
        return [finding.problem.facts["enough"] for finding in check(read(text))]

    assert facts_for(enough - 1) == [enough]
    assert facts_for(enough) == []
