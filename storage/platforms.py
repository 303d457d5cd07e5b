"""What a platform lets us do for a while: access tokens, open windows, consents to be notified, cards to be closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import metadata
from storage.statement import Statement

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
    sa.Index("ix_card_address", "channel", "address"),
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


@dataclass(frozen=True, slots=True)
class Window:
    """How many messages somebody may be written, and until when."""

    remaining: int
    until: datetime


_HERE = (reply_window.c.channel == sa.bindparam("channel_"), reply_window.c.address == sa.bindparam("address_"))
_WINDOW = Statement(sa.select(reply_window.c.remaining, reply_window.c.until).where(*_HERE), Window)
_RESET = Statement(
    sa.update(reply_window)
    .where(*_HERE)
    .values(remaining=sa.bindparam("remaining_"), until=sa.bindparam("until_", type_=Instant))
)
_OPEN = Statement(sa.insert(reply_window))
_COUNT = Statement(
    sa.update(reply_window).where(*_HERE, reply_window.c.remaining > 0).values(remaining=reply_window.c.remaining - 1)
)


def window_of(connection: sa.Connection, channel: str, address: str, now: datetime) -> int:
    """How many messages somebody may still be written; none when his window is shut."""
    row = _WINDOW.first(connection, {"channel_": channel, "address_": address})
    return row.remaining if row is not None and row.until > now else 0


def open_window(connection: sa.Connection, channel: str, address: str, window: Window, now: datetime) -> None:
    """Somebody wrote or pressed: he may be written to. Numbers do not add up, and a longer window stays the longer."""
    here = {"channel_": channel, "address_": address}
    row = _WINDOW.first(connection, here)
    if row is None:
        facts = {"channel": channel, "address": address, "remaining": window.remaining, "until": window.until}
        _OPEN.change(connection, facts)
        return
    stands = row.until > now
    remaining = max(window.remaining, row.remaining) if stands else window.remaining
    until = max(window.until, row.until)
    _RESET.change(connection, {**here, "remaining_": remaining, "until_": until})


def count_window(connection: sa.Connection, channel: str, address: str) -> None:
    """One message went through somebody's window."""
    _COUNT.change(connection, {"channel_": channel, "address_": address})


def shut_window(connection: sa.Connection, channel: str, address: str) -> None:
    """The platform says that the window is shut."""
    here = (reply_window.c.channel == channel, reply_window.c.address == address)
    connection.execute(sa.update(reply_window).where(*here).values(remaining=0))


def _agreed(channel: str, address: str, template: str) -> tuple[sa.ColumnElement[bool], ...]:
    return consent.c.channel == channel, consent.c.address == address, consent.c.template == template


def consents_of(connection: sa.Connection, channel: str, address: str, template: str) -> int:
    """How many notifications somebody still agrees to."""
    query = sa.select(consent.c.remaining).where(*_agreed(channel, address, template))
    return int(connection.execute(query).scalar() or 0)


def count_consent(connection: sa.Connection, channel: str, address: str, template: str, change: int) -> None:
    """Somebody agreed to another notification, or one of them went out."""
    here, c = _agreed(channel, address, template), consent.c
    counted = sa.update(consent).where(*here, c.remaining + change >= 0).values(remaining=c.remaining + change)
    if not connection.execute(counted).rowcount and change > 0:
        facts = {"channel": channel, "address": address, "template": template, "remaining": change}
        connection.execute(sa.insert(consent).values(facts))


def end_consent(connection: sa.Connection, channel: str, address: str, template: str) -> None:
    """Somebody wants no more notifications, or the platform knows of none left."""
    connection.execute(sa.update(consent).where(*_agreed(channel, address, template)).values(remaining=0))


def keep_card(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Keeps the code that can change a card once; values has channel, task, address, code and expires_at."""
    here = (card.c.channel == values["channel"], card.c.task == values["task"])
    connection.execute(sa.delete(card).where(*here))
    connection.execute(sa.insert(card), dict(values))


def take_cards(connection: sa.Connection, channel: str, address: str, now: datetime, but: str = "") -> list[str]:
    """The codes of an address's cards but one, which are spent now; those that are too old change nothing."""
    here = (card.c.channel == channel, card.c.address == address, card.c.task != (but or "-"))
    rows = connection.execute(sa.delete(card).where(*here).returning(card.c.code, card.c.expires_at)).all()
    return [row.code for row in rows if row.expires_at > now]


def forget_cards(connection: sa.Connection, before: datetime) -> int:
    """Drops the codes that nothing can be changed with any more; gives how many."""
    return connection.execute(sa.delete(card).where(card.c.expires_at < before)).rowcount
