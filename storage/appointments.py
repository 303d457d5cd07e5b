"""Giving and ending roles and deputyships, and unbinding accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.invitations import session
from storage.members import deputy, identity, role


def holds(connection: sa.Connection, member_id: int, name: str, unit_id: int, first: date, last: date | None) -> bool:
    """Whether a member holds a role in a unit on some day of a span."""
    c = role.c
    query = sa.select(c.id).where(c.member_id == member_id, c.role == name, c.unit_id == unit_id)
    query = query.where(sa.or_(c.until_on.is_(None), c.until_on >= first))
    if last is not None:
        query = query.where(c.from_on <= last)
    return connection.execute(query.limit(1)).first() is not None


def give(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Stores a role; one that began and ended on the same day is taken up again."""
    c = role.c
    same = (
        c.member_id == values["member_id"],
        c.role == values["role"],
        c.unit_id == values["unit_id"],
        c.from_on == values["from_on"],
    )
    query = sa.update(role).where(*same).values(until_on=values["until_on"]).returning(c.id)
    known = connection.execute(query).scalar()
    if known is not None:
        return int(known)
    return int(connection.execute(sa.insert(role).returning(c.id), dict(values)).scalar_one())


def end_role(connection: sa.Connection, role_id: int, last: date) -> None:
    """The last day of a role."""
    connection.execute(sa.update(role).where(role.c.id == role_id).values(until_on=last))


def name_deputy(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Stores a deputyship."""
    return int(connection.execute(sa.insert(deputy).returning(deputy.c.id), dict(values)).scalar_one())


def end_deputy(connection: sa.Connection, deputy_id: int, last: date) -> None:
    """The last day of a deputyship."""
    connection.execute(sa.update(deputy).where(deputy.c.id == deputy_id).values(until_on=last))


def unbind(connection: sa.Connection, member_id: int, identity_id: int, now: datetime) -> tuple[str, str] | None:
    """Unbinds an account and ends the member's chat sessions; gives channel and address, None when it is not his."""
    c = identity.c
    query = sa.update(identity).where(c.id == identity_id, c.member_id == member_id, c.unbound_at.is_(None))
    row = connection.execute(query.values(unbound_at=now).returning(c.channel, c.address)).first()
    if row is None:
        return None
    connection.execute(sa.delete(session).where(session.c.member_id == member_id))
    return row.channel, row.address
