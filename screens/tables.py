"""A table: what a page shows, and what a file holds, made once from a handler's answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from screens.texts import clean, number

Kind = Literal["text", "number", "date", "instant"]
Cell = str | Decimal | int | date | datetime | None


class Column(NamedTuple):
    """A column: `width` in characters; `aside` ones stand in the file only."""

    title: str
    kind: Kind = "text"
    width: int = 12
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A title, columns and rows; each cell is of its column's kind or None. `rows` may be read once."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]


def shown(cell: Cell, zone: ZoneInfo) -> str:
    """A cell as a page writes it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return clean(cell) if isinstance(cell, str) else number(cell)
