"""Coming into the phone pages: single-use links and sessions, apart from the console's."""

from __future__ import annotations

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import metadata, refers

phone_link = sa.Table(
    "phone_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("page", sa.String(64), nullable=False),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
phone_session = sa.Table(
    "phone_session",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("means", sa.String(16), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
