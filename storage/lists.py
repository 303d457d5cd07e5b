"""Lists of lines and of ledger entries: filtered, counted, a page at a time.

The numbers of a page are found in an index alone; only its own rows are read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from storage import declarations
from storage.declarations import Line, line
from storage.kinds import Points, plain
from storage.ledger import entry
from storage.members import UnitRow, member, membership, on_day, unit
from storage.schemes import scheme_version

Condition = sa.ColumnElement[bool]
LISTED_STATES = ("submitted", "approved", "returned", "rejected", "withdrawn")
"""A draft is its member's own until it is submitted."""
SORTS = ("newest", "oldest", "most")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None and "" leave everything in. `first` and `last` are periods."""

    units: tuple[int, ...] | None = None
    members: tuple[int, ...] | None = None
    first: str = ""
    last: str = ""
    states: tuple[str, ...] = LISTED_STATES
    criterion: str = ""
    source: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One ledger entry of a list."""

    id: int
    member: int
    unit: int
    scheme: str
    period: str
    line: int
    criterion: str
    points: Decimal
    reverses: int | None
    reason: str
    version: int
    posted_by: int
    posted_at: datetime


_e = entry.c
_ENTRIES: sa.Select[Any] = sa.select(
    _e.id,
    _e.member_id,
    _e.unit_id,
    _e.scheme,
    _e.period,
    _e.line_id,
    _e.criterion,
    _e.points,
    _e.reverses_id,
    _e.reason,
    _e.version_id,
    _e.posted_by,
    _e.posted_at,
).where(_e.id.in_(sa.bindparam("ids", expanding=True)))
_UNITS = sa.select(unit.c.id, unit.c.code, unit.c.kind, unit.c.name, unit.c.path, unit.c.parent_id)
_FOUND = (
    sa.select(member.c.id)
    .where(
        sa.or_(
            member.c.code == sa.bindparam("text"),
            member.c.name.contains(sa.bindparam("like", type_=sa.String), escape="/"),
        )
    )
    .order_by(member.c.code)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_CODES = sa.select(member.c.id, member.c.code, member.c.name).where(
    member.c.id.in_(sa.bindparam("ids", expanding=True))
)
_BELONGS = sa.select(membership.c.member_id, unit.c.id, unit.c.name).join(unit, unit.c.id == membership.c.unit_id)


def count_lines(connection: sa.Connection, narrowed: Filter) -> int:
    """How many lines fit."""
    query = sa.select(sa.func.count()).select_from(line).where(*_line_conditions(narrowed))
    return int(connection.execute(query).scalar_one())


def page_of_lines(connection: sa.Connection, narrowed: Filter, sort: str, span: range) -> list[Line]:
    """The lines from `span.start` on, up to `span.stop`, both within the total."""
    order = (line.c.points.desc(), line.c.id.desc()) if sort == "most" else (_by_number(line, sort),)
    query = sa.select(line.c.id).where(*_line_conditions(narrowed)).order_by(*order)
    ids = list(connection.execute(query.offset(span.start).limit(len(span))).scalars())
    found = declarations.by_ids(connection, ids)
    return [found[number] for number in ids]


def matters(connection: sa.Connection, member_id: int, criteria: Iterable[str], year: int) -> list[str]:
    """The matters a member's lines of some criteria are about in a year, the newest first."""
    query = (
        sa.select(line.c.matter)
        .where(
            line.c.member_id == member_id,
            line.c.period.between(f"{year}-01", f"{year}-12"),
            line.c.criterion.in_(list(criteria)),
            line.c.matter.is_not(None),
            line.c.state.in_(("draft", "submitted", "approved", "returned")),
        )
        .group_by(line.c.matter)
        .order_by(sa.func.max(line.c.id).desc())
    )
    return list(connection.execute(query).scalars())


def sum_of_entries(connection: sa.Connection, narrowed: Filter) -> tuple[int, Decimal]:
    """How many entries fit, and what they add up to."""
    query = sa.select(sa.func.count(), sa.func.sum(_e.points, type_=Points)).where(*_entry_conditions(narrowed))
    row = connection.execute(query).one()
    return int(row[0]), row[1] or Decimal(0)


def page_of_entries(connection: sa.Connection, narrowed: Filter, sort: str, span: range) -> list[EntryRow]:
    """The entries from `span.start` on, up to `span.stop`, both within the total."""
    query = sa.select(_e.id).where(*_entry_conditions(narrowed)).order_by(_by_number(entry, sort))
    ids = list(connection.execute(query.offset(span.start).limit(len(span))).scalars())
    found = {row[0]: EntryRow(*row) for row in connection.execute(_ENTRIES, {"ids": ids})}
    return [found[number] for number in ids]


def carried(connection: sa.Connection, narrowed: Filter, sort: str, before: int) -> Decimal:
    """What the first `before` entries of a list add up to: the sum carried forward to its next page."""
    if not before:
        return Decimal(0)
    query = sa.select(_e.points).where(*_entry_conditions(narrowed)).order_by(_by_number(entry, sort)).limit(before)
    inner = query.subquery()
    found: Decimal | None = connection.execute(sa.select(sa.func.sum(inner.c.points, type_=Points))).scalar()
    return plain(found or Decimal(0))


def _by_number(table: sa.Table, sort: str) -> sa.ColumnElement[Any]:
    number: sa.ColumnElement[Any] = table.c.id
    return number if sort == "oldest" else number.desc()


def _shared(table: sa.Table, narrowed: Filter) -> list[Condition]:
    c = table.c
    conditions: list[Condition] = []
    if narrowed.first and narrowed.first == narrowed.last:
        conditions.append(c.period == narrowed.first)
    elif narrowed.first:
        conditions.append(c.period.between(narrowed.first, narrowed.last))
    if narrowed.units is not None:
        conditions.append(c.unit_id.in_(narrowed.units))
    if narrowed.members is not None:
        conditions.append(c.member_id.in_(narrowed.members))
    if narrowed.criterion:
        conditions.append(c.criterion == narrowed.criterion)
    return conditions


def _line_conditions(narrowed: Filter) -> list[Condition]:
    conditions = _shared(line, narrowed)
    # one comparison a row instead of five, where a month has a hundred thousand
    listed = narrowed.states == LISTED_STATES
    conditions.append(line.c.state != "draft" if listed else line.c.state.in_(narrowed.states))
    if narrowed.source:
        conditions.append(line.c.source == narrowed.source)
    if narrowed.text:
        # written out, for an index of the lines with a note is used only where the database can see this condition
        conditions.append(line.c.note != sa.literal_column("''"))
        conditions.append(line.c.note.icontains(narrowed.text, autoescape=True))
    return conditions


def _entry_conditions(narrowed: Filter) -> list[Condition]:
    return _shared(entry, narrowed)


def units_within(connection: sa.Connection, paths: Iterable[str], ids: Iterable[int]) -> list[UnitRow]:
    """The units at and below some paths, and some others by number, in the order of the tree."""
    below = [unit.c.path.startswith(path) for path in paths]
    query = _UNITS.where(sa.or_(unit.c.id.in_(list(ids)), *below)).order_by(unit.c.path)
    return [UnitRow(*row) for row in connection.execute(query)]


def count_units(connection: sa.Connection) -> int:
    """How many units there are."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(unit)).scalar_one())


def find_members(connection: sa.Connection, text: str, most: int) -> list[int]:
    """The members whose code is the text or whose name contains it."""
    escaped = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return list(connection.execute(_FOUND, {"text": text, "like": escaped, "most": most}).scalars())


def codes(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Member → code and name."""
    return {row[0]: (row[1], row[2]) for row in connection.execute(_CODES, {"ids": list(set(ids))})}


def units_of(connection: sa.Connection, ids: Sequence[int], day: date) -> dict[int, tuple[int, str]]:
    """Member → number and name of the unit he belongs to on a day."""
    query = _BELONGS.where(membership.c.member_id.in_(ids), on_day(membership))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query, {"day": day})}


def members_in(connection: sa.Connection, units: Sequence[int], day: date) -> set[int]:
    """Who belongs to one of the units on a day."""
    query = sa.select(membership.c.member_id).where(membership.c.unit_id.in_(units), on_day(membership))
    return set(connection.execute(query, {"day": day}).scalars())


def scheme_texts(connection: sa.Connection) -> list[int]:
    """The newest version of every scheme: where the names of criteria to choose from stand."""
    newest = sa.select(sa.func.max(scheme_version.c.id)).group_by(scheme_version.c.scheme)
    return list(connection.execute(newest).scalars())
