"""A month of many units at once: people, who declared, lines by state, points posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from storage.declarations import line
from storage.kinds import Points
from storage.ledger import entry
from storage.members import membership, on_day


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """One unit's month, in numbers."""

    people: int = 0
    declared: int = 0
    states: tuple[tuple[str, int], ...] = ()
    points: Decimal = Decimal(0)


_UNITS: sa.BindParameter[list[int]] = sa.bindparam("units", expanding=True)
_PERIOD: sa.BindParameter[str] = sa.bindparam("period")
_PEOPLE = (
    sa.select(membership.c.unit_id, sa.func.count())
    .where(membership.c.unit_id.in_(_UNITS), on_day(membership))
    .group_by(membership.c.unit_id)
)
_LINES = (
    sa.select(line.c.unit_id, line.c.state, sa.func.count())
    .where(line.c.period == _PERIOD, line.c.unit_id.in_(_UNITS), line.c.state != "draft")
    .group_by(line.c.unit_id, line.c.state)
    .order_by(line.c.unit_id, line.c.state)
)
_DECLARED = (
    sa.select(line.c.unit_id, sa.func.count(sa.distinct(line.c.member_id)))
    .where(
        line.c.unit_id.in_(_UNITS),
        line.c.period == _PERIOD,
        line.c.source == "member",
        line.c.state.in_(("submitted", "approved", "returned", "rejected")),
    )
    .group_by(line.c.unit_id)
)
_POINTS = (
    sa.select(entry.c.unit_id, sa.func.sum(entry.c.points, type_=Points))
    .where(entry.c.period == _PERIOD, entry.c.unit_id.in_(_UNITS))
    .group_by(entry.c.unit_id)
)


def counts(connection: sa.Connection, units: Sequence[int], period: str, day: date) -> dict[int, MonthCounts]:
    """Unit → its month; `day` is when people are counted."""
    facts = {"units": list(units), "period": period}
    people = {row[0]: row[1] for row in connection.execute(_PEOPLE, {"units": list(units), "day": day})}
    declared = {row[0]: row[1] for row in connection.execute(_DECLARED, facts)}
    points = {row[0]: row[1] for row in connection.execute(_POINTS, facts)}
    states: dict[int, list[tuple[str, int]]] = {}
    for unit_id, state, number in connection.execute(_LINES, facts):
        states.setdefault(unit_id, []).append((state, number))
    return {
        unit_id: MonthCounts(
            people.get(unit_id, 0),
            declared.get(unit_id, 0),
            tuple(states.get(unit_id, ())),
            points.get(unit_id, Decimal(0)),
        )
        for unit_id in units
    }
