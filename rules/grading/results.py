"""What the grade pipeline is given of each subject, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.expressions import Answer, Expression, Look

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Subject


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject before grading; `graded` is no for who is scored only, and takes no place in quotas."""

    subject: Subject
    total: Decimal
    graded: bool
    look: Look


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace of a grade: what kind of rule, its name, the grade before and after, the figures behind it.

    Facts by kind. thresholds: total, threshold (or lowest, when not even that is reached). Conditions: when, and each
    name in the formula; of a gate also needed_for, of a consequence amount and days. veto: also lifted (the formula, or
    decision), cycles_ago, lasts, total_before and total when it was changed, overruled_by, ineligible. quota: why
    (surplus, equal, shortfall, no_number), group, size, limit, rule, ranked, place, total, boundary, merged. verdict:
    reason, by, refused (no_reason, not_among), wanted. Where a veto or gate holds down what thresholds or levels say:
    reached, held_by.
    """

    rule: str
    name: str
    before: str | None
    after: str | None
    facts: Mapping[str, str]
    clause: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graded:
    """A subject after the pipeline: grade, total, trace, and `vetoes` in effect with the cycles they still last."""

    grade: str | None
    total: Decimal
    steps: tuple[Step, ...]
    ineligible: tuple[str, ...] = ()
    consequences: tuple[tuple[str, Decimal | None], ...] = ()
    vetoes: Mapping[str, int] = field(default_factory=dict)


def told(answer: Answer) -> str:
    """An answer as the trace keeps it."""
    if isinstance(answer, Decimal):
        return f"{answer:f}"
    if isinstance(answer, bool):
        return "true" if answer else "false"
    return ", ".join(map(told, answer)) if isinstance(answer, tuple) else answer or ""


def figures(expression: Expression, look: Look) -> dict[str, str]:
    """A condition and what each name in it stood for."""
    return {"when": expression.text, **{name: told(look(name)) for name in expression.names}}
