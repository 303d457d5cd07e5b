"""Published plans of obligations: immutable versions, each in force for a unit and all below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from storage.members import unit
from storage.tasks.tables import plan

_p = plan.c


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A version of a plan (任务计划) and the unit it holds for; `until` is the day it was ended on, its last."""

    id: int
    plan: str
    version: str
    text: str
    unit: int
    path: str
    from_on: date
    until: date | None


_PLANS: sa.Select[Any] = sa.select(
    _p.id, _p.plan, _p.version, _p.text, _p.unit_id, unit.c.path, _p.from_on, _p.until_on
).join(unit, unit.c.id == _p.unit_id)


def get(connection: sa.Connection, number: int) -> PlanRow:
    """One version, by its number."""
    return PlanRow(*connection.execute(_PLANS.where(_p.id == number)).one())


def in_force(connection: sa.Connection, day: date) -> list[PlanRow]:
    """The newest version of each plan that holds on a day; none of a plan whose newest was ended."""
    newest = sa.select(sa.func.max(_p.id)).where(_p.from_on <= day).group_by(_p.plan)
    query = _PLANS.where(_p.id.in_(newest), sa.or_(_p.until_on.is_(None), _p.until_on >= day)).order_by(_p.id)
    return [PlanRow(*row) for row in connection.execute(query)]


def find(connection: sa.Connection, name: str, version: str) -> tuple[int, str] | None:
    """The number and text hash of a version, None when it was never published."""
    row = connection.execute(sa.select(_p.id, _p.text_hash).where(_p.plan == name, _p.version == version)).first()
    return None if row is None else (row.id, row.text_hash)


def add(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Publishes a version."""
    return int(connection.execute(sa.insert(plan).returning(_p.id), dict(values)).scalar_one())


def end(connection: sa.Connection, number: int, day: date) -> None:
    """The last day on which tasks of a version are issued."""
    connection.execute(sa.update(plan).where(_p.id == number).values(until_on=day))
