"""Which notice about personal data was shown to whom, in which version, and when it was acknowledged."""

from __future__ import annotations

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import identifier, metadata, refers

acknowledgement = sa.Table(
    "acknowledgement",
    metadata,
    identifier(),
    refers("member_id", "member.id", nullable=True, index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("shown_at", Instant, nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.UniqueConstraint("channel", "address", "version"),
)
