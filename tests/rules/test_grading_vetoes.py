"""Vetoes: effects, strength, how long they last, what ends them."""

from decimal import Decimal
from typing import Any

import pytest

from rules.schemes import Effect, Gate, GradeStep, Veto
from rules.schemes.grades import Verdict
from rules.scoring.facts import Decision, Subject
from tests.gradings import levels, many, one, standing, tiers

CREDIT = {"A": 960, "B": 850, "C": 600, "D": 0}


def veto(name: str = "失信", strength: int = 1, cycles: int = 0, lifted: str | None = None, **effect) -> GradeStep:
    return GradeStep(veto=Veto(name, "count.失信 > 0", Effect(**effect), strength, cycles, lifted, "第三十条", "095.x"))


BAD: dict[str, Any] = {"count__失信": 1}


@pytest.mark.parametrize(
    ("effect", "total", "grade", "left"),
    [
        ({"grade": "不合格"}, 95, "不合格", 95),
        ({"grade": "基本合格"}, 30, "基本合格", 30),  # a fixed grade is that grade, also from below
        ({"grade": "不合格", "zero": True}, 95, "不合格", 0),
        ({"zero": True}, 95, "不合格", 0),  # a grade given for the total follows it
        ({"zero": True, "at_most": "合格"}, 95, "不合格", 0),
        ({"at_most": "合格"}, 95, "合格", 95),
        ({"at_most": "合格"}, 65, "基本合格", 65),
        ({"at_most": "不合格"}, 85, "不合格", 85),
        ({"never": "优秀"}, 95, "合格", 95),
        ({"never": "优秀"}, 85, "合格", 85),
        ({"never": "合格"}, 85, "基本合格", 85),
        ({"never": "合格"}, 95, "优秀", 95),
        ({"down": 1}, 95, "合格", 95),
        ({"down": 2}, 95, "基本合格", 95),
        ({"down": 9}, 95, "不合格", 95),
        ({"down": 1, "never": "合格"}, 95, "基本合格", 95),
        ({"at_most": "合格", "lowest": True}, 95, "合格", 80),
        ({"at_most": "合格", "lowest": True}, 65, "基本合格", 65),
        ({"grade": "合格", "lowest": True}, 95, "合格", 80),
        ({"ineligible": ("评优",)}, 95, "优秀", 95),
    ],
)
def test_each_effect_of_a_veto(effect, total, grade, left):
    result = one([tiers(), veto(**effect)], standing(total, **BAD))
    assert (result.grade, result.total) == (grade, Decimal(left))


def test_nothing_happens_without_the_cause():
    result = one([tiers(), veto(zero=True, ineligible=("评优",))], standing(95, count__失信=0))
    assert (result.grade, result.total, len(result.steps), result.ineligible) == ("优秀", Decimal(95), 1, ())
    assert result.vetoes == {}


def test_a_veto_tells_its_figures():
    result = one([tiers(), veto(grade="合格", lowest=True, ineligible=("评优", "推荐"))], standing(95, **BAD))
    told = result.steps[1]
    assert (told.rule, told.name, told.before, told.after) == ("veto", "失信", "优秀", "合格")
    assert (told.clause, told.sources) == ("第三十条", ("095.x",))
    assert told.facts == {
        "when": "count.失信 > 0",
        "count.失信": "1",
        "lasts": "0",
        "total_before": "95",
        "total": "80",
        "ineligible": "评优, 推荐",
    }
    assert result.ineligible == ("评优", "推荐")


