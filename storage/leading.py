"""Which of several processes runs the ticks: a lease that runs out by time; its number fences the old holder off."""

from __future__ import annotations

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import metadata

leadership = sa.Table(
    "leadership",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.BigInteger, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
