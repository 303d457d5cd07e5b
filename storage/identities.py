"""Who can be reached on a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from storage.members import PEOPLE, Person, identity, member, on_day, role, unit


@dataclass(frozen=True, slots=True)
class Reachable:
    """A member with an address on a channel, his unit and highest role."""

    id: int
    code: str
    name: str
    unit_name: str
    role: str


def reachable(connection: sa.Connection, channel: str, day: date) -> list[Reachable]:
    """Everybody bound to a channel, in the order of the tree."""
    held: dict[int, list[str]] = {}
    for row in connection.execute(
        sa.select(role.c.member_id, role.c.role).where(on_day(role)).order_by(role.c.id), {"day": day}
    ):
        held.setdefault(row.member_id, []).append(row.role)
    bound = sa.select(identity.c.member_id).where(identity.c.channel == channel, identity.c.unbound_at.is_(None))
    query = PEOPLE.where(member.c.id.in_(bound)).order_by(unit.c.path, member.c.code)
    found = [Person(*row) for row in connection.execute(query, {"day": day})]
    return [Reachable(p.id, p.code, p.name, p.unit_name, held.get(p.id, ["member"])[0]) for p in found]


def reachable_by_code(connection: sa.Connection, channel: str, code: str) -> int | None:
    """The member with this code, when he is bound to the channel."""
    query = (
        sa.select(member.c.id)
        .join(identity, identity.c.member_id == member.c.id)
        .where(member.c.code == code, identity.c.channel == channel, identity.c.unbound_at.is_(None))
    )
    return connection.execute(query.limit(1)).scalar()
