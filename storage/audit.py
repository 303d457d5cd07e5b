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
from storage.locks import hold, shared
from storage.metadata import identifier, metadata

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
# Several processes cannot all know the last link: what they record waits here until one of them links it, in order.
unlinked = sa.Table(
    "audit_unlinked",
    metadata,
    identifier(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),
    sa.Column("behalf_id", sa.BigInteger),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(32), nullable=False),
    sa.Column("subject_id", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
)
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be recorded: who, on whose behalf, did what, to which row."""

    action: str
    subject: str
    subject_id: int
    facts: dict[str, Any]
    behalf: int | None = None


def record(connection: sa.Connection, actor_id: int, deeds: Sequence[Deed], now: datetime) -> None:
    """Adds audit entries (留痕记录) to the end of the chain; where several processes write, to what is linked next."""
    if shared(connection):
        _put_aside(connection, actor_id, deeds, now)
        return
    last = connection.execute(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    number, previous = (0, GENESIS) if last is None else (last.id, last.hash)
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
    if rows:
        connection.execute(sa.insert(audit), rows)


def _put_aside(connection: sa.Connection, actor_id: int, deeds: Sequence[Deed], now: datetime) -> None:
    rows = [
        {
            "at": now,
            "actor_id": actor_id,
            "behalf_id": deed.behalf,
            "action": deed.action,
            "subject": deed.subject,
            "subject_id": deed.subject_id,
            "facts": msgspec.json.encode(deed.facts, order="sorted").decode(),
        }
        for deed in deeds
    ]
    if rows:
        connection.execute(sa.insert(unlinked), rows)


def link(connection: sa.Connection, most: int) -> int:
    """Moves the oldest entries that wait to the end of the chain; gives how many.

    What a transaction still open has recorded is not seen yet, and comes behind: the chain keeps the order of linking.
    """
    hold(connection, "audit")
    waiting = connection.execute(sa.select(unlinked).order_by(unlinked.c.id).limit(most)).mappings().all()
    if not waiting:
        return 0
    last = connection.execute(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    newest, previous = (0, GENESIS) if last is None else (last.id, last.hash)
    rows = []
    for number, row in enumerate(waiting, newest + 1):
        found = dict(row) | {"id": number, "previous": previous}
        previous = found["hash"] = _link(previous, tuple(found.values())[:8])
        rows.append(found)
    connection.execute(sa.insert(audit), rows)
    connection.execute(sa.delete(unlinked).where(unlinked.c.id.in_([row["id"] for row in waiting])))
    return len(rows)


def broken_at(connection: sa.Connection) -> int | None:
    """The number of the first audit entry that does not fit the chain; None when all fit."""
    c = audit.c
    query = sa.select(
        c.id, c.at, c.actor_id, c.behalf_id, c.action, c.subject, c.subject_id, c.facts, c.previous, c.hash
    ).order_by(c.id)
    expected, previous = 1, GENESIS
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            content = tuple(row)[:8]
            if row.id != expected or row.previous != previous or row.hash != _link(previous, content):
                return int(row.id)
            expected, previous = expected + 1, row.hash
    return None


def last_at(connection: sa.Connection) -> datetime | None:
    """The instant of the latest deed."""
    newest = [connection.execute(sa.select(sa.func.max(table.c.at))).scalar() for table in (audit, unlinked)]
    return max((at for at in newest if at is not None), default=None)


def tail(connection: sa.Connection) -> int:
    """How many entries wait to be linked."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(unlinked)).scalar_one())


def count(connection: sa.Connection) -> int:
    """How many audit entries are linked."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one())


def _link(previous: str, content: tuple[Any, ...]) -> str:
    number, at, *rest = content
    text = msgspec.json.encode([previous, number, (at - EPOCH) // timedelta(milliseconds=1), *rest])
    return hashlib.sha256(text).hexdigest()
