"""Who can be reached on a channel, and who asks to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from rules.access import Actor
from storage.inbox import dialog, token
from storage.kinds import Instant
from storage.members import (
    BOUND_HERE,
    PEOPLE,
    Person,
    acting,
    deputy,
    grants_of,
    identity,
    member,
    on_day,
    role,
    unit,
)
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

binding = sa.Table(
    "binding",
    metadata,
    identifier(),
    refers("member_id", "member.id", index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    refers("decided_by", "member.id", nullable=True),
    sa.Column("decided_at", Instant),
    sa.UniqueConstraint("channel", "address", "token_hash"),
)


VOUCHED = "employer:"
"""Begins what stands in place of an invitation's hash when the platform's owner vouches for whom an account is."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who writes from an address: `blocked` when he could not be reached there lately."""

    person: Person
    actor: Actor
    blocked: bool


@dataclass(frozen=True, slots=True)
class Reachable:
    """A member with an address on a channel, his unit and highest role."""

    id: int
    code: str
    name: str
    unit_name: str
    role: str


@dataclass(frozen=True, slots=True)
class Bound:
    """Whose address it is, and whether he could not be reached there lately."""

    member: int
    blocked: bool


@dataclass(frozen=True, slots=True)
class BindingRow:
    """A request to bind an account: state asked, confirmed, refused or lapsed."""

    id: int
    member: int
    channel: str
    address: str
    name: str
    token_hash: str
    state: str

    @property
    def vouched(self) -> bool:
        """Whether it stands on the employer's word for the account, without an invitation."""
        return self.token_hash.startswith(VOUCHED)


_BOUND = sa.select(identity.c.member_id, identity.c.blocked_at).where(
    identity.c.channel == sa.bindparam("channel_"),
    identity.c.address == sa.bindparam("address_"),
    identity.c.unbound_at.is_(None),
)
_BINDINGS = sa.select(
    binding.c.id,
    binding.c.member_id,
    binding.c.channel,
    binding.c.address,
    binding.c.name,
    binding.c.token_hash,
    binding.c.state,
)
_HOLDS = sa.or_(
    sa.exists().where(role.c.member_id == member.c.id), sa.exists().where(deputy.c.deputy_id == member.c.id)
)
_PERSON_AT = Statement(
    PEOPLE.add_columns(_HOLDS, identity.c.blocked_at)
    .join(identity, identity.c.member_id == member.c.id)
    .where(*BOUND_HERE)
)


def bound(connection: sa.Connection, channel: str, address: str) -> Bound | None:
    """Who is bound to an address, None when nobody is."""
    row = connection.execute(_BOUND, {"channel_": channel, "address_": address}).first()
    return None if row is None else Bound(row.member_id, row.blocked_at is not None)


def block(connection: sa.Connection, channel: str, addresses: Iterable[str], now: datetime) -> None:
    """These addresses cannot be reached until their people write again."""
    c = identity.c
    here = (c.channel == channel, c.address.in_(list(addresses)), c.unbound_at.is_(None), c.blocked_at.is_(None))
    connection.execute(sa.update(identity).where(*here).values(blocked_at=now))


def unblock(connection: sa.Connection, channel: str, address: str) -> None:
    """The address can be reached again."""
    c = identity.c
    here = (c.channel == channel, c.address == address, c.unbound_at.is_(None))
    connection.execute(sa.update(identity).where(*here).values(blocked_at=None))


def move(connection: sa.Connection, channel: str, old: str, new: str) -> None:
    """An address got another name: its person, buttons and question go with it."""
    if bound(connection, channel, new) is not None:
        return
    taken = (dialog.c.channel == channel, dialog.c.address == new)  # what a stranger there was asked
    connection.execute(sa.delete(dialog).where(*taken))
    live = identity.c.unbound_at.is_(None)
    for table, *more in ((identity, live), (token,), (dialog,)):
        here = (table.c.channel == channel, table.c.address == old, *more)
        connection.execute(sa.update(table).where(*here).values(address=new))


def channels_of(connection: sa.Connection, member_id: int) -> list[str]:
    """The channels on which a member has an address, the first bound first."""
    c = identity.c
    query = sa.select(c.channel).where(c.member_id == member_id, c.unbound_at.is_(None)).order_by(c.bound_at)
    return list(dict.fromkeys(connection.execute(query).scalars()))


