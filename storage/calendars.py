"""Days a unit works or does not, against the calendar of the country."""

from __future__ import annotations

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import identifier, metadata, refers

working_day = sa.Table(
    "working_day",
    metadata,
    identifier(),
    refers("unit_id", "unit.id"),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("working", sa.Boolean, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    refers("by_id", "member.id", nullable=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.UniqueConstraint("unit_id", "day"),
)
"""Holds for the unit and all below it; the nearest unit above decides."""
