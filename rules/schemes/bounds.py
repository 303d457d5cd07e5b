"""What the parts of a scheme file share: how large a number may be, windows of time, formulas and sources."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from rules.problems import Unfit

MOST_POINTS = 1_000_000
FINEST = Decimal("0.001")  # half of it still fits the four decimals of the ledger

Window = Literal["occurrence", "day", "week", "month", "quarter", "half", "year", "cycle"]
"""A span in which something is counted; `year` is the calendar year, `cycle` the whole cycle of the scheme."""
Part = Literal["month", "quarter", "half", "year"]
"""A sub-period that a node or the total may be figured by."""
Formula = str | int | float
"""An expression of `rules.expressions`, or a plain number."""
Source = str | tuple[str, ...]
"""Where a rule was taken from, such as "041.items.3": kept for who wrote the file, shown to nobody else."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Small = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Often = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The manner of all parts of a scheme: immutable, and a key nobody knows is refused."""


def expect_points(*numbers: Decimal | None, least: int = -MOST_POINTS, most: int = MOST_POINTS) -> None:
    """Raises Unfit, which the reader of the file reports with the place where it stands."""
    for number in numbers:
        if number is not None and not (number.is_finite() and least <= number <= most and number % FINEST == 0):
            raise Unfit("points_out_of_range", number=str(number), least=least, most=most)


def sources_of(source: Source) -> tuple[str, ...]:
    """The sources a part names."""
    return (source,) if isinstance(source, str) and source else tuple(source)
