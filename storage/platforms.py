"""What a platform lets us do for a while: access tokens, open windows, consents to be notified, cards to be closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

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
    sa.Column("forced_at", Instant),
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
UNASKED = "-"  # a database that takes an empty text for nothing would refuse it


@dataclass(frozen=True, slots=True)
class Credential:
    """An access token, usable until `expires_at`.

    `asked_until` is how long one process has the right to ask for another, `forced_at` when one was last ended early.
    """

    value: str = field(repr=False)
    expires_at: datetime
    asked_until: datetime | None = None
    forced_at: datetime | None = None


def credential_of(connection: sa.Connection, channel: str) -> Credential | None:
    """A channel's access token, perhaps over; None before the first was asked for."""
    columns = (credential.c.value, credential.c.expires_at, credential.c.asked_until, credential.c.forced_at)
    row = connection.execute(sa.select(*columns).where(credential.c.channel == channel)).first()
    return None if row is None else Credential(*row)


def lease_credential(connection: sa.Connection, channel: str, until: datetime, forced_at: datetime | None) -> None:
    """Gives the right to ask for a token, by force or not; units of a channel's token run one after another."""
    mine = {"asked_until": until} | ({"forced_at": forced_at} if forced_at is not None else {})
    if connection.execute(credential.update().where(credential.c.channel == channel).values(mine)).rowcount:
        return
    unasked = {"channel": channel, "value": UNASKED, "expires_at": datetime.fromtimestamp(0, UTC)}
    connection.execute(credential.insert().values(unasked | mine))


def keep_credential(connection: sa.Connection, channel: str, fresh: Credential, until: datetime) -> bool:
    """Keeps what was asked for, unless that right was over and is somebody else's; whether it was kept."""
    mine = (credential.c.channel == channel) & (credential.c.asked_until == until)
    values = {"value": fresh.value, "expires_at": fresh.expires_at, "asked_until": None}
    return bool(connection.execute(credential.update().where(mine).values(values)).rowcount)


def release_credential(connection: sa.Connection, channel: str, until: datetime) -> None:
    """Gives the right to ask back: nothing came of it."""
    mine = (credential.c.channel == channel) & (credential.c.asked_until == until)
    connection.execute(credential.update().where(mine).values(asked_until=None))
