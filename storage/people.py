"""People and units as the console lists them: searched, counted, a page at a time, within an actor's reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from rules.access import Reach
from storage.declarations import line
from storage.invitations import invitation
from storage.invitations import session as chat_session
from storage.members import deputy, identity, member, membership, on_day, role, unit
from storage.outbox import outbox
from storage.scopes import inside

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of people is narrowed to; "" and 0 leave everything in. `reached`: bound, unbound or unreached."""

    text: str = ""
    unit: int = 0
    role: str = ""
    reached: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A member of a list."""

    id: int
    code: str
    name: str
    kind: str
    unit: int
    unit_name: str


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of the tree with its people, and how many of them have declared, and how many lines wait."""

    id: int
    kind: str
    name: str
    path: str
    parent: int | None
    people: int
    declared: int
    waiting: int


_DAY = sa.bindparam("day", type_=sa.Date)
_JOINED = (
    sa.select(member.c.id, member.c.code, member.c.name, member.c["class"], unit.c.id, unit.c.name)
    .join(membership, sa.and_(membership.c.member_id == member.c.id, on_day(membership)))
    .join(unit, unit.c.id == membership.c.unit_id)
)
_BOUND = sa.exists().where(identity.c.member_id == member.c.id, identity.c.unbound_at.is_(None))
_NEWEST = (
    sa.select(sa.func.max(outbox.c.id)).where(outbox.c.member_id == member.c.id).correlate(member).scalar_subquery()
)
_UNREACHED = sa.exists().where(outbox.c.id == _NEWEST, outbox.c.state == "failed")
_REACHED: dict[str, Condition] = {"bound": _BOUND, "unbound": sa.not_(_BOUND), "unreached": _UNREACHED}


def _conditions(wanted: Wanted, reach: Reach, path: str) -> list[Condition]:
    found: list[Condition] = [inside(reach)]
    if wanted.text:
        found.append(sa.or_(member.c.name.contains(wanted.text, autoescape=True), member.c.code == wanted.text))
    if path:
        found.append(unit.c.path.startswith(path))
    if wanted.role:
        holds = sa.exists().where(role.c.member_id == member.c.id, role.c.role == wanted.role, on_day(role))
        found.append(holds)
    if wanted.reached in _REACHED:
        found.append(_REACHED[wanted.reached])
    return found


def listed(connection: sa.Connection, wanted: Wanted, reach: Reach, day: date, span: range) -> tuple[list[Listed], int]:
    """The members at some places of a list, in the order of the tree, and how many there are in all."""
    path = ""
    if wanted.unit:
        path = connection.execute(sa.select(unit.c.path).where(unit.c.id == wanted.unit)).scalar() or "-"
    conditions = _conditions(wanted, reach, path)
    query = _JOINED.where(*conditions).order_by(unit.c.path, member.c.code)
    total = sa.select(sa.func.count()).select_from(_JOINED.where(*conditions).order_by(None).subquery())
    rows = connection.execute(query.limit(len(span)).offset(span.start), {"day": day})
    return [Listed(*row) for row in rows], int(connection.execute(total, {"day": day}).scalar_one())


