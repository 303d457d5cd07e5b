"""Notices, the outbox, and the delivery ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant, Json, after, slices
from storage.lease import ALONE, Owner
from storage.locks import hold
from storage.metadata import identifier, metadata, partial_index, refers

notice = sa.Table(
    "notice",
    metadata,
    identifier(),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    refers("member_id", "member.id"),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    refers("outbox_id", "outbox.id", nullable=True, index=True),
    sa.Column("made_at", Instant, nullable=False),
    partial_index("ix_notice_waiting", "member_id", where="state = 'waiting'"),
    partial_index("ix_notice_waiting_kind", "kind", "member_id", where="state = 'waiting'"),
)
outbox = sa.Table(
    "outbox",
    metadata,
    identifier(),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    sa.Column("class", sa.String(16), nullable=False),
    refers("member_id", "member.id", nullable=True, index=True),
    sa.Column("channel", sa.String(16)),
    sa.Column("address", sa.String(128)),
    sa.Column("body", Json),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("claimed_by", sa.BigInteger),
    sa.Column("claimed_until", Instant),
    sa.Column("tried_at", Instant),
    sa.Column("batch_id", sa.BigInteger, index=True),
    sa.Column("going_at", Instant),
    sa.Index("ix_outbox_state_due", "state", "due_at"),
    sa.Index("ix_outbox_address", "channel", "address", "id"),
    sa.Index("ix_outbox_made_at", "made_at", "state", "class"),
)
delivery = sa.Table(
    "delivery",
    metadata,
    identifier(),
    refers("outbox_id", "outbox.id", index=True),
    refers("member_id", "member.id", nullable=True, index=True),
    sa.Column("channel", sa.String(16)),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("result", sa.String(16), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice (通知) as it was made."""

    id: int
    member: int
    kind: str
    facts: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to be sent to one address; `body` is the screen, once it was rendered; a stranger is no member.

    `tried_at` is when it was first tried; what goes out in one call with others has the number of their batch.
    """

    id: int
    kind: str
    member: int | None
    channel: str
    address: str
    body: dict[str, Any] | None
    attempts: int
    tried_at: datetime | None = None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Among:
    """Which messages are meant: of one channel, of none of some, not to some addresses, replies only."""

    channel: str = ""
    outside: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    replies: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of one attempt; with `due_at` the message is tried again."""

    row: OutboxRow
    result: str
    code: str
    due_at: datetime | None = None


WAITING = notice.c.state == sa.literal_column("'waiting'")
"""The notice has not become part of a message; as the text of its indices, which a parameter would not match."""
REPLY = "reply"
EVERYTHING = Among()
_ORDER = sa.case({REPLY: 0, "urgent": 1, "digest": 2}, value=outbox.c["class"], else_=3)
_ATTEMPT = sa.insert(delivery)
_SETTLE = (
    sa.update(outbox)
    # when this process was thought dead and another sends it now, the message is the other's
    .where(outbox.c.id == sa.bindparam("number"), outbox.c.attempts == sa.bindparam("attempt_"))
    .values(
        state=sa.bindparam("state_"),
        due_at=sa.func.coalesce(sa.bindparam("due", type_=Instant), outbox.c.due_at),
        settled_at=sa.bindparam("settled"),
    )
)


def hold_waiting(connection: sa.Connection) -> None:
    """Reading what waits, dropping it and making messages of it is for one process at a time."""
    hold(connection, "notices")