def unbind(connection: sa.Connection, member_id: int, channel: str, now: datetime) -> list[str]:
    """Ends a member's addresses on a channel; gives them."""
    c = identity.c
    here = (c.member_id == member_id, c.channel == channel, c.unbound_at.is_(None))
    addresses = list(connection.execute(sa.select(c.address).where(*here)).scalars())
    if addresses:
        connection.execute(sa.update(identity).where(*here).values(unbound_at=now))
    return addresses


def end(connection: sa.Connection, channel: str, address: str, now: datetime) -> None:
    """Ends one address."""
    c = identity.c
    here = (c.channel == channel, c.address == address, c.unbound_at.is_(None))
    connection.execute(sa.update(identity).where(*here).values(unbound_at=now))


def ask(connection: sa.Connection, row: BindingRow, now: datetime) -> int:
    """Stores a request to bind an account (its own number is not used)."""
    values = {
        "member_id": row.member,
        "channel": row.channel,
        "address": row.address,
        "name": row.name,
        "token_hash": row.token_hash,
        "state": row.state,
        "asked_at": now,
    }
    return int(connection.execute(sa.insert(binding).returning(binding.c.id), values).scalar_one())


def binding_of(connection: sa.Connection, channel: str, address: str, token_hash: str) -> BindingRow | None:
    """The request that an address made with an invitation."""
    c = binding.c
    query = _BINDINGS.where(c.channel == channel, c.address == address, c.token_hash == token_hash)
    row = connection.execute(query).first()
    return None if row is None else BindingRow(*row)


def asked_with(connection: sa.Connection, channel: str, address: str) -> str | None:
    """The hash of the newest invitation with which an address asked to be somebody's, while that is undecided."""
    c = binding.c
    query = sa.select(c.token_hash).where(c.channel == channel, c.address == address, c.state == "asked")
    query = query.where(~c.token_hash.startswith(VOUCHED))
    return connection.execute(query.order_by(c.id.desc()).limit(1)).scalar()


def binding_by_id(connection: sa.Connection, number: int) -> BindingRow | None:
    """A request by its number."""
    row = connection.execute(_BINDINGS.where(binding.c.id == number)).first()
    return None if row is None else BindingRow(*row)


def decide(connection: sa.Connection, number: int, state: str, actor: int | None, now: datetime) -> bool:
    """Decides a request; False when it was decided before."""
    here = (binding.c.id == number, binding.c.state == "asked")
    values = {"state": state, "decided_by": actor, "decided_at": now}
    return connection.execute(sa.update(binding).where(*here).values(**values)).rowcount == 1


def lapse(connection: sa.Connection, token_hash: str, now: datetime) -> None:
    """Other requests made with a spent invitation are over."""
    _lapse(connection, now, binding.c.token_hash == token_hash)


def lapse_of(connection: sa.Connection, member_id: int, channel: str, now: datetime) -> None:
    """Other requests for a member on a channel are over."""
    _lapse(connection, now, binding.c.member_id == member_id, binding.c.channel == channel)


def lapse_at(connection: sa.Connection, channel: str, address: str, now: datetime) -> None:
    """The requests of an address are over."""
    _lapse(connection, now, binding.c.channel == channel, binding.c.address == address)


def _lapse(connection: sa.Connection, now: datetime, *which: sa.ColumnElement[bool]) -> None:
    asked = sa.update(binding).where(binding.c.state == "asked", *which)
    connection.execute(asked.values(state="lapsed", decided_at=now))


def vouched(connection: sa.Connection, channel: str, address: str) -> BindingRow | None:
    """The newest request of an address without an invitation."""
    c = binding.c
    query = _BINDINGS.where(c.channel == channel, c.address == address, c.token_hash.startswith(VOUCHED))
    row = connection.execute(query.order_by(c.id.desc()).limit(1)).first()
    return None if row is None else BindingRow(*row)


def open_for(connection: sa.Connection, member_id: int) -> list[BindingRow]:
    """The undecided requests to be a member, the oldest first."""
    c = binding.c
    query = _BINDINGS.where(c.member_id == member_id, c.state == "asked").order_by(c.id)
    return [BindingRow(*row) for row in connection.execute(query)]


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


def known_at(connection: sa.Connection, channel: str, address: str, day: date) -> Known | None:
    """The member bound to an address, as he stands on a day; most hold no role and are asked for none."""
    row = _PERSON_AT.first(connection, {"channel": channel, "address": address, "day": day})
    if row is None:
        return None
    *columns, holds, blocked_at = row
    found = Person(*columns)
    grants = grants_of(connection, found.id, day) if holds else ()
    return Known(found, acting(found, grants), blocked_at is not None)
