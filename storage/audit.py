"""The audit trail (留痕): append-only, each row bound to the one before by a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from storage.kinds import EPOCH, Instant
from storage.metadata import identifier, metadata
from storage.statement import Statement

audit = sa.Table(
    "audit",
    metadata,
    identifier(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),
    sa.Column("behalf_id", sa.BigInteger),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(32), nullable=False),
    sa.Column("subject_id", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)
GENESIS = "0" * 64
_LAST = Statement(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1))
_RECORD = Statement(sa.insert(audit))


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be recorded: who, on whose behalf, did what, to which row."""

    action: str
    subject: str
    subject_id: int
    facts: dict[str, Any]
    behalf: int | None = None


def record(connection: sa.Connection, actor_id: int, deeds: Sequence[Deed], now: datetime) -> None:
    """Adds audit entries (留痕记录) to the end of the chain."""
    number, previous = _LAST.first(connection, {}) or (0, GENESIS)
    rows = []
    for deed in deeds:
        number += 1
        facts = msgspec.json.encode(deed.facts, order="sorted").decode()
        content = (number, now, actor_id, deed.behalf, deed.action, deed.subject, deed.subject_id, facts)
        link = _link(previous, content)
        rows.append(
            {
                "id": number,
                "at": now,
                "actor_id": actor_id,
                "behalf_id": deed.behalf,
                "action": deed.action,
                "subject": deed.subject,
                "subject_id": deed.subject_id,
                "facts": facts,
                "previous": previous,
                "hash": link,
            }
        )
        previous = link
    _RECORD.many(connection, rows)


def broken_at(connection: sa.Connection) -> int | None:
    """The number of the first audit entry that does not fit the chain; None when all fit."""
    c = audit.c
    query = sa.select(
        c.id, c.at, c.actor_id, c.behalf_id, c.action, c.subject, c.subject_id, c.facts, c.previous, c.hash
    ).order_by(c.id)
    expected, previous = 1, GENESIS
    for row in connection.execute(query.execution_options(yield_per=1000)):
        content = tuple(row)[:8]
        if row.id != expected or row.previous != previous or row.hash != _link(previous, content):
            return int(row.id)
        expected, previous = expected + 1, row.hash
    return None


def last_at(connection: sa.Connection) -> datetime | None:
    """The instant of the latest deed."""
    return connection.execute(sa.select(sa.func.max(audit.c.at))).scalar()


def count(connection: sa.Connection) -> int:
    """How many audit entries there are."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one())


def _link(previous: str, content: tuple[Any, ...]) -> str:
    number, at, *rest = content
    text = msgspec.json.encode([previous, number, (at - EPOCH) // timedelta(milliseconds=1), *rest])
    return hashlib.sha256(text).hexdigest()
