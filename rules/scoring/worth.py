"""What one entry is worth before any cap, and what a standing measure is worth: one function per value rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from rules.deadlines import late_days
from rules.expressions import Answer, Look, compiled, number
from rules.schemes.criteria import Criterion
from rules.schemes.standing import standing
from rules.schemes.values import Bracket, Step, Value
from rules.scoring.facts import Entry, Facts

ZERO = Decimal(0)
KEPT, BROKEN = ("完成", "kept"), ("未完成", "broken")
ENTRY_ALONE = frozenset({"quantity", "option", "state", "entry.option", "entry.state"})
FINEST = Decimal("0.0001")  # what the ledger keeps
__all__ = ["WINDOWED", "WORTH", "ZERO", "Worth", "measured", "standing", "worth_of"]
WINDOWED = ("count", "cumulative", "expected")


class Of(Protocol):
    """The surroundings of an entry: the facts, whose it is, and its names."""

    facts: Facts
    subject_id: Any

    def detail(self, entry: Entry | None, name: str) -> Answer:
        """A detail of the entry, else of its subject."""


def fixed(criterion: Criterion, entry: Entry, _look: Look, _of: Of) -> Decimal:
    """So much each time."""
    return (criterion.value.fixed or ZERO) * entry.quantity


def per(criterion: Criterion, entry: Entry, _look: Look, _of: Of) -> Decimal:
    """So much for every unit, or by the bracket the quantity falls into."""
    value, quantity = criterion.value, entry.quantity
    if value.at_least is not None and quantity < value.at_least:
        return ZERO
    if value.brackets:
        return _bracketed(value.brackets, quantity)
    return (value.points or ZERO) * _times(quantity, value.every, whole=value.whole)


def _bracketed(brackets: tuple[Bracket, ...], quantity: Decimal) -> Decimal:
    found = [each for each in brackets if each.start <= quantity]
    if not found:
        return ZERO
    bracket = max(found, key=lambda each: each.start)
    points = bracket.points * _times(quantity, bracket.every, whole=True)
    return points if bracket.most is None else min(points, bracket.most)


def _times(quantity: Decimal, every: Decimal, *, whole: bool) -> Decimal:
    times = quantity if every == 1 else quantity / every
    return times.to_integral_value(ROUND_FLOOR) if whole else times


def options(criterion: Criterion, entry: Entry, _look: Look, _of: Of) -> Decimal:
    """The points of the chosen option, each time."""
    return (criterion.value.options or {}).get(entry.option or "", ZERO) * entry.quantity


def judged(criterion: Criterion, entry: Entry, _look: Look, _of: Of) -> Decimal:
    """What was judged, within the range."""
    bounds = criterion.value.range
    if bounds is None or entry.judged is None:
        return ZERO
    return min(max(entry.judged, bounds.least), bounds.most)


def table(criterion: Criterion, entry: Entry, _look: Look, of: Of) -> Decimal:
    """The cell at the keys."""
    rule = criterion.value.table
    if rule is None:
        return ZERO
    cell: Any = rule.rows
    for key in rule.keys:
        cell = cell.get(str(of.detail(entry, key))) if isinstance(cell, dict) else None
    found = cell if isinstance(cell, Decimal) else rule.other
    return ZERO if found is None else found * entry.quantity


def attendance(criterion: Criterion, entry: Entry, _look: Look, _of: Of) -> Decimal:
    """The points of the state."""
    rule = criterion.value.attendance
    return ZERO if rule is None else rule.of(entry.state or "present") * entry.quantity


def promise(criterion: Criterion, entry: Entry, _look: Look, of: Of) -> Decimal:
    """What was agreed for the task, by its fulfilment; `judged` is the share when it was kept in part."""
    rule = criterion.value.promise
    agreed = of.facts.promises.get(of.subject_id, {}).get(entry.matter or "")
    if rule is None or agreed is None:
        return ZERO
    if rule.most is not None:
        agreed = min(agreed, rule.most)
    if entry.judged is not None:
        return agreed * entry.judged
    return agreed * (rule.broken if entry.option in BROKEN else rule.kept)


def deadline(criterion: Criterion, entry: Entry, _look: Look, of: Of) -> Decimal:
    """So much for being late, or for each day of it."""
    rule = criterion.value.deadline
    allowed = None if rule is None else rule.days.get(entry.option or "*", rule.days.get("*"))
    if rule is None or allowed is None:
        return ZERO
    late = late_days(entry.on, entry.done, of.facts.as_of, allowed, rule.working, of.facts.calendar)
    if late <= 0:
        return rule.kept if entry.done is not None else ZERO
    return rule.points * (late if rule.per == "day" else 1)


def measured(value: Value, entry: Entry | None, look: Look) -> Decimal | None:
    """Points of a measure: of the formula in `of`, else of the entry's quantity (its option, for a map)."""
    if value.of is not None:
        measure = compiled(value.of).value(look)
    else:
        measure = None if entry is None else (entry.option if value.map is not None else entry.quantity)
    if value.map is not None:
        return None if measure is None else value.map.get(_text(measure), value.other or ZERO)
    amount = number(measure)
    if amount is None:
        return None
    return _tier(value.bands, amount) if value.bands is not None else _against_target(value, amount, look)


