"""Quotas: shares and numbers, the surplus and the shortfall, ties, equals."""

from decimal import localcontext

import pytest

from rules.schemes import Effect, GradeStep, Veto
from rules.schemes.grades import Verdict
from tests.gradings import TWO, grades, many, people, quota, standing, tiers, with_grade


@pytest.mark.parametrize(
    ("most", "size", "rounding", "places"),
    [
        ("1/3", 30, "down", 10),  # 0.333… times 30 is 9.99…, yet 1/3 of 30 is 10
        ("1/3", 3, "down", 1),
        ("1/3", 2, "down", 0),
        ("1/3", 2, "up", 1),
        ("1/3", 2, "half_up", 1),  # 0.67
        ("1/3", 4, "half_up", 1),  # 1.33
        ("2/3", 9, "down", 6),
        ("2/3", 9, "up", 6),
        ("1/7", 21, "up", 3),
        ("10%", 30, "down", 3),
        ("10%", 29, "down", 2),
        ("10%", 25, "half_up", 3),  # 2.5
        ("10%", 25, "down", 2),
        ("10%", 21, "up", 3),
        (0.1, 20, "down", 2),
        (0.15, 20, "up", 3),
        ("33.33%", 30, "down", 9),  # not a third: 9.999
        ("1", 5, "down", 1),
        (3, 5, "down", 3),
        ("100%", 5, "down", 5),
        ("5/2", 9, "half_up", 3),
        (0, 5, "down", 0),
        ("0 - 1", 5, "down", 0),
        (9, 5, "down", 5),
    ],
)
def test_at_most_a_share_or_a_number_of_the_group(most, size, rounding, places):
    results = many([TWO, quota(most=most, round=rounding)], people(*range(91, 91 + size)))
    assert with_grade(results) == set(range(size - places + 1, size + 1))


def test_the_share_is_figured_exactly_whatever_the_callers_context():
    with localcontext(prec=3):
        assert len(with_grade(many([TWO, quota(most="1/3")], people(*range(91, 121))))) == 10


def test_the_surplus_goes_to_the_next_grade_and_tells_why():
    """6 graded, a third is 2. By total: 99, 97, then 95 and 91 with no place; 80 and 70 had none to lose."""
    step = quota(most="1/3", source="015.grading.1")
    results = many([tiers(), step], people(91, 99, 95, 97, 80, 70))
    assert grades(results) == {1: "合格", 2: "优秀", 3: "合格", 4: "优秀", 5: "合格", 6: "基本合格"}
    assert [len(result.steps) for result in results.values()] == [2, 1, 2, 1, 1, 1]
    told = results[1].steps[1]
    assert (told.rule, told.name, told.before, told.after) == ("quota", "优秀", "优秀", "合格")
    assert told.sources == ("015.grading.1",)
    assert told.facts == {
        "why": "surplus",
        "group": "",
        "size": "6",
        "limit": "2",
        "rule": "1/3",
        "ranked": "4",
        "place": "4",
        "total": "91",
        "boundary": "97",
    }


def test_the_share_is_of_the_graded_also_of_those_who_reach_no_grade():
    """Five graded of six (the third is not); one of them reaches no grade. 2/5 of 5 are two."""
    steps = [tiers({"优秀": 90, "合格": 60}), quota(most="2/5")]
    crowd = people(99, 98, 97, 96, 10) | {6: standing(100, graded=False)}
    assert with_grade(many(steps, crowd)) == {1, 2}


def test_the_next_grade_skips_what_a_veto_bars():
    barred = GradeStep(veto=Veto("v", "node.a = 0", Effect(never="合格")))
    crowd = {1: standing(99, node__a=1), 2: standing(95, node__a=1), 3: standing(92, node__a=0)}
    assert grades(many([tiers(), barred, quota(most=1)], crowd)) == {1: "优秀", 2: "合格", 3: "基本合格"}


