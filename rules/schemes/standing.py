"""Which values stand without entries: nobody records them, they are read from the subject."""

from __future__ import annotations

from rules.expressions import compiled
from rules.schemes.bounds import Formula
from rules.schemes.values import Value

ENTRY_NAMES = frozenset({"quantity", "option", "state", "points", "days", "month", "earlier"})


def about_entries(formula: Formula | None) -> bool:
    """Whether a formula speaks of an entry."""
    if formula is None:
        return False
    return any(name in ENTRY_NAMES or name.startswith("entry.") for name in compiled(formula).names)


def standing(value: Value) -> bool:
    """Whether a value stands without entries: by a measure of the subject, or by ballots."""
    if value.survey is not None:
        return True
    if value.formula is not None:
        return not about_entries(value.formula)
    measured = value.map is not None or value.bands is not None or value.target is not None
    return measured and value.of is not None and not about_entries(value.of)
