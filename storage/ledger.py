"""The ledger (台账), append-only, and the yearly summary kept with each entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any

import sqlalchemy as sa

from rules.scoring.facts import Entry, day_of
from storage.declarations import line
from storage.kinds import Instant, Points
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

entry = sa.Table(
    "entry",
    metadata,
    identifier(),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    refers("member_id", "member.id"),
    refers("unit_id", "unit.id"),
    sa.Column("scheme", sa.String(64), nullable=False),
    refers("version_id", "scheme_version.id"),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("period", sa.String(7), nullable=False),
    refers("line_id", "line.id", index=True),
    sa.Column("criterion", sa.String(32), nullable=False),
    sa.Column("points", Points, nullable=False),
    refers("reverses_id", "entry.id", nullable=True),
    sa.Column("reason", sa.String(500), nullable=False),
    refers("posted_by", "member.id"),
    sa.Column("posted_at", Instant, nullable=False),
    sa.Index("ix_entry_member_year", "member_id", "scheme", "year"),
    sa.Index("ix_entry_list", "period", "id", "unit_id", "criterion", "points"),
    sa.Index("ix_entry_unit_period", "unit_id", "period"),
)
summary = sa.Table(
    "summary",
    metadata,
    sa.Column("member_id", sa.BigInteger, sa.ForeignKey("member.id"), primary_key=True),
    sa.Column("scheme", sa.String(64), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("node", sa.String(32), primary_key=True),
    sa.Column("posted", Points, nullable=False),
    sa.Column("counted", Points, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)
TOTAL = "*"


@dataclass(frozen=True, slots=True)
class Posted:
    """A ledger entry (台账记录) with what explains it."""

    id: int
    member: int
    period: str
    line: int
    criterion: str
    points: Decimal
    reverses: int | None
    reason: str
    version: int
    posted_at: datetime


_POSTED: sa.Select[Any] = sa.select(
    entry.c.id,
    entry.c.member_id,
    entry.c.period,
    entry.c.line_id,
    entry.c.criterion,
    entry.c.points,
    entry.c.reverses_id,
    entry.c.reason,
    entry.c.version_id,
    entry.c.posted_at,
)
_IN_YEAR = sa.and_(
    entry.c.member_id.in_(sa.bindparam("members", expanding=True)),
    entry.c.scheme == sa.bindparam("scheme"),
    entry.c.year == sa.bindparam("year"),
)
_OF_YEAR = Statement(
    sa.select(
        entry.c.member_id,
        entry.c.version_id,
        entry.c.id,
        entry.c.criterion,
        entry.c.period,
        entry.c.points,
        entry.c.reverses_id,
    )
    .where(_IN_YEAR)
    .order_by(entry.c.id)
)
_LINES_OF_YEAR = Statement(
    sa.select(entry.c.id, line.c.quantity, line.c.option, line.c.attendance, line.c.matter)
    .join(line, line.c.id == entry.c.line_id)
    .where(_IN_YEAR, entry.c.criterion.in_(sa.bindparam("criteria", expanding=True)))
)
_SUMMARY = Statement(
    sa.select(summary.c.node, summary.c.posted, summary.c.counted).where(
        summary.c.member_id == sa.bindparam("member"),
        summary.c.scheme == sa.bindparam("scheme"),
        summary.c.year == sa.bindparam("year"),
    )
)


def post(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds entries; the unique key refuses a second posting of the same thing."""
    if rows:
        connection.execute(sa.insert(entry), [{"reverses_id": None, "reason": "", **row} for row in rows])


@dataclass(frozen=True, slots=True)
class MemberYear:
    """A member's entries of a year as scoring takes them, and the scheme versions they were posted under."""

    entries: list[Entry] = field(default_factory=list)
    versions: set[int] = field(default_factory=set)


def years_of(connection: sa.Connection, members: Iterable[int], scheme: str, year: int) -> dict[int, MemberYear]:
    """Member → his year, without what only the lines say."""
    found = {member: MemberYear() for member in members}
    facts = {"members": list(found), "scheme": scheme, "year": year}
    for member_id, version, number, criterion, period, points, reverses in _OF_YEAR.all(connection, facts):
        of = found[member_id]
        of.versions.add(version)
        of.entries.append(Entry(number, criterion, day_of(period), points, reverses))
    return found


