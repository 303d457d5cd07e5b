"""A scheme as the rows of the table people put up (公示表): categories beside criteria, each over as many rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rules.schemes.criteria import Criterion
from rules.schemes.nodes import Node
from rules.schemes.scheme import Scheme


class Row(NamedTuple):
    """One criterion, and the categories it stands in, the outermost first."""

    path: tuple[Node, ...]
    criterion: Criterion


class Span(NamedTuple):
    """A category over rows of the table, counted from 0, the last included; `level` 0 is the outermost."""

    level: int
    first: int
    last: int
    node: Node


def rows_of(scheme: Scheme) -> list[Row]:
    """A row for each criterion, in the order of the file; the rows of a category stand together."""
    return [row for node in scheme.nodes for row in _within(node, ())]


def _within(node: Node, above: tuple[Node, ...]) -> Iterator[Row]:
    path = (*above, node)
    for criterion in node.criteria:
        yield Row(path, criterion)
    for inner in node.nodes:
        yield from _within(inner, path)


def depth_of(rows: list[Row]) -> int:
    """How many columns the categories need."""
    return max((len(row.path) for row in rows), default=1)


def spans_of(rows: list[Row]) -> list[Span]:
    """The stretch of rows of every category that has any."""
    found: dict[str, Span] = {}
    for number, row in enumerate(rows):
        for level, node in enumerate(row.path):
            first = found[node.code].first if node.code in found else number
            found[node.code] = Span(level, first, number, node)
    return list(found.values())
