"""What holds for every pipeline."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.grading import Standing
from rules.schemes import Effect, Gate, GradeStep, Quota, Veto
from rules.schemes.grades import Consequence, Verdict
from rules.scoring.facts import Decision, Membership, Subject
from tests.gradings import USUAL, grades, many, standing, tiers

NAMES = tuple(USUAL)
SHARES = st.tuples(st.integers(0, 7), st.integers(7, 30)).map(lambda pair: Fraction(*pair)).filter(lambda f: f < 1)
FORMULAS = st.sampled_from(("node.a", "node.b", "0 - total"))


@st.composite
def crowds(draw: st.DrawFn) -> dict[Any, Standing]:
    """Totals lie close together, so that there are equals."""
    rows = st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 3), st.sampled_from("甲乙丙"), st.booleans())
    return {
        number: standing(
            Decimal(60) + Decimal(total),
            draw(st.integers(0, 9)) > 0,
            Subject(number, unit=unit, classes=(Membership("预备"),) if probation else ()),
            node__a=a,
            node__b=b,
        )
        for number, (total, a, b, unit, probation) in enumerate(draw(st.lists(rows, max_size=25)), 1)
    }


def most(share: Fraction, **terms: Any) -> GradeStep:
    return GradeStep(quota=Quota(("优秀",), f"{share.numerator}/{share.denominator}", **terms))


def least(share: str, **terms: Any) -> GradeStep:
    return GradeStep(quota=Quota(NAMES[2:], least=share, **terms))


TERMS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "ties": st.lists(FORMULAS, max_size=2).map(tuple),
        "within": st.none() | st.sampled_from((Decimal("0.5"), Decimal(2))),
        "among": st.sampled_from(((), ("unit",))),
        "smallest": st.integers(1, 5),
    }
)


@st.composite
def steps(draw: st.DrawFn) -> GradeStep:
    name = draw(st.sampled_from(NAMES))
    condition = draw(st.sampled_from(("node.a > 1", "node.b = 0", "grade = '优秀'", "total < 70")))
    effect = draw(
        st.builds(Effect, grade=st.none() | st.just(name), down=st.integers(0, 2), zero=st.booleans())
        | st.builds(Effect, at_most=st.just(name), lowest=st.booleans())
        | st.builds(Effect, never=st.just(name))
    )
    return draw(
        st.sampled_from(
            (
                tiers(),
                GradeStep(veto=Veto(f"v{name}", condition, effect, draw(st.integers(1, 3)))),
                GradeStep(gate=Gate(f"g{name}", name, condition), classes=draw(st.sampled_from(((), ("预备",))))),
                GradeStep(verdict=Verdict("v", NAMES[1:])),
                GradeStep(consequence=Consequence("c", condition)),
                most(draw(SHARES), equal=draw(st.sampled_from(("out", "in"))), **draw(TERMS)),
                least("1/10", **draw(TERMS)),
            )
        )
    )


@given(crowds(), SHARES, TERMS)
def test_an_at_most_is_never_exceeded_in_any_group(crowd, share, terms):
    results = many([tiers(), most(share, **terms)], crowd)
    sizes: dict[Any, int] = {}
    for each in crowd.values():
        sizes[each.subject.unit] = sizes.get(each.subject.unit, 0) + each.graded
    group = (
        {unit: unit if size >= terms["smallest"] else "small" for unit, size in sizes.items()}
        if terms["among"]
        else dict.fromkeys(sizes, "all")
    )
    for name in set(group.values()):
        graded_there = sum(sizes[unit] for unit in sizes if group[unit] == name)
        top = [id for id, each in crowd.items() if group[each.subject.unit] == name and results[id].grade == "优秀"]
        assert len(top) <= floor(share * graded_there)


@given(crowds(), SHARES)
def test_as_many_as_there_are_places_stay_when_all_totals_differ(crowd, share):
    apart = {id: replace(each, total=Decimal(100 + id), graded=True) for id, each in crowd.items()}
    results = many([tiers(), most(share)], apart)
    assert sum(result.grade == "优秀" for result in results.values()) == floor(share * len(apart))


@given(crowds(), st.lists(steps(), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_subjects_does_not_matter(crowd, pipeline, random: Random):
    decisions = {id: Decision(id, random.choice(NAMES), random.choice(("", "r"))) for id in crowd if id % 3 == 0}
    shuffled = list(crowd.items())
    random.shuffle(shuffled)
    assert many([tiers(), *pipeline], crowd, decisions=decisions) == many(
        [tiers(), *pipeline], dict(shuffled), decisions=decisions
    )


@given(crowds(), SHARES, st.none() | st.just(Decimal(2)), st.sampled_from(("out", "in")))
def test_through_a_quota_nobody_passes_one_whose_total_is_higher_by_more_than_the_gap(crowd, share, within, equal):
    pipeline = [
        tiers(),
        most(share, ties=("node.a",), within=within, equal=equal),
        least("1/4", ties=("node.a",), within=within, equal=equal),
    ]
    found = grades(many(pipeline, crowd))
    marked = [(each.total, NAMES.index(str(found[id]))) for id, each in crowd.items() if each.graded]
    for total, place in marked:
        for other, better in marked:
            if better < place:
                assert other >= total - (within or 0)


@given(crowds(), st.lists(steps(), max_size=6))
def test_the_trace_tells_every_move(crowd, pipeline):
    """Each line begins where the one before ended, and the last one ends at the grade."""
    for result in many([tiers(), *pipeline], crowd, decisions={1: Decision(1, "合格", "r")}).values():
        grade = None
        for step in result.steps:
            assert step.before == grade
            grade = step.after
        assert result.grade == grade


@given(crowds())
def test_a_pipeline_without_steps_gives_no_grade_and_keeps_the_total(crowd):
    results = many([], crowd)
    assert {id: (result.grade, result.total) for id, result in results.items()} == {
        id: (None, each.total) for id, each in crowd.items()
    }


@given(crowds(), st.sampled_from(NAMES), st.lists(steps().filter(lambda step: step.verdict is None), max_size=4))
def test_a_ceiling_holds_whatever_comes_after_it_but_a_verdict_or_a_stronger_fixed_grade(crowd, name, pipeline):
    ceiling = GradeStep(veto=Veto("cap", "true", Effect(at_most=name), strength=3))
    for id, result in many([ceiling, tiers(), *pipeline], crowd).items():
        if crowd[id].graded and result.grade is not None:
            assert NAMES.index(result.grade) >= NAMES.index(name)
