"""Figures of real rounds, reckoned by hand: options, ranges, questions, audiences, importance, shares, quorum."""

from decimal import Decimal
from typing import Any

import pytest

from rules.expressions import compiled
from rules.schemes.values import Survey
from rules.scoring.facts import Ballot
from tests.polls import alone, ballots, survey, tally

D = Decimal
WORK = ("工作任务量", "工作效率", "完成情况")
SIX = {"主要领导": 15, "主管领导": 15, "其它领导": 20, "机关正职": 10, "单位正职": 15, "机关部门": 25}
HEARD = {"满意": 100, "基本满意": 70, "不满意": 30, "不了解": None}
ONLINE = {"满意": (80, 100), "基本满意": (60, 79), "不满意": (40, 59)}
CENTRE = {"优秀": 100, "满意": 90, "基本满意": 80, "不满意": 60}
FOUR = {"优秀": 100, "称职": 80, "基本称职": 60, "不称职": 0}
SERVICE = {"服务态度": 20, "服务能力": 20, "服务效率": 20, "服务效果": 40}


def test_options_of_three_questions_by_three_audiences():
    """94 of the leaders, 80 of the staff, 89 of the examiners: 18.8 + 32 + 35.6."""
    outcome = tally(
        survey(
            options={"优": 100, "良": 80, "中": 60, "差": 40},
            questions=dict(zip(WORK, (30, 30, 40), strict=True)),
            audiences={"分管领导": 20, "干部职工": 40, "考核组": 40},
        ),
        ballots(
            """
            a>x 分管领导 优 良 优
            b>x 干部职工 良 良 良
            c>x 干部职工 优 中 良
            d>x 考核组 优 优 良
            e>x 考核组 良 优 良
            """,
            WORK,
        ),
        roll=8,
    )
    assert outcome.value == D("86.4")
    assert outcome.audiences == {"分管领导": 94, "干部职工": 80, "考核组": 89}
    assert outcome.questions == {"工作任务量": 92, "工作效率": 84, "完成情况": 84}
    assert (outcome.cast, outcome.valid, outcome.spoiled, outcome.turnout) == (5, 5, 0, D("0.625"))
    assert outcome.notes == ()


SIX_MARKS = {
    "主要领导": (90,),
    "主管领导": (80,),
    "其它领导": (80, 90),
    "机关正职": (70,),
    "单位正职": (90, 100),
    "机关部门": (88, 86, 90),
}


@pytest.mark.parametrize(
    ("without", "value", "notes"),
    [
        ((), D("85.75"), ()),  # 13.5 + 12 + 17 + 7 + 14.25 + 22
        (("主管领导",), D("86.76470588235294117647058824"), ("audience_missing",)),  # 73.75 of 85
        (tuple(SIX)[1:], D(90), ("audience_missing",)),
        (tuple(SIX), None, ()),
    ],
)
def test_an_audience_without_a_ballot_leaves_the_weights(
    without: tuple[str, ...], value: Decimal, notes: tuple[Any, ...]
):
    cast = [one for name, marks in SIX_MARKS.items() if name not in without for one in alone(*marks, audience=name)]
    outcome = tally(survey(audiences=SIX), cast)
    assert outcome.value == value
    assert outcome.notes == notes
    assert set(outcome.audiences) == set(SIX) - set(without)


@pytest.mark.parametrize(
    ("said", "value", "valid", "spoiled"),
    [
        ("满意 满意 满意 满意 基本满意 基本满意 基本满意 不满意 不了解 不了解", D(80), 8, 0),  # 640 of 8
        ("满意 不满意 不满意", D("53.33333333333333333333333333"), 3, 0),
        ("不了解 不了解", None, 0, 0),
        ("满意 不知道", D(100), 1, 1),
        ("满意 100", D(100), 1, 1),  # a mark where options are asked
        ("", None, 0, 0),
    ],
)
def test_who_does_not_know_leaves_the_denominator(said: str, value: Decimal | None, valid: int, spoiled: int):
    outcome = tally(survey(options=HEARD), alone(*said.split()))
    assert (outcome.value, outcome.cast, outcome.valid, outcome.spoiled) == (value, len(said.split()), valid, spoiled)
    assert outcome.notes == (("answer_unknown",) if spoiled else ())


@pytest.mark.parametrize(
    ("said", "value", "spoiled"),
    [
        ((90, 79, 60, 40), D("67.25"), 0),
        ((100, 40), D(70), 0),
        ((80.5, "60"), D("70.25"), 0),
        ((79.5, 90), D(90), 1),  # between two ranges
        ((101, 39, 90), D(90), 2),
        (("满意", 60), D(60), 1),  # the name of an option is no mark
        ((float("nan"), float("inf"), "1e999999999", True, 70), D(70), 4),
    ],
)
def test_a_mark_must_lie_in_a_range(said: tuple[Any, ...], value: Decimal, spoiled: int):
    outcome = tally(survey(ranges=ONLINE), alone(*said))
    assert (outcome.value, outcome.spoiled, outcome.valid) == (value, spoiled, len(said) - spoiled)


