"""When somebody is away, and how he and his unit want to be told: hour of the digest, muted kinds, compulsory ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from storage.kinds import Instant, Json
from storage.metadata import identifier, metadata, refers

absence = sa.Table(
    "absence",
    metadata,
    identifier(),
    refers("member_id", "member.id", index=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    refers("deputy_id", "member.id", nullable=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)
mute = sa.Table(
    "mute",
    metadata,
    sa.Column("member_id", sa.BigInteger, sa.ForeignKey("member.id"), primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("made_at", Instant, nullable=False),
)
reminding = sa.Table(
    "reminding",
    metadata,
    identifier(),
    refers("member_id", "member.id", nullable=True),
    refers("unit_id", "unit.id", nullable=True),
    sa.Column("digest_at", sa.String(5), nullable=False),
    sa.Column("compulsory", Json),
    sa.UniqueConstraint("member_id"),
    sa.UniqueConstraint("unit_id"),
)
"""Of a member or of a unit: local time of the digest ("" as above), and of a unit kinds that nobody there may mute."""


def on(day: date) -> sa.ColumnElement[bool]:
    """The absence holds on a day."""
    a = absence.c
    return sa.and_(a.ended_at.is_(None), a.from_on <= day, a.until_on >= day)


def holding(connection: sa.Connection, ids: Iterable[int], day: date) -> set[int]:
    """Those of the absences that hold on a day."""
    query = sa.select(absence.c.id).where(absence.c.id.in_(list(ids)), on(day))
    return set(connection.execute(query).scalars())