@pytest.mark.parametrize(
    ("first", "second", "grade", "total"),
    [
        # fixed against fixed: the stronger; of equal strength the worse
        (("B", 1), ("D", 3), "D", 0),
        (("B", 3), ("D", 1), "B", 850),
        (("B", 1), ("C", 1), "C", 600),
        (("C", 2), ("C", 1), "C", 600),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_fixed_grades_the_strongest_wins_in_whatever_order_they_stand(first, second, grade, total, turned):
    steps = [
        veto(name, strength, grade=fixed, lowest=True)
        for name, (fixed, strength) in zip("xy", (first, second), strict=True)
    ]
    result = one([tiers(CREDIT), *(steps[::-1] if turned else steps)], standing(1000, **BAD))
    assert (result.grade, result.total) == (grade, Decimal(total))
    assert [step.name for step in result.steps if step.rule == "veto"] == (["y", "x"] if turned else ["x", "y"])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("ceiling", "grade"),
    [(1, "C"), (2, "C"), (0, "B")],  # the fixed grade is B with strength 1
)
def test_a_ceiling_binds_a_fixed_grade_unless_it_is_weaker(ceiling, grade, turned):
    steps = [veto("fix", 1, grade="B"), veto("cap", ceiling, at_most="C")]
    assert one([tiers(CREDIT), *(steps[::-1] if turned else steps)], standing(1000, **BAD)).grade == grade


@pytest.mark.parametrize(("strength", "grade"), [(1, "B"), (2, "C")])
def test_places_down_do_not_move_a_fixed_grade_unless_they_are_stronger(strength, grade):
    steps = [veto("fix", 1, grade="B"), veto("down", strength, down=1)]
    assert one([tiers(CREDIT), *steps], standing(1000, **BAD)).grade == grade
    assert one([tiers(CREDIT), *steps[::-1]], standing(1000, **BAD)).grade == grade


def test_the_weaker_veto_is_told_as_overruled():
    result = one([tiers(CREDIT), veto("x", 2, grade="C"), veto("y", 1, grade="D")], standing(1000, **BAD))
    assert [step.facts.get("overruled_by") for step in result.steps[1:]] == [None, "x"]


def test_a_veto_that_fixes_the_same_grade_is_not_overruled():
    result = one([tiers(CREDIT), veto("x", 2, grade="C"), veto("y", 1, grade="C")], standing(1000, **BAD))
    assert "overruled_by" not in result.steps[2].facts


def test_a_total_taken_does_not_raise_a_grade():
    """By the total of 0 it would be 合格; the committee had gone lower."""
    steps = [tiers({"优秀": 90, "合格": 0, "不合格": -100}), GradeStep(verdict=Verdict("v")), veto(zero=True)]
    decided = {1: Decision(1, "不合格", "r")}
    assert one(steps, standing(95, **BAD), decisions=decided).grade == "不合格"


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("zero", "total"), [(1, 0), (2, 0)])
def test_a_total_that_was_taken_is_not_given_back_by_a_lowest_of_the_same_strength(zero, total, turned):
    steps = [veto("zero", zero, zero=True), veto("fix", 1, grade="C", lowest=True)]
    assert one([tiers(CREDIT), *(steps[::-1] if turned else steps)], standing(1000, **BAD)).total == total


@pytest.mark.parametrize(
    ("effect", "grade", "held_by"),
    [
        ({"grade": "基本合格"}, "基本合格", "失信"),
        ({"at_most": "合格"}, "合格", "失信"),
        ({"down": 2}, "基本合格", "失信"),
        ({"never": "优秀"}, "合格", "失信"),
    ],
)
def test_a_veto_before_the_thresholds_holds_them_down(effect, grade, held_by):
    result = one([veto(**effect), tiers()], standing(95, **BAD))
    assert result.grade == grade
    assert result.steps[-1].facts == {"total": "95", "threshold": "90", "reached": "优秀", "held_by": held_by}


def test_a_veto_that_takes_the_total_before_the_thresholds_leaves_them_zero():
    result = one([veto(zero=True), tiers()], standing(95, **BAD))
    assert [step.after for step in result.steps] == [None, "不合格"]
    assert result.steps[-1].facts == {"total": "0", "threshold": "0"}
    steps = [GradeStep(verdict=Verdict("v")), veto(zero=True), tiers()]
    result = one(steps, standing(95, **BAD), decisions={1: Decision(1, "优秀", "r")})
    assert [step.after for step in result.steps] == ["优秀", "优秀", "不合格"]


def test_before_any_thresholds_the_first_of_a_subject_say_the_order():
    steps = [GradeStep(verdict=Verdict("v")), veto(down=1), tiers(), tiers({"甲等": 80, "乙等": 0}, ("预备党员",))]
    subject = standing(95, subject=Subject(1, kind="预备党员"), **BAD)
    result = one(steps, subject, decisions={1: Decision(1, "优秀", "r")})
    assert [step.after for step in result.steps] == ["优秀", "合格", "合格", "乙等"]


def test_a_total_taken_after_levels_has_them_tested_again():
    stars = levels(三星="total >= 60 and node.a >= 5", 一星="node.a >= 5")
    assert one([stars, veto(zero=True)], standing(80, node__a=9, **BAD)).grade == "一星"


