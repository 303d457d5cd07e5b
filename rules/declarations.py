"""What a line of a declaration may be, and what a reviewer should look at twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from rules.problems import Problem
from rules.schemes import Criterion
from rules.schemes.values import Range

LINE_STATES = ("draft", "submitted", "approved", "returned", "rejected", "withdrawn")
NOTE_LENGTH = 500
MATTER_LENGTH = 200
HALF, HUNDREDTH = Decimal("0.5"), Decimal("0.01")

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
    if criterion.value.range is not None:
        return _check_judged(criterion.name, criterion.value.range, quantity)
    facts = {"name": criterion.name, "unit": criterion.unit, "most": criterion.most}
    if not quantity.is_finite() or quantity <= 0 or quantity > criterion.most:
        return [Problem("quantity_out_of_range", facts)]
    if not criterion.value.takes_fractions and quantity != quantity.to_integral_value():
        return [Problem("quantity_not_whole", facts)]
    if criterion.value.takes_fractions and quantity % HALF:
        return [Problem("quantity_not_half", facts)]
    return []


def _check_judged(name: str, bounds: Range, points: Decimal) -> list[Problem]:
    fits = points.is_finite() and bounds.least <= points <= bounds.most
    if fits and not points % HUNDREDTH:
        return []
    return [Problem("judged_out_of_range", {"name": name, "least": str(bounds.least), "most": str(bounds.most)})]


def check_option(criterion: Criterion, option: str) -> list[Problem]:
    """Whether an option is one of the criterion's; where there is no choice there must be none."""
    if option in criterion.options or not (option or criterion.options):
        return []
    return [Problem("option_unknown", {"name": criterion.name, "known": list(criterion.options)})]


def matter_of(typed: str) -> str:
    """The name of a matter as it is kept: one line, nothing that cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in typed).split())


def named(name: str, option: str | None, matter: str | None) -> str:
    """A criterion's name with what tells its lines apart: 表彰 市级 “抗洪”."""
    return " ".join(part for part in (name, option or "", f"“{matter}”" if matter else "") if part)


def check_matter(text: str) -> list[Problem]:
    """Whether the name of a matter is neither empty nor too long."""
    if not text.strip():
        return [Problem("text_empty", {})]
    if len(text) > MATTER_LENGTH:
        return [Problem("text_too_long", {"length": len(text), "most": MATTER_LENGTH})]
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
    """Something a reviewer should look at: over_cap, not_counted, same_evidence, above_usual."""

    code: str
    facts: tuple[tuple[str, object], ...] = ()


def flag_part(points: Decimal, counted: Decimal, why: str = "") -> list[Flag]:
    """A line of which less would count than it says: nothing for a reason of scoring, or over a cap."""
    if why:
        return [Flag("not_counted", (("counted", counted), ("why", why)))]
    return [Flag("over_cap", (("counted", counted),))] if counted < points else []


def flag_usual(quantity: Decimal, past: Sequence[Decimal]) -> list[Flag]:
    """A quantity far above what the member had in the months before: more than double, and by more than two."""
    if len(past) < 3:
        return []
    usual = median(past)
    return [Flag("above_usual", (("usual", usual),))] if quantity > 2 * usual and quantity > usual + 2 else []
