"""Imports of units and members: each run, and every row it made or changed, with what stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from rules.imports.changes import Standing, StandingMember, StandingUnit
from storage.kinds import Instant, Json
from storage.members import member, membership, on_day, role, unit
from storage.metadata import identifier, metadata, refers

import_run = sa.Table(
    "import_run",
    metadata,
    identifier(),
    sa.Column("file_hash", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("begun_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
    sa.Column("undone_at", Instant),
)
# a row that was undone may be gone: `row_id`, `member_id` and `unit_id` are numbers, not references
import_change = sa.Table(
    "import_change",
    metadata,
    identifier(),
    refers("run_id", "import_run.id", index=True),
    sa.Column("subject", sa.String(16), nullable=False),
    sa.Column("row_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, index=True),
    sa.Column("unit_id", sa.BigInteger, index=True),
    sa.Column("action", sa.String(8), nullable=False),
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Column("undone", sa.Boolean, nullable=False),
)
ONE_AT_A_TIME = "import"
"""The lock of whoever compares, writes or takes back a slice."""
TABLES = {"unit": unit, "member": member, "membership": membership, "role": role}


@dataclass(frozen=True, slots=True)
class Run:
    """An import (导入) as it stands."""

    id: int
    name: str
    begun_at: datetime
    done_at: datetime | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row an import made ("new"), changed ("changed") or took away ("gone")."""

    id: int
    subject: str
    row: int
    member: int | None
    unit: int | None
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Held:
    """A row of membership or role that holds today."""

    id: int
    member: int
    unit: int
    role: str
    since: date


_parent = unit.alias("parent")
_UNITS = (
    sa.select(unit.c.id, unit.c.code, unit.c.name, unit.c.kind, unit.c.path, _parent.c.code)
    .outerjoin(_parent, _parent.c.id == unit.c.parent_id)
    .order_by(unit.c.path)
)
_MEMBERS = (
    sa.select(member.c.id, member.c.code, member.c.name, member.c["class"], member.c.joined_on, unit.c.code)
    .select_from(member)
    .outerjoin(membership, sa.and_(membership.c.member_id == member.c.id, on_day(membership)))
    .outerjoin(unit, unit.c.id == membership.c.unit_id)
)
_ROLES = (
    sa.select(role.c.member_id, role.c.role, unit.c.code).join(unit, unit.c.id == role.c.unit_id).where(on_day(role))
)
_OF_CODES = member.c.code.in_(sa.bindparam("codes", expanding=True))
_MEMBERS_OF = _MEMBERS.where(_OF_CODES)
_ROLES_OF = _ROLES.join(member, member.c.id == role.c.member_id).where(_OF_CODES)
_AMONG: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_HELD_MEMBERSHIPS = sa.select(
    membership.c.id, membership.c.member_id, membership.c.unit_id, sa.literal(""), membership.c.from_on
).where(membership.c.member_id.in_(_AMONG), on_day(membership))
_HELD_ROLES = sa.select(role.c.id, role.c.member_id, role.c.unit_id, role.c.role, role.c.from_on).where(
    role.c.member_id.in_(_AMONG), on_day(role)
)
_RUN = sa.select(
    import_run.c.id, import_run.c.name, import_run.c.begun_at, import_run.c.done_at, import_run.c.undone_at
)


def standing(connection: sa.Connection, day: date, codes: Iterable[str] | None = None) -> Standing:
    """All units, and the members (or those with some codes) with unit and roles on a day."""
    facts: dict[str, Any] = {"day": day} if codes is None else {"day": day, "codes": list(codes)}
    roles: dict[int, set[tuple[str, str]]] = {}
    for member_id, name, code in connection.execute(_ROLES if codes is None else _ROLES_OF, facts):
        roles.setdefault(member_id, set()).add((name, code))
    units = [StandingUnit(*row[:5], row[5] or "") for row in connection.execute(_UNITS)]
    people = {
        row[1]: StandingMember(*row[:5], row[5] or "", frozenset(roles.get(row[0], ())))
        for row in connection.execute(_MEMBERS if codes is None else _MEMBERS_OF, facts)
    }
    return Standing({each.code: each for each in units}, people)


def numbers(connection: sa.Connection, codes: Iterable[str]) -> list[int]:
    """The numbers of the members with some codes."""
    return list(connection.execute(sa.select(member.c.id).where(_OF_CODES), {"codes": list(codes)}).scalars())


def held(connection: sa.Connection, subject: str, members: Iterable[int], day: date) -> dict[int, list[Held]]:
    """Member → his rows of membership or role that hold on a day."""
    query = _HELD_MEMBERSHIPS if subject == "membership" else _HELD_ROLES
    found: dict[int, list[Held]] = {}
    for row in connection.execute(query, {"ids": list(members), "day": day}):
        found.setdefault(row[1], []).append(Held(*row))
    return found


def add(connection: sa.Connection, subject: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds rows and gives their numbers, in the same order."""
    if not rows:
        return []
    table = TABLES[subject]
    statement = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, [dict(row) for row in rows]).scalars())


def update(connection: sa.Connection, subject: str, row_id: int, values: Mapping[str, Any]) -> None:
    """Changes one row."""
    table = TABLES[subject]
    connection.execute(sa.update(table).where(table.c.id == row_id).values(**values))


def remove(connection: sa.Connection, subject: str, row_id: int) -> None:
    """Takes one row away."""
    table = TABLES[subject]
    connection.execute(sa.delete(table).where(table.c.id == row_id))


def unfinished(connection: sa.Connection, file_hash: str) -> Run | None:
    """An import of the same file that was cut short."""
    c = import_run.c
    query = _RUN.where(c.file_hash == file_hash, c.done_at.is_(None), c.undone_at.is_(None))
    row = connection.execute(query.order_by(c.id.desc()).limit(1)).first()
    return None if row is None else Run(*row)


def begin(connection: sa.Connection, file_hash: str, name: str, now: datetime) -> int:
    """Begins an import."""
    statement = sa.insert(import_run).returning(import_run.c.id)
    values = {"file_hash": file_hash, "name": name, "begun_at": now}
    return int(connection.execute(statement, values).scalar_one())


def finish(connection: sa.Connection, run_id: int, now: datetime) -> None:
    """Marks an import as done."""
    connection.execute(sa.update(import_run).where(import_run.c.id == run_id).values(done_at=now))


def record(connection: sa.Connection, run_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Records what an import did to rows."""
    plain = {"member_id": None, "unit_id": None, "before": None, "after": None, "undone": False, "run_id": run_id}
    if rows:
        connection.execute(sa.insert(import_change), [plain | dict(row) for row in rows])


def run_of(connection: sa.Connection, run_id: int | None) -> Run | None:
    """An import by its number, without one the last that was not undone."""
    c = import_run.c
    query = _RUN.where(c.undone_at.is_(None)) if run_id is None else _RUN.where(c.id == run_id)
    row = connection.execute(query.order_by(c.id.desc()).limit(1)).first()
    return None if row is None else Run(*row)
