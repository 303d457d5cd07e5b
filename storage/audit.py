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
    sa.Index("ix_audit_subject", "subject", "subject_id"),
    sa.Index("ix_audit_at", "at", "actor_id", "action"),
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
_LAST = Statement(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1))
_RECORD = Statement(sa.insert(audit))
_PUT_ASIDE = Statement(sa.insert(unlinked))


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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deeds: of some actors (None: all), of one action, to one row, within some time."""

    actors: tuple[int, ...] | None = None
    action: str = ""
    subject: tuple[str, int] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeedRow:
    """An audit entry (留痕记录) as it is read."""

    id: int
    at: datetime
    actor: int
    behalf: int | None
    action: str
    subject: str
    subject_id: int
    facts: dict[str, Any]


_c, _u = audit.c, unlinked.c
_ROWS = sa.select(_c.id, _c.at, _c.actor_id, _c.behalf_id, _c.action, _c.subject, _c.subject_id, _c.facts)
_WAITING = sa.select(
    sa.literal(0), _u.at, _u.actor_id, _u.behalf_id, _u.action, _u.subject, _u.subject_id, _u.facts
).order_by(_u.id.desc())


def _conditions(narrowed: Filter, table: sa.Table = audit) -> list[sa.ColumnElement[bool]]:
    c = table.c
    conditions: list[sa.ColumnElement[bool]] = []
    if narrowed.since is not None:
        conditions.append(c.at >= narrowed.since)
    if narrowed.until is not None:
        conditions.append(c.at < narrowed.until)
    if narrowed.action:
        conditions.append(c.action == narrowed.action)
    if narrowed.actors is not None:
        conditions.append(c.actor_id.in_(narrowed.actors))
    if narrowed.subject is not None:
        conditions += [c.subject == narrowed.subject[0], c.subject_id == narrowed.subject[1]]
    return conditions


def _waiting(connection: sa.Connection, narrowed: Filter) -> list[DeedRow]:
    """Those of the deeds that are not linked yet: what was done a moment ago; they have no number."""
    if connection.dialect.name == "sqlite":
        return []
    return [_deed(row) for row in connection.execute(_WAITING.where(*_conditions(narrowed, unlinked)))]


def _deed(row: Sequence[Any]) -> DeedRow:
    number, at, actor, behalf, action, subject, subject_id, facts = row
    return DeedRow(number, at, actor, behalf, action, subject, subject_id, msgspec.json.decode(facts))


def count_of(connection: sa.Connection, narrowed: Filter) -> int:
    """How many deeds fit."""
    query = sa.select(sa.func.count()).select_from(audit).where(*_conditions(narrowed))
    return int(connection.execute(query).scalar_one()) + len(_waiting(connection, narrowed))


def page(connection: sa.Connection, narrowed: Filter, span: range) -> list[DeedRow]:
    """The deeds from `span.start` on, up to `span.stop`, newest first; what is not linked yet before the others."""
    waiting = _waiting(connection, narrowed)
    shown, before = waiting[span.start : span.stop], len(waiting)
    span = range(max(0, span.start - before), max(0, span.stop - before))
    query = sa.select(_c.id).where(*_conditions(narrowed)).order_by(_c.at.desc(), _c.id.desc())
    inner = query.offset(span.start).limit(len(span)).subquery()
    rows = connection.execute(_ROWS.join(inner, inner.c.id == _c.id).order_by(_c.at.desc(), _c.id.desc()))
    return [*shown, *(_deed(row) for row in rows)]


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
    _PUT_ASIDE.many(connection, rows)


def link(connection: sa.Connection, most: int) -> int:
    """Moves the oldest entries that wait to the end of the chain; gives how many.

    What a transaction still open has recorded is not seen yet, and comes behind: the chain keeps the order of linking.
    """
    hold(connection, "audit")
    waiting = connection.execute(sa.select(unlinked).order_by(unlinked.c.id).limit(most)).mappings().all()
    if not waiting:
        return 0
    newest, previous = _LAST.first(connection, {}) or (0, GENESIS)
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
