"""The rules of a ballot (at most so many high, so many low, not all equal, shares) and what is trimmed."""

from decimal import Decimal
from typing import Any

import pytest

from rules.scoring.facts import Ballot
from rules.surveys import NOTES, outcomes
from tests.polls import alone, ballots, survey, tally

D = Decimal
FORCED = {"at_most": {"90": 3}, "at_least_below": {"70": 2}, "not_equal": True}
SUBJECTS = "abcdef"
VERDICTS = {"优秀": 100, "合格": 80, "基本合格": 60, "不合格": 0, "弃权": None}


def marks_of(voter: str | None, *marks: str | int | float) -> list[Ballot]:
    """One voter's marks of the subjects a, b, c … in turn."""
    return [Ballot("R", subject, {"": mark}, voter) for subject, mark in zip(SUBJECTS, marks, strict=False)]


@pytest.mark.parametrize(
    ("marks", "broken"),
    [
        ((90, 90, 95.5, 89.9, 69.9, 60), ()),
        ((90, 90, 90, 90, 60, 60), ("too_many_high",)),
        ((95, 80, 80, 80, 70, 60), ("too_few_low",)),  # 70 is not below 70
        ((100, 100, 100, 100, 100, 70), ("too_many_high", "too_few_low")),
        ((100,) * 6, ("too_many_high", "too_few_low", "all_equal")),
        ((60,) * 6, ("all_equal",)),
        ((80, 80), ("too_few_low", "all_equal")),
        ((60,), ("too_few_low",)),  # of one mark nobody can say that all are equal
    ],
)
def test_a_voters_ballots_that_break_a_rule_are_spoiled_as_a_whole(marks: tuple[Any, ...], broken: tuple[Any, ...]):
    found = outcomes(survey(ballot=FORCED), marks_of("v", *marks), {}, SUBJECTS[: len(marks)])
    for outcome, mark in zip(found.values(), marks, strict=True):
        assert outcome.notes == broken
        assert (outcome.cast, outcome.valid, outcome.spoiled) == ((1, 0, 1) if broken else (1, 1, 0))
        assert outcome.value == (None if broken else D(str(mark)))


def test_a_spoiled_voter_leaves_the_others_figures():
    cast = marks_of("good", 95, 90, 85, 80, 60, 50) + marks_of("bad", *[100] * 6)
    found = outcomes(survey(ballot=FORCED), cast, {"R": 2}, SUBJECTS)
    assert [outcome.value for outcome in found.values()] == [95, 90, 85, 80, 60, 50]
    assert {(outcome.cast, outcome.valid, outcome.spoiled) for outcome in found.values()} == {(2, 1, 1)}
    assert {outcome.turnout for outcome in found.values()} == {1}


def test_ballots_on_subjects_that_are_not_asked_for_are_held_to_the_rules_too():
    cast = marks_of("v", 90, 90, 90, 90, 60, 60)
    assert outcomes(survey(ballot=FORCED), cast, {}, ["f"])["f"].notes == ("too_many_high",)


def test_a_ballot_on_oneself_is_not_held_to_the_rules_where_it_does_not_count():
    cast = marks_of("a", 100, 90, 90, 90, 60, 60)
    assert outcomes(survey(ballot=FORCED), cast, {}, "b")["b"].valid == 1
    assert outcomes(survey(ballot=FORCED, own="included"), cast, {}, "b")["b"].spoiled == 1


def test_ballots_without_a_voter_are_not_held_together_and_it_is_noted():
    outcome = outcomes(survey(ballot=FORCED), marks_of(None, *[100] * 6), {}, "a")["a"]
    assert (outcome.value, outcome.notes) == (D(100), ("voter_unknown",))
    assert outcomes(survey(), marks_of(None, 100), {}, "a")["a"].notes == ()


def test_a_mark_nobody_knows_spoils_that_ballot_only():
    found = outcomes(survey(ballot={"not_equal": True}), marks_of("v", 80, "好", 70), {}, "abc")
    assert [(outcome.value, outcome.notes) for outcome in found.values()] == [
        (80, ()),
        (None, ("answer_unknown",)),
        (70, ()),
    ]


@pytest.mark.parametrize(
    ("rows", "spoiled"),
    [
        # the quarter's self and mutual evaluation of three members: a third may be 优秀
        ("a>a - 优秀\na>b - 合格\na>c - 合格", False),
        ("a>a - 优秀\na>b - 优秀\na>c - 合格", True),
        ("a>a - 优秀\na>b - 合格", True),  # one of two
        ("a>a - 优秀\na>b - 合格\na>c - 弃权", False),  # who abstains has a ballot all the same
        ("a>a - 合格\na>b - 合格\na>c - 合格", False),
        ("a>b - 优秀", True),
    ],
)
def test_at_most_a_third_of_a_voters_ballots_may_be_excellent(rows: str, spoiled: bool):
    of = survey(options=VERDICTS, own="included", ballot={"shares": {"优秀": "1/3"}})
    outcome = outcomes(of, ballots(rows), {}, "b")["b"]
    assert (outcome.spoiled, outcome.valid) == ((1, 0) if spoiled else (0, 1 if "a>b" in rows else 0))
    assert outcome.notes == (("share_exceeded",) if spoiled else ())


