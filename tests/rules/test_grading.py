"""Thresholds, levels, gates, verdicts and consequences."""

from datetime import date
from decimal import Decimal

import pytest

from rules.grading import Step, graded
from rules.schemes import Effect, Gate, Grade, GradeStep, Quota, Veto
from rules.schemes.grades import Consequence, Level, Verdict
from rules.scoring.facts import Decision, Membership, Subject
from tests.gradings import facts, grades, levels, many, one, past, scheme, standing, tiers

COMMITTEE = GradeStep(verdict=Verdict("支委会", ("优秀", "合格", "基本合格", "不合格"), "022.evaluation"))


def test_without_steps_there_is_no_grade_and_the_total_stands():
    result = one([], standing(95))
    assert (result.grade, result.total, result.steps) == (None, Decimal(95), ())


@pytest.mark.parametrize(
    ("total", "grade", "figures"),
    [
        (100, "优秀", {"total": "100", "threshold": "90"}),
        ("90", "优秀", {"total": "90", "threshold": "90"}),
        ("89.999", "合格", {"total": "89.999", "threshold": "80"}),
        (60, "基本合格", {"total": "60", "threshold": "60"}),
        (0, "不合格", {"total": "0", "threshold": "0"}),
        (-1, None, {"total": "-1", "lowest": "0"}),
    ],
)
def test_a_total_gets_the_first_grade_it_reaches_bounds_included(total, grade, figures):
    result = one([tiers()], standing(total))
    assert result.grade == grade
    assert result.steps == (Step("thresholds", grade or "", None, grade, figures),)


def test_the_step_of_a_grade_names_its_sources():
    step = GradeStep(thresholds=(Grade("优秀", Decimal(90), ("015.grading.1", "086.grading")),))
    assert one([step], standing(90)).steps[0].sources == ("015.grading.1", "086.grading")


def test_grades_of_the_file_are_the_first_step():
    rulebook = scheme(GradeStep(gate=Gate("g", "优秀", "node.a >= 5")))
    rulebook = type(rulebook)(
        "s", "1", "s", (), grades=(Grade("优秀", Decimal(90)), Grade("合格", Decimal(60))), grading=rulebook.grading
    )
    assert graded(rulebook, {1: standing(95, node__a=4)}, facts())[1].grade == "合格"


PROBATION = {"按期转正": 85, "延长预备期": 70, "取消资格": 0}


@pytest.mark.parametrize(
    ("since", "until", "grade"),
    [
        (date(2026, 1, 1), None, "延长预备期"),
        (date(2026, 12, 31), None, "延长预备期"),
        (date(2027, 1, 1), None, "基本合格"),
        (date(2026, 1, 1), date(2026, 12, 31), "基本合格"),
    ],
)
def test_probationers_have_thresholds_of_their_own_while_they_are_probationers(since, until, grade):
    """70 to 84 prolongs; for a member 75 is 基本合格. The day of reading is 31 December."""
    subject = Subject(1, classes=(Membership("预备党员", since, until),))
    assert one([tiers(), tiers(PROBATION, ("预备党员",))], standing(75, subject=subject)).grade == grade


@pytest.mark.parametrize(
    ("hours", "points", "grade"),
    [
        (50, 500, "一星"),
        (50, 499, None),
        (49, 9000, None),
        (200, 2100, "三星"),
        (200, 2099, "二星"),
        (99, 2100, "一星"),
    ],
)
def test_a_level_needs_both_of_its_measures(hours, points, grade):
    stars = levels(
        三星="node.hours >= 200 and total >= 2100",
        二星="node.hours >= 100 and total >= 1000",
        一星="node.hours >= 50 and total >= 500",
    )
    result = one([stars], standing(points, node__hours=hours))
    assert result.grade == grade
    if grade == "二星":
        when = "node.hours >= 100 and total >= 1000"
        figures = {"when": when, "node.hours": "200", "total": "2099"}
        assert result.steps == (Step("levels", "二星", None, "二星", figures),)


def gate(grade: str, when: str, name: str = "必达项") -> GradeStep:
    return GradeStep(gate=Gate(name, grade, when, "第九条", "109.grading"))


