"""Days a unit works or does not, against the calendar of the country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.members import unit
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

working_day = sa.Table(
    "working_day",
    metadata,
    identifier(),
    refers("unit_id", "unit.id"),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("working", sa.Boolean, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    refers("by_id", "member.id", nullable=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.UniqueConstraint("unit_id", "day"),
)
"""Holds for the unit and all below it; the nearest unit above decides."""
_d = working_day.c


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day of a unit's own calendar: worked or off, with its name."""

    unit: int
    path: str
    day: date
    working: bool
    name: str


_ALL = Statement(
    sa.select(_d.unit_id, unit.c.path, _d.day, _d.working, _d.name)
    .join(unit, unit.c.id == _d.unit_id)
    .order_by(unit.c.path, _d.day),
    OwnDay,
)


def own_days(connection: sa.Connection) -> list[OwnDay]:
    """All that units have set, by unit and day."""
    return _ALL.all(connection, {})


def put(connection: sa.Connection, unit_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sets days of a unit (day, working, name, by_id, made_at); what was set for one before is replaced."""
    remove(connection, unit_id, [row["day"] for row in rows])
    connection.execute(sa.insert(working_day), [{**row, "unit_id": unit_id} for row in rows])


def remove(connection: sa.Connection, unit_id: int, days: Iterable[date]) -> int:
    """Leaves days to the units above again; gives how many were there."""
    query = sa.delete(working_day).where(_d.unit_id == unit_id, _d.day.in_(list(days)))
    return connection.execute(query).rowcount
