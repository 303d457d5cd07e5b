"""People, units, roles, deputies, and the channel addresses bound to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from rules.access import Actor, Grant, Holder
from storage.kinds import Instant
from storage.metadata import identifier, metadata, partial_index, refers
from storage.statement import Statement

unit = sa.Table(
    "unit",
    metadata,
    identifier(),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    refers("parent_id", "unit.id", nullable=True, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("path", sa.String(200), nullable=False, index=True),
    sa.Column("opened_on", sa.Date),
    sa.Column("closed_on", sa.Date),
)
member = sa.Table(
    "member",
    metadata,
    identifier(),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("class", sa.String(32), nullable=False),
    sa.Column("locale", sa.String(8)),
    sa.Column("joined_on", sa.Date),
)
membership = sa.Table(
    "membership",
    metadata,
    identifier(),
    refers("member_id", "member.id", index=True),
    refers("unit_id", "unit.id", index=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date),
    sa.UniqueConstraint("member_id", "unit_id", "from_on"),
)
role = sa.Table(
    "role",
    metadata,
    identifier(),
    refers("member_id", "member.id", index=True),
    sa.Column("role", sa.String(32), nullable=False),
    refers("unit_id", "unit.id", index=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date),
    sa.UniqueConstraint("member_id", "role", "unit_id", "from_on"),
)
deputy = sa.Table(
    "deputy",
    metadata,
    identifier(),
    refers("principal_id", "member.id", index=True),
    refers("deputy_id", "member.id", index=True),
    sa.Column("role", sa.String(32), nullable=False),
    refers("unit_id", "unit.id", index=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date),
)
identity = sa.Table(
    "identity",
    metadata,
    identifier(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    refers("member_id", "member.id", index=True),
    sa.Column("bound_at", Instant, nullable=False),
    sa.Column("unbound_at", Instant),
    sa.Column("blocked_at", Instant),
    partial_index("uq_identity_live", "channel", "address", where="unbound_at IS NULL", unique=True),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member with the unit he belongs to today."""

    id: int
    code: str
    name: str
    unit: int
    path: str
    unit_name: str
    unit_kind: str
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit (组织单位) of the tree."""

    id: int
    code: str
    kind: str
    name: str
    path: str
    parent: int | None


def on_day(table: sa.Table) -> sa.ColumnElement[bool]:
    """The row holds on the day bound as `day`."""
    day = sa.bindparam("day", type_=sa.Date)
    return sa.and_(table.c.from_on <= day, sa.or_(table.c.until_on.is_(None), table.c.until_on >= day))


def _among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """The column is one of the values bound as a list."""
    return column.in_(sa.bindparam(name, expanding=True))


PEOPLE = (
    sa.select(
        member.c.id, member.c.code, member.c.name, unit.c.id, unit.c.path, unit.c.name, unit.c.kind, member.c.locale
    )
    .select_from(member)
    .join(membership, sa.and_(membership.c.member_id == member.c.id, on_day(membership)))
    .join(unit, unit.c.id == membership.c.unit_id)
)
_PERSON = Statement(PEOPLE.where(member.c.id == sa.bindparam("member")), Person)
_PEOPLE_OF = Statement(PEOPLE.where(unit.c.id == sa.bindparam("unit")).order_by(member.c.code), Person)
_PEOPLE_UNDER = Statement(
    PEOPLE.where(unit.c.path.startswith(sa.bindparam("path")), unit.c.kind == sa.bindparam("kind")).order_by(
        unit.c.path, member.c.code
    ),
    Person,
)
_UNITS = sa.select(unit.c.id, unit.c.code, unit.c.kind, unit.c.name, unit.c.path, unit.c.parent_id)
_UNITS_BY_IDS = Statement(_UNITS.where(_among(unit.c.id, "ids")), UnitRow)
PRINCIPAL_HOLDS = sa.and_(
    role.c.member_id == deputy.c.principal_id,
    role.c.unit_id == deputy.c.unit_id,
    role.c.role == deputy.c.role,
    on_day(role),
)
_GRANTS = Statement(
    sa.union_all(
        sa.select(role.c.role, unit.c.id, unit.c.path, sa.null().label("behalf"))
        .join(unit, unit.c.id == role.c.unit_id)
        .where(role.c.member_id == sa.bindparam("member"), on_day(role)),
        sa.select(deputy.c.role, unit.c.id, unit.c.path, deputy.c.principal_id)
        .join(unit, unit.c.id == deputy.c.unit_id)
        .join(role, PRINCIPAL_HOLDS)
        .where(deputy.c.deputy_id == sa.bindparam("member"), on_day(deputy)),
    ),
    Grant,
)
_HOLDERS = Statement(
    sa.union_all(
        sa.select(role.c.unit_id, role.c.member_id, sa.null().label("principal")).where(
            _among(role.c.role, "roles"), _among(role.c.unit_id, "units"), on_day(role)
        ),
        sa.select(deputy.c.unit_id, deputy.c.deputy_id, deputy.c.principal_id)
        .join(role, PRINCIPAL_HOLDS)
        .where(_among(deputy.c.role, "roles"), _among(deputy.c.unit_id, "units"), on_day(deputy)),
    )
)
_NAMES = Statement(sa.select(member.c.id, member.c.name).where(_among(member.c.id, "ids")))
BOUND_HERE = (
    identity.c.channel == sa.bindparam("channel"),
    identity.c.address == sa.bindparam("address"),
    identity.c.unbound_at.is_(None),
)
_BOUND = Statement(sa.select(identity.c.member_id).where(*BOUND_HERE))


def person(connection: sa.Connection, member_id: int, day: date) -> Person | None:
    """The member with his unit on a day."""
    return _PERSON.first(connection, {"member": member_id, "day": day})


def people_of(connection: sa.Connection, unit_id: int, day: date) -> list[Person]:
    """The members of one unit on a day, by name code."""
    return _PEOPLE_OF.all(connection, {"unit": unit_id, "day": day})


def people_under(connection: sa.Connection, path: str, day: date, kind: str = "branch") -> list[Person]:
    """The members of all units of a kind below a path, on a day."""
    return _PEOPLE_UNDER.all(connection, {"path": path, "kind": kind, "day": day})


def units_under(connection: sa.Connection, path: str, kind: str | None = None) -> list[UnitRow]:
    """The units at and below a path, in the order of the tree."""
    query = _UNITS.where(unit.c.path.startswith(path)).order_by(unit.c.path)
    return [UnitRow(*row) for row in connection.execute(query if kind is None else query.where(unit.c.kind == kind))]


def units_above(connection: sa.Connection, path: str) -> list[int]:
    """The numbers of the unit at a path and of all units above it."""
    parts = path.strip("/").split("/")
    paths = ["/" + "/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
    return list(connection.execute(sa.select(unit.c.id).where(unit.c.path.in_(paths))).scalars())


def units_by_ids(connection: sa.Connection, ids: Iterable[int]) -> dict[int, UnitRow]:
    """Units by number."""
    return {row.id: row for row in _UNITS_BY_IDS.all(connection, {"ids": list(set(ids))})}


def grants_of(connection: sa.Connection, member_id: int, day: date) -> tuple[Grant, ...]:
    """The roles a member holds on a day, and those he holds as a deputy."""
    return tuple(_GRANTS.all(connection, {"member": member_id, "day": day}))


def actor(connection: sa.Connection, member_id: int, day: date) -> Actor | None:
    """The member as one who acts on a day."""
    found = person(connection, member_id, day)
    return None if found is None else acting(found, grants_of(connection, member_id, day))


def acting(found: Person, grants: tuple[Grant, ...]) -> Actor:
    """A person as one who acts with these grants."""
    return Actor(found.id, found.name, found.unit, found.path, grants, found.locale, found.unit_kind == "branch")


def holders(
    connection: sa.Connection, roles: Sequence[str], units: Iterable[int], day: date
) -> dict[int, list[Holder]]:
    """Unit → who holds one of the roles there on a day, deputies included."""
    wanted = list(units)
    found: dict[int, list[Holder]] = {unit_id: [] for unit_id in wanted}
    facts = {"roles": list(roles), "units": wanted, "day": day}
    for unit_id, member_id, principal in _HOLDERS.all(connection, facts):
        found[unit_id].append(Holder(member_id, deputy_of=principal))
    return found


def names(connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
    """Member → name."""
    return dict(_NAMES.all(connection, {"ids": list(set(ids))}))


def bound_member(connection: sa.Connection, channel: str, address: str) -> int | None:
    """The member bound to an address (账号绑定), None when nobody is."""
    found: int | None = _BOUND.value(connection, {"channel": channel, "address": address})
    return found


def addresses_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Member → the channel and address bound last, of those that are not blocked."""
    query = (
        sa.select(identity.c.member_id, identity.c.channel, identity.c.address)
        .where(identity.c.member_id.in_(set(ids)))
        .where(identity.c.unbound_at.is_(None), identity.c.blocked_at.is_(None))
        .order_by(identity.c.bound_at)
    )
    return {row.member_id: (row.channel, row.address) for row in connection.execute(query)}


def bind(connection: sa.Connection, channel: str, address: str, member_id: int, now: datetime) -> bool:
    """Binds an address to a member; False when it is bound already (to him or to another)."""
    if bound_member(connection, channel, address) is not None:
        return False
    values = {"channel": channel, "address": address, "member_id": member_id, "bound_at": now}
    connection.execute(sa.insert(identity), values)
    return True


def insert(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> int:
    """Inserts one row and gives its number."""
    return int(connection.execute(sa.insert(table).returning(table.c.id), dict(values)).scalar_one())


def set_path(connection: sa.Connection, unit_id: int, path: str) -> None:
    """Where a unit stands in the tree, known once it has its number."""
    connection.execute(sa.update(unit).where(unit.c.id == unit_id).values(path=path))


def is_empty(connection: sa.Connection) -> bool:
    """Whether nobody has been entered yet."""
    return connection.execute(sa.select(member.c.id).limit(1)).first() is None


def member_by_code(connection: sa.Connection, code: str) -> int | None:
    """The number of the member with a code."""
    return connection.execute(sa.select(member.c.id).where(member.c.code == code)).scalar()
