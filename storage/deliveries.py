"""The delivery ledger: what was sent to whom, how often it was tried, and who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import slices
from storage.members import identity, member, membership, on_day
from storage.outbox import delivery, notice, outbox

STATES = ("due", "sending", "sent", "failed", "unknown", "cancelled")
CLASSES = ("reply", "urgent", "digest")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; `units` are those to which members belong on `day`."""

    day: date
    units: tuple[int, ...] | None = None
    members: tuple[int, ...] | None = None
    state: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: to whom, by which channel, how it stands."""

    id: int
    kind: str
    member: int
    channel: str | None
    state: str
    attempts: int
    made_at: datetime
    due_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send a message, and what the channel said."""

    message: int
    channel: str | None
    attempt: int
    result: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unreached:
    """A member nobody reaches; `bound` tells whether he has an address at all."""

    member: int
    bound: bool
    channel: str | None
    message: int | None
    at: datetime | None


_o = outbox.c
_MESSAGES = sa.select(
    _o.id, _o["class"], _o.member_id, _o.channel, _o.state, _o.attempts, _o.made_at, _o.due_at, _o.settled_at
).where(_o.id.in_(sa.bindparam("ids", expanding=True)))
_d = delivery.c
_ATTEMPTS = (
    sa.select(_d.outbox_id, _d.channel, _d.attempt, _d.result, _d.code, _d.at)
    .where(_d.outbox_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_d.id)
)
_KINDS = (
    sa.select(notice.c.outbox_id, notice.c.kind, sa.func.count())
    .where(notice.c.outbox_id.in_(sa.bindparam("ids", expanding=True)))
    .group_by(notice.c.outbox_id, notice.c.kind)
    .order_by(notice.c.outbox_id, notice.c.kind)
)
_BOUND = sa.select(identity.c.id).where(identity.c.member_id == member.c.id, identity.c.unbound_at.is_(None)).exists()
# one look into an index a member: the newest row of each among a million takes longer any other way
_NEWEST = sa.select(_o.id).where(_o.member_id == member.c.id).order_by(_o.id.desc()).limit(1).scalar_subquery()


def count(connection: sa.Connection, narrowed: Filter) -> int:
    """How many messages fit."""
    query = sa.select(sa.func.count()).select_from(outbox).where(*_conditions(narrowed))
    return int(connection.execute(query, _facts(narrowed)).scalar_one())


def page(connection: sa.Connection, narrowed: Filter, span: range) -> list[Message]:
    """The messages from `span.start` on, up to `span.stop`, newest first."""
    query = sa.select(_o.id).where(*_conditions(narrowed)).order_by(_o.made_at.desc(), _o.id.desc())
    query = query.offset(span.start).limit(len(span))
    ids = list(connection.execute(query, _facts(narrowed)).scalars())
    found = by_ids(connection, ids)
    return [found[number] for number in ids]


def by_ids(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Message]:
    """Messages by number."""
    return {row[0]: Message(*row) for row in connection.execute(_MESSAGES, {"ids": list(ids)})}


def attempts_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[Attempt]]:
    """Message → its attempts, oldest first."""
    found: dict[int, list[Attempt]] = {}
    for row in connection.execute(_ATTEMPTS, {"ids": list(ids)}):
        found.setdefault(row[0], []).append(Attempt(*row))
    return found


def kinds_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """Message → kinds of the notices it holds, each with its number."""
    found: dict[int, list[tuple[str, int]]] = {}
    for message, kind, number in connection.execute(_KINDS, {"ids": list(ids)}):
        found.setdefault(message, []).append((kind, number))
    return found


def unreached(connection: sa.Connection, units: tuple[int, ...] | None, day: date) -> list[Unreached]:
    """Members of some units (None: all) without an address, or whose newest message no channel delivered."""
    belongs = sa.select(membership.c.member_id).where(on_day(membership))
    if units is not None:
        belongs = belongs.where(membership.c.unit_id.in_(units))
    newest = sa.select(member.c.id, member.c.code, _BOUND.label("bound"), _NEWEST.label("newest"))
    inner = newest.where(member.c.id.in_(belongs)).subquery()
    query = (
        sa.select(inner.c.id, inner.c.bound, _o.channel, _o.id, _o.made_at)
        .outerjoin(outbox, _o.id == inner.c.newest)
        .where(sa.or_(sa.not_(inner.c.bound), _o.state == "failed"))
        .order_by(inner.c.code)
    )
    return [Unreached(row[0], bool(row[1]), *row[2:]) for row in connection.execute(query, {"day": day})]


def _conditions(narrowed: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if narrowed.since is not None:
        conditions.append(_o.made_at >= narrowed.since)
    if narrowed.until is not None:
        conditions.append(_o.made_at < narrowed.until)
    if narrowed.state:
        conditions.append(_o.state == narrowed.state)
    if narrowed.kind:
        conditions.append(_o["class"] == narrowed.kind)
    if narrowed.notice:
        conditions.append(sa.exists().where(notice.c.outbox_id == _o.id, notice.c.kind == narrowed.notice))
    if narrowed.members is not None:
        conditions.append(_o.member_id.in_(narrowed.members))
    if narrowed.units is not None:
        belongs = sa.select(membership.c.member_id).where(membership.c.unit_id.in_(narrowed.units), on_day(membership))
        conditions.append(_o.member_id.in_(belongs))
    return conditions


def _facts(narrowed: Filter) -> dict[str, Any]:
    return {} if narrowed.units is None else {"day": narrowed.day}


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that went out."""

    id: int
    kind: str
    body: dict[str, Any]
    at: datetime


def sent_to(connection: sa.Connection, channel: str, address: str, most: int) -> list[Delivered]:
    """The newest messages that reached an address, oldest first."""
    c = outbox.c
    query = sa.select(c.id, c["class"], c.body, c.settled_at)
    query = query.where(c.channel == channel, c.address == address, c.state == "sent")
    rows = connection.execute(query.order_by(c.id.desc()).limit(most)).all()
    return [Delivered(*row) for row in reversed(rows)]


def out_of_reach(connection: sa.Connection, members: Iterable[int]) -> set[int]:
    """Those of the members whose newest message could not be delivered by any channel."""
    c = outbox.c
    among = c.member_id.in_(sa.bindparam("ids", expanding=True))
    newest = sa.select(sa.func.max(c.id)).where(among).group_by(c.member_id)
    query = sa.select(c.member_id).where(c.id.in_(newest), c.state == "failed")
    some = slices(set(members))
    return {number for ids in some for number in connection.execute(query, {"ids": ids}).scalars()}


def counts(connection: sa.Connection) -> dict[str, int]:
    """State → number of messages."""
    query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}