def known_keys(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that have a notice already."""
    query = sa.select(notice.c.key).where(notice.c.key.in_(sa.bindparam("keys", expanding=True)))
    return {key for some in slices(keys) for key in connection.execute(query, {"keys": some}).scalars()}


def tell(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds notices; rows whose key is known are left out."""
    by_key = {row["key"]: row for row in rows}
    known = known_keys(connection, by_key)
    fresh = [{"state": "waiting", "outbox_id": None, **row} for key, row in by_key.items() if key not in known]
    if fresh:
        connection.execute(sa.insert(notice), fresh)


def waiting_notices(
    connection: sa.Connection, kinds: Iterable[str], most: int | None = None
) -> dict[int, list[NoticeRow]]:
    """Member → the notices of some kinds that wait to be sent, oldest first; only the first `most` when given."""
    c = notice.c
    query = sa.select(c.id, c.member_id, c.kind, c.facts, c.made_at)
    query = query.where(WAITING, c.kind.in_(list(kinds))).order_by(c.id).limit(most)
    found: dict[int, list[NoticeRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.member_id, []).append(NoticeRow(*row))
    return found


def settle_notices(connection: sa.Connection, ids: Iterable[int], state: str, outbox_id: int | None = None) -> None:
    """Marks notices as composed into a message, or as dropped or lapsed."""
    for some in slices(ids):
        query = sa.update(notice).where(notice.c.id.in_(some)).values(state=state, outbox_id=outbox_id)
        connection.execute(query)


def put_all(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Adds messages; gives key → number of those that were not there yet."""
    c = outbox.c
    by_key = {row["key"]: row for row in rows}
    known = has_key(connection, by_key)
    fresh = [{"body": None, "attempts": 0, **row} for key, row in by_key.items() if key not in known]
    if not fresh:
        return {}
    connection.execute(sa.insert(outbox), fresh)
    query = sa.select(c.key, c.id).where(c.key.in_(sa.bindparam("keys", expanding=True)))
    some_keys = slices(row["key"] for row in fresh)
    return {row.key: row.id for some in some_keys for row in connection.execute(query, {"keys": some})}


def has_key(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that are in the outbox already."""
    query = sa.select(outbox.c.key).where(outbox.c.key.in_(sa.bindparam("keys", expanding=True)))
    return {key for some in slices(keys) for key in connection.execute(query, {"keys": some}).scalars()}


def anything_due(connection: sa.Connection, now: datetime, kinds: Iterable[str], outside: Collection[str] = ()) -> bool:
    """Whether some message is due outside of some channels, or some notice of these kinds waits to become one."""
    c = notice.c
    waiting = sa.select(c.id).where(WAITING, c.kind.in_(list(kinds)))
    due = sa.select(outbox.c.id).where(
        outbox.c.state == "due", outbox.c.due_at <= now, *_among(Among(outside=tuple(outside)))
    )
    return bool(connection.execute(sa.select(sa.or_(waiting.exists(), due.exists()))).scalar())


def claim(
    connection: sa.Connection, now: datetime, most: int, among: Among = EVERYTHING, owner: Owner = ALONE
) -> list[OutboxRow]:
    """Takes due messages for sending by a process, replies first, then urgent ones."""
    c = outbox.c
    query = sa.select(c.id).where(c.state == "due", c.due_at <= now, *_among(among)).order_by(_ORDER, c.id).limit(most)
    ids = list(connection.execute(query.with_for_update(skip_locked=True)).scalars())
    return take(connection, ids, now, owner)


def take(connection: sa.Connection, ids: Sequence[int], now: datetime, owner: Owner = ALONE) -> list[OutboxRow]:
    """Takes these messages, which are due, in the order they are sent in; they are a process's own for a while."""
    if not ids:
        return []
    c = outbox.c
    connection.execute(
        sa.update(outbox)
        .where(c.id.in_(ids))
        .values(
            state="sending",
            attempts=c.attempts + 1,
            claimed_by=owner.number or None,
            claimed_until=after(owner.claim_s) if owner.number else None,
            going_at=None,
            tried_at=sa.func.coalesce(c.tried_at, sa.literal(now, Instant)),
        )
    )
    taken = sa.select(
        c.id, c["class"], c.member_id, c.channel, c.address, c.body, c.attempts, c.tried_at, c.batch_id
    ).where(c.id.in_(ids))
    return [OutboxRow(*row) for row in connection.execute(taken.order_by(_ORDER, c.id))]


def _among(among: Among) -> list[sa.ColumnElement[bool]]:
    c = outbox.c
    found: list[sa.ColumnElement[bool]] = []
    if among.channel:
        found.append(c.channel == among.channel)
    if among.outside:
        found.append(c.channel.not_in(among.outside))
    if among.but:
        found.append(c.address.not_in(among.but))
    if among.replies:
        found.append(c["class"] == REPLY)
    return found


def notices_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[NoticeRow]]:
    """Message → the notices it is made of."""
    c = notice.c
    query = sa.select(c.outbox_id, c.id, c.member_id, c.kind, c.facts, c.made_at).where(c.outbox_id.in_(list(ids)))
    found: dict[int, list[NoticeRow]] = {}
    for row in connection.execute(query.order_by(c.id)):
        found.setdefault(row.outbox_id, []).append(NoticeRow(*row[1:]))
    return found


def settle(
    connection: sa.Connection, row: OutboxRow, result: str, code: str, now: datetime, due_at: datetime | None
) -> None:
    """Records the result of one attempt; with `due_at` the message is tried again."""
    settle_all(connection, [Settled(row, result, code, due_at)], now)


def settle_all(connection: sa.Connection, results: Sequence[Settled], now: datetime) -> None:
    """Records the results of attempts."""
    if not results:
        return
    states = [
        {
            "number": each.row.id,
            "attempt_": each.row.attempts,
            "state_": each.result if each.due_at is None else "due",
            "due": each.due_at,
            "settled": now,
        }
        for each in results
    ]
    connection.execute(_SETTLE, states)
    attempts = [
        {
            "outbox_id": each.row.id,
            "member_id": each.row.member,
            "channel": each.row.channel,
            "attempt": each.row.attempts,
            "result": each.result,
            "code": each.code,
            "at": now,
        }
        for each in results
    ]
    connection.execute(_ATTEMPT, attempts)
