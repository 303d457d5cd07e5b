"""Batches: equal messages to many addresses that go out in one call, the same call each time it is tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant, Json, slices
from storage.lease import Owner
from storage.metadata import identifier, metadata
from storage.outbox import REPLY, NoticeRow, OutboxRow, notices_of, outbox, take

batch = sa.Table(
    "batch",
    metadata,
    identifier(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("addresses", Json, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)


def fresh(connection: sa.Connection, like: OutboxRow, now: datetime, most: int) -> list[tuple[int, str]]:
    """Messages of the same channel and class that are due and were never tried: number and address, oldest first."""
    c = outbox.c
    query = sa.select(c.id, c.address).where(
        c.channel == like.channel,
        c["class"] == like.kind,
        c.state == "due",
        c.due_at <= now,
        c.attempts == 0,
        c.body.is_(None),
    )
    rows = connection.execute(query.order_by(c.id).limit(most).with_for_update(skip_locked=True))
    return [(row[0], row[1]) for row in rows]


def told(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[NoticeRow]]:
    """Message → the notices it is made of, of any number of messages."""
    return {number: rows for some in slices(ids) for number, rows in notices_of(connection, some).items()}


def form(
    connection: sa.Connection, channel: str, rows: Sequence[OutboxRow], body: dict[str, Any], now: datetime
) -> int:
    """Makes a batch of messages that were taken, in their order, with one body; gives its number."""
    values = {"channel": channel, "addresses": [row.address for row in rows], "made_at": now}
    number = int(connection.execute(sa.insert(batch).returning(batch.c.id), values).scalar_one())
    here = outbox.c.id.in_([row.id for row in rows])
    connection.execute(sa.update(outbox).where(here).values(batch_id=number, body=body))
    return number


def addresses(connection: sa.Connection, number: int) -> list[str]:
    """The addresses of a batch in the order of its first call, whatever became of the messages since."""
    found: list[str] = connection.execute(sa.select(batch.c.addresses).where(batch.c.id == number)).scalar_one()
    return found


def rest(connection: sa.Connection, numbers: Sequence[int], now: datetime, owner: Owner) -> list[OutboxRow]:
    """Takes what else of these batches is due."""
    c = outbox.c
    query = sa.select(c.id).where(c.batch_id.in_(numbers), c.state == "due", c.due_at <= now, c["class"] != REPLY)
    return take(connection, list(connection.execute(query.with_for_update(skip_locked=True)).scalars()), now, owner)


def forget(connection: sa.Connection, before: datetime) -> int:
    """Deletes batches made before an instant; gives how many."""
    return connection.execute(sa.delete(batch).where(batch.c.made_at < before)).rowcount
