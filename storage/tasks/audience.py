"""On whom an obligation falls: units, their members, holders of roles, page by page in the order of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from storage.members import member, membership, on_day, role, unit


@dataclass(frozen=True, slots=True)
class Called:
    """A unit, or a member in a unit, that an obligation falls on; `number` is where its page goes on."""

    number: int
    unit: int
    unit_name: str
    path: str
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Which part: at and below a path, on a day, after a number, at most so many."""

    path: str
    day: date
    after: int = 0
    most: int | None = None


def units(connection: sa.Connection, page: Page, kind: str) -> list[Called]:
    """The units of a kind."""
    columns = (unit.c.id, unit.c.id, unit.c.name, unit.c.path)
    return _paged(connection, sa.select(*columns).where(unit.c.kind == kind), unit.c.id, page)


def people(connection: sa.Connection, page: Page, kind: str, classes: Sequence[str]) -> list[Called]:
    """The members of all units of a kind, of some classes or of any."""
    query = (
        sa.select(membership.c.id, unit.c.id, unit.c.name, unit.c.path, membership.c.member_id)
        .join(unit, unit.c.id == membership.c.unit_id)
        .where(unit.c.kind == kind, on_day(membership))
    )
    if classes:
        query = query.join(member, member.c.id == membership.c.member_id).where(member.c["class"].in_(list(classes)))
    return _paged(connection, query, membership.c.id, page)


def holders(connection: sa.Connection, page: Page, roles: Sequence[str]) -> list[Called]:
    """Who holds one of some roles himself, in whatever unit."""
    query = (
        sa.select(role.c.id, unit.c.id, unit.c.name, unit.c.path, role.c.member_id)
        .join(unit, unit.c.id == role.c.unit_id)
        .where(role.c.role.in_(list(roles)), on_day(role))
    )
    return _paged(connection, query, role.c.id, page)


def _paged(connection: sa.Connection, query: sa.Select[Any], number: sa.Column[int], page: Page) -> list[Called]:
    there = sa.or_(unit.c.closed_on.is_(None), unit.c.closed_on >= page.day)
    query = query.where(unit.c.path.startswith(page.path), there, number > page.after).order_by(number)
    rows = connection.execute(query.limit(page.most), {"day": page.day})
    return [Called(*row) for row in rows]
