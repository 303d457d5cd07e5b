"""Declarations, their lines, reviews and the members' answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rules.declarations import LINE_STATES
from storage.kinds import Instant, Points, slices
from storage.metadata import identifier, metadata, partial_index, refers
from storage.statement import Statement

declaration = sa.Table(
    "declaration",
    metadata,
    identifier(),
    refers("member_id", "member.id"),
    sa.Column("scheme", sa.String(64), nullable=False),
    sa.Column("period", sa.String(7), nullable=False),
    refers("unit_id", "unit.id", index=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.UniqueConstraint("member_id", "scheme", "period"),
)
line = sa.Table(
    "line",
    metadata,
    identifier(),
    refers("declaration_id", "declaration.id", index=True),
    refers("member_id", "member.id"),
    refers("unit_id", "unit.id"),
    refers("version_id", "scheme_version.id"),
    sa.Column("period", sa.String(7), nullable=False),
    sa.Column("criterion", sa.String(32), nullable=False),
    sa.Column("quantity", Points, nullable=False),
    sa.Column("attendance", sa.String(16)),
    sa.Column("points", Points, nullable=False),
    sa.Column("note", sa.String(500), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    refers("recorded_by", "member.id"),
    sa.Column("batch", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("submitted_at", Instant),
    sa.Column("decided_at", Instant),
    sa.Column("key", sa.String(128), unique=True),
    sa.Column("option", sa.String(64)),
    sa.Column("matter", sa.String(200)),
    sa.Index("ix_line_member_period", "member_id", "period", "state"),
    sa.Index("ix_line_unit_state", "unit_id", "state"),
    sa.Index("ix_line_unit_period", "unit_id", "period"),
    sa.Index("ix_line_list", "period", "id", "state", "unit_id", "criterion", "source", "points"),
    partial_index("ix_line_note", "period", "note", where="note != ''"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line (申报条目); `edition` grows with every change, so that a button pins what was shown."""

    id: int
    declaration: int
    member: int
    unit: int
    version: int
    period: str
    criterion: str
    quantity: Decimal
    attendance: str | None
    points: Decimal
    note: str
    source: str
    recorded_by: int
    batch: int
    state: str
    edition: int
    submitted_at: datetime | None
    decided_at: datetime | None
    option: str | None = None
    matter: str | None = None


_c = line.c
_LINES = sa.select(
    _c.id,
    _c.declaration_id,
    _c.member_id,
    _c.unit_id,
    _c.version_id,
    _c.period,
    _c.criterion,
    _c.quantity,
    _c.attendance,
    _c.points,
    _c.note,
    _c.source,
    _c.recorded_by,
    _c.batch,
    _c.state,
    _c.edition,
    _c.submitted_at,
    _c.decided_at,
    _c.option,
    _c.matter,
)


_BY_IDS = Statement(_LINES.where(_c.id.in_(sa.bindparam("ids", expanding=True))), Line)
_DRAFTS = Statement(
    _LINES.where(
        _c.member_id == sa.bindparam("member"),
        _c.state == "draft",
        sa.or_(_c.period == sa.bindparam("period"), _c.submitted_at.is_not(None)),
    ).order_by(_c.id),
    Line,
)
_OF_BATCH = Statement(
    _LINES.where(
        _c.member_id == sa.bindparam("member"), _c.batch == sa.bindparam("batch"), _c.state == "draft"
    ).order_by(_c.id),
    Line,
)
_OF_PERIOD = Statement(
    _LINES.where(
        _c.member_id == sa.bindparam("member"),
        _c.period == sa.bindparam("period"),
        _c.state.in_(sa.bindparam("states", expanding=True)),
    ).order_by(_c.id),
    Line,
)
_WAITING = Statement(
    _LINES.where(_c.unit_id.in_(sa.bindparam("units", expanding=True)), _c.state == "submitted").order_by(
        _c.submitted_at, _c.id
    ),
    Line,
)
_DECLARATIONS = Statement(
    sa.select(declaration.c.member_id, declaration.c.id).where(
        declaration.c.member_id.in_(sa.bindparam("members", expanding=True)),
        declaration.c.scheme == sa.bindparam("scheme"),
        declaration.c.period == sa.bindparam("period"),
    )
)
_DECLARE = Statement(sa.insert(declaration).returning(declaration.c.id))
_ADD = Statement(sa.insert(line).returning(_c.id))
# (names of the columns that change) → the statement that changes them
_CHANGES: dict[tuple[str, ...], Statement[Line]] = {}


def _change(names: tuple[str, ...]) -> Statement[Line]:
    if names not in _CHANGES:
        values = {name: sa.bindparam(f"new_{name}", type_=_c[name].type) for name in names}
        _CHANGES[names] = Statement(
            sa.update(line)
            .where(
                _c.id.in_(sa.bindparam("ids", expanding=True)),
                _c.edition == sa.bindparam("shown"),
                _c.state.in_(sa.bindparam("states", expanding=True)),
            )
            .values(edition=_c.edition + 1, **values)
            .returning(*_LINES.selected_columns),
            Line,
        )
    return _CHANGES[names]