def test_grades_may_share_a_quota():
    """优秀 and 合格 together at most 3: the lowest totals of both leave for 基本合格."""
    results = many([tiers(), quota("优秀", "合格", most=3)], people(95, 92, 88, 84, 83, 70))
    assert list(grades(results).values()) == ["优秀", "优秀", "合格", "基本合格", "基本合格", "基本合格"]


def test_quotas_run_in_the_order_of_the_file():
    """At most 1 优秀 of 5, then at most 2 合格: those who came down take part in the second."""
    results = many([tiers(), quota(most=1), quota("合格", most=2)], people(95, 94, 93, 85, 84))
    assert list(grades(results).values()) == ["优秀", "合格", "合格", "基本合格", "基本合格"]


def test_below_the_last_grade_there_is_none():
    assert grades(many([TWO, quota("优秀", "合格", most=1)], people(95, 94))) == {1: "优秀", 2: None}


@pytest.mark.parametrize(
    ("least", "rounding", "low"),
    [
        ("1/10", "down", {10}),  # 1 of 10, and one is there already
        ("2/10", "down", {9, 10}),
        ("25%", "down", {9, 10}),
        ("25%", "up", {8, 9, 10}),
        (4, "down", {7, 8, 9, 10}),
        (0, "down", {10}),
        (99, "down", set(range(1, 11))),
    ],
)
def test_at_least_so_many_have_a_low_grade_the_lowest_first(least, rounding, low):
    step = quota("基本合格", "不合格", least=least, round=rounding)
    results = many([tiers(), step], people(99, 98, 97, 96, 95, 94, 93, 92, 85, 50))
    assert with_grade(results, "基本合格", "不合格") == low
    assert results[10].grade == "不合格"
    assert all(results[id].grade == "基本合格" for id in low - {10})


def test_who_is_moved_down_is_told_the_shortfall():
    results = many([tiers(), quota("基本合格", "不合格", least="1/2", round="up")], people(99, 85, 92))
    told = results[3].steps[1]
    assert (told.before, told.after) == ("优秀", "基本合格")
    assert told.facts == {
        "why": "shortfall",
        "group": "",
        "size": "3",
        "limit": "2",
        "rule": "1/2",
        "ranked": "3",
        "place": "2",
        "total": "92",
        "boundary": "99",
    }


def test_who_reaches_no_grade_counts_as_low():
    steps = [tiers({"优秀": 90, "合格": 60}), quota("合格", least=1)]
    assert grades(many(steps, people(95, 10))) == {1: "优秀", 2: None}
    more = [steps[0], quota("合格", least=2)]
    assert grades(many(more, people(95, 10))) == {1: "合格", 2: None}


def test_who_is_moved_down_skips_what_a_veto_bars():
    barred = GradeStep(veto=Veto("v", "node.a = 0", Effect(never="基本合格")))
    crowd = {1: standing(99, node__a=0), 2: standing(98, node__a=1), 3: standing(97, node__a=0)}
    results = many([tiers(), barred, quota("基本合格", "不合格", least=2)], crowd)
    assert grades(results) == {1: "优秀", 2: "基本合格", 3: "不合格"}


def test_at_most_comes_before_at_least():
    """Both of 4: one 优秀 at most and, of 优秀 alone, no more is asked; the second quota then asks for two low ones."""
    both = quota("优秀", most=1, least=1)
    results = many([tiers(), both, quota("基本合格", "不合格", least=2)], people(99, 98, 97, 96))
    assert list(grades(results).values()) == ["优秀", "合格", "基本合格", "基本合格"]


@pytest.mark.parametrize(
    ("equal", "totals", "top"),
    [
        ("out", (99, 95, 95, 91), {1}),
        ("in", (99, 95, 95, 91), {1, 2, 3}),
        ("out", (95, 95, 95, 95), set()),
        ("in", (95, 95, 95, 95), {1, 2, 3, 4}),
        ("in", (99, 98, 95, 95), {1, 2}),  # the places are taken, nobody is on the boundary
        ("out", (95, 95, 91, 91), {1, 2}),
        ("out", (99, "95.0", "95.00", 91), {1}),
    ],
)
def test_equals_on_the_boundary_share_their_fate(equal, totals, top):
    """Two places."""
    results = many([TWO, quota(most=2, equal=equal)], people(*totals))
    assert with_grade(results) == top
    if totals[0] == 99 and equal == "out":
        assert [results[id].steps[-1].facts["why"] for id in (2, 3, 4)] == ["equal", "equal", "surplus"]


