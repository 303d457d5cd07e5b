"""What rulebooks of shapes and polls brought up."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, score
from rules.scoring.facts import Ballot
from rules.surveys import outcomes
from tests.polls import survey


@pytest.mark.parametrize(
    ("places", "mark", "value"),
    [
        (1, "88.5", Decimal("88.5")),
        (1, "88.50", Decimal("88.5")),
        (1, "88.55", None),
        (0, 88, Decimal(88)),
        (0, "88.5", None),
        (None, "88.555", Decimal("88.555")),
    ],
)
def test_a_mark_with_more_decimal_places_than_a_ballot_may_hold_is_spoiled(
    places: int | None, mark: str | int, value: Decimal | None
):
    outcome = outcomes(survey(ballot={"places": places}), [Ballot("R", "a", {"": mark}, "v")], {}, "a")["a"]
    assert (outcome.value, outcome.spoiled) == (value, int(value is None))


@pytest.mark.parametrize(
    ("once", "voters", "value", "cast", "notes"),
    [
        (True, ("v", "v"), Decimal(90), 1, ("voted_again",)),
        (True, ("v", "w"), Decimal(70), 2, ()),
        (True, (None, None), Decimal(70), 2, ()),
        (False, ("v", "v"), Decimal(70), 2, ()),
    ],
)
def test_where_a_voter_votes_once_only_the_first_ballot_on_a_subject_is_cast(
    once: bool, voters: tuple[str | None, ...], value: Decimal, cast: int, notes: tuple[str, ...]
):
    marks = [Ballot("R", "a", {"": mark}, voter) for mark, voter in zip((90, 50), voters, strict=True)]
    other = Ballot("R", "b", {"": 10}, voters[0])
    found = outcomes(survey(ballot={"once": once}), [*marks, other], {}, "ab")
    assert (found["a"].value, found["a"].cast, found["a"].notes) == (value, cast, notes)
    assert (found["b"].value, found["b"].notes) == (Decimal(10), ())


SUSPENDED = """
scheme: s
version: "1"
title: 办法
suspend: [{when: count.fault > 0, sign: SIGN}]
nodes:
  - code: A
    name: 甲
    criteria:
      - {code: fault, name: 过错, sign: minus, by: [organisation], value: {fixed: 0}}
      - {code: each, name: 每次, value: {fixed: 1}}
      - {code: nth, name: 第几次, value: {count: {points: [20], then: 5}}}
      - {code: running, name: 累计, value: {cumulative: {tiers: [{from: 1, points: 7}]}}}
      - {code: due, name: 应到, value: {expected: {times: 1, per: year, each: 3}}}
      - {code: strikes, name: 违规, sign: minus, by: [organisation], value: {count: {points: [2], then: 4}}}
"""


@pytest.mark.parametrize(("sign", "left"), [("plus", {"strikes": -2}), ("minus", {"each": 1, "nth": 20, "running": 7})])
def test_a_suspension_holds_for_points_that_only_a_window_tells(sign: str, left: dict[str, int]):
    scheme = parse(SUSPENDED.replace("SIGN", sign))
    assert isinstance(scheme, Scheme), scheme
    codes = ("fault", "each", "nth", "running", "due", "strikes")
    entries = [Entry(number, code, date(2026, 3, number)) for number, code in enumerate(codes, 1)]
    found = score(scheme, Facts(date(2026, 12, 31), {1: entries}))[1]
    brought = {codes[int(part.entry) - 1]: part.capped for part in found.parts if part.capped}
    assert brought == left | ({"due": 3} if sign == "minus" else {})