def test_ceilings_of_one_scale_do_not_touch_another():
    subject = Subject(1, kind="预备党员")
    probation = tiers({"按期转正": 85, "延长预备期": 70}, ("预备党员",))
    result = one([tiers(), probation, veto(at_most="合格")], standing(90, subject=subject, **BAD))
    assert result.grade == "按期转正"


def test_below_the_lowest_threshold_a_ceiling_gives_no_grade_but_a_fixed_one_does():
    short = tiers({"优秀": 90, "合格": 60})
    assert one([short, veto(at_most="合格")], standing(10, **BAD)).grade is None
    assert one([short, veto(grade="不合格")], standing(10, **BAD)).grade == "不合格"


def test_a_ceiling_may_be_a_grade_that_only_a_veto_gives():
    assert one([tiers({"优秀": 90, "合格": 60}), veto(at_most="不合格")], standing(95, **BAD)).grade == "不合格"


@pytest.mark.parametrize(
    ("now", "ago", "cycles", "grade", "left"),
    [
        (1, None, 0, "不合格", {"失信": 0}),
        (1, None, 2, "不合格", {"失信": 2}),
        (0, 1, 2, "不合格", {"失信": 1}),
        (0, 2, 2, "不合格", {"失信": 0}),
        (0, 3, 2, "优秀", {}),
        (0, 1, 0, "优秀", {}),
        (0, None, 2, "优秀", {}),
        (1, 2, 2, "不合格", {"失信": 2}),  # again: the time begins anew
    ],
)
def test_a_veto_lasts_this_cycle_and_so_many_more(now, ago, cycles, grade, left):
    subject = Subject(1, vetoes={} if ago is None else {"失信": ago})
    result = one([tiers(), veto(cycles=cycles, grade="不合格")], standing(95, subject=subject, count__失信=now))
    assert (result.grade, result.vetoes) == (grade, left)
    former = [step.facts.get("cycles_ago") for step in result.steps[1:]]
    assert former == ([] if grade == "优秀" else [None if now else str(ago)])


@pytest.mark.parametrize(
    ("formula", "decided", "repaired", "lifted"),
    [
        ("count.修复 > 0", (), 1, "count.修复 > 0"),
        ("count.修复 > 0", (), 0, None),
        (None, ("失信",), 0, "decision"),
        (None, ("别的",), 0, None),
    ],
)
@pytest.mark.parametrize("now", [0, 1])
def test_a_lifted_veto_ends_and_is_told(formula, decided, repaired, lifted, now):
    subject = standing(95, subject=Subject(1, vetoes={"失信": 1}), count__失信=now, count__修复=repaired)
    result = one([tiers(), veto(cycles=2, lifted=formula, zero=True)], subject, lifted={1: decided})
    assert result.steps[1].facts.get("lifted") == lifted
    assert (result.total, "失信" in result.vetoes) == ((Decimal(95), False) if lifted else (Decimal(0), True))


def test_a_veto_runs_on_over_a_cycle_without_grading_and_outside_its_classes():
    away = Subject(1, vetoes={"失信": 1, "旧": 3, "末": 2})
    steps = [tiers(), veto(cycles=2, zero=True), veto("旧", cycles=2, zero=True), veto("末", cycles=2, zero=True)]
    assert one(steps, standing(95, False, away)).vetoes == {"失信": 1, "末": 0}
    elsewhere = GradeStep(veto=steps[1].veto, classes=("机关",))
    result = one([tiers(), elsewhere], standing(95, subject=away))
    assert (result.vetoes, result.total) == ({"失信": 1}, Decimal(95))


@pytest.mark.parametrize("turned", [False, True])
def test_a_gate_does_not_lift_or_lower_a_fixed_grade_but_joins_a_ceiling(turned):
    gates = [GradeStep(gate=Gate("g", "A", "node.a > 0")), veto(grade="B")]
    assert one([tiers(CREDIT), *(gates[::-1] if turned else gates)], standing(1000, node__a=0, **BAD)).grade == "B"
    both = [GradeStep(gate=Gate("g", "A", "node.a > 0")), veto(never="B")]
    assert one([tiers(CREDIT), *(both[::-1] if turned else both)], standing(1000, node__a=0, **BAD)).grade == "C"


def test_a_veto_touches_only_who_gave_cause():
    people = {1: standing(95, **BAD), 2: standing(95, count__失信=0)}
    results = many([tiers(), veto(zero=True)], people)
    assert [results[id].total for id in (1, 2)] == [Decimal(0), Decimal(95)]