@pytest.mark.parametrize(("equal", "low"), [("out", {4}), ("in", {2, 3, 4})])
def test_equals_on_the_boundary_of_an_at_least_share_their_fate(equal, low):
    """Two are asked for: 91 and one of the two 95."""
    results = many([tiers(), quota("基本合格", least=2, equal=equal)], people(99, 95, 95, 91))
    assert with_grade(results, "基本合格") == low


@pytest.mark.parametrize(
    ("ties", "within", "top"),
    [
        ((), None, set()),
        (("node.a",), None, {2}),
        (("node.b",), None, {3}),
        (("node.same", "node.a"), None, {2}),
        (("0 - node.a",), None, {1}),
        (("node.none", "node.b"), None, {3}),
        (("previous.grade",), None, set()),  # text is no figure
    ],
)
def test_equal_totals_are_told_apart_by_ties_in_their_order(ties, within, top):
    crowd = {
        1: standing(95, node__a=1, node__b=2, node__same=7, previous__grade="合格"),
        2: standing(95, node__a=3, node__b=2, node__same=7, previous__grade="优秀"),
        3: standing(95, node__a=2, node__b=5, node__same=7),
    }
    assert with_grade(many([TWO, quota(most=1, ties=ties)], crowd)) == top


def test_who_has_no_figure_for_a_tie_stands_after_who_has():
    crowd = {1: standing(95), 2: standing(95, node__a=-3)}
    assert with_grade(many([TWO, quota(most=1, ties=("node.a",))], crowd)) == {2}


@pytest.mark.parametrize(
    ("rows", "places", "top"),
    [
        # totals that differ by at most 0.2 are told apart by the single award (第二项)
        ([("95.2", 0), ("95.0", 1)], 1, {2}),
        ([("95.21", 0), ("95.0", 1)], 1, {1}),
        ([("95.2", 1), ("95.0", 1)], 1, {1}),  # the tie says nothing: the total does
        # 95.4 and 95.0 are too far apart for the tie; 95.2 is near to both
        ([("95.4", 0), ("95.2", 1), ("95.0", 2)], 1, {2}),
        ([("95.4", 0), ("95.2", 1), ("95.0", 2)], 2, {1, 2}),
        ([("95.4", 1), ("95.2", 0), ("95.0", 2)], 2, {1, 3}),
        ([("95.4", 1), ("95.2", 0), ("95.2", 0), ("95.0", 2)], 3, {1, 4}),
    ],
)
def test_near_totals_are_told_apart_by_ties(rows, places, top):
    crowd = {number: standing(total, node__award=award) for number, (total, award) in enumerate(rows, 1)}
    step = quota(most=places, ties=("node.award",), within="0.2")
    assert with_grade(many([TWO, step], crowd)) == top
    assert with_grade(many([TWO, step], dict(reversed(crowd.items())))) == top


def test_the_total_a_veto_left_is_the_one_that_ranks():
    zero = GradeStep(veto=Veto("v", "node.a = 0", Effect(grade="优秀", zero=True)))
    crowd = {1: standing(99, node__a=0), 2: standing(91, node__a=1)}
    assert with_grade(many([TWO, zero, quota(most=1)], crowd)) == {2}


def test_a_grade_no_threshold_names_can_be_asked_for():
    steps = [tiers({"优秀": 90, "合格": 60}), quota("基本合格", least=1), GradeStep(verdict=Verdict("v"))]
    assert grades(many(steps, people(95, 70))) == {1: "优秀", 2: "基本合格"}
