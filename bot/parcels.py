"""Parcels: what goes out in one call, to one address or to those of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from storage.outbox import OutboxRow

RANK = {"reply": 0, "urgent": 1, "digest": 2}


@dataclass(frozen=True)
class Parcel:
    """One row, or all rows of a batch that are to be tried."""

    rows: tuple[OutboxRow, ...]

    @property
    def kind(self) -> str:
        """The class of its rows."""
        return self.rows[0].kind

    @property
    def order(self) -> tuple[int, int]:
        """Replies first, then urgent ones; among these the oldest."""
        return RANK.get(self.kind, 3), self.rows[0].id

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Where it goes."""
        return frozenset(row.address for row in self.rows)


def parcels(rows: Sequence[OutboxRow]) -> list[Parcel]:
    """The rows of each batch as one parcel, every other row as its own."""
    found: dict[tuple[str, int], list[OutboxRow]] = {}
    for row in rows:
        key = ("row", row.id) if row.batch is None else ("batch", row.batch)
        found.setdefault(key, []).append(row)
    return [Parcel(tuple(some)) for some in found.values()]
