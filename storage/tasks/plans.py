"""Published plans of obligations: immutable versions, each in force for a unit and all below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.members import unit
from storage.tasks.tables import plan, task

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
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the tasks of a version are issued: all that falls up to `through`, and within the days after it up to
    `cursor`. `last` is its last day, before a newer version or because it was ended."""

    id: int
    plan: str
    unit: int
    path: str
    from_on: date
    last: date | None
    published_at: datetime
    through: date | None
    cursor: str


_PLANS: sa.Select[Any] = sa.select(
    _p.id, _p.plan, _p.version, _p.text, _p.unit_id, unit.c.path, _p.from_on, _p.until_on, _p.published_at
).join(unit, unit.c.id == _p.unit_id)


def get(connection: sa.Connection, number: int) -> PlanRow:
    """One version, by its number."""
    return PlanRow(*connection.execute(_PLANS.where(_p.id == number)).one())


def look(connection: sa.Connection, number: int) -> PlanRow | None:
    """One version, None when there is none with that number."""
    row = connection.execute(_PLANS.where(_p.id == number)).first()
    return None if row is None else PlanRow(*row)


def in_force(connection: sa.Connection, day: date) -> list[PlanRow]:
    """The newest version of each plan that holds on a day; none of a plan whose newest was ended."""
    newest = sa.select(sa.func.max(_p.id)).where(_p.from_on <= day).group_by(_p.plan)
    query = _PLANS.where(_p.id.in_(newest), sa.or_(_p.until_on.is_(None), _p.until_on >= day)).order_by(_p.id)
    return [PlanRow(*row) for row in connection.execute(query)]


def live(connection: sa.Connection, day: date) -> list[PlanRow]:
    """What is in force on a day, then what begins later."""
    later = _PLANS.where(_p.from_on > day, sa.or_(_p.until_on.is_(None), _p.until_on >= _p.from_on)).order_by(_p.id)
    return [*in_force(connection, day), *(PlanRow(*row) for row in connection.execute(later))]


def newest(connection: sa.Connection, name: str) -> PlanRow | None:
    """The version of a plan that was published last, whether or not it holds yet."""
    row = connection.execute(_PLANS.where(_p.plan == name).order_by(_p.id.desc()).limit(1)).first()
    return None if row is None else PlanRow(*row)


def standing(connection: sa.Connection, day: date) -> list[Standing]:
    """The versions that have begun by a day and are not issued to their end, the oldest first."""
    query = sa.select(
        _p.id, _p.plan, _p.unit_id, unit.c.path, _p.from_on, _p.until_on, _p.published_at, _p.through_on, _p.cursor
    )
    query = query.join(unit, unit.c.id == _p.unit_id).where(_p.from_on <= day).order_by(_p.id.desc())
    next_on: dict[str, date] = {}
    found = []
    for row in connection.execute(query):
        each = Standing(*row)
        before = next_on.get(each.plan)
        lasts = [last for last in (each.last, before and before - timedelta(days=1)) if last is not None]
        last = min(lasts, default=None)
        next_on[each.plan] = min(before or each.from_on, each.from_on)
        if last is None or (last >= each.from_on and (each.through is None or each.through < last)):
            found.append(Standing(*row[:5], last, *row[6:]))
    return found[::-1]


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


def reach(connection: sa.Connection, number: int, through: date | None, cursor: str = "") -> None:
    """How far the tasks of a version are issued now."""
    connection.execute(sa.update(plan).where(_p.id == number).values(through_on=through, cursor=cursor))


def issued(connection: sa.Connection, name: str, but: int = 0) -> set[str]:
    """The "obligation:period" of a plan that have tasks, from whatever version or from any but one."""
    versions = sa.select(_p.id).where(_p.plan == name, _p.id != but)
    query = sa.select(task.c.obligation, task.c.period).where(task.c.plan_id.in_(versions)).distinct()
    return {f"{row.obligation}:{row.period}" for row in connection.execute(query)}
