"""What things are called, for lists that know them by number: one query for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.announcements import announcement
from storage.declarations import line
from storage.imports import import_run
from storage.ledger import entry
from storage.members import member, unit
from storage.schemes import scheme_version


class Thing(NamedTuple):
    """A name, and what tells it from others of that name: a code or version, a period."""

    name: str
    code: str = ""
    period: str = ""


def _called(table: sa.Table, name: sa.ColumnElement[Any], *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(table.c.id, name, *more).where(table.c.id.in_(sa.bindparam("ids", expanding=True)))


def _a_members(table: sa.Table) -> sa.Select[Any]:
    named = _called(table, member.c.name, member.c.code, table.c.period)
    return named.join_from(table, member, member.c.id == table.c.member_id)


# kind of thing → its number and what it is called
NAMES: dict[str, sa.Select[Any]] = {
    "member": _called(member, member.c.name, member.c.code),
    "unit": _called(unit, unit.c.name),
    "announcement": _called(announcement, announcement.c.title),
    "import_run": _called(import_run, import_run.c.name),
    "scheme_version": _called(scheme_version, scheme_version.c.scheme, scheme_version.c.version),
    "line": _a_members(line),
    "entry": _a_members(entry),
}


def names(connection: sa.Connection, kind: str, ids: Iterable[int]) -> dict[int, Thing]:
    """Number → what it is called; what is gone is left out."""
    return {row[0]: Thing(*row[1:]) for row in connection.execute(NAMES[kind], {"ids": sorted(ids)})}
