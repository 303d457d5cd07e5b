"""A node (类别): what its criteria and inner nodes bring together, within bounds, weighted, by sub-period."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from rules.problems import Unfit
from rules.schemes.bounds import Code, Formula, Often, Part, Piece, Small, Source, expect_points
from rules.schemes.criteria import Criterion

Mode = Literal["half_up", "half_even", "down", "up"]


class Rounding(Piece, frozen=True):
    """To how many decimal places, and how."""

    places: Small = 4
    mode: Mode = "half_up"
    source: Source = ""


class Periods(Piece, frozen=True):
    """Sub-periods: the figure is made for each and the figures are combined.

    Of the sub-periods only those that have begun count; `whole` counts all of the cycle. `weights` go with `weighted`.
    With `running` each reaches back to the first day, so that its figure is what had come together by its end.
    The bounds of the category hold in each sub-period, `min` and `max` here for what is combined.
    """

    per: Part
    combine: Literal["sum", "mean", "weighted", "best", "worst", "last"] = "sum"
    weights: tuple[Decimal, ...] = ()
    whole: bool = False
    running: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    source: Source = ""


class AnyOf(Piece, frozen=True):
    """Any n of the criteria and inner nodes: `full` points when `need` of them brought something.

    With fewer, `short` points for each that did; `extra` points for each beyond, at most `most`.
    """

    need: Often
    full: Decimal
    short: Decimal = Decimal(0)
    extra: Decimal = Decimal(0)
    most: Decimal | None = None
    source: Source = ""


class Local(Piece, frozen=True):
    """What a lower unit may add here by an overlay file: at most so many criteria, worth at most so much each."""

    most: Often
    points: Decimal
    approved_by: str = ""
    source: Source = ""


class Node(Piece, frozen=True):
    """A category (类别): criteria and inner categories, with the most and least it may bring.

    `full` is the mark it starts with, from which is deducted; `counts` says whether it is in the total, added after the
    total's bounds (outside), or only shown (aside). A `formula` stands in place of the sum of what is inside.
    """

    code: Code
    name: str
    criteria: tuple[Criterion, ...] = ()
    nodes: tuple[Node, ...] = ()
    about: str = ""
    full: Decimal = Decimal(0)
    max: Decimal | None = None
    min: Decimal | None = None
    weight: Formula | None = None
    counts: Literal["inside", "outside", "aside"] = "inside"
    periods: Periods | None = None
    any: AnyOf | None = None
    formula: Formula | None = None
    classes: tuple[str, ...] = msgspec.field(name="for", default=())
    when: Formula | None = None
    absent: Literal["zero", "mean", "full", "skip"] = "zero"
    absent_when: Formula | None = None
    local: Local | None = None
    rounding: Rounding | None = None
    clause: str = ""
    source: Source = ""

    def __post_init__(self) -> None:
        expect_points(self.full, self.max, self.min)
        if self.max is not None and self.min is not None and self.min > self.max:
            raise Unfit("total_min_above_max", least=str(self.min), most=str(self.max))


class Total(Piece, frozen=True):
    """Points each subject starts with, and the bounds of the total; `carry` is the share of last cycle's total kept."""

    base: Decimal = Decimal(0)
    min: Decimal | None = None
    max: Decimal | None = None
    target: Decimal | None = None
    carry: Decimal | None = None
    periods: Periods | None = None
    formula: Formula | None = None
    rounding: Rounding | None = None
    source: Source = ""

    def __post_init__(self) -> None:
        expect_points(self.base, self.min, self.max, self.target)
        if self.min is not None and self.max is not None and self.min > self.max:
            raise Unfit("total_min_above_max", least=str(self.min), most=str(self.max))
