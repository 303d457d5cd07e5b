"""Locks between units of work: the database holds them until the transaction ends; SQLite, with one writer, needs none.

A unit takes its members in one call and in the order of their numbers, so that two units never wait for each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from storage.declarations import line
from storage.members import member

_NAMED = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("key", type_=sa.BigInteger)))
# FOR NO KEY UPDATE: rows that refer to the member may be written meanwhile
_MEMBERS = (
    sa.select(member.c.id)
    .where(member.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(member.c.id)
    .with_for_update(key_share=True, of=member)
)
_OF_LINES = (
    sa.select(member.c.id)
    .where(
        member.c.id.in_(
            sa.select(line.c.member_id).where(line.c.id.in_(sa.bindparam("ids", expanding=True))).scalar_subquery()
        )
    )
    .order_by(member.c.id)
    .with_for_update(key_share=True, of=member)
)


def key_of(name: str) -> int:
    """The number under which the database keeps a named lock."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def shared(connection: sa.Connection) -> bool:
    """Whether others may write at the same time; a read that cannot write locks nothing."""
    return connection.dialect.name != "sqlite" and not connection.get_execution_options().get("postgresql_readonly")


def hold(connection: sa.Connection, name: str) -> None:
    """Waits until no other unit holds the name, and holds it."""
    if shared(connection):
        connection.execute(_NAMED, {"key": key_of(name)})


def hold_members(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Waits until no other unit changes lines or points of these members; what is read from now on is the newest."""
    if shared(connection) and (wanted := list(set(ids))):
        connection.execute(_MEMBERS, {"ids": wanted}).all()


def hold_lines(connection: sa.Connection, lines: Iterable[int]) -> None:
    """The same for the members whose lines these are."""
    if shared(connection) and (wanted := list(set(lines))):
        connection.execute(_OF_LINES, {"ids": wanted}).all()