@pytest.mark.parametrize(
    ("total", "a", "b", "grade"),
    [
        (95, 5, 5, "优秀"),
        (95, 4, 5, "合格"),  # fails for 优秀 only
        (95, 5, 2, "基本合格"),  # fails for 合格, hence for 优秀 too
        (95, 4, 2, "基本合格"),
        (85, 4, 5, "合格"),
        (85, 4, 2, "基本合格"),
        (65, 0, 0, "基本合格"),
        (-5, 0, 0, None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_who_fails_a_gate_gets_the_best_grade_whose_gates_hold(total, a, b, grade, turned):
    gates = [gate("优秀", "node.a >= 5"), gate("合格", "node.b >= 3")]
    assert one([tiers(), *(gates[::-1] if turned else gates)], standing(total, node__a=a, node__b=b)).grade == grade


def test_a_gate_tells_what_it_looked_at():
    result = one([tiers(), gate("优秀", "node.a >= 5")], standing(95, node__a=4))
    figures = {"needed_for": "优秀", "when": "node.a >= 5", "node.a": "4"}
    assert result.steps[1] == Step("gate", "必达项", "优秀", "合格", figures, "第九条", ("109.grading",))


def test_a_gate_without_data_does_not_hold():
    assert one([tiers(), gate("优秀", "imported.学时 >= 32")], standing(95)).grade == "合格"


def test_a_gate_that_changes_nothing_is_not_told():
    assert len(one([tiers(), gate("优秀", "node.a >= 5")], standing(70, node__a=0)).steps) == 1


def test_a_gate_before_the_thresholds_holds_them_down():
    result = one([gate("优秀", "node.a >= 5"), tiers()], standing(95, node__a=4))
    assert result.grade == "合格"
    assert result.steps[-1].facts == {"total": "95", "threshold": "90", "reached": "优秀", "held_by": "必达项"}


def decision(grade: str, reason: str = "群众反映", by: str = "") -> dict[int, Decision]:
    return {1: Decision(1, grade, reason, by)}


@pytest.mark.parametrize(
    ("decided", "grade", "figures"),
    [
        (decision("合格"), "合格", {"by": "支委会", "reason": "群众反映"}),
        (decision("优秀", by="扩大会议"), "优秀", {"by": "扩大会议", "reason": "群众反映"}),
        (decision("合格", "  "), "优秀", {"by": "支委会", "reason": "", "refused": "no_reason", "wanted": "合格"}),
        (
            decision("良好"),
            "优秀",
            {"by": "支委会", "reason": "群众反映", "refused": "not_among", "wanted": "良好"},
        ),
    ],
)
def test_the_committee_overrides_with_a_reason_and_among_its_grades(decided, grade, figures):
    result = one([tiers(), COMMITTEE], standing(95), decisions=decided)
    assert result.steps[1] == Step("verdict", "支委会", "优秀", grade, figures, "", ("022.evaluation",))
    assert result.grade == grade


def test_without_a_decision_the_grade_stands_and_nothing_is_told():
    result = one([tiers(), COMMITTEE], standing(95), decisions={2: Decision(2, "合格", "x")})
    assert (result.grade, len(result.steps)) == ("优秀", 1)


def test_a_verdict_alone_can_grade():
    assert one([COMMITTEE], standing(0), decisions=decision("基本合格")).grade == "基本合格"


def test_a_verdict_goes_before_a_veto_written_above_it_but_not_below():
    veto = GradeStep(veto=Veto("问责", "count.问责 > 0", Effect(at_most="合格")))
    subject = standing(95, count__问责=1)
    assert one([tiers(), veto, COMMITTEE], subject, decisions=decision("优秀")).grade == "优秀"
    assert one([tiers(), COMMITTEE, veto], subject, decisions=decision("优秀")).grade == "合格"


LADDER = [
    GradeStep(consequence=Consequence("约谈", "grade = '不合格'", source="109.results")),
    GradeStep(consequence=Consequence("转入教育支部", "streak.不合格 >= 2", days=30)),
    GradeStep(consequence=Consequence("月补贴", "grade in ('优秀', '合格')", Decimal(200))),
]


@pytest.mark.parametrize(
    ("total", "before", "followed"),
    [
        (50, (), [("约谈", None)]),
        (50, ("不合格", "合格"), [("约谈", None), ("转入教育支部", None)]),
        (50, ("合格", "不合格", "不合格"), [("约谈", None)]),
        (95, ("不合格", "不合格"), [("月补贴", Decimal(200))]),
    ],
)
def test_consequences_follow_from_the_grade_and_from_cycles_in_a_row(total, before, followed):
    steps = [tiers({"优秀": 90, "不合格": 0}), *LADDER]
    assert list(one(steps, standing(total, subject=past(*before))).consequences) == followed


def test_a_consequence_tells_its_figures():
    result = one([tiers(), *LADDER], standing(50, subject=past("不合格")))
    figures = {"when": "streak.不合格 >= 2", "streak.不合格": "2", "days": "30"}
    assert result.steps[2] == Step("consequence", "转入教育支部", "不合格", "不合格", figures)


@pytest.mark.parametrize(("before", "streak"), [((), 0), (("优秀",), 1), (("优秀", "优秀", "合格", "优秀"), 2)])
def test_before_a_grade_is_given_only_former_cycles_are_in_a_row(before, streak):
    step = GradeStep(consequence=Consequence("c", f"streak.优秀 = {streak}"))
    assert one([step], standing(95, subject=past(*before))).consequences == (("c", None),)


def test_the_total_in_a_formula_is_the_total_so_far():
    zero = GradeStep(veto=Veto("z", "true", Effect(zero=True)))
    told = GradeStep(consequence=Consequence("c", "total = 0"))
    assert one([told, zero], standing(9)).consequences == ()
    assert one([zero, told], standing(9)).consequences == (("c", None),)


def test_who_is_not_graded_takes_no_part():
    steps = [tiers(), *LADDER, GradeStep(veto=Veto("z", "true", Effect(zero=True))), COMMITTEE]
    result = one(steps, standing(95, graded=False), decisions=decision("合格"))
    assert (result.grade, result.total, result.steps, result.consequences) == (None, Decimal(95), (), ())


def test_a_step_for_some_classes_leaves_the_others_alone():
    step = GradeStep(gate=Gate("g", "优秀", "false"), classes=("机关",))
    people = {
        1: standing(95, subject=Subject(1, classes=(Membership("机关"),))),
        2: standing(95, subject=Subject(2, classes=(Membership("农村"),))),
    }
    assert grades(many([tiers(), step], people)) == {1: "合格", 2: "优秀"}


@pytest.mark.parametrize(
    ("extra", "order"),
    [
        ([], ["优秀", "合格", "不合格"]),
        ([COMMITTEE], ["优秀", "合格", "基本合格", "不合格"]),
        ([GradeStep(quota=Quota(("合格", "基本合格")))], ["优秀", "合格", "基本合格", "不合格"]),
        ([GradeStep(quota=Quota(("特优", "优秀")))], ["特优", "优秀", "合格", "不合格"]),
        ([GradeStep(veto=Veto("v", "false", Effect(grade="开除")))], ["优秀", "合格", "不合格", "开除"]),
    ],
)
def test_a_grade_named_outside_the_thresholds_stands_where_it_is_named(extra, order):
    """Each veto moves one place down and the next begins where it ended."""
    steps = [tiers({"优秀": 90, "合格": 60, "不合格": 0}), *extra]
    downs = [GradeStep(veto=Veto(f"{index}", "true", Effect(down=1))) for index in range(5)]
    start = GradeStep(verdict=Verdict("v"))
    result = one([*steps, start, *downs], standing(95), decisions=decision(order[0]))
    seen = [step.after for step in result.steps if step.rule in {"verdict", "veto"}]
    assert list(dict.fromkeys(seen)) == order


def test_a_level_may_be_a_plain_number():
    step = GradeStep(levels=(Level("到场", 1),))
    assert one([step], standing(0)).grade == "到场"
