"""What a line of a declaration may be, and what a reviewer should look at twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from rules.problems import Problem
from rules.schemes import Criterion

LINE_STATES = ("draft", "submitted", "approved", "returned", "rejected", "withdrawn")
NOTE_LENGTH = 500
HALF = Decimal("0.5")

# state → the states it may go to
LINE_MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("submitted", "withdrawn"),
    "submitted": ("approved", "returned", "rejected", "withdrawn", "draft"),
    "returned": ("draft", "withdrawn"),
    "approved": (),
    "rejected": (),
    "withdrawn": (),
}
DECISIONS = {"approve": "approved", "return": "returned", "reject": "rejected"}


def check_quantity(criterion: Criterion, quantity: Decimal) -> list[Problem]:
    """Whether a quantity can stand in one line of a criterion."""
    facts = {"name": criterion.name, "unit": criterion.unit, "most": criterion.most}
    if not quantity.is_finite() or quantity <= 0 or quantity > criterion.most:
        return [Problem("quantity_out_of_range", facts)]
    if not criterion.value.takes_fractions and quantity != quantity.to_integral_value():
        return [Problem("quantity_not_whole", facts)]
    if criterion.value.takes_fractions and quantity % HALF:
        return [Problem("quantity_not_half", facts)]
    return []


def check_note(text: str) -> list[Problem]:
    """Whether a note, reason or answer is neither empty nor too long."""
    if not text.strip():
        return [Problem("text_empty", {})]
    if len(text) > NOTE_LENGTH:
        return [Problem("text_too_long", {"length": len(text), "most": NOTE_LENGTH})]
    return []


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a reviewer should look at: over_cap, same_evidence, above_usual."""

    code: str
    facts: tuple[tuple[str, object], ...] = ()


def flag_cap(points: Decimal, counted: Decimal) -> list[Flag]:
    """A line of which less would count than it says."""
    return [Flag("over_cap", (("counted", counted),))] if counted < points else []


def flag_usual(quantity: Decimal, past: Sequence[Decimal]) -> list[Flag]:
    """A quantity far above what the member had in the months before: more than double, and by more than two."""
    if len(past) < 3:
        return []
    usual = median(past)
    return [Flag("above_usual", (("usual", usual),))] if quantity > 2 * usual and quantity > usual + 2 else []