@pytest.mark.parametrize(
    ("said", "value"),
    [((0.1, 0.2, 0.3), D("0.2")), ((92.5, 100), D("96.25")), ((-5, 10), D("2.5")), ((2, 1, 2), D(5) / 3)],
)
def test_plain_marks_are_taken_exactly(said: tuple[Any, ...], value: Decimal):
    assert tally(survey(), alone(*said)).value == value


@pytest.mark.parametrize("said", ["好", 1_000_001, "0.0001", 0.1 + 0.2, float("-inf"), False])
def test_what_is_no_plain_mark_is_spoiled(said: str | float):
    outcome = tally(survey(), alone(said))
    assert (outcome.value, outcome.spoiled, outcome.notes) == (None, 1, ("answer_unknown",))


def test_questions_without_weights_count_the_same():
    """87.5, 95, 70 (one of two said nothing on it) and 90."""
    rows = "a>x - 优秀 优秀 - 优秀\nb>x - 80分 满意 不满意 基本满意"
    options = {**CENTRE, "80分": 75, "不满意": 70}
    outcome = tally(survey(options=options), ballots(rows, ("工作纪律", "服务态度", "廉洁奉公", "执行政策")))
    assert outcome.questions == {"工作纪律": D("87.5"), "服务态度": 95, "廉洁奉公": 70, "执行政策": 90}
    assert outcome.value == D("85.625")


@pytest.mark.parametrize(
    ("rows", "value", "notes"),
    [
        ("a>x - 90 80 70 100", D(88), ()),  # 18 + 16 + 14 + 40
        ("a>x - 90 80 70 100\nb>x - 70 80 90 50", D(78), ()),  # 16 + 16 + 16 + 30
        ("a>x - 90 80 70 -", D(80), ("question_missing",)),  # 240 of 3
        ("a>x - - - - 65", D(65), ("question_missing",)),
        ("a>x - 90 80 70 -\nb>x - - - - 100", D(88), ()),  # each question has its own denominator
        ("a>x - - - - -", None, ()),
    ],
)
def test_a_question_nobody_answered_leaves_the_weights(rows: str, value: Decimal | None, notes: tuple[Any, ...]):
    outcome = tally(survey(questions=SERVICE), ballots(rows, tuple(SERVICE)))
    assert (outcome.value, outcome.notes) == (value, notes)


def test_an_answer_to_a_question_that_is_not_asked_is_not_read():
    cast = [Ballot("R", "x", {"服务态度": 90, "意见": "多开窗口"}, "a")]
    assert tally(survey(questions={"服务态度": 1}), cast).value == 90


QUESTIONS = ("农业", "教育", "道路", "治安")
SATISFIED = {"满意": 1, "较满意": 0.8, "较不满意": 0.4, "不满意": 0}
FARMERS = """
a>x 农民代表 满意 较满意 不满意 满意
b>x 农民代表 较满意 满意 较不满意 不满意
"""
CADRES = "c>x 村干部代表 满意 满意 较不满意 不满意"


def ranked(cast: list[Ballot], *orders: str) -> list[Ballot]:
    return [
        Ballot(one.round, one.subject, one.answers, one.voter, one.audience, tuple(order.split()))
        for one, order in zip(cast, orders, strict=True)
    ]


@pytest.mark.parametrize(
    ("orders", "value", "notes"),
    [
        # farmers: weights 7 7 4 2 (of 20), means 0.9 0.9 0.2 0.5 → 14.4/20; cadres: 4 3 2 1, 7.8/10
        (("农业 教育 道路 治安", "教育 农业 道路 治安", "农业 教育 道路 治安"), D("0.75"), ()),
        # farmers rank one question only → 0.9; cadres none at all → plain mean 0.6
        (("农业", "农业", ""), D("0.75"), ("importance_missing",)),
        # named twice is ranked once, what is not asked only takes its place: farmers (4x0.2 + 3x0.9)/7, cadres 0
        (("道路 道路 道路", "航天 农业", "治安"), D("0.25"), ()),
    ],
)
def test_importance_weighs_questions_and_groups_count_the_same(
    orders: tuple[Any, ...], value: Decimal, notes: tuple[Any, ...]
):
    of = survey(options=SATISFIED, questions=dict.fromkeys(QUESTIONS, 1), importance=(4, 3, 2, 1), equal_audiences=True)
    outcome = tally(of, ranked(ballots(FARMERS + CADRES, QUESTIONS), *orders))
    assert outcome.value == value
    assert outcome.notes == notes


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ({"equal_audiences": True}, D(70)),
        ({"audiences": {"甲": 1, "乙": 1}, "equal_audiences": True}, D(70)),
        ({"audiences": {"甲": 3, "乙": 1}, "equal_audiences": True}, D(70)),
        ({"audiences": {"甲": 3, "乙": 1}}, D(75)),
        ({"audiences": {"甲": 0.6, "乙": 0.2}}, D(75)),
        ({}, D(64)),  # five voters, one crowd
    ],
)
def test_weights_of_audiences_are_normalised(keys: dict[str, Any], value: Decimal):
    cast = alone(80, audience="甲") + alone(60, 60, 60, 60, audience="乙")
    assert tally(survey(**keys), cast).value == value


