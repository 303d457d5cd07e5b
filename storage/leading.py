"""Leases among several processes: rows that run out by the database's clock; their numbers fence old holders off."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module

import sqlalchemy as sa

from storage.kinds import EPOCH, Instant, Present, after
from storage.lease import Fence, Owner
from storage.metadata import metadata

leadership = sa.Table(
    "leadership",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.BigInteger, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
_C = leadership.c


class Fenced(RuntimeError):
    """The process that began this is not the leader any more: nothing of it is stored."""


def renew(connection: sa.Connection, owner: Owner) -> list[Fence]:
    """All that a process still holds is its own for another while."""
    mine = sa.update(leadership).where(_C.holder == owner.number, _C.until > Present())
    rows = connection.execute(mine.values(until=after(owner.lease_s)).returning(_C.name, _C.fence))
    return [Fence(row.name, row.fence, owner.number) for row in rows]


def take(connection: sa.Connection, names: Collection[str], owner: Owner) -> list[Fence]:
    """Takes those of the leases that ran out; whoever works under one at this moment keeps it until he is done."""
    if not names:
        return []
    wanted = _C.name.in_(list(names))
    known = set(connection.execute(sa.select(_C.name).where(wanted)).scalars())
    if fresh := sorted(set(names) - known):
        _make(connection, fresh)
    over = sa.select(_C.name).where(wanted, _C.until <= Present()).order_by(_C.name)
    # FOR UPDATE: `stand` below holds it off, `renew` above does not mind either of them
    free = list(connection.execute(over.with_for_update(skip_locked=True)).scalars())
    if not free:
        return []
    taken = {"fence": _C.fence + 1, "holder": owner.number, "until": after(owner.lease_s)}
    here = sa.update(leadership).where(_C.name.in_(free))
    rows = connection.execute(here.values(taken).returning(_C.name, _C.fence))
    return [Fence(row.name, row.fence, owner.number) for row in rows]


def give(connection: sa.Connection, names: Collection[str], owner: Owner) -> None:
    """Leaves leases to others at once."""
    if names:
        mine = sa.update(leadership).where(_C.name.in_(list(names)), _C.holder == owner.number)
        connection.execute(mine.values(until=EPOCH))


def stand(connection: sa.Connection, fence: Fence) -> None:
    """Raises Fenced unless the lease is still held; nobody else takes it until this unit is stored."""
    if not fence.holder:  # the only process
        return
    still = sa.select(_C.name).where(
        _C.name == fence.name, _C.fence == fence.number, _C.holder == fence.holder, _C.until > Present()
    )
    if connection.execute(still.with_for_update(read=True, key_share=True)).first() is None:
        raise Fenced(fence.name)


def _make(connection: sa.Connection, names: list[str]) -> None:
    """Leases that nobody ever held; those that another process makes at this moment are there."""
    insert = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(leadership)
    rows = [{"name": name, "fence": 0, "holder": 0, "until": EPOCH} for name in names]
    connection.execute(insert.on_conflict_do_nothing(), rows)
