"""Announcements, their frozen recipients with what they confirmed, and the waves in which recipients are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.members import PRINCIPAL_HOLDS, deputy, member, membership, on_day, role, unit
from storage.metadata import identifier, metadata, refers

announcement = sa.Table(
    "announcement",
    metadata,
    identifier(),
    sa.Column("key", sa.String(160), unique=True),
    refers("author_id", "member.id", index=True),
    refers("behalf_id", "member.id", nullable=True),
    refers("unit_id", "unit.id", index=True),
    refers("audience_id", "unit.id"),
    sa.Column("path", sa.String(200), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("confirm_days", sa.Integer, nullable=False),
    sa.Column("confirm_by", sa.Date, index=True),
    sa.Column("recipients", sa.Integer, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("sent_on", sa.Date),
    sa.Column("sent_at", Instant),
    sa.Column("withdrawn_at", Instant),
)
recipient = sa.Table(
    "announcement_recipient",
    metadata,
    identifier(),
    refers("announcement_id", "announcement.id"),
    refers("member_id", "member.id", index=True),
    sa.Column("told_at", Instant, nullable=False),
    sa.Column("confirmed_at", Instant),
    sa.UniqueConstraint("announcement_id", "member_id"),
)
wave = sa.Table(
    "announcement_wave",
    metadata,
    identifier(),
    sa.Column("key", sa.String(160), nullable=False, unique=True),
    refers("announcement_id", "announcement.id", index=True),
    sa.Column("kind", sa.String(32), nullable=False),
    refers("by_id", "member.id", nullable=True),
    sa.Column("reached_to", sa.BigInteger, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("done_at", Instant, index=True),
)
a, r, w = announcement.c, recipient.c, wave.c


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """An announcement (公告), a draft while `sent_at` is None: who wrote it for which unit, and whom it is for."""

    id: int
    author: int
    author_name: str
    behalf: int | None
    unit: int
    unit_path: str
    unit_name: str
    audience: int
    audience_name: str
    path: str
    role: str
    title: str
    text: str
    confirm_days: int
    confirm_by: date | None
    recipients: int
    sent_on: date | None
    sent_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaveRow:
    """Who is told next: the recipients after member `reached_to`."""

    id: int
    key: str
    announcement: int
    kind: str
    by: int | None
    reached_to: int


@dataclass(frozen=True, slots=True)
class Roll:
    """Whom an announcement is for: everybody at and below a path on a day, or those with a role; not its author."""

    path: str
    role: str
    day: date
    author: int


_FROM = unit.alias("from_unit")
_AUDIENCE = unit.alias("audience_unit")
_ROWS: sa.Select[Any] = (
    sa.select(
        a.id, a.author_id, member.c.name, a.behalf_id, a.unit_id, _FROM.c.path, _FROM.c.name, a.audience_id,
        _AUDIENCE.c.name, a.path, a.role, a.title, a.text, a.confirm_days, a.confirm_by, a.recipients, a.sent_on,
        a.sent_at, a.withdrawn_at,
    )
    .select_from(announcement)
    .join(member, member.c.id == a.author_id)
    .join(_FROM, _FROM.c.id == a.unit_id)
    .join(_AUDIENCE, _AUDIENCE.c.id == a.audience_id)
)  # fmt: skip
_ROW = _ROWS.where(a.id == sa.bindparam("number"))
_DRAFT = _ROWS.where(a.author_id == sa.bindparam("author"), a.sent_at.is_(None)).order_by(a.id.desc())
_TO_CONFIRM = _ROWS.where(a.confirm_by >= sa.bindparam("day", type_=sa.Date), a.withdrawn_at.is_(None)).order_by(a.id)
_UNDER = sa.select(unit.c.id).where(unit.c.path.startswith(sa.bindparam("path")))
_BELONGS = sa.select(membership.c.member_id.label("member_id")).where(on_day(membership))
_ROLLS = {
    "all": _BELONGS.where(membership.c.unit_id.in_(_UNDER)).subquery(),
    "member": _BELONGS.where(membership.c.unit_id.in_(_UNDER.where(unit.c.kind == "branch"))).subquery(),
}
_HOLDS = sa.and_(unit.c.path.startswith(sa.bindparam("path")), role.c.role == sa.bindparam("role"), on_day(role))
_ACTING = (
    sa.select(deputy.c.deputy_id)
    .join(role, PRINCIPAL_HOLDS)
    .join(unit, unit.c.id == role.c.unit_id)
    .where(_HOLDS, on_day(deputy))
)
_HOLDING = sa.select(role.c.member_id.label("member_id")).join(unit, unit.c.id == role.c.unit_id).where(_HOLDS)
_HELD = sa.union(_HOLDING, _ACTING).subquery()
_ON_ROLL = {
    name: sa.select(people.c.member_id).distinct().where(people.c.member_id != sa.bindparam("author"))
    for name, people in {**_ROLLS, "held": _HELD}.items()
}
_COUNT = {name: sa.select(sa.func.count()).select_from(query.subquery()) for name, query in _ON_ROLL.items()}
_NEXT_ON_ROLL = {
    name: query.where(query.selected_columns.member_id > sa.bindparam("after"))
    .order_by(query.selected_columns.member_id)
    .limit(sa.bindparam("most"))
    for name, query in _ON_ROLL.items()
}
_OF = r.announcement_id == sa.bindparam("number")
_NEXT_TOLD = sa.select(r.member_id).where(_OF, r.member_id > sa.bindparam("after"))
_NEXT_TOLD = _NEXT_TOLD.order_by(r.member_id).limit(sa.bindparam("most"))
_NEXT_SILENT = _NEXT_TOLD.where(r.confirmed_at.is_(None))
_WAVES = sa.select(w.id, w.key, w.announcement_id, w.kind, w.by_id, w.reached_to)
_OPEN_WAVE = _WAVES.where(w.done_at.is_(None)).order_by(w.id).limit(1)
_CLAIM_WAVE = _OPEN_WAVE.with_for_update(skip_locked=True)


def get(connection: sa.Connection, number: int) -> AnnouncementRow | None:
    """An announcement by its number."""
    row = connection.execute(_ROW, {"number": number}).first()
    return None if row is None else AnnouncementRow(*row)


def draft_of(connection: sa.Connection, author: int) -> AnnouncementRow | None:
    """What somebody wrote and has not sent."""
    row = connection.execute(_DRAFT, {"author": author}).first()
    return None if row is None else AnnouncementRow(*row)


def known(connection: sa.Connection, key: str) -> int | None:
    """The number of the announcement made under a key."""
    return connection.execute(sa.select(a.id).where(a.key == key)).scalar()


def add(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Keeps a draft; an older draft of its author goes."""
    connection.execute(sa.delete(announcement).where(a.author_id == values["author_id"], a.sent_at.is_(None)))
    return int(connection.execute(sa.insert(announcement).returning(a.id), dict(values)).scalar_one())