def roles_today(connection: sa.Connection, ids: Iterable[int], day: date) -> dict[int, list[tuple[str, str]]]:
    """Member → roles he holds himself on a day, each with the unit's name."""
    query = (
        sa.select(role.c.member_id, role.c.role, unit.c.name)
        .join(unit, unit.c.id == role.c.unit_id)
        .where(role.c.member_id.in_(list(ids)), on_day(role))
        .order_by(unit.c.path, role.c.role)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for number, word, name in connection.execute(query, {"day": day}):
        found.setdefault(number, []).append((word, name))
    return found


def holders_of(connection: sa.Connection, units: Iterable[int], day: date) -> dict[int, tuple[tuple[str, str], ...]]:
    """Unit → role and name of those who hold a role there on a day."""
    query = (
        sa.select(role.c.unit_id, role.c.role, member.c.name)
        .join(member, member.c.id == role.c.member_id)
        .where(role.c.unit_id.in_(list(units)), on_day(role))
        .order_by(role.c.role, member.c.code)
    )
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for number, word, name in connection.execute(query, {"day": day}):
        found[number] = (*found.get(number, ()), (word, name))
    return found


def channels_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[str]]:
    """Member → channels on which an account of his is bound."""
    query = (
        sa.select(identity.c.member_id, identity.c.channel)
        .where(identity.c.member_id.in_(list(ids)), identity.c.unbound_at.is_(None))
        .order_by(identity.c.channel)
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for number, channel in connection.execute(query):
        found.setdefault(number, []).append(channel)
    return found


def tree(connection: sa.Connection, reach: Reach, day: date, period: str, top: str = "") -> list[UnitFacts]:
    """The units in reach (at and below a path), in the order of the tree, with figures of a month."""
    people = _counted(sa.select(membership.c.unit_id, sa.func.count()).where(on_day(membership)), membership)
    declared = _counted(
        sa.select(line.c.unit_id, sa.func.count(line.c.member_id.distinct())).where(
            line.c.period == period, line.c.source == "member", line.c.state.notin_(("draft", "withdrawn"))
        ),
        line,
    )
    waiting = _counted(sa.select(line.c.unit_id, sa.func.count()).where(line.c.state == "submitted"), line)
    query = (
        sa.select(
            unit.c.id,
            unit.c.kind,
            unit.c.name,
            unit.c.path,
            unit.c.parent_id,
            *(sa.func.coalesce(each.c[1], 0) for each in (people, declared, waiting)),
        )
        .outerjoin(people, people.c.unit_id == unit.c.id)
        .outerjoin(declared, declared.c.unit_id == unit.c.id)
        .outerjoin(waiting, waiting.c.unit_id == unit.c.id)
        .where(inside(reach), unit.c.path.startswith(top))
        .order_by(unit.c.path)
    )
    return [UnitFacts(*row) for row in connection.execute(query, {"day": day})]


def _counted(query: sa.Select[Any, Any], table: sa.Table) -> sa.Subquery:
    return query.group_by(table.c.unit_id).subquery()


def undecided(connection: sa.Connection, reach: Reach) -> dict[str, int]:
    """Period → lines that wait for a decision."""
    query = (
        sa.select(line.c.period, sa.func.count())
        .join(unit, unit.c.id == line.c.unit_id)
        .where(line.c.state == "submitted", inside(reach))
        .group_by(line.c.period)
        .order_by(line.c.period)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role somebody holds, held or will hold."""

    id: int
    role: str
    unit: int
    path: str
    unit_name: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """A deputyship: `other` is the deputy of the member, or (when `own` is False) the one he stands in for."""

    id: int
    own: bool
    other: int
    other_name: str
    role: str
    unit: int
    path: str
    unit_name: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class BoundRow:
    """An account that is bound."""

    id: int
    channel: str
    address: str
    bound_at: datetime
    blocked_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """The last invitation of a member."""

    issued_at: datetime
    expires_at: datetime
    attempts: int
    used_at: datetime | None


def roles_of(connection: sa.Connection, member_id: int) -> list[RoleRow]:
    """All roles of a member, the newest first."""
    query = (
        sa.select(role.c.id, role.c.role, unit.c.id, unit.c.path, unit.c.name, role.c.from_on, role.c.until_on)
        .join(unit, unit.c.id == role.c.unit_id)
        .where(role.c.member_id == member_id)
        .order_by(role.c.from_on.desc(), role.c.id.desc())
    )
    return [RoleRow(*row) for row in connection.execute(query)]


def deputies_of(connection: sa.Connection, member_id: int) -> list[DeputyRow]:
    """Who stands in for a member, and for whom he stands in; the newest first."""
    own = deputy.c.principal_id == member_id
    other = sa.case((own, deputy.c.deputy_id), else_=deputy.c.principal_id)
    query = (
        sa.select(
            deputy.c.id,
            own,
            other,
            member.c.name,
            deputy.c.role,
            unit.c.id,
            unit.c.path,
            unit.c.name,
            deputy.c.from_on,
            deputy.c.until_on,
        )
        .join(unit, unit.c.id == deputy.c.unit_id)
        .join(member, member.c.id == other)
        .where(sa.or_(own, deputy.c.deputy_id == member_id))
        .order_by(deputy.c.from_on.desc(), deputy.c.id.desc())
    )
    return [DeputyRow(*row) for row in connection.execute(query)]


def bound_of(connection: sa.Connection, member_id: int) -> list[BoundRow]:
    """The accounts bound to a member."""
    c = identity.c
    query = sa.select(c.id, c.channel, c.address, c.bound_at, c.blocked_at)
    query = query.where(c.member_id == member_id, c.unbound_at.is_(None))
    return [BoundRow(*row) for row in connection.execute(query.order_by(c.bound_at))]


def invited(connection: sa.Connection, member_id: int) -> InvitedRow | None:
    """The last invitation of a member."""
    c = invitation.c
    query = sa.select(c.issued_at, c.expires_at, c.attempts, c.used_at).where(c.member_id == member_id)
    row = connection.execute(query.order_by(c.issued_at.desc()).limit(1)).first()
    return None if row is None else InvitedRow(*row)


def chat_sessions(connection: sa.Connection, member_id: int, now: datetime) -> int:
    """How many devices are signed in to a member's web chat."""
    c = chat_session.c
    query = sa.select(sa.func.count()).select_from(chat_session).where(c.member_id == member_id, c.expires_at > now)
    return int(connection.execute(query).scalar_one())


def about(connection: sa.Connection, member_id: int) -> tuple[str, date | None]:
    """Class of a member, and since when."""
    query = sa.select(member.c["class"], member.c.joined_on).where(member.c.id == member_id)
    row = connection.execute(query).one()
    return row[0], row[1]
