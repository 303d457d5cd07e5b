"""What rulebooks of shapes and polls brought up."""

from decimal import Decimal

import pytest

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
