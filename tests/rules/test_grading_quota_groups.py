"""Quotas: who shares the places, small groups, numbers given from above, shares that depend on the unit."""

from typing import Any

import pytest

from rules.grading import Standing
from rules.schemes import GradeStep, Quota
from rules.scoring.facts import Subject
from tests.gradings import TWO, grades, many, one, people, quota, standing, tiers, with_grade


def units(*rows: tuple[str, Any]) -> dict[int, Standing]:
    return {
        number: standing(total, subject=Subject(number, unit=unit, details={"sex": "女" if number % 2 else "男"}))
        for number, (unit, total) in enumerate(rows, 1)
    }


def test_each_group_has_places_of_its_own():
    crowd = units(("甲", 99), ("甲", 98), ("乙", 92), ("乙", 91))
    assert with_grade(many([TWO, quota(most="1/2")], crowd)) == {1, 2}
    assert with_grade(many([TWO, quota(most="1/2", among=("unit",))], crowd)) == {1, 3}
    assert with_grade(many([TWO, quota(most=1, among=("sex",))], crowd)) == {1, 2}
    assert with_grade(many([TWO, quota(most=1, among=("unit", "sex"))], crowd)) == {1, 2, 3, 4}


def test_groups_may_be_of_a_class():
    offices: dict[str, Any] = {"class": "机关"}
    crowd = {1: standing(99, **offices), 2: standing(98, **offices), 3: standing(91)}
    assert with_grade(many([TWO, quota(most=1, among=("class",))], crowd)) == {1, 3}


def test_small_groups_are_taken_together_and_told():
    """A third of 2 is none, of 2 + 1 together one. The group of three has its own place."""
    crowd = units(("甲", 99), ("甲", 98), ("甲", 97), ("乙", 92), ("乙", 91), ("丙", 95))
    step = quota(most="1/3", among=("unit",), smallest=3)
    results = many([TWO, step], crowd)
    assert with_grade(results) == {1, 6}
    told = results[4].steps[1].facts
    assert (told["group"], told["merged"], told["size"]) == ("丙 + 乙", "丙, 乙", "3")
    assert "merged" not in results[2].steps[1].facts
    assert with_grade(many([TWO, quota(most="1/3", among=("unit",))], crowd)) == {1}


def test_one_small_group_stays_by_itself():
    crowd = units(("甲", 99), ("甲", 98), ("甲", 97), ("乙", 92), ("乙", 91))
    results = many([TWO, quota(most="1/2", among=("unit",), smallest=3)], crowd)
    assert with_grade(results) == {1, 4}
    assert "merged" not in results[5].steps[1].facts


@pytest.mark.parametrize(
    ("given", "most", "top"),
    [
        ({"甲": 2, "乙": 0}, None, {1, 2}),
        ({"甲": 1, "乙": 1}, None, {1, 4}),
        ({"甲": 1}, None, {1, 4, 5}),  # none was given yet: nobody loses, everybody sees it
        ({"甲": 2}, "1/2", {1, 2, 4}),  # the share stands in for a number not given
    ],
)
def test_numbers_given_from_above(given, most, top):
    crowd = units(("甲", 99), ("甲", 98), ("甲", 97), ("乙", 92), ("乙", 91))
    results = many([TWO, quota(allotted=True, most=most, among=("unit",))], crowd, allotted=given)
    assert with_grade(results) == top
    unknown = [id for id, result in results.items() if result.steps[-1].facts.get("why") == "no_number"]
    assert unknown == ([4, 5] if len(given) == 1 and most is None else [])


def test_numbers_given_to_small_groups_are_added_up():
    crowd = units(("甲", 99), ("甲", 98), ("乙", 92))
    step = quota(allotted=True, among=("unit",), smallest=3)
    assert with_grade(many([TWO, step], crowd, allotted={"甲": 1, "乙": 1})) == {1, 2}
    results = many([TWO, step], crowd, allotted={"甲": 1})
    assert with_grade(results) == {1, 2, 3}
    assert {result.steps[-1].facts["why"] for result in results.values()} == {"no_number"}


def test_where_both_bounds_are_written_the_number_from_above_is_the_most():
    """One 合格 at most, which 85 has; at least two, so 98 comes down (were the least 1 too, nobody would)."""
    results = many([tiers(), quota("合格", allotted=True, most=9, least=2)], people(99, 98, 85), allotted={"": 1})
    assert list(grades(results).values()) == ["优秀", "合格", "合格"]


def test_a_number_given_from_above_may_be_the_least():
    step = quota("合格", allotted=True, least="1/2")
    assert with_grade(many([TWO, step], people(99, 98, 97, 96), allotted={"": 1}), "合格") == {4}
    assert with_grade(many([TWO, step], people(99, 98, 97, 96)), "合格") == {3, 4}


def test_the_share_may_depend_on_the_unit():
    """A unit rated 好 may have half 优秀, others a quarter."""
    crowd = {
        number: standing(90 + number, subject=Subject(number, unit=unit), unit__rated="好" if unit == "甲" else "一般")
        for number, unit in enumerate("甲甲甲甲乙乙乙乙", 1)
    }
    step = quota(most="if(unit.rated = '好', 50%, 25%)", among=("unit",))
    assert with_grade(many([TWO, step], crowd)) == {3, 4, 8}
    assert with_grade(many([TWO, quota(most="if(unit.rated = '好', 50%, 25%)")], crowd)) == {7, 8}
    low = quota("合格", least="if(unit.rated = '好', 50%, 25%)")
    assert with_grade(many([TWO, low], crowd), "合格") == {1, 2, 3, 4}


def test_a_share_that_is_not_known_of_all_is_not_known():
    crowd = {1: standing(99, unit__share=0), 2: standing(98)}
    assert with_grade(many([TWO, quota(most="unit.share")], crowd)) == {1, 2}


@pytest.mark.parametrize("terms", [{"most": "imported.份额"}, {"least": "imported.份额"}])
def test_a_number_without_data_takes_nothing_but_is_told(terms):
    result = one([TWO, quota(*(("合格",) if "least" in terms else ("优秀",)), **terms)], standing(95))
    assert (result.grade, result.steps[1].facts["why"]) == ("优秀", "no_number")


def test_who_has_a_scale_of_his_own_takes_no_place():
    """Three of the usual scale, a third of them is one; the probationers do not make it two."""
    probation = tiers({"按期转正": 85, "延长": 0}, ("预备党员",))
    crowd = people(99, 98, 97) | {
        number: standing(95, subject=Subject(number, kind="预备党员")) for number in (4, 5, 6)
    }
    results = many([TWO, probation, quota(most="1/3")], crowd)
    assert grades(results) == {1: "优秀", 2: "合格", 3: "合格", 4: "按期转正", 5: "按期转正", 6: "按期转正"}


def test_a_quota_for_a_class_counts_that_class_only():
    crowd = people(99, 98) | {number: standing(97, subject=Subject(number, kind="unit")) for number in (3, 4)}
    step = GradeStep(quota=Quota(("优秀",), "1/2"), classes=("member",))
    assert with_grade(many([TWO, step], crowd)) == {1, 3, 4}
