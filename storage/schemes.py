"""Published scheme versions, and the periods of each scheme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant, Json
from storage.members import unit
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

scheme_version = sa.Table(
    "scheme_version",
    metadata,
    identifier(),
    sa.Column("scheme", sa.String(64), nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    refers("unit_id", "unit.id", index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("initials", Json, nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.UniqueConstraint("scheme", "version"),
)
period = sa.Table(
    "period",
    metadata,
    sa.Column("scheme", sa.String(64), primary_key=True),
    sa.Column("period", sa.String(7), primary_key=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
)


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    """A published version: immutable, so whoever parsed it once may keep it."""

    id: int
    scheme: str
    version: str
    text: str
    initials: dict[str, list[str]]
    path: str


def _versions() -> sa.Select[Any]:
    c = scheme_version.c
    return sa.select(c.id, c.scheme, c.version, c.text, c.initials, unit.c.path).join(unit, unit.c.id == c.unit_id)


_IN_FORCE = Statement(
    sa.select(scheme_version.c.id)
    .join(unit, unit.c.id == scheme_version.c.unit_id)
    .where(
        sa.bindparam("path", type_=sa.String).startswith(unit.c.path), scheme_version.c.from_on <= sa.bindparam("day")
    )
    .order_by(sa.func.length(unit.c.path).desc(), scheme_version.c.from_on.desc(), scheme_version.c.id.desc())
    .limit(1)
)


def version_in_force(connection: sa.Connection, path: str, day: date) -> int | None:
    """The number of the version that holds for a unit on a day: the nearest unit's, then the newest."""
    found: int | None = _IN_FORCE.value(connection, {"path": path, "day": day})
    return found


def version(connection: sa.Connection, version_id: int) -> SchemeVersion:
    """One published version, by its number."""
    row = connection.execute(_versions().where(scheme_version.c.id == version_id)).one()
    return SchemeVersion(*row)


def versions(connection: sa.Connection, day: date | None = None) -> list[SchemeVersion]:
    """The newest version of each scheme (of those that hold on a day), with the unit it holds for."""
    newest = sa.select(sa.func.max(scheme_version.c.id)).group_by(scheme_version.c.scheme)
    if day is not None:
        newest = newest.where(scheme_version.c.from_on <= day)
    return [SchemeVersion(*row) for row in connection.execute(_versions().where(scheme_version.c.id.in_(newest)))]


def find_version(connection: sa.Connection, scheme: str, name: str) -> tuple[int, str] | None:
    """The number and text hash of a version, None when it was never published."""
    c = scheme_version.c
    row = connection.execute(sa.select(c.id, c.text_hash).where(c.scheme == scheme, c.version == name)).first()
    return None if row is None else (row.id, row.text_hash)


def add_version(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Publishes a version."""
    return int(connection.execute(sa.insert(scheme_version).returning(scheme_version.c.id), dict(values)).scalar_one())


def open_period(connection: sa.Connection, scheme: str, name: str, now: datetime) -> bool:
    """Opens a period; False when it was open already."""
    if connection.execute(_period(scheme, name)).first() is not None:
        return False
    connection.execute(sa.insert(period), {"scheme": scheme, "period": name, "opened_at": now})
    return True


def closed_among(connection: sa.Connection, scheme: str, names: Iterable[str], *, keep: bool = False) -> set[str]:
    """Those of the periods that are closed (月度结账) and take no more entries; `keep` keeps the others open."""
    c = period.c
    query = sa.select(c.period, c.closed_at).where(c.scheme == scheme, c.period.in_(list(names)))
    rows = connection.execute(query.with_for_update(read=True) if keep else query)
    return {row.period for row in rows if row.closed_at is not None}


def closed(connection: sa.Connection, scheme: str, name: str) -> bool:
    """Whether one period is closed."""
    return bool(closed_among(connection, scheme, [name]))


def closed_at(connection: sa.Connection, scheme: str, name: str) -> datetime | None:
    """When a period was closed, None when it is open or unknown."""
    row = connection.execute(_period(scheme, name)).first()
    return None if row is None else row.closed_at


def unclosed(connection: sa.Connection, scheme: str) -> list[str]:
    """The periods of a scheme that are open, oldest first."""
    query = sa.select(period.c.period).where(period.c.scheme == scheme, period.c.closed_at.is_(None))
    return list(connection.execute(query.order_by(period.c.period)).scalars())


def close_period(connection: sa.Connection, scheme: str, name: str, now: datetime) -> bool:
    """Marks a period as closed; False when it was closed already."""
    c = period.c
    still_open = sa.and_(c.scheme == scheme, c.period == name, c.closed_at.is_(None))
    return connection.execute(sa.update(period).where(still_open).values(closed_at=now)).rowcount == 1


def _period(scheme: str, name: str) -> sa.Select[tuple[str, datetime | None]]:
    c = period.c
    return sa.select(c.period, c.closed_at).where(c.scheme == scheme, c.period == name)
