"""Coming into the console: one-time links, sessions, passwords, and accounts that rest after wrong passwords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import identifier, metadata, refers

link = sa.Table(
    "console_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
session = sa.Table(
    "console_session",
    metadata,
    identifier(),
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    refers("member_id", "member.id", index=True),
    sa.Column("means", sa.String(16), nullable=False),
    sa.Column("device", sa.String(80), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
password = sa.Table(
    "console_password",
    metadata,
    refers("member_id", "member.id"),
    sa.Column("hash", sa.String(200), nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("member_id"),
)
rest = sa.Table(
    "console_rest",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failed_at", Instant, nullable=False),
    sa.Column("rests_until", Instant),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session of the console; `means` is how it was opened: link, password or demo."""

    id: int
    member: int
    means: str
    device: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RestRow:
    """Wrong passwords for a code in a row; until `rests_until` no password is taken."""

    failures: int
    rests_until: datetime | None


_SESSIONS = sa.select(
    session.c.id,
    session.c.member_id,
    session.c.means,
    session.c.device,
    session.c.opened_at,
    session.c.seen_at,
    session.c.expires_at,
)
_LIVE = (session.c.expires_at > sa.bindparam("now"), session.c.seen_at > sa.bindparam("idle"))
_BY_KEY = _SESSIONS.where(session.c.key_hash == sa.bindparam("key"), *_LIVE)
_OF_MEMBER = _SESSIONS.where(session.c.member_id == sa.bindparam("member"), *_LIVE).order_by(session.c.id.desc())


def issue_link(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Stores a link; older ones of the member end."""
    connection.execute(sa.delete(link).where(link.c.member_id == values["member_id"]))
    connection.execute(sa.insert(link), dict(values))


def link_member(connection: sa.Connection, token_hash: str, now: datetime) -> int | None:
    """Whose link this is, None when it is unknown, spent or too old."""
    c = link.c
    query = sa.select(c.member_id).where(c.token_hash == token_hash, c.used_at.is_(None), c.expires_at > now)
    return connection.execute(query).scalar()


def spend_link(connection: sa.Connection, token_hash: str, now: datetime) -> bool:
    """Spends a link; False when another request was faster."""
    c = link.c
    query = sa.update(link).where(c.token_hash == token_hash, c.used_at.is_(None), c.expires_at > now)
    return connection.execute(query.values(used_at=now)).rowcount == 1


def open_session(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Opens a session and gives its number."""
    return int(connection.execute(sa.insert(session).returning(session.c.id), dict(values)).scalar_one())


def session_by_key(connection: sa.Connection, key_hash: str, now: datetime, idle: timedelta) -> SessionRow | None:
    """The live session a key opens."""
    row = connection.execute(_BY_KEY, {"key": key_hash, "now": now, "idle": now - idle}).first()
    return None if row is None else SessionRow(*row)


def sessions_of(connection: sa.Connection, member_id: int, now: datetime, idle: timedelta) -> list[SessionRow]:
    """The live sessions of a member, newest first."""
    rows = connection.execute(_OF_MEMBER, {"member": member_id, "now": now, "idle": now - idle})
    return [SessionRow(*row) for row in rows]


def owner(connection: sa.Connection, session_id: int) -> int | None:
    """Whose session it is."""
    return connection.execute(sa.select(session.c.member_id).where(session.c.id == session_id)).scalar()


def seen(connection: sa.Connection, session_id: int, now: datetime) -> None:
    """The session is in use."""
    connection.execute(sa.update(session).where(session.c.id == session_id).values(seen_at=now))


def end_session(connection: sa.Connection, member_id: int, session_id: int) -> bool:
    """Ends a member's session; False when it is not his or over."""
    c = session.c
    return connection.execute(sa.delete(session).where(c.id == session_id, c.member_id == member_id)).rowcount == 1


def end_all(connection: sa.Connection, member_id: int, but: int = 0) -> int:
    """Ends a member's sessions (except one) and his links; gives how many sessions ended."""
    connection.execute(sa.delete(link).where(link.c.member_id == member_id))
    gone = sa.delete(session).where(session.c.member_id == member_id, session.c.id != but)
    return connection.execute(gone).rowcount


def password_of(connection: sa.Connection, member_id: int) -> str | None:
    """The hash of a member's password."""
    return connection.execute(sa.select(password.c.hash).where(password.c.member_id == member_id)).scalar()


def set_password(connection: sa.Connection, member_id: int, hashed: str, now: datetime) -> None:
    """Sets or replaces a member's password."""
    connection.execute(sa.delete(password).where(password.c.member_id == member_id))
    connection.execute(sa.insert(password), {"member_id": member_id, "hash": hashed, "set_at": now})


def rest_of(connection: sa.Connection, code_hash: str) -> RestRow | None:
    """The wrong passwords in a row for a code."""
    row = connection.execute(
        sa.select(rest.c.failures, rest.c.rests_until).where(rest.c.code_hash == code_hash)
    ).first()
    return None if row is None else RestRow(*row)


def put_rest(connection: sa.Connection, code_hash: str, row: RestRow | None, now: datetime) -> None:
    """Keeps the count for a code; None forgets it."""
    connection.execute(sa.delete(rest).where(rest.c.code_hash == code_hash))
    if row is not None:
        values = {"code_hash": code_hash, "failures": row.failures, "failed_at": now, "rests_until": row.rests_until}
        connection.execute(sa.insert(rest), values)


def forget(connection: sa.Connection, before: datetime) -> int:
    """Deletes links, sessions and counts that were over before an instant; gives how many."""
    over = (
        sa.delete(link).where(link.c.expires_at < before),
        sa.delete(session).where(session.c.expires_at < before),
        sa.delete(rest).where(rest.c.failed_at < before),
    )
    return sum(connection.execute(query).rowcount for query in over)
