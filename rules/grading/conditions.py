"""Gates, verdicts of the committee and consequences: one subject at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.expressions import compiled
from rules.expressions.answers import true
from rules.grading.results import figures, told
from rules.grading.state import Limit, State
from rules.schemes.grades import Consequence, Gate, Verdict

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Decision


def gate(rule: Gate, state: State) -> None:
    """Who fails the condition gets the best grade below that no gate or veto keeps from."""
    test = compiled(rule.when)
    if true(test.value(state.look)):
        return
    before, facts = state.grade, figures(test, state.look)
    state.limits.append(Limit(rule.name, 0, "below", rule.grade))
    if before is None or (after := state.fits(before)) == before:
        return
    state.to(after)
    state.trace("gate", rule.name, before, {"needed_for": rule.grade} | facts, rule.clause, rule.source)


def verdict(rule: Verdict, state: State, decision: Decision | None) -> None:
    """The committee's decision goes before the grade so far, if it gives a reason and is among what it may decide."""
    if decision is None:
        return
    before, reason = state.grade, decision.reason.strip()
    facts = {"by": decision.by or rule.by, "reason": reason}
    if not reason:
        facts |= {"refused": "no_reason", "wanted": decision.grade}
    elif rule.grades and decision.grade not in rule.grades:
        facts |= {"refused": "not_among", "wanted": decision.grade}
    else:
        state.to(decision.grade)
    state.trace("verdict", rule.by, before, facts, "", rule.source)


def consequence(rule: Consequence, state: State) -> None:
    """Keeps what follows from the grade or a condition."""
    test = compiled(rule.when)
    if not true(test.value(state.look)):
        return
    state.consequences.append((rule.name, rule.amount))
    facts = figures(test, state.look)
    if rule.amount is not None:
        facts["amount"] = told(rule.amount)
    if rule.days is not None:
        facts["days"] = str(rule.days)
    state.trace("consequence", rule.name, state.grade, facts, "", rule.source)
