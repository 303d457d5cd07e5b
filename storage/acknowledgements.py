"""Which notice about personal data was shown to whom, in which version, and what he said to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.kinds import Instant
from storage.members import identity
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

acknowledgement = sa.Table(
    "acknowledgement",
    metadata,
    identifier(),
    refers("member_id", "member.id", nullable=True, index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("shown_at", Instant, nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.Column("declined_at", Instant),
    # an address may pass to another person, who is told anew
    sa.UniqueConstraint("channel", "address", "version", "member_id"),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a notice was shown at an address, and what was said to it; a stranger is no member."""

    id: int
    member: int | None
    channel: str
    address: str
    version: str
    shown_at: datetime
    acknowledged_at: datetime | None
    declined_at: datetime | None


_a = acknowledgement.c
_PROOFS = sa.select(
    _a.id, _a.member_id, _a.channel, _a.address, _a.version, _a.shown_at, _a.acknowledged_at, _a.declined_at
)
_AT = Statement(
    _PROOFS.where(
        _a.channel == sa.bindparam("channel_"),
        _a.address == sa.bindparam("address_"),
        _a.version == sa.bindparam("version_"),
        sa.or_(_a.member_id.is_(None), _a.member_id == sa.bindparam("member_")),
    ).order_by(_a.acknowledged_at.is_(None), _a.id.desc()),
    Proof,
)
_OWNED = sa.exists().where(
    identity.c.channel == _a.channel,
    identity.c.address == _a.address,
    identity.c.member_id == sa.bindparam("member_"),
)
_OF = _PROOFS.where(sa.or_(_a.member_id == sa.bindparam("member_"), sa.and_(_a.member_id.is_(None), _OWNED))).order_by(
    _a.id
)


def proof_at(connection: sa.Connection, channel: str, address: str, version: str, member: int | None) -> Proof | None:
    """What was shown at an address to a person (None: to a stranger), the acknowledged one where there is one."""
    facts = {"channel_": channel, "address_": address, "version_": version, "member_": member or 0}
    return _AT.first(connection, facts)


def show(
    connection: sa.Connection, channel: str, address: str, version: str, member: int | None, now: datetime
) -> None:
    """Records that a version was shown, once."""
    if proof_at(connection, channel, address, version, member) is None:
        values = {"channel": channel, "address": address, "version": version, "member_id": member, "shown_at": now}
        connection.execute(sa.insert(acknowledgement), values)


def answer(connection: sa.Connection, number: int, now: datetime, *, agreed: bool) -> None:
    """Records what was said to it; who agrees after having declined has agreed."""
    values = {"acknowledged_at": now, "declined_at": None} if agreed else {"declined_at": now}
    here = (_a.id == number, _a.acknowledged_at.is_(None))
    connection.execute(sa.update(acknowledgement).where(*here).values(**values))


def proofs_of(connection: sa.Connection, member: int) -> list[Proof]:
    """All that was shown to a member, also before his account was bound, oldest first."""
    return [Proof(*row) for row in connection.execute(_OF, {"member_": member})]


@dataclass(frozen=True, slots=True)
class Told:
    """At how many addresses a version was shown, acknowledged and declined."""

    shown: int
    acknowledged: int
    declined: int


def told(connection: sa.Connection, channel: str, version: str) -> Told:
    """How a version stands on a channel."""
    count = sa.func.count
    query = sa.select(count(), count(_a.acknowledged_at), count(_a.declined_at))
    return Told(*connection.execute(query.where(_a.channel == channel, _a.version == version)).one())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands to a version, over all his channels: when it was first shown, read, and declined."""

    shown_at: datetime
    acknowledged_at: datetime | None
    declined_at: datetime | None
    channels: tuple[str, ...]


_BY = sa.func.coalesce(_a.member_id, identity.c.member_id)
_STANDING = (
    sa.select(_BY, _a.channel, _a.shown_at, _a.acknowledged_at, _a.declined_at)
    .outerjoin(
        identity,
        sa.and_(_a.member_id.is_(None), identity.c.channel == _a.channel, identity.c.address == _a.address),
    )
    .where(_a.version == sa.bindparam("version_"), _BY.is_not(None))
    .order_by(_a.id)
)


def standings(connection: sa.Connection, version: str) -> dict[int, Standing]:
    """Member → how he stands to a version; who has read it anywhere has read it."""
    found: dict[int, Standing] = {}
    for member, channel, shown, read, declined in connection.execute(_STANDING, {"version_": version}):
        known = found.get(member, Standing(shown, None, None, ()))
        found[member] = Standing(
            known.shown_at, known.acknowledged_at or read, known.declined_at or declined, (*known.channels, channel)
        )
    return found
