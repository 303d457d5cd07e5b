"""Who of an announcement's recipients was reached and has confirmed, and what somebody has been told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.announcements import announcement, recipient
from storage.kinds import Instant
from storage.members import member, membership, on_day, unit
from storage.outbox import notice, outbox


@dataclass(frozen=True, slots=True)
class Standing:
    """How many were told so far, reached, have confirmed, and could not be reached by any channel."""

    told: int
    reached: int
    confirmed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Silent:
    """A recipient who has not confirmed, with the unit he was told in."""

    member: int
    name: str
    unit_name: str
    failed: bool


@dataclass(frozen=True, slots=True)
class ToMember:
    """An announcement as one of its recipients has it."""

    number: int
    title: str
    unit_name: str
    sent_on: date
    withdrawn: bool
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An announcement in a list of those that were sent."""

    number: int
    title: str
    author_name: str
    audience_name: str
    role: str
    sent_on: date
    withdrawn: bool
    recipients: int
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody an announcement was sent to, with the unit he was in then; `state` is that of his message."""

    member: int
    code: str
    name: str
    unit_name: str
    state: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Roll:
    """Which recipients are listed; `day` is that of sending, `state` "" or one of STATES."""

    number: int
    day: date
    state: str = ""


a, r = announcement.c, recipient.c


def _key(number: sa.ColumnElement[int], member_id: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    """The key of the notice by which a recipient was told."""
    return sa.literal("announcement:") + sa.cast(number, sa.String) + ":" + sa.cast(member_id, sa.String)


_TOLD = notice.c.key == _key(r.announcement_id, r.member_id)
_MESSAGES = sa.outerjoin(recipient, notice, _TOLD).outerjoin(outbox, outbox.c.id == notice.c.outbox_id)
_SILENT = r.confirmed_at.is_(None)
_OF = r.announcement_id == sa.bindparam("number")
_REACHED = sa.or_(outbox.c.state == "sent", r.confirmed_at.is_not(None))
_FAILED = sa.and_(outbox.c.state == "failed", _SILENT)


def _sum(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


_STANDING = (
    sa.select(sa.func.count(), _sum(_REACHED), sa.func.count(r.confirmed_at), _sum(_FAILED))
    .select_from(_MESSAGES)
    .where(_OF)
)
_PLACE = sa.join(recipient, member, member.c.id == r.member_id)
_PLACE = _PLACE.outerjoin(membership, sa.and_(membership.c.member_id == r.member_id, on_day(membership)))
_PLACE = _PLACE.outerjoin(unit, unit.c.id == membership.c.unit_id)
_PAGE = (  # the page first: what became of a message is looked up for its people only
    sa.select(
        r.announcement_id,
        r.member_id,
        member.c.name,
        member.c.code,
        sa.func.coalesce(unit.c.name, "").label("unit_name"),
        sa.func.coalesce(unit.c.path, "").label("path"),
    )
    .select_from(_PLACE)
    .where(_OF, _SILENT)
    .order_by(sa.func.coalesce(unit.c.path, ""), member.c.code)
    .limit(sa.bindparam("most"))
    .offset(sa.bindparam("skip"))
    .subquery()
)
_SILENT_ROWS = (
    sa.select(_PAGE.c.member_id, _PAGE.c.name, _PAGE.c.unit_name, outbox.c.state)
    .select_from(
        sa.outerjoin(_PAGE, notice, notice.c.key == _key(_PAGE.c.announcement_id, _PAGE.c.member_id)).outerjoin(
            outbox, outbox.c.id == notice.c.outbox_id
        )
    )
    .order_by(_PAGE.c.path, _PAGE.c.code)
)
STATES: dict[str, sa.ColumnElement[bool]] = {
    "confirmed": r.confirmed_at.is_not(None),
    "silent": _SILENT,
    "failed": _FAILED,
}
"""What a recipient's announcement came to: confirmed, not yet, and of these not reached by any channel."""
_ROLL_PLACE = _PLACE.outerjoin(notice, _TOLD).outerjoin(outbox, outbox.c.id == notice.c.outbox_id)
_ROLL = (
    sa.select(
        r.member_id,
        member.c.code,
        member.c.name,
        sa.func.coalesce(unit.c.name, ""),
        sa.func.coalesce(outbox.c.state, ""),
        r.confirmed_at,
    )
    .select_from(_ROLL_PLACE)
    .where(_OF)
    .order_by(sa.func.coalesce(unit.c.path, ""), member.c.code)
    .limit(sa.bindparam("most"))
    .offset(sa.bindparam("skip"))
)
_ROLLS = {"": _ROLL, **{state: _ROLL.where(condition) for state, condition in STATES.items()}}
_ROLL_COUNT = sa.select(sa.func.count()).select_from(_MESSAGES).where(_OF)
_ROLL_COUNTS = {"": _ROLL_COUNT, **{state: _ROLL_COUNT.where(condition) for state, condition in STATES.items()}}
_LEFT = sa.select(sa.func.count()).select_from(recipient).where(_OF, _SILENT)
_CONFIRM = (
    sa.update(recipient)
    .where(_OF, r.member_id == sa.bindparam("who"), _SILENT)
    .values(confirmed_at=sa.bindparam("now", type_=Instant))
)
_TO = (
    sa.select(a.id, a.title, unit.c.name, a.sent_on, a.withdrawn_at.is_not(None), r.confirmed_at)
    .select_from(recipient)
    .join(announcement, a.id == r.announcement_id)
    .join(unit, unit.c.id == a.unit_id)
    .where(r.member_id == sa.bindparam("who"))
)
_TO_MEMBER = _TO.order_by(r.id.desc()).limit(sa.bindparam("most"))
_OPEN = _TO.where(_SILENT, a.withdrawn_at.is_(None)).order_by(r.id.desc()).limit(sa.bindparam("most"))
_ONE_TO = _TO.where(_OF)
_AUDIENCE = unit.alias("audience_unit")
_LIST: sa.Select[Any] = (
    sa.select(
        a.id, a.title, member.c.name, _AUDIENCE.c.name, a.role, a.sent_on, a.withdrawn_at.is_not(None), a.recipients
    )
    .select_from(announcement)
    .join(member, member.c.id == a.author_id)
    .join(unit, unit.c.id == a.unit_id)
    .join(_AUDIENCE, _AUDIENCE.c.id == a.audience_id)
    .where(a.sent_at.is_not(None))
)
_CONFIRMED = (
    sa.select(r.announcement_id, sa.func.count(r.confirmed_at))
    .where(r.announcement_id.in_(sa.bindparam("numbers", expanding=True)))
    .group_by(r.announcement_id)
)
_ANSWERED = (
    sa.select(r.announcement_id, r.member_id)
    .join(announcement, a.id == r.announcement_id)
    .where(
        r.announcement_id.in_(sa.bindparam("numbers", expanding=True)),
        r.member_id.in_(sa.bindparam("members", expanding=True)),
        sa.or_(
            r.confirmed_at.is_not(None),
            a.withdrawn_at.is_not(None),
            a.confirm_by < sa.bindparam("day", type_=sa.Date),
        ),
    )
)


