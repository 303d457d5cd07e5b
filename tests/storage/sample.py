"""A small tree with people, planted on a connection: what the tests of single tables stand on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from storage import declarations, members, schemes

DAY = date(2026, 3, 15)
NOW = datetime(2026, 3, 15, 8, tzinfo=UTC)
SCHEME = "points"
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


@dataclass(frozen=True)
class Sample:
    """Committee /1/ with the branches /1/2/ and /1/3/; Wang and Li belong to the first, Zhao to the second."""

    committee: int
    first: int
    second: int
    wang: int
    li: int
    zhao: int
    version: int


def plant(connection: sa.Connection) -> Sample:
    committee = add_unit(connection, "committee", "committee", None, "/1/")
    first = add_unit(connection, "first", "branch", committee, "/1/2/")
    second = add_unit(connection, "second", "branch", committee, "/1/3/")
    wang, li, zhao = (add_member(connection, name) for name in ("wang", "li", "zhao"))
    for who, where in ((wang, first), (li, first), (zhao, second)):
        join(connection, who, where)
    return Sample(committee, first, second, wang, li, zhao, add_version(connection, committee, "1"))


def add_unit(connection: sa.Connection, code: str, kind: str, parent: int | None, path: str) -> int:
    values = {"code": code, "kind": kind, "name": code, "parent_id": parent, "path": path}
    return members.insert(connection, members.unit, values)


def add_member(connection: sa.Connection, name: str) -> int:
    return members.insert(connection, members.member, {"code": name, "name": name, "class": "member"})


def join(
    connection: sa.Connection, who: int, where: int, start: date = date(2020, 1, 1), end: date | None = None
) -> None:
    values = {"member_id": who, "unit_id": where, "from_on": start, "until_on": end}
    members.insert(connection, members.membership, values)


def appoint(
    connection: sa.Connection,
    who: int,
    role: str,
    where: int,
    start: date = date(2020, 1, 1),
    end: date | None = None,
) -> None:
    values = {"member_id": who, "role": role, "unit_id": where, "from_on": start, "until_on": end}
    members.insert(connection, members.role, values)


def stand_in(
    connection: sa.Connection,
    who: int,
    principal: int,
    where: int,
    role: str = "secretary",
    start: date = date(2020, 1, 1),
    end: date | None = None,
) -> None:
    values = {"deputy_id": who, "principal_id": principal, "role": role, "unit_id": where}
    members.insert(connection, members.deputy, {**values, "from_on": start, "until_on": end})


def add_version(connection: sa.Connection, unit: int, version: str, **changed: Any) -> int:
    values = {
        "scheme": SCHEME,
        "version": version,
        "unit_id": unit,
        "text": "",
        "text_hash": "",
        "initials": {},
        "from_on": date(2026, 1, 1),
        "published_at": NOW,
    }
    return schemes.add_version(connection, values | changed)


def add_line(connection: sa.Connection, sample: Sample, who: int, **changed: Any) -> int:
    """A line of two times for one point each, approved unless said otherwise."""
    period = changed.get("period", "2026-03")
    declaration = declarations.declarations_for(connection, {who: sample.first}, SCHEME, period, NOW)[who]
    values = {
        "declaration_id": declaration,
        "member_id": who,
        "unit_id": sample.first,
        "version_id": sample.version,
        "period": period,
        "criterion": "study",
        "quantity": Decimal(2),
        "attendance": None,
        "points": Decimal(2),
        "note": "",
        "source": "member",
        "recorded_by": who,
        "batch": 1,
        "state": "approved",
        "edition": 1,
        "created_at": NOW,
        "submitted_at": NOW,
        "decided_at": None,
        "key": None,
    }
    (number,) = declarations.add_all(connection, [values | changed])
    return number


def entry_of(sample: Sample, line: int, who: int, **changed: Any) -> dict[str, Any]:
    """The ledger entry that belongs to a line of `add_line`."""
    values = {
        "key": f"line:{line}",
        "member_id": who,
        "unit_id": sample.first,
        "scheme": SCHEME,
        "version_id": sample.version,
        "year": 2026,
        "period": "2026-03",
        "line_id": line,
        "criterion": "study",
        "points": Decimal(2),
        "posted_by": who,
        "posted_at": NOW,
    }
    return values | changed
