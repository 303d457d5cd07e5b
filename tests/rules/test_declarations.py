"""What a line may be, and what a reviewer is shown twice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.declarations import (
    DECISIONS,
    LINE_MOVES,
    LINE_STATES,
    NOTE_LENGTH,
    check_note,
    check_quantity,
    flag_part,
    flag_usual,
)
from rules.schemes import Criterion, Value
from rules.scoring.worth import worth_of

TIMES = Criterion("T", "学习", Value(fixed=Decimal(1)), most=10)
HOURS = Criterion("H", "志愿服务", Value(per="小时", points=Decimal("0.5")), most=24)
OUT, BROKEN, NO_HALF = "quantity_out_of_range", "quantity_not_whole", "quantity_not_half"


@pytest.mark.parametrize(
    ("criterion", "quantity", "code"),
    [
        (TIMES, "1", None),
        (TIMES, "1.0", None),
        (TIMES, "1E+1", None),
        (TIMES, "10", None),
        (TIMES, "11", OUT),
        (TIMES, "0", OUT),
        (TIMES, "-0", OUT),
        (TIMES, "-1", OUT),
        (TIMES, "0.5", BROKEN),
        (TIMES, "9.999", BROKEN),
        (TIMES, "10.5", OUT),
        (TIMES, "1E-30", BROKEN),
        (TIMES, "1E+999999", OUT),
        (TIMES, "-1E+999999", OUT),
        (TIMES, "99999999999999999999999999999999", OUT),
        (TIMES, "NaN", OUT),
        (TIMES, "sNaN", OUT),
        (TIMES, "Infinity", OUT),
        (TIMES, "-Infinity", OUT),
        (HOURS, "0.5", None),
        (HOURS, "1", None),
        (HOURS, "23.50", None),
        (HOURS, "24", None),
        (HOURS, "24.5", OUT),
        (HOURS, "0.25", NO_HALF),
        (HOURS, "1.75", NO_HALF),
        (HOURS, "0.5000000000000000000000000000000001", NO_HALF),
        (HOURS, "-0.5", OUT),
        (HOURS, "1E-999999", NO_HALF),
        (HOURS, "NaN", OUT),
        (HOURS, "Infinity", OUT),
    ],
)
def test_a_quantity_stands_or_is_refused_with_its_reason(criterion: Criterion, quantity: str, code: str | None):
    found = check_quantity(criterion, Decimal(quantity))
    assert [problem.code for problem in found] == ([] if code is None else [code])


def test_a_refused_quantity_says_what_is_possible():
    (problem,) = check_quantity(HOURS, Decimal(25))
    assert problem.facts == {"name": "志愿服务", "unit": "小时", "most": 24}


@given(st.decimals())
def test_an_accepted_quantity_has_points_that_fit_the_ledger(quantity: Decimal):
    if not check_quantity(HOURS, quantity):
        assert 0 < quantity <= HOURS.most
        assert worth_of(HOURS, quantity) * 10_000 % 1 == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("好", None),
        ("x" * NOTE_LENGTH, None),
        ("x" * (NOTE_LENGTH + 1), "text_too_long"),
        ("x" * 20_000, "text_too_long"),
        ("", "text_empty"),
        (" \n\t　", "text_empty"),
    ],
)
def test_a_note_is_neither_empty_nor_too_long(text: str, code: str | None):
    assert [problem.code for problem in check_note(text)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("points", "counted", "flagged"),
    [
        ("2", "2", False),
        ("2", "1.5", True),
        ("2", "0", True),
        ("2", "-0.5", True),
        ("-3", "-3", False),
        ("-3", "-1", False),
    ],
)
def test_a_line_over_its_cap_is_flagged_with_what_counts(points: str, counted: str, flagged: bool):
    found = flag_part(Decimal(points), Decimal(counted))
    assert [(flag.code, dict(flag.facts)) for flag in found] == (
        [("over_cap", {"counted": Decimal(counted)})] if flagged else []
    )


def test_a_line_that_would_not_count_is_flagged_with_the_reason():
    (flag,) = flag_part(Decimal(3), Decimal(0), "same_matter")
    assert (flag.code, dict(flag.facts)) == ("not_counted", {"counted": Decimal(0), "why": "same_matter"})


@pytest.mark.parametrize(
    ("quantity", "past", "usual"),
    [
        pytest.param("50", [], None, id="no month before"),
        pytest.param("50", ["1", "1"], None, id="too few months to tell"),
        pytest.param("4", ["1", "1", "1"], "1", id="four times the usual"),
        pytest.param("3", ["1", "1", "1"], None, id="triple, but only by two"),
        pytest.param("3.5", ["1", "1", "1"], "1", id="triple and by more than two"),
        pytest.param("8", ["4", "4", "4"], None, id="exactly double"),
        pytest.param("8.5", ["4", "4", "4"], "4", id="just above double"),
        pytest.param("8", ["1", "1", "20", "20"], None, id="the middle of two halves"),
        pytest.param("22", ["1", "1", "20", "20"], "10.5", id="above the middle of two halves"),
        pytest.param("10", ["1", "2", "90"], "2", id="one large month does not hide it"),
    ],
)
def test_a_quantity_far_above_the_usual_is_flagged(quantity: str, past: list[str], usual: str | None):
    found = flag_usual(Decimal(quantity), [Decimal(number) for number in past])
    assert [(flag.code, dict(flag.facts)) for flag in found] == (
        [] if usual is None else [("above_usual", {"usual": Decimal(usual)})]
    )


def test_lines_move_only_between_known_states():
    assert set(LINE_MOVES) == set(LINE_STATES)
    assert {state for states in LINE_MOVES.values() for state in states} <= set(LINE_STATES)


def test_a_decision_is_made_once_on_a_submitted_line():
    assert set(DECISIONS.values()) <= set(LINE_MOVES["submitted"])
    assert [state for state, moves in LINE_MOVES.items() if set(DECISIONS.values()) & set(moves)] == ["submitted"]


@pytest.mark.parametrize("state", ["approved", "rejected", "withdrawn"])
def test_a_final_state_is_left_no_more(state: str):
    assert LINE_MOVES[state] == ()
