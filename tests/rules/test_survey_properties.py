"""What holds for every round: order does not matter, a mean lies between its marks, who says nothing moves nothing."""

from decimal import Decimal, localcontext
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.schemes.values import Survey
from rules.scoring.facts import Ballot
from rules.surveys import NOTES, outcomes
from tests.polls import survey

D = Decimal
QUESTIONS = ("德", "能", "绩")
AUDIENCES = ("甲", "乙", "丙")
SUBJECTS = (1, 2, 3)
MARKS = {"优": 100, "良": 80, "中": 60, "差": 40, "不了解": None}

RULES: tuple[dict[str, Any], ...] = (
    {},
    {"not_equal": True},
    {"at_most": {"80": 2}, "at_least_below": {"60": 1}},
    {"shares": {"优": "1/3", "差": 0.5}},
)
weights = st.dictionaries(st.sampled_from(QUESTIONS), st.integers(1, 60), min_size=1)
answers = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from((*MARKS, "其他", 90)), max_size=3)
opinions = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from([name for name, mark in MARKS.items() if mark]))
cast = st.builds(
    Ballot,
    st.just("R"),
    st.sampled_from(SUBJECTS),
    answers | opinions,
    st.none() | st.integers(1, 6),
    st.sampled_from((*AUDIENCES, "")),
    st.permutations(QUESTIONS).map(tuple),
)


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    return survey(
        options=MARKS,
        questions=draw(st.just({}) | weights),
        audiences=draw(st.just({}) | st.dictionaries(st.sampled_from(AUDIENCES), st.integers(1, 100), min_size=1)),
        equal_audiences=draw(st.booleans()),
        importance=draw(st.sampled_from(((), (4, 3, 2, 1), (1,)))),
        share=draw(st.sampled_from(((), ("优",), ("优", "良")))),
        own=draw(st.sampled_from(("excluded", "included"))),
        trim=draw(st.sampled_from((None, {"each": 1}, {"each": 2, "above": 3}))),
        quorum=draw(st.sampled_from((None, "1/3"))),
        ballot=draw(st.sampled_from(RULES)),
    )


@given(surveys(), st.lists(cast, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(of: Survey, ballots: list[Ballot], chance):
    mixed = list(ballots)
    chance.shuffle(mixed)
    assert outcomes(of, mixed, {"R": 6}, SUBJECTS) == outcomes(of, ballots, {"R": 6}, SUBJECTS)


@given(surveys(), st.lists(cast, max_size=25))
def test_a_callers_decimal_context_changes_nothing(of: Survey, ballots: list[Ballot]):
    expected = outcomes(of, ballots, {"R": 6}, SUBJECTS)
    with localcontext() as context:
        context.prec = 3
        assert outcomes(of, ballots, {"R": 6}, SUBJECTS) == expected


@given(surveys(), st.lists(cast, max_size=25))
def test_figures_lie_between_the_marks_and_counts_add_up(of: Survey, ballots: list[Ballot]):
    least, most = (0, 1) if of.share else (40, 100)
    for outcome in outcomes(of, ballots, {"R": 6}, SUBJECTS).values():
        figures = [*outcome.audiences.values(), *outcome.questions.values()]
        figures += [] if outcome.value is None else [outcome.value]
        assert all(least <= figure <= most for figure in figures)
        assert outcome.valid + outcome.spoiled <= outcome.cast
        assert outcome.value is None or outcome.valid
        assert list(outcome.notes) == [note for note in NOTES if note in outcome.notes]


@given(surveys(), st.lists(cast, max_size=25))
def test_every_ballot_is_cast_once(of: Survey, ballots: list[Ballot]):
    found = outcomes(of, ballots, {}, SUBJECTS)
    own = sum(each.voter == each.subject for each in ballots) if of.own == "excluded" else 0
    assert sum(outcome.cast for outcome in found.values()) == len(ballots) - own


@given(surveys(), st.lists(cast, max_size=20), st.integers(1, 9))
def test_who_knows_nothing_moves_only_the_turnout(of: Survey, ballots: list[Ballot], silent: int):
    of = survey(**{name: getattr(of, name) for name in of.__struct_fields__} | {"quorum": None})
    more = ballots + [Ballot("R", 1, dict.fromkeys(QUESTIONS, "不了解"), f"new{n}", "甲") for n in range(silent)]
    before, after = outcomes(of, ballots, {}, SUBJECTS)[1], outcomes(of, more, {}, SUBJECTS)[1]
    assert (after.value, after.valid, after.questions) == (before.value, before.valid, before.questions)


@given(surveys(), st.lists(cast, max_size=20), st.integers(2, 7))
def test_weights_count_by_their_ratio(of: Survey, ballots: list[Ballot], times: int):
    keys = {name: getattr(of, name) for name in of.__struct_fields__}
    heavier = survey(
        **keys
        | {
            "questions": {name: weight * times for name, weight in of.questions.items()},
            "audiences": {name: weight * times for name, weight in of.audiences.items()},
            "importance": [weight * times for weight in of.importance],
        }
    )
    assert outcomes(heavier, ballots, {"R": 6}, SUBJECTS) == outcomes(of, ballots, {"R": 6}, SUBJECTS)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_one_question_and_no_audience_is_the_plain_mean(tenths: list[int]):
    ballots = [Ballot("R", 1, {"": mark / 10}, f"v{n}") for n, mark in enumerate(tenths)]
    assert outcomes(survey(), ballots, {}, [1])[1].value == D(sum(tenths)) / (10 * len(tenths))