def test_an_audience_the_survey_does_not_name_is_left_out():
    outcome = tally(survey(audiences={"甲": 1}), alone(80, audience="甲") + alone(0, 0, audience="乙"), roll=4)
    assert (outcome.value, outcome.cast, outcome.valid, outcome.spoiled) == (D(80), 3, 1, 0)
    assert (outcome.turnout, outcome.notes) == (D("0.75"), ("audience_left_out",))


@pytest.mark.parametrize(
    ("of", "said", "share"),
    [
        (survey(options=FOUR, share=["优秀"]), ["优秀"] * 9 + ["称职"], D("0.9")),
        (survey(options=FOUR, share=["优秀"]), ["优秀"] * 8 + ["称职", "不称职"], D("0.8")),
        (survey(options=FOUR, share=["优秀"]), ["称职"], D(0)),
        (survey(options=FOUR, share=["基本称职", "不称职"]), ["优秀"] * 4 + ["基本称职", "不称职"], "1/3"),
        (survey(options=FOUR, share=["优秀", "称职"]), ["优秀"] * 5 + ["称职"] * 4 + ["基本称职"], D("0.9")),
        (survey(options=FOUR | {"弃权": None}, share=["优秀"]), ["优秀", "称职", "弃权", "弃权"], D("0.5")),
        (survey(share=["同意"]), ["同意", "同意", "反对"], "2/3"),
        (survey(ranges={"B": (70, 90), "A": (90, 100)}, share=["A"]), [90, 89.9, 95, 70], D("0.5")),
        (survey(options=FOUR, share=["优秀"]), [], None),
    ],
)
def test_a_share_of_the_ballots_is_what_bands_and_formulas_read(
    of: Survey, said: list[Any], share: Decimal | str | None
):
    value = compiled(share).value(lambda name: None) if isinstance(share, str) else share
    assert tally(of, alone(*said)).value == value


@pytest.mark.parametrize(
    ("quorum", "cast", "roll", "note"),
    [
        ("2/3", 20, 30, None),
        ("2/3", 19, 30, "quorum_missed"),
        ("2 / 3", 2, 3, None),
        (0.8, 8, 10, None),
        ("80%", 7, 10, "quorum_missed"),
        ("2/3", 0, 30, "quorum_missed"),
        (0, 0, 30, None),
        ("2/3", 20, None, "roll_unknown"),
        ("2/3", 20, 0, "roll_unknown"),
        ("三分之二", 20, 30, "quorum_unreadable"),
        ("2//3", 20, 30, "quorum_unreadable"),
        (None, 1, 1000, None),
    ],
)
def test_without_its_quorum_a_round_has_no_value(quorum: object, cast: int, roll: int | None, note: str | None):
    outcome = tally(survey(quorum=quorum, equal_audiences=True), alone(*[80] * cast), roll)
    assert outcome.value == (80 if cast and note is None else None)
    assert outcome.notes == ((note,) if note else ())
    assert bool(outcome.questions) == bool(outcome.audiences) == (outcome.value is not None)


def test_ballots_of_other_rounds_and_on_others_do_not_count():
    cast = [*alone(80), Ballot("R", "y", {"": 10}, "v"), Ballot("other", "x", {"": 10}, "v")]
    assert (tally(survey(), cast).value, tally(survey(), cast).cast) == (D(80), 1)


def test_a_subject_without_a_ballot_has_an_outcome_too():
    outcome = tally(survey(), alone(80), roll=4, subject=7)
    assert (outcome.value, outcome.cast, outcome.turnout) == (None, 0, D(0))


@pytest.mark.parametrize(("own", "value", "cast"), [("excluded", D(80), 2), ("included", D(85), 3)])
def test_ones_own_ballot_is_left_out_or_counted(own: str, value: Decimal, cast: int):
    rows = "x>x - 95\na>x - 70\nb>x - 90"
    outcome = tally(survey(own=own), ballots(rows))
    assert (outcome.value, outcome.cast) == (value, cast)