def by_ids(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Line]:
    """Lines by number."""
    return {found.id: found for found in _BY_IDS.all(connection, {"ids": list(set(ids))})}


def of_period(
    connection: sa.Connection, member_id: int, period: str, states: Sequence[str] | None = None
) -> list[Line]:
    """A member's lines of a period, in the order they were made."""
    facts = {"member": member_id, "period": period, "states": list(LINE_STATES if states is None else states)}
    return _OF_PERIOD.all(connection, facts)


def of_batch(connection: sa.Connection, member_id: int, batch: int) -> list[Line]:
    """The drafts a member made together."""
    return _OF_BATCH.all(connection, {"member": member_id, "batch": batch})


def drafts(connection: sa.Connection, member_id: int, period: str) -> list[Line]:
    """All drafts that may still be submitted: of the period, and returned ones of earlier months opened again."""
    return _DRAFTS.all(connection, {"member": member_id, "period": period})


def waiting(connection: sa.Connection, units: Iterable[int]) -> list[Line]:
    """The submitted lines of some units, oldest first."""
    return _WAITING.all(connection, {"units": list(units)})


def past_quantities(
    connection: sa.Connection, members: Iterable[int], criteria: Iterable[str], before: str
) -> dict[tuple[int, str], list[Decimal]]:
    """(member, criterion) → the quantities approved in each period before one, newest twelve periods."""
    query = (
        sa.select(_c.member_id, _c.criterion, _c.period, sa.func.sum(_c.quantity, type_=Points))
        .where(
            _c.member_id.in_(set(members)),
            _c.criterion.in_(set(criteria)),
            _c.state == "approved",
            _c.period < before,
            _c.period >= f"{int(before[:4]) - 1}{before[4:]}",
        )
        .group_by(_c.member_id, _c.criterion, _c.period)
    )
    past: dict[tuple[int, str], list[Decimal]] = {}
    for member_id, criterion, _, quantity in connection.execute(query):
        past.setdefault((member_id, criterion), []).append(quantity)
    return past


def declarations_for(
    connection: sa.Connection, units: Mapping[int, int], scheme: str, period: str, now: datetime
) -> dict[int, int]:
    """Member → his declaration of a period, made where there is none; `units` is member → unit."""
    facts = {"members": list(units), "scheme": scheme, "period": period}
    found: dict[int, int] = dict(_DECLARATIONS.all(connection, facts))
    for member, unit in units.items():
        if member not in found:
            values = {"member_id": member, "unit_id": unit, "scheme": scheme, "period": period, "opened_at": now}
            found[member] = _DECLARE.value(connection, values)
    return found


def add_all(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds lines and gives their numbers, in the same order."""
    return [_ADD.value(connection, row) for row in rows]


def change(
    connection: sa.Connection, pins: Iterable[tuple[int, int]], states: Sequence[str], **values: Any
) -> dict[int, Line]:
    """Changes those lines that still stand in one of the states and edition shown; gives the changed ones anew."""
    editions: dict[int, list[int]] = {}
    for number, edition in pins:
        editions.setdefault(edition, []).append(number)
    changed: dict[int, Line] = {}
    for edition, numbers in editions.items():
        facts = {"ids": numbers, "shown": edition, "states": list(states)}
        facts |= {f"new_{name}": value for name, value in values.items()}
        changed |= {row.id: row for row in _change(tuple(values)).all(connection, facts)}
    return changed


def declared(connection: sa.Connection, period: str, members: Iterable[int]) -> set[int]:
    """Those of the members who have declared something themselves for a period (or had it declared for them)."""
    states = ("submitted", "approved", "returned", "rejected")
    query = sa.select(_c.member_id).where(
        _c.member_id.in_(sa.bindparam("ids", expanding=True)),
        _c.period == period,
        _c.state.in_(states),
        _c.source == "member",
    )
    some = slices(set(members))
    return {number for ids in some for number in connection.execute(query.distinct(), {"ids": ids}).scalars()}


def state_counts(connection: sa.Connection, units: Iterable[int], period: str) -> dict[int, dict[str, int]]:
    """Unit → state → number of lines of a period."""
    query = (
        sa.select(_c.unit_id, _c.state, sa.func.count())
        .where(_c.unit_id.in_(list(units)), _c.period == period)
        .group_by(_c.unit_id, _c.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for unit_id, state, number in connection.execute(query):
        counts.setdefault(unit_id, {})[state] = number
    return counts


def all_state_counts(connection: sa.Connection) -> dict[str, int]:
    """State → number of lines, for the status report."""
    query = sa.select(_c.state, sa.func.count()).group_by(_c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def known_keys(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys under which a line was recorded already."""
    return set(connection.execute(sa.select(_c.key).where(_c.key.in_(list(keys)))).scalars())
