"""Who stands before whom for a place of a quota, and who stands equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from heapq import heappop, heappush

from rules.expressions import compiled, number
from rules.expressions.answers import ZERO
from rules.grading.state import State
from rules.schemes.grades import Quota

Key = tuple[tuple[tuple[bool, Decimal], ...], Decimal]
Row = list[State]


def ranked(states: Iterable[State], quota: Quota) -> list[Row]:
    """Subjects best first; those whom neither total nor ties tell apart stand in one row.

    The next place goes to the best by `ties` of all who are within the gap of the highest total still without a place.
    So nobody passes one whose total is higher by more than the gap, though nearness is not transitive.
    """
    rest = sorted(states, key=lambda state: state.total, reverse=True)
    gap = quota.within or ZERO
    keys = [_key(state, quota) for state in rest]
    waiting: list[tuple[Key, int]] = []
    placed: set[int] = set()
    rows: list[Row] = []
    joined = 0
    for top, highest in enumerate(rest):
        while top not in placed:
            while joined < len(rest) and rest[joined].total >= highest.total - gap:
                heappush(waiting, (keys[joined], joined))
                joined += 1
            row = _next(waiting)
            placed.update(row)
            rows.append([rest[index] for index in row])
    return rows


def divided(rows: Sequence[Row], places: int, equal_stay: bool) -> tuple[Row, Row]:
    """Who gets one of the places, and who does not; a row on the boundary goes one way as a whole."""
    inside: Row = []
    for index, row in enumerate(rows):
        if len(inside) + len(row) <= places:
            inside += row
            continue
        if equal_stay and len(inside) < places:
            return inside + row, [state for later in rows[index + 1 :] for state in later]
        return inside, [state for later in rows[index:] for state in later]
    return inside, []


def _next(waiting: list[tuple[Key, int]]) -> list[int]:
    key, index = heappop(waiting)
    row = [index]
    while waiting and waiting[0][0] == key:
        row.append(heappop(waiting)[1])
    return row


def _key(state: State, quota: Quota) -> Key:
    """Smaller is better; who has no figure for a tie stands after all who have."""
    figures = [number(compiled(formula).value(state.look)) for formula in quota.ties]
    return tuple((figure is None, -(figure or ZERO)) for figure in figures), -state.total