def add_lines(
    connection: sa.Connection, years: Mapping[int, MemberYear], scheme: str, year: int, criteria: Collection[str]
) -> None:
    """Gives the entries of some criteria the quantity, option, attendance and matter of the line each came from."""
    if not criteria:
        return
    facts = {"members": list(years), "scheme": scheme, "year": year, "criteria": list(criteria)}
    lines = {row[0]: row[1:] for row in _LINES_OF_YEAR.all(connection, facts)}
    for of in years.values():
        of.entries[:] = [
            Entry(each.id, each.criterion, each.on, each.points, each.reverses, *lines[each.id])
            if each.id in lines
            else each
            for each in of.entries
        ]


def posted_of_year(connection: sa.Connection, member_id: int, scheme: str, year: int) -> list[Posted]:
    """A member's entries of a year, newest last."""
    query = _POSTED.where(entry.c.member_id == member_id, entry.c.scheme == scheme, entry.c.year == year)
    return [Posted(*row) for row in connection.execute(query.order_by(entry.c.id))]


def posted_by_id(connection: sa.Connection, entry_id: int) -> Posted | None:
    """One entry."""
    query = _POSTED
    row = connection.execute(query.where(entry.c.id == entry_id)).first()
    return None if row is None else Posted(*row)


def reversal_of(connection: sa.Connection, entry_id: int) -> int | None:
    """The entry that takes one back, None when nobody did."""
    return connection.execute(sa.select(entry.c.id).where(entry.c.reverses_id == entry_id)).scalar()


def put_summary(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the summary rows of some members' year."""
    _put(connection.dialect.name).many(connection, rows)


@cache
def _put(dialect: str) -> Statement[Any]:
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(summary)  # loads no other dialect
    replaced = {name: insert.excluded[name] for name in ("posted", "counted", "updated_at")}
    return Statement(
        insert.on_conflict_do_update(index_elements=["member_id", "scheme", "year", "node"], set_=replaced)
    )


def summary_of(connection: sa.Connection, member_id: int, scheme: str, year: int) -> dict[str, tuple[Decimal, Decimal]]:
    """Node → (posted, counted); the total stands under `TOTAL`."""
    rows = _SUMMARY.all(connection, {"member": member_id, "scheme": scheme, "year": year})
    return {node: (posted, counted) for node, posted, counted in rows}


def summarised_at(connection: sa.Connection, scheme: str, year: int) -> dict[int, datetime]:
    """Member → when his summary of a year was figured."""
    query = sa.select(summary.c.member_id, summary.c.updated_at).where(
        summary.c.scheme == scheme, summary.c.year == year, summary.c.node == TOTAL
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def summary_years(connection: sa.Connection) -> list[tuple[str, int]]:
    """The schemes and years that have entries or a summary."""
    posted = sa.select(entry.c.scheme, entry.c.year).distinct()
    kept = sa.select(summary.c.scheme, summary.c.year).distinct()
    return [(row[0], row[1]) for row in connection.execute(posted.union(kept))]


def members_with_figures(connection: sa.Connection, scheme: str, year: int) -> set[int]:
    """Members who have an entry or a summary row in a year."""
    posted = sa.select(entry.c.member_id).where(entry.c.scheme == scheme, entry.c.year == year)
    kept = sa.select(summary.c.member_id).where(summary.c.scheme == scheme, summary.c.year == year)
    return set(connection.execute(posted.union(kept)).scalars())


def count(connection: sa.Connection) -> int:
    """How many entries there are."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(entry)).scalar_one())


def lines_without_entry(connection: sa.Connection) -> list[int]:
    """Approved lines that were never posted: there must be none."""
    posted = sa.select(entry.c.line_id)
    query = sa.select(line.c.id).where(line.c.state == "approved", line.c.id.not_in(posted))
    return list(connection.execute(query).scalars())


def entries_that_differ(connection: sa.Connection) -> list[int]:
    """Entries that do not say what their line or the entry they take back says: there must be none."""
    taken = entry.alias("taken")
    whose = sa.or_(entry.c.member_id != line.c.member_id, entry.c.criterion != line.c.criterion)
    plain = sa.and_(entry.c.reverses_id.is_(None), sa.or_(entry.c.points != line.c.points, line.c.state != "approved"))
    same = ("line_id", "scheme", "year")
    back = sa.or_(entry.c.points != -taken.c.points, *(entry.c[name] != taken.c[name] for name in same))
    query = (
        sa.select(entry.c.id)
        .join(line, line.c.id == entry.c.line_id)
        .outerjoin(taken, taken.c.id == entry.c.reverses_id)
        .where(sa.or_(whose, plain, sa.and_(entry.c.reverses_id.is_not(None), back)))
    )
    return list(connection.execute(query).scalars())
