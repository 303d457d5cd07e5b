"""From entries to a year's figures: caps by month, by year, by category, then the bounds of the total.

Each stage bounds a running sum; an entry counts for what it moves the bounded sum. The parts of all entries therefore
add up to the figure, and the figure does not depend on their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules.schemes import Scheme

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry (台账记录): signed points before any cap; `reverses` names the entry it takes back."""

    id: int
    criterion: str
    period: str
    points: Decimal
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry brought: as posted, after its own caps, after the category's bound."""

    entry: int
    posted: Decimal
    capped: Decimal
    counted: Decimal
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A category's year: points posted, points counted, and how much more may still count (None: no cap)."""

    node: str
    posted: Decimal
    counted: Decimal
    room: Decimal | None


@dataclass(frozen=True, slots=True)
class Score:
    """A member's year (得分): the total, its tier, a figure per category, and the part of each entry."""

    total: Decimal
    grade: str | None
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]


def score(scheme: Scheme, facts: Mapping[int, Iterable[Entry]]) -> dict[int, Score]:
    """The score of every member of a class from all their entries of one year."""
    return {member: _score_one(scheme, list(entries)) for member, entries in facts.items()}


def _score_one(scheme: Scheme, entries: list[Entry]) -> Score:
    reversed_ids = {entry.reverses for entry in entries if entry.reverses is not None}
    live = [e for e in entries if e.reverses is None and e.id not in reversed_ids and e.criterion in scheme.criteria]
    live.sort(key=lambda entry: (entry.period, entry.id))
    capped = _after_caps(scheme, live)
    counted = _bounded(live, capped, lambda e: scheme.category[e.criterion].code, lambda e: _category_bounds(scheme, e))
    parts = [Part(e.id, e.points, capped[e.id], counted[e.id]) for e in live]
    gone = [Part(e.id, e.points, ZERO, ZERO, cancelled=True) for e in entries if e.id not in counted]
    figures = tuple(_figure(scheme, node.code, live, counted) for node in scheme.nodes)
    total = _clamp(scheme.total.base + sum(counted.values(), ZERO), scheme.total.min, scheme.total.max)
    return Score(total, scheme.grade(total), figures, tuple(parts + gone))


def _after_caps(scheme: Scheme, live: Sequence[Entry]) -> dict[int, Decimal]:
    posted = {entry.id: entry.points for entry in live}
    by_month = _bounded(live, posted, lambda e: (e.criterion, e.period), lambda e: _cap_bounds(scheme, e, "month"))
    return _bounded(live, by_month, lambda e: e.criterion, lambda e: _cap_bounds(scheme, e, "year"))


Bounds = tuple[Decimal | None, Decimal | None]


def _bounded(
    live: Sequence[Entry],
    amounts: Mapping[int, Decimal],
    group: Callable[[Entry], object],
    bounds: Callable[[Entry], Bounds],
) -> dict[int, Decimal]:
    """What each amount moves the bounded running sum of its group."""
    sums: dict[object, Decimal] = defaultdict(lambda: ZERO)
    moved: dict[int, Decimal] = {}
    for entry in live:
        low, high = bounds(entry)
        key = group(entry)
        before = _clamp(sums[key], low, high)
        sums[key] += amounts[entry.id]
        moved[entry.id] = _clamp(sums[key], low, high) - before
    return moved


def _cap_bounds(scheme: Scheme, entry: Entry, window: str) -> Bounds:
    criterion = scheme.criteria[entry.criterion]
    cap: Decimal | None = getattr(criterion.caps, window)
    if cap is None:
        return None, None
    return (-cap, None) if criterion.sign == "minus" else (None, cap)


def _category_bounds(scheme: Scheme, entry: Entry) -> Bounds:
    node = scheme.category[entry.criterion]
    return node.min, node.max


def _figure(scheme: Scheme, code: str, live: Sequence[Entry], counted: Mapping[int, Decimal]) -> Figure:
    node = next(node for node in scheme.nodes if node.code == code)
    mine = [entry for entry in live if scheme.category[entry.criterion].code == code]
    total = sum((counted[entry.id] for entry in mine), ZERO)
    room = None if node.max is None else max(ZERO, node.max - total)
    return Figure(code, sum((entry.points for entry in mine), ZERO), total, room)


def _clamp(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    if high is not None and value > high:
        return high
    return low if low is not None and value < low else value
