"""Personal links with a PIN, and the sessions of the web chat they open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.members import PEOPLE, Person, identity, member, unit
from storage.metadata import metadata, refers

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("pin_hash", sa.String(200), nullable=False),
    refers("issued_by", "member.id", nullable=True),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("used_at", Instant),
)
session = sa.Table(
    "session",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as it stands; only hashes of its secrets are kept."""

    member: int
    pin_hash: str
    expires_at: datetime
    attempts: int
    used_at: datetime | None


_WITHOUT_ACCOUNT = PEOPLE.where(
    unit.c.path.startswith(sa.bindparam("path")),
    ~sa.exists().where(identity.c.member_id == member.c.id, identity.c.unbound_at.is_(None)),
).order_by(unit.c.path, member.c.code)


def without_account(connection: sa.Connection, path: str, day: date) -> list[Person]:
    """The members at and below a path whom no channel knows, in the order of the tree."""
    return [Person(*row) for row in connection.execute(_WITHOUT_ACCOUNT, {"path": path, "day": day})]


def open_for(connection: sa.Connection, now: datetime) -> set[int]:
    """The members who hold an invitation they can still use."""
    c = invitation.c
    return set(connection.execute(sa.select(c.member_id).where(c.used_at.is_(None), c.expires_at > now)).scalars())


def replace(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Stores an invitation; older ones of the member end, and so do his sessions: the phone may be lost."""
    replace_all(connection, [values])


def replace_all(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores invitations of several members; older ones and sessions of each end."""
    ids = [row["member_id"] for row in rows]
    if ids:
        connection.execute(sa.delete(session).where(session.c.member_id.in_(ids)))
        connection.execute(sa.delete(invitation).where(invitation.c.member_id.in_(ids)))
        connection.execute(sa.insert(invitation), [dict(row) for row in rows])


def find(connection: sa.Connection, token_hash: str) -> InvitationRow | None:
    """The invitation behind a link."""
    c = invitation.c
    query = sa.select(c.member_id, c.pin_hash, c.expires_at, c.attempts, c.used_at)
    row = connection.execute(query.where(c.token_hash == token_hash)).first()
    return None if row is None else InvitationRow(*row)


def count_attempt(connection: sa.Connection, token_hash: str) -> None:
    """Counts a wrong PIN."""
    c = invitation.c
    connection.execute(sa.update(invitation).where(c.token_hash == token_hash).values(attempts=c.attempts + 1))


def spend(connection: sa.Connection, token_hash: str, now: datetime) -> None:
    """Marks an invitation as used."""
    connection.execute(sa.update(invitation).where(invitation.c.token_hash == token_hash).values(used_at=now))


def open_session(connection: sa.Connection, key_hash: str, member: int, now: datetime, until: datetime) -> None:
    """Opens a session of the web chat."""
    values = {"key_hash": key_hash, "member_id": member, "opened_at": now, "expires_at": until}
    connection.execute(sa.insert(session), values)


def session_member(connection: sa.Connection, key_hash: str, now: datetime) -> int | None:
    """Whose session a key opens, None when it is unknown or over."""
    query = sa.select(session.c.member_id).where(session.c.key_hash == key_hash, session.c.expires_at > now)
    return connection.execute(query).scalar()


def close_session(connection: sa.Connection, key_hash: str) -> None:
    """Ends a session."""
    connection.execute(sa.delete(session).where(session.c.key_hash == key_hash))
