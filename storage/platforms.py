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


def keep_card(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Keeps the code that can change a card once; values has channel, task, address, code and expires_at."""
    here = (card.c.channel == values["channel"], card.c.task == values["task"])
    connection.execute(sa.delete(card).where(*here))
    connection.execute(sa.insert(card), dict(values))


def take_card(connection: sa.Connection, channel: str, task: str, now: datetime) -> str:
    """The code of a card, which is spent now; "" when there is none or it is too old."""
    here = (card.c.channel == channel, card.c.task == task)
    row = connection.execute(sa.delete(card).where(*here).returning(card.c.code, card.c.expires_at)).first()
    return row.code if row is not None and row.expires_at > now else ""


def forget_cards(connection: sa.Connection, before: datetime) -> int:
    """Drops the codes that nothing can be changed with any more; gives how many."""
    return connection.execute(sa.delete(card).where(card.c.expires_at < before)).rowcount