def standing(connection: sa.Connection, number: int) -> Standing:
    """How an announcement stands with its recipients."""
    return Standing(*connection.execute(_STANDING, {"number": number}).one())


def left(connection: sa.Connection, number: int) -> int:
    """How many have not confirmed."""
    return int(connection.execute(_LEFT, {"number": number}).scalar_one())


def silent(connection: sa.Connection, number: int, day: date, skip: int, most: int) -> list[Silent]:
    """Those who have not confirmed, in the order of the tree on the day of sending."""
    facts = {"number": number, "day": day, "skip": skip, "most": most}
    return [
        Silent(member_id, name, unit_name, message == "failed")
        for member_id, name, unit_name, message in connection.execute(_SILENT_ROWS, facts)
    ]


def confirm(connection: sa.Connection, number: int, member_id: int, now: datetime) -> bool:
    """Notes that a recipient has confirmed; False when he did before, or is none."""
    return connection.execute(_CONFIRM, {"number": number, "who": member_id, "now": now}).rowcount == 1


def to_member(connection: sa.Connection, member_id: int, most: int) -> list[ToMember]:
    """The newest announcements to a member."""
    return [ToMember(*row) for row in connection.execute(_TO_MEMBER, {"who": member_id, "most": most})]


def open_to(connection: sa.Connection, member_id: int, most: int) -> list[ToMember]:
    """The newest announcements that a member has still to confirm."""
    return [ToMember(*row) for row in connection.execute(_OPEN, {"who": member_id, "most": most})]


def one_to(connection: sa.Connection, number: int, member_id: int) -> ToMember | None:
    """An announcement as a member has it; None when it is not for him."""
    row = connection.execute(_ONE_TO, {"number": number, "who": member_id}).first()
    return None if row is None else ToMember(*row)


def sent(connection: sa.Connection, units: Iterable[int], paths: Sequence[str], skip: int, most: int) -> list[Listed]:
    """The newest announcements that come from some units, or from units below some paths, with their confirmations."""
    query = _LIST.where(_from(units, paths)).order_by(a.id.desc()).limit(most).offset(skip)
    rows = connection.execute(query).all()
    counts = {row[0]: row[1] for row in connection.execute(_CONFIRMED, {"numbers": [row[0] for row in rows]})}
    return [Listed(*[*row, counts.get(row[0], 0)]) for row in rows]


def count_sent(connection: sa.Connection, units: Iterable[int], paths: Sequence[str]) -> int:
    """How many announcements `sent` has in all."""
    query = sa.select(sa.func.count()).select_from(announcement).join(unit, unit.c.id == a.unit_id)
    return int(connection.execute(query.where(a.sent_at.is_not(None), _from(units, paths))).scalar_one())


def _from(units: Iterable[int], paths: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(a.unit_id.in_(list(units)), *(unit.c.path.startswith(path) for path in paths))


def roll(connection: sa.Connection, wanted: Roll, span: range) -> list[Recipient]:
    """Some recipients, in the order of the tree on the day of sending."""
    facts = {"number": wanted.number, "day": wanted.day, "skip": span.start, "most": len(span)}
    return [Recipient(*row) for row in connection.execute(_ROLLS[wanted.state], facts)]


def count_roll(connection: sa.Connection, wanted: Roll) -> int:
    """How many there are."""
    return int(connection.execute(_ROLL_COUNTS[wanted.state], {"number": wanted.number}).scalar_one())


def confirmed(connection: sa.Connection, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those pairs of announcement and member that are confirmed."""
    wanted = set(pairs)
    query = sa.select(r.announcement_id, r.member_id).where(
        r.announcement_id.in_([number for number, _ in wanted]),
        r.member_id.in_([who for _, who in wanted]),
        r.confirmed_at.is_not(None),
    )
    return {(row[0], row[1]) for row in connection.execute(query)} & wanted


def settled(connection: sa.Connection, pairs: Iterable[tuple[int, int]], day: date) -> set[tuple[int, int]]:
    """Those pairs of announcement and member that need no reminder: confirmed, withdrawn, or too late on a day."""
    wanted = set(pairs)
    if not wanted:
        return set()
    facts = {"numbers": [number for number, _ in wanted], "members": [who for _, who in wanted], "day": day}
    return {(row[0], row[1]) for row in connection.execute(_ANSWERED, facts)} & wanted
