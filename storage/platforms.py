"""What a platform lets us do for a while: access tokens, open windows, consents to be notified, cards to be closed."""

from __future__ import annotations

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import metadata

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("asked_until", Instant),
)
reply_window = sa.Table(
    "reply_window",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("address", sa.String(128), primary_key=True),
    sa.Column("remaining", sa.Integer, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
consent = sa.Table(
    "consent",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("address", sa.String(128), primary_key=True),
    sa.Column("template", sa.String(64), primary_key=True),
    sa.Column("remaining", sa.Integer, nullable=False),
)
card = sa.Table(
    "card",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("task", sa.String(128), primary_key=True),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("code", sa.String(200), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
