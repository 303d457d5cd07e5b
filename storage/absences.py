"""When somebody is away, and how he and his unit want to be told: hour of the digest, muted kinds, compulsory ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant, Json, slices
from storage.members import member
from storage.metadata import identifier, metadata, refers

absence = sa.Table(
    "absence",
    metadata,
    identifier(),
    refers("member_id", "member.id", index=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    refers("deputy_id", "member.id", nullable=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)
mute = sa.Table(
    "mute",
    metadata,
    sa.Column("member_id", sa.BigInteger, sa.ForeignKey("member.id"), primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("made_at", Instant, nullable=False),
)
reminding = sa.Table(
    "reminding",
    metadata,
    identifier(),
    refers("member_id", "member.id", nullable=True),
    refers("unit_id", "unit.id", nullable=True),
    sa.Column("digest_at", sa.String(5), nullable=False),
    sa.Column("compulsory", Json),
    sa.UniqueConstraint("member_id"),
    sa.UniqueConstraint("unit_id"),
)
"""Of a member or of a unit: local time of the digest ("" as above), and of a unit kinds that nobody there may mute."""


_OTHER = absence.alias("deputys_own")


def _holds(table: sa.FromClause, day: date) -> list[sa.ColumnElement[bool]]:
    return [table.c.ended_at.is_(None), table.c.from_on <= day, table.c.until_on >= day]


def on(day: date) -> sa.ColumnElement[bool]:
    """The absence holds on a day."""
    return sa.and_(*_holds(absence, day))


def holding(connection: sa.Connection, ids: Iterable[int], day: date) -> set[int]:
    """Those of the absences that hold on a day."""
    query = sa.select(absence.c.id).where(absence.c.id.in_(list(ids)), on(day))
    return set(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody away until a day, with who stands in for his reminders."""

    id: int
    member: int
    name: str
    from_on: date
    until_on: date
    deputy: int | None
    deputy_name: str


_DEPUTY = member.alias("deputy_member")
_ROWS = (
    sa.select(
        absence.c.id,
        absence.c.member_id,
        member.c.name,
        absence.c.from_on,
        absence.c.until_on,
        absence.c.deputy_id,
        sa.func.coalesce(_DEPUTY.c.name, ""),
    )
    .join(member, member.c.id == absence.c.member_id)
    .outerjoin(_DEPUTY, _DEPUTY.c.id == absence.c.deputy_id)
)


def current(connection: sa.Connection, member_id: int, day: date) -> Absence | None:
    """The absence of a member that holds on a day."""
    row = connection.execute(_ROWS.where(absence.c.member_id == member_id, on(day))).first()
    return None if row is None else Absence(*row)


def away(connection: sa.Connection, members: Iterable[int], day: date) -> set[int]:
    """Those of the members who are away on a day."""
    query = sa.select(absence.c.member_id).where(on(day))
    lists = [connection.execute(query.where(absence.c.member_id.in_(some))).scalars() for some in slices(members)]
    return {number for some in lists for number in some}


def stood_in_for(connection: sa.Connection, day: date) -> list[Absence]:
    """The absences of a day in which somebody stands in who is there himself."""
    here = sa.not_(sa.exists().where(_OTHER.c.member_id == absence.c.deputy_id, *_holds(_OTHER, day)))
    query = _ROWS.where(on(day), absence.c.deputy_id.is_not(None), here)
    return [Absence(*row) for row in connection.execute(query.order_by(absence.c.id))]


def begin(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Stores an absence in the place of those it overlaps."""
    a = absence.c
    overlaps = (a.member_id == values["member_id"], a.until_on >= values["from_on"], a.from_on <= values["until_on"])
    earlier = sa.update(absence).where(*overlaps, a.ended_at.is_(None))
    connection.execute(earlier.values(ended_at=values["made_at"]))
    return int(connection.execute(sa.insert(absence).returning(a.id), dict(values)).scalar_one())


def end(connection: sa.Connection, number: int, now: datetime) -> None:
    """He is back."""
    connection.execute(sa.update(absence).where(absence.c.id == number).values(ended_at=now))


def mutes_of(connection: sa.Connection, member_id: int) -> set[str]:
    """The kinds a member has muted."""
    return set(connection.execute(sa.select(mute.c.kind).where(mute.c.member_id == member_id)).scalars())


def set_mute(connection: sa.Connection, member_id: int, kind: str, now: datetime | None) -> None:
    """Mutes a kind for a member, or with no instant tells him of it again."""
    m = mute.c
    connection.execute(sa.delete(mute).where(m.member_id == member_id, m.kind == kind))
    if now is not None:
        connection.execute(sa.insert(mute), {"member_id": member_id, "kind": kind, "made_at": now})


def hour_of(connection: sa.Connection, member_id: int) -> str:
    """The hour a member wishes, "" for that of his unit."""
    query = sa.select(reminding.c.digest_at).where(reminding.c.member_id == member_id)
    return connection.execute(query).scalar() or ""


def wish(connection: sa.Connection, owner: Mapping[str, int], digest_at: str, kinds: Sequence[str] = ()) -> None:
    """Stores what a member or a unit wishes: `owner` is one of member_id and unit_id."""
    where = [reminding.c[name] == number for name, number in owner.items()]
    connection.execute(sa.delete(reminding).where(*where))
    values = {**owner, "digest_at": digest_at, "compulsory": list(kinds) or None}
    connection.execute(sa.insert(reminding), values)