def test_a_quarters_self_and_mutual_evaluation():
    """c is spoiled (two of three 优秀); a: 优秀 and 合格 from himself and b."""
    rows = """
        a>a - 优秀
        a>b - 合格
        a>c - 基本合格
        b>a - 合格
        b>b - 优秀
        b>c - 合格
        c>a - 优秀
        c>b - 合格
        c>c - 优秀
    """
    of = survey(options=VERDICTS, own="included", ballot={"shares": {"优秀": "1/3"}}, quorum="2/3")
    found = outcomes(of, ballots(rows), {"R": 3}, "abc")
    assert [outcome.value for outcome in found.values()] == [90, 90, 70]
    assert [(outcome.valid, outcome.spoiled) for outcome in found.values()] == [(2, 1)] * 3


def test_a_rule_is_held_against_the_mark_over_all_questions():
    """30 x 100 + 70 x 85 is 89.5: not 90, though one answer is."""
    rows = "v>a - 100 85\nv>b - 80 60"
    cast = ballots(rows, ("德", "绩"))
    of = {"德": 30, "绩": 70}
    assert tally(survey(questions=of, ballot={"at_most": {"90": 0}}), cast, subject="a").value == D("89.5")
    assert tally(survey(questions=of, ballot={"at_most": {"89.5": 0}}), cast, subject="a").value is None


@pytest.mark.parametrize(
    "rule", [{"at_most": {"九十": 0}}, {"shares": {"优秀": "三分之一"}}, {"at_least_below": {"7,0": 9}}]
)
def test_a_rule_that_cannot_be_read_spoils_nobody_and_is_noted(rule: dict[str, Any]):
    outcome = tally(survey(options=VERDICTS, ballot=rule), alone("优秀"))
    assert (outcome.value, outcome.notes) == (D(100), ("rule_unreadable",))


@pytest.mark.parametrize(
    ("marks", "trim", "value", "note"),
    [
        ((60, 70, 80, 90, 95.5, 100), {"each": 1, "above": 5}, D("83.875"), "trimmed"),  # 335.5 of 4
        ((60, 70, 80, 90, 95.5), {"each": 1, "above": 5}, D("79.1"), None),  # five: the plain mean
        ((100, 100, 100, 100, 100, 10), {"each": 1, "above": 5}, D(100), "trimmed"),
        ((1, 2, 50, 60, 99, 100), {"each": 2, "above": 5}, D(55), "trimmed"),
        ((1, 50, 99), {"each": 1}, D(50), "trimmed"),
        ((50, 99), {"each": 1}, D("74.5"), "too_few_to_trim"),
        ((1, 50, 99, 100), {"each": 2}, D("62.5"), "too_few_to_trim"),
        ((), {"each": 1}, None, None),
    ],
)
def test_the_highest_and_lowest_marks_are_dropped(
    marks: tuple[Any, ...], trim: dict[str, Any], value: Decimal, note: str | None
):
    outcome = tally(survey(trim=trim), alone(*marks))
    assert (outcome.value, outcome.valid) == (value, len(marks))
    assert outcome.notes == ((note,) if note else ())


def test_marks_are_dropped_inside_each_audience():
    """甲 drops 0 and 100 and leaves 90; 乙 has two raters and stays at 50."""
    cast = alone(0, 90, 100, audience="甲") + alone(40, 60, audience="乙")
    outcome = tally(survey(audiences={"甲": 60, "乙": 40}, trim={"above": 2}), cast)
    assert outcome.value == 74
    assert outcome.audiences == {"甲": 90, "乙": 50}


def test_spoiled_ballots_are_not_among_the_raters_of_trimming():
    cast = alone(60, 70, 80, 90, 95, "好")
    assert tally(survey(trim={"above": 5}), cast).notes == ("answer_unknown",)


def test_a_whole_ballot_is_dropped_by_its_mark_over_all_questions():
    """Means over both questions: 50, 75, 70, 90; the second and third stay."""
    rows = "a>x - 100 0\nb>x - 70 80\nc>x - 60 80\nd>x - 80 100"
    outcome = tally(survey(trim={"each": 1}), ballots(rows, ("德", "绩")))
    assert outcome.questions == {"德": 65, "绩": 80}
    assert outcome.value == D("72.5")


def test_a_share_is_not_trimmed():
    outcome = tally(survey(options=VERDICTS, share=["优秀"], trim={"each": 1}), alone("优秀", "合格", "合格", "合格"))
    assert (outcome.value, outcome.notes) == (D("0.25"), ())


def test_ballots_that_are_forced_and_trimmed():
    """Six raters of c besides one that is spoiled: 40 and 100 go, 60 + 70 + 80 + 90 stay."""
    low = (69, 50)
    cast = [one for n, mark in enumerate((40, 60, 70, 80, 90, 100)) for one in marks_of(f"v{n}", *low, mark)]
    cast += marks_of("flat", 100, 100, 100)
    outcome = outcomes(survey(ballot=FORCED, trim={"each": 1, "above": 5}), cast, {"R": 8}, "abc")["c"]
    assert (outcome.value, outcome.cast, outcome.valid, outcome.spoiled) == (D(75), 7, 6, 1)
    assert outcome.notes == ("too_few_low", "all_equal", "trimmed")


def test_notes_stand_in_a_fixed_order_and_each_once():
    assert len(set(NOTES)) == len(NOTES)