def change_draft(connection: sa.Connection, number: int, **values: Any) -> None:
    """Changes what is not sent yet."""
    connection.execute(sa.update(announcement).where(a.id == number, a.sent_at.is_(None)).values(**values))


def drop_draft(connection: sa.Connection, number: int) -> None:
    """Throws a draft away."""
    connection.execute(sa.delete(announcement).where(a.id == number, a.sent_at.is_(None)))


def mark_sent(connection: sa.Connection, number: int, **values: Any) -> bool:
    """Turns a draft into an announcement; False when it was sent before."""
    query = sa.update(announcement).where(a.id == number, a.sent_at.is_(None)).values(**values)
    return connection.execute(query).rowcount == 1


def mark_withdrawn(connection: sa.Connection, number: int, now: datetime) -> bool:
    """Withdraws an announcement and ends its waves; False when it was withdrawn before."""
    query = sa.update(announcement).where(a.id == number, a.withdrawn_at.is_(None)).values(withdrawn_at=now)
    if connection.execute(query).rowcount != 1:
        return False
    connection.execute(sa.update(wave).where(w.announcement_id == number, w.done_at.is_(None)).values(done_at=now))
    return True


def count_roll(connection: sa.Connection, roll: Roll) -> int:
    """How many a roll has."""
    return int(connection.execute(_COUNT[_sort(roll)], _facts(roll)).scalar_one())


def next_on_roll(connection: sa.Connection, roll: Roll, after: int, most: int) -> list[int]:
    """The next members of a roll, in the order of their numbers."""
    facts = {**_facts(roll), "after": after, "most": most}
    return list(connection.execute(_NEXT_ON_ROLL[_sort(roll)], facts).scalars())


def _sort(roll: Roll) -> str:
    return roll.role if roll.role in _ROLLS else "held"


def _facts(roll: Roll) -> dict[str, Any]:
    facts = {"path": roll.path, "day": roll.day, "author": roll.author}
    return facts if roll.role in _ROLLS else {**facts, "role": roll.role}


def add_recipients(connection: sa.Connection, number: int, members: Sequence[int], now: datetime) -> None:
    """Puts members on the frozen list of those an announcement is for."""
    rows = [{"announcement_id": number, "member_id": each, "told_at": now} for each in members]
    if rows:
        connection.execute(sa.insert(recipient), rows)


def next_recipients(connection: sa.Connection, number: int, after: int, most: int, *, silent: bool) -> list[int]:
    """The next recipients in the order of their numbers, all or only those who have not confirmed."""
    query = _NEXT_SILENT if silent else _NEXT_TOLD
    return list(connection.execute(query, {"number": number, "after": after, "most": most}).scalars())


def open_wave(connection: sa.Connection, values: Mapping[str, Any]) -> WaveRow | None:
    """Begins to tell recipients something; None when the key was used before."""
    key = values["key"]
    if connection.execute(sa.select(w.id).where(w.key == key)).first() is not None:
        return None
    connection.execute(sa.insert(wave), {"reached_to": 0, **values})
    return WaveRow(*connection.execute(_WAVES.where(w.key == key)).one())


def unfinished_wave(connection: sa.Connection, *, claim: bool = False) -> WaveRow | None:
    """The oldest wave that has not reached everybody; claimed, no other process takes it at the same time."""
    row = connection.execute(_CLAIM_WAVE if claim else _OPEN_WAVE).first()
    return None if row is None else WaveRow(*row)


def move_wave(connection: sa.Connection, number: int, reached_to: int, done_at: datetime | None) -> None:
    """Notes how far a wave came."""
    connection.execute(sa.update(wave).where(w.id == number).values(reached_to=reached_to, done_at=done_at))


def waves_of(connection: sa.Connection, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which a wave was begun."""
    return set(connection.execute(sa.select(w.key).where(w.key.in_(list(keys)))).scalars())


def to_confirm_from(connection: sa.Connection, day: date) -> list[AnnouncementRow]:
    """The announcements that are to be confirmed on a day or later."""
    rows = connection.execute(_TO_CONFIRM, {"day": day})
    return [AnnouncementRow(*row) for row in rows]