def _text(answer: Answer) -> str:
    return f"{answer.normalize():f}" if isinstance(answer, Decimal) else str(answer)


def _tier(tiers: tuple[Step, ...], measure: Decimal) -> Decimal:
    reached = [tier for tier in tiers if tier.start <= measure]
    return max(reached, key=lambda tier: tier.start).points if reached else ZERO


def _against_target(value: Value, measure: Decimal, look: Look) -> Decimal | None:
    rule = value.target
    at = None if rule is None else number(compiled(rule.at).value(look))
    if rule is None or at is None:
        return None
    steps = abs(measure - at) / rule.every
    if rule.whole:
        steps = steps.to_integral_value(ROUND_FLOOR)
    return rule.full + steps * (rule.above if measure >= at else rule.points)


def by_measure(criterion: Criterion, entry: Entry, look: Look, _of: Of) -> Decimal:
    """Points of a measure the entry carries."""
    return measured(criterion.value, entry, look) or ZERO


def by_formula(criterion: Criterion, _entry: Entry, look: Look, _of: Of) -> Decimal:
    """What the formula says."""
    return number(compiled(criterion.value.formula or 0).value(look)) or ZERO


def nothing(_criterion: Criterion, _entry: Entry, _look: Look, _of: Of) -> Decimal:
    """Worth nothing by itself: its window says what all of them are worth."""
    return ZERO


Worth = Callable[[Criterion, Entry, Look, Of], Decimal]
WORTH: dict[str, Worth] = {
    "fixed": fixed,
    "per": per,
    "options": options,
    "range": judged,
    "table": table,
    "attendance": attendance,
    "promise": promise,
    "deadline": deadline,
    "map": by_measure,
    "bands": by_measure,
    "target": by_measure,
    "formula": by_formula,
    "count": nothing,
    "cumulative": nothing,
    "expected": nothing,
    "survey": nothing,
}


class _Alone:
    """The surroundings of an entry that nothing else is known of."""

    subject_id = 0

    def __init__(self) -> None:
        self.facts = Facts(date.min, {}, whole=False)

    def detail(self, entry: Entry | None, name: str) -> Answer:
        """Option and state are all there is."""
        found: Answer = getattr(entry, name) if name in ("option", "state") else None
        return found


ALONE = _Alone()


def worth_of(
    criterion: Criterion, quantity: Decimal, *, option: str | None = None, state: str | None = None
) -> Decimal:
    """Signed points of one entry before factors and caps; the quantity of a range is what was judged.

    What only all entries of a window together are worth (count, cumulative, expected) is nothing here.
    """
    entry = Entry(0, criterion.code, date.min, None, None, quantity, option, state, judged=quantity)

    def look(name: str) -> Answer:
        found: Answer = getattr(entry, name.removeprefix("entry.")) if name in ENTRY_ALONE else None
        return found

    points = WORTH[criterion.value.kind](criterion, entry, look, ALONE)
    points = points.quantize(FINEST, ROUND_HALF_UP) if points % FINEST else points
    return -points if criterion.sign == "minus" else points
