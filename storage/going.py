"""Claimed messages: checked right before they go, given back when they did not, taken over when the claim ran out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.kinds import Present, after
from storage.lease import Owner
from storage.outbox import OutboxRow, delivery, outbox

_C = outbox.c
# without an end: claimed by the only process, and this is its next start, or by an older version
_BEHIND = sa.and_(_C.state == "sending", sa.or_(_C.claimed_until <= Present(), _C.claimed_until.is_(None)))


@dataclass(frozen=True, slots=True)
class Left:
    """A message left behind by a process that died or stood still; `went` when it may have arrived."""

    id: int
    kind: str
    member: int | None
    channel: str
    attempts: int
    tried_at: datetime | None
    went: bool


def go(connection: sa.Connection, rows: Sequence[OutboxRow], owner: Owner) -> set[int]:
    """Those of a process's claimed messages that are still its own, from now on known to be on their way.

    Who stood still until its claims ran out gets none of them: another process may send them, or has.
    """
    mine = (_C.state == "sending", _C.claimed_by == owner.number, _C.going_at.is_(None), _C.claimed_until > Present())
    query = sa.update(outbox).where(_attempts(rows), *mine).returning(_C.id)
    return set(connection.execute(query.values(going_at=Present(), claimed_until=after(owner.claim_s))).scalars())


def put_back(connection: sa.Connection, rows: Sequence[OutboxRow], owner: Owner) -> None:
    """What a process took and did not try is due again, as if it had not been taken.

    It may have been thought dead: then what another has taken since is left to that one, and what was left in doubt
    is due, for this process knows that it was not sent.
    """
    if not rows:
        return
    mine = _C.state == "sending"
    if owner.number:
        mine = sa.and_(_C.state.in_(("sending", "unknown")), _C.claimed_by == owner.number)
    first = sa.case((_C.attempts == 1, sa.null()), else_=_C.tried_at)
    query = sa.update(outbox).where(_attempts(rows), mine)
    connection.execute(
        query.values(state="due", attempts=_C.attempts - 1, settled_at=None, going_at=None, tried_at=first)
    )


def not_tried_since(connection: sa.Connection, rows: Sequence[OutboxRow]) -> set[int]:
    """Those of the messages whose newest attempt is this one, whatever became of it."""
    return set(connection.execute(sa.select(_C.id).where(_attempts(rows))).scalars()) if rows else set()


def any_left(connection: sa.Connection) -> bool:
    """Whether some process left a message behind."""
    return connection.execute(sa.select(_C.id).where(_BEHIND).limit(1)).first() is not None


def left(connection: sa.Connection) -> list[Left]:
    """The messages left behind; another process that takes them over at this moment keeps them."""
    went = sa.or_(_C.going_at.is_not(None), _C.claimed_until.is_(None))
    query = sa.select(_C.id, _C["class"], _C.member_id, _C.channel, _C.attempts, _C.tried_at, went)
    found = connection.execute(query.where(_BEHIND).order_by(_C.id).with_for_update(skip_locked=True))
    return [Left(*row) for row in found]


def leave_unknown(connection: sa.Connection, rows: Sequence[Left], now: datetime) -> None:
    """Messages that may have arrived and are not sent again."""
    if not rows:
        return
    fixed = {"result": "unknown", "code": "restart", "at": now}
    attempts = [
        {"outbox_id": row.id, "member_id": row.member, "channel": row.channel, "attempt": row.attempts, **fixed}
        for row in rows
    ]
    connection.execute(sa.insert(delivery), attempts)
    connection.execute(_change(rows).values(state="unknown", settled_at=now))


def release(connection: sa.Connection, rows: Sequence[Left], now: datetime) -> None:
    """Messages left behind that are due again; which of them were never tried is known."""
    never = sa.and_(_C.attempts == 1, _C.going_at.is_(None), _C.claimed_until.is_not(None))
    if rows:
        first = sa.case((never, sa.null()), else_=_C.tried_at)
        connection.execute(_change(rows).values(state="due", due_at=now, tried_at=first))


def _attempts(rows: Sequence[OutboxRow]) -> sa.ColumnElement[bool]:
    """These messages, as long as nobody has tried them since."""
    return sa.tuple_(_C.id, _C.attempts).in_([(row.id, row.attempts) for row in rows])


def _change(rows: Sequence[Left]) -> sa.Update:
    return sa.update(outbox).where(_C.id.in_([row.id for row in rows]))
