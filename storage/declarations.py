"""Declarations, their lines, reviews and the members' answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant, Points
from storage.metadata import identifier, metadata, refers

declaration = sa.Table(
    "declaration", metadata, identifier(),
    refers("member_id", "member.id"),
    sa.Column("scheme", sa.String(64), nullable=False),
    sa.Column("period", sa.String(7), nullable=False),
    refers("unit_id", "unit.id", index=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.UniqueConstraint("member_id", "scheme", "period"),
)
line = sa.Table(
    "line", metadata, identifier(),
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
    sa.Index("ix_line_member_period", "member_id", "period", "state"),
    sa.Index("ix_line_unit_state", "unit_id", "state"),
)
review = sa.Table(
    "review", metadata, identifier(),
    refers("line_id", "line.id", index=True),
    sa.Column("decision", sa.String(16), nullable=False),
    refers("reviewer_id", "member.id"),
    refers("behalf_id", "member.id", nullable=True),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
remark = sa.Table(
    "remark", metadata, identifier(),
    refers("line_id", "line.id", index=True),
    refers("member_id", "member.id"),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("at", Instant, nullable=False),
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


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What was decided on a line, by whom, on whose behalf, why."""

    line: int
    decision: str
    reviewer: int
    behalf: int | None
    reason: str
    at: datetime


_c = line.c
_LINES = sa.select(
    _c.id, _c.declaration_id, _c.member_id, _c.unit_id, _c.version_id, _c.period, _c.criterion, _c.quantity,
    _c.attendance, _c.points, _c.note, _c.source, _c.recorded_by, _c.batch, _c.state, _c.edition, _c.submitted_at,
    _c.decided_at,
)


def _lines(connection: sa.Connection, query: sa.Select[Any]) -> list[Line]:
    return [Line(*row) for row in connection.execute(query)]


def by_ids(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Line]:
    """Lines by number."""
    return {found.id: found for found in _lines(connection, _LINES.where(_c.id.in_(set(ids))))}


def of_period(connection: sa.Connection, member_id: int, period: str, states: Sequence[str] | None = None) -> list[Line]:
    """A member's lines of a period, in the order they were made."""
    query = _LINES.where(_c.member_id == member_id, _c.period == period).order_by(_c.id)
    return _lines(connection, query if states is None else query.where(_c.state.in_(states)))


def of_batch(connection: sa.Connection, member_id: int, batch: int) -> list[Line]:
    """The drafts a member made together."""
    query = _LINES.where(_c.member_id == member_id, _c.batch == batch, _c.state == "draft")
    return _lines(connection, query.order_by(_c.id))


def drafts(connection: sa.Connection, member_id: int, period: str) -> list[Line]:
    """All drafts of a period not yet submitted."""
    return of_period(connection, member_id, period, ("draft",))


def waiting(connection: sa.Connection, units: Iterable[int]) -> list[Line]:
    """The submitted lines of some units, oldest first."""
    query = _LINES.where(_c.unit_id.in_(list(units)), _c.state == "submitted")
    return _lines(connection, query.order_by(_c.submitted_at, _c.id))


def past_quantities(
    connection: sa.Connection, members: Iterable[int], criteria: Iterable[str], before: str
) -> dict[tuple[int, str], list[Decimal]]:
    """(member, criterion) → the quantities approved in each period before one, newest twelve periods."""
    query = (
        sa.select(_c.member_id, _c.criterion, _c.period, sa.func.sum(_c.quantity, type_=Points))
        .where(
            _c.member_id.in_(set(members)), _c.criterion.in_(set(criteria)), _c.state == "approved",
            _c.period < before, _c.period >= f"{int(before[:4]) - 1}{before[4:]}",
        )
        .group_by(_c.member_id, _c.criterion, _c.period)
    )
    past: dict[tuple[int, str], list[Decimal]] = {}
    for member_id, criterion, _, quantity in connection.execute(query):
        past.setdefault((member_id, criterion), []).append(quantity)
    return past


def declaration_for(
    connection: sa.Connection, member_id: int, unit_id: int, scheme: str, period: str, now: datetime
) -> int:
    """The number of a member's declaration of a period, made when there is none."""
    c = declaration.c
    found = sa.select(c.id).where(c.member_id == member_id, c.scheme == scheme, c.period == period)
    number = connection.execute(found).scalar()
    if number is not None:
        return int(number)
    values = {"member_id": member_id, "unit_id": unit_id, "scheme": scheme, "period": period, "opened_at": now}
    return int(connection.execute(sa.insert(declaration).returning(c.id), values).scalar_one())


def add(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Adds a line and gives its number."""
    return int(connection.execute(sa.insert(line).returning(_c.id), dict(values)).scalar_one())


def change(connection: sa.Connection, pins: Iterable[tuple[int, int]], states: Sequence[str], **values: Any) -> set[int]:
    """Changes those lines that still stand in one of the states and edition shown; gives the changed ones."""
    editions: dict[int, list[int]] = {}
    for number, edition in pins:
        editions.setdefault(edition, []).append(number)
    changed: set[int] = set()
    for edition, numbers in editions.items():
        query = (
            sa.update(line)
            .where(_c.id.in_(numbers), _c.edition == edition, _c.state.in_(states))
            .values(edition=edition + 1, **values)
            .returning(_c.id)
        )
        changed.update(connection.execute(query).scalars())
    return changed


def add_reviews(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Records decisions."""
    if rows:
        connection.execute(sa.insert(review), [dict(row) for row in rows])


def reviews_of(connection: sa.Connection, lines: Iterable[int]) -> dict[int, ReviewRow]:
    """Line → its last decision."""
    c = review.c
    query = sa.select(c.line_id, c.decision, c.reviewer_id, c.behalf_id, c.reason, c.at)
    query = query.where(c.line_id.in_(set(lines))).order_by(c.id)
    return {row.line_id: ReviewRow(*row) for row in connection.execute(query)}


def add_remark(connection: sa.Connection, line_id: int, member_id: int, text: str, now: datetime) -> None:
    """A member's answer to an entry the organisation made."""
    connection.execute(sa.insert(remark), {"line_id": line_id, "member_id": member_id, "text": text, "at": now})


def remarks_of(connection: sa.Connection, lines: Iterable[int]) -> dict[int, list[str]]:
    """Line → the members' answers."""
    query = sa.select(remark.c.line_id, remark.c.text).where(remark.c.line_id.in_(set(lines))).order_by(remark.c.id)
    found: dict[int, list[str]] = {}
    for line_id, text in connection.execute(query):
        found.setdefault(line_id, []).append(text)
    return found


def declared(connection: sa.Connection, period: str, members: Iterable[int]) -> set[int]:
    """Those of the members who have declared something themselves for a period (or had it declared for them)."""
    states = ("submitted", "approved", "returned", "rejected")
    query = sa.select(_c.member_id).where(
        _c.member_id.in_(set(members)), _c.period == period, _c.state.in_(states), _c.source == "member"
    )
    return set(connection.execute(query.distinct()).scalars())


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


def key_exists(connection: sa.Connection, key: str) -> bool:
    """Whether a line with this key was recorded already."""
    return connection.execute(sa.select(_c.id).where(_c.key == key)).first() is not None
