"""The figures of categories, and the part of each entry in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.schemes.nodes import Node
from rules.scoring.result import Figure, Part
from rules.scoring.rows import Row, bounded, in_order
from rules.scoring.worth import ZERO

if TYPE_CHECKING:
    from rules.scoring.board import Sheet
    from rules.scoring.slice import Slice


def figures_of(sheet: Sheet) -> tuple[Figure, ...]:
    """A figure for each category, outer before inner; posted are the points of its own entries."""
    return tuple(_figure(sheet, node) for node in sheet.board.plan.scheme.every_node.values())


def _figure(sheet: Sheet, node: Node) -> Figure:
    if sheet.state == "not_scored":
        return Figure(node.code, ZERO, ZERO, None)
    value = sheet.value(node.code) or ZERO
    posted = sum([row.posted for _, row in _rows(sheet, node)], ZERO)
    return Figure(node.code, posted, value, None if node.max is None else max(ZERO, node.max - value))


def _rows(sheet: Sheet, node: Node) -> Iterator[tuple[Slice, Row]]:
    """The rows of a category's criteria, by sub-period where it is figured so."""
    for slice_ in sheet.slices_of(node):
        for criterion in node.criteria:
            if criterion.code in slice_.entries:
                for row in slice_.rows(criterion.code):
                    yield slice_, row


def parts_of(sheet: Sheet) -> tuple[Part, ...]:
    """What each entry brought to its category; entries that do not count come last."""
    found: list[Part] = []
    gone = [Part(row.entry.id, row.posted, ZERO, ZERO, row.why == "reversed", row.why) for row in sheet.dropped]
    if sheet.state == "not_scored":
        return tuple(gone)
    for node in sheet.board.plan.scheme.categories:
        rows = list(_rows(sheet, node))
        zeroed = {each for each in sheet.slices_of(node) if each.zeroed(node)} if _zeroes(node) else ()
        if _plain(sheet, node) and not zeroed:
            found += _moves(node, [row for _, row in rows])
            continue
        for slice_, row in rows:
            counted = ZERO if slice_ in zeroed else row.amount
            found.append(Part(row.entry.id, row.posted, row.amount, counted, False, row.why))
    return tuple(found + gone)


def _zeroes(node: Node) -> bool:
    return any(criterion.value.zeroes for criterion in node.criteria)


def _plain(sheet: Sheet, node: Node) -> bool:
    """Whether a category is one bounded sum of its entries."""
    figured_otherwise = node.formula is not None or node.any is not None or node.periods is not None
    bounds = node.max is not None or node.min is not None
    return bounds and not figured_otherwise and not sheet.board.plan.above[node.code]


def _moves(node: Node, rows: list[Row]) -> Iterator[Part]:
    """An entry counts for what it moves the category's bounded sum, in order of days."""
    rows.sort(key=in_order)
    running = node.full
    before = bounded(running, node.min, node.max)
    for row in rows:
        running += row.amount
        after = bounded(running, node.min, node.max)
        yield Part(row.entry.id, row.posted, row.amount, after - before, False, row.why)
        before = after
