"""Coming into the phone pages: single-use links and sessions, apart from the console's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import metadata, refers

phone_link = sa.Table(
    "phone_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("page", sa.String(64), nullable=False),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
phone_session = sa.Table(
    "phone_session",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    refers("member_id", "member.id", index=True),
    sa.Column("means", sa.String(16), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Whose link it is, and the page it leads to."""

    member: int
    page: str


def issue_link(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Stores a link; older ones of the member end."""
    connection.execute(sa.delete(phone_link).where(phone_link.c.member_id == values["member_id"]))
    connection.execute(sa.insert(phone_link), dict(values))


def link(connection: sa.Connection, token_hash: str, now: datetime) -> LinkRow | None:
    """A link that can be used, None when it is unknown, spent or too old."""
    c = phone_link.c
    query = sa.select(c.member_id, c.page).where(c.token_hash == token_hash, c.used_at.is_(None), c.expires_at > now)
    row = connection.execute(query).first()
    return None if row is None else LinkRow(*row)


def spend_link(connection: sa.Connection, token_hash: str, now: datetime) -> bool:
    """Spends a link; False when another request was faster."""
    c = phone_link.c
    query = sa.update(phone_link).where(c.token_hash == token_hash, c.used_at.is_(None), c.expires_at > now)
    return connection.execute(query.values(used_at=now)).rowcount == 1


def open_session(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Opens a session."""
    connection.execute(sa.insert(phone_session), dict(values))


def session_member(connection: sa.Connection, key_hash: str, now: datetime) -> int | None:
    """Whose session a key opens, None when it is unknown or over."""
    c = phone_session.c
    query = sa.select(c.member_id).where(c.key_hash == key_hash, c.expires_at > now)
    return connection.execute(query).scalar()


def close_session(connection: sa.Connection, key_hash: str) -> None:
    """Ends a session."""
    connection.execute(sa.delete(phone_session).where(phone_session.c.key_hash == key_hash))


def end_all(connection: sa.Connection, member_id: int) -> None:
    """Ends a member's sessions and his links."""
    connection.execute(sa.delete(phone_link).where(phone_link.c.member_id == member_id))
    connection.execute(sa.delete(phone_session).where(phone_session.c.member_id == member_id))


def forget(connection: sa.Connection, before: datetime) -> int:
    """Deletes links and sessions that were over before an instant; gives how many."""
    over = [sa.delete(table).where(table.c.expires_at < before) for table in (phone_link, phone_session)]
    return sum(connection.execute(query).rowcount for query in over)
