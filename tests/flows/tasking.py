"""A small house for the tests of tasks: a committee, two grids, three organisations, four branches, and their holders.

    jw 市直机关工委      a1 administrator, c1 committee, i1 instructor
      g1 第一责任区      l1 grid lead
        o1 水务局机关党委  f1 officer
          b1 第一党支部    s1 secretary, d1 his deputy, m11 m12 m13 (m13 on probation)
          b2 第二党支部    s2 secretary, m21 m22
        o2 林业局机关党委  f2 officer
          b3 林业支部      s3 secretary, m31 m32
      g2 第二责任区      l2 grid lead
        o3 档案局党总支    f3 officer
          b4 档案支部      no secretary, m41 m42

Use: `from tests.flows.tasking import Town, on_both_towns` and the fixture `town`; it stands on SQLite unless the test
is marked `@on_both_towns`. Everybody's chat is `town.people[code]`, a handler is `town.do(code, request)`.
"""

import hashlib
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from benchmarks.cluster import Cluster, fill
from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts
from handlers.members import WEBCHAT, address_of
from rules.access import SYSTEM, Actor
from rules.tasks.plan import Terms
from storage import members, metadata, schemes
from storage.engine import Connection
from storage.tasks import plans, rows
from storage.tasks.rows import TaskRow
from storage.tasks.tables import task
from tests.flows.people import People
from tests.houses import looking

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Shanghai: after the hour of the digest."""
SINCE = date(2020, 1, 1)
on_both_towns = pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
"""Runs a test of the small house on both databases."""

# code, parent, kind, name
UNITS = (
    ("jw", "", "committee", "市直机关工委"),
    ("g1", "jw", "grid", "第一责任区"),
    ("g2", "jw", "grid", "第二责任区"),
    ("o1", "g1", "organisation", "水务局机关党委"),
    ("o2", "g1", "organisation", "林业局机关党委"),
    ("o3", "g2", "organisation", "档案局党总支"),
    ("b1", "o1", "branch", "水务局第一党支部"),
    ("b2", "o1", "branch", "水务局第二党支部"),
    ("b3", "o2", "branch", "林业局党支部"),
    ("b4", "o3", "branch", "档案局党支部"),
)
# code, name, unit
PEOPLE = (
    ("a1", "高管理", "jw"),
    ("c1", "陈工委", "jw"),
    ("i1", "尹指导", "jw"),
    ("l1", "林联系", "g1"),
    ("l2", "梁联系", "g2"),
    ("f1", "冯专干", "o1"),
    ("f2", "方专干", "o2"),
    ("f3", "范专干", "o3"),
    ("s1", "沈书记", "b1"),
    ("d1", "戴代理", "b1"),
    ("m11", "马一一", "b1"),
    ("m12", "马一二", "b1"),
    ("m13", "马一三", "b1"),
    ("s2", "宋书记", "b2"),
    ("m21", "马二一", "b2"),
    ("m22", "马二二", "b2"),
    ("s3", "施书记", "b3"),
    ("m31", "马三一", "b3"),
    ("m32", "马三二", "b3"),
    ("m41", "马四一", "b4"),
    ("m42", "马四二", "b4"),
)
# code, role, unit
ROLES = (
    ("a1", "administrator", "jw"),
    ("c1", "committee", "jw"),
    ("i1", "instructor", "jw"),
    ("l1", "grid_lead", "g1"),
    ("l2", "grid_lead", "g2"),
    ("f1", "officer", "o1"),
    ("f2", "officer", "o2"),
    ("f3", "officer", "o3"),
    ("s1", "secretary", "b1"),
    ("s2", "secretary", "b2"),
    ("s3", "secretary", "b3"),
)
SCHEME = """\
scheme: town
version: "1"
title: 积分办法
nodes:
  - code: A
    name: 履职
    criteria:
      - {code: T1, name: 按时完成任务, value: {fixed: 2}, by: [organisation], evidence: none, clause: 第一条}
      - {code: T2, name: 逾期完成任务, value: {fixed: 1}, sign: minus, by: [organisation], evidence: none}
      - {code: T3, name: 志愿服务, value: {per: 小时, points: 0.5}, by: [member, organisation], evidence: none}
      - {code: T4, name: 心得质量, value: {range: {from: 0, to: 5}}, by: [organisation], evidence: none}
      - {code: T5, name: 党课, value: {attendance: {present: 1, late: 0, leave: 0, absent: -1}}, by: [organisation]}
      - {code: T6, name: 读书, value: {fixed: 1}, by: [member], evidence: none}
"""
HEAD = 'plan: beats\ntitle: 党建任务\nversion: "1"\nobligations:\n'
"""How the text of a plan begins; obligations follow, a line each."""
PLAN = """\
plan: beats
title: 党建任务
version: "1"
obligations:
  - code: meeting
    name: 支部党员大会
    every: month
    due: {day: 25}
    lead: 10
    for: {units: branch, by: secretary}
  - code: dispatch
    name: 责任区双月调度
    every: two_months
    due: {working_day: -1}
    lead: 15
    for: {units: grid, by: grid_lead}
  - code: notes
    name: 学习心得
    every: quarter
    due: {day: 31}
    lead: 20
    for: {units: branch, members: true, classes: [full]}
    terms: {verify: nobody, posts: {done: T1, late: T2}}
  - code: report
    name: 年度述职
    every: year
    due: {month: 12, day: 20}
    lead: 30
    for: {units: organisation, roles: [officer]}
"""


@dataclass
class Town:
    """The small house: numbers by code, and what tests do in it."""

    parts: Parts
    people: People
    units: dict[str, int]
    members: dict[str, int]
    _given: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def paths(self) -> dict[str, str]:
        with looking(self.parts) as connection:
            return {row.code: row.path for row in members.units_under(connection, "/")}

    @property
    def now(self) -> datetime:
        return self.parts.clock.now()

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def at(self, day: str, hour: int = 9, minute: int = 0) -> None:
        """Moves the clock on to a local time; no job runs by this alone."""
        moment = datetime.combine(date.fromisoformat(day), time(hour, minute), ZONE)
        assert self.parts.clock.move(moment.astimezone(UTC)), "the clock only goes on"

    def actor(self, code: str) -> Actor:
        """A member as he acts today; "" is the system."""
        if not code:
            return SYSTEM
        with looking(self.parts) as connection:
            found = members.actor(connection, self.members[code], self.today)
        assert found is not None
        return found

    def do(self, code: str, request: Any) -> Any:
        """A request of somebody as one write unit."""
        return self.parts.desk.do(self.actor(code), request, self.now)

    def ask(self, code: str, query: Any) -> Any:
        """A query of somebody on a read connection."""
        return self.parts.desk.ask(self.actor(code), query, self.now)

    def write(self, unit: Any) -> Any:
        """A test's own write: a function of the connection."""
        return self.parts.database.write(unit)

    def tasks(self) -> list[TaskRow]:
        """All tasks, in the order they were made."""
        with looking(self.parts) as connection:
            return [TaskRow(*row) for row in connection.execute(rows.TASKS.order_by(task.c.id))]

    def task(self, number: int) -> TaskRow:
        with looking(self.parts) as connection:
            found = rows.get(connection, number)
        assert found is not None
        return found

    def notices(self, code: str = "", kind: str = "") -> list[sa.RowMapping]:
        """The notices left so far: to somebody, of a kind."""
        table = metadata.metadata.tables["notice"]
        query = sa.select(table).order_by(table.c.id)
        query = query.where(table.c.member_id == self.members[code]) if code else query
        query = query.where(table.c.kind == kind) if kind else query
        with looking(self.parts) as connection:
            return list(connection.execute(query).mappings())

    def deeds(self, action: str = "") -> list[sa.RowMapping]:
        """What was recorded in the trail, linked or not yet."""
        found: list[sa.RowMapping] = []
        with looking(self.parts) as connection:
            for name in ("audit", "audit_unlinked"):
                table = metadata.metadata.tables[name]
                found += connection.execute(sa.select(table).order_by(table.c.id)).mappings()
        return [row for row in found if not action or row["action"] == action]

    def plan(self, text: str = PLAN, unit: str = "jw", from_on: str = "2026-01-01") -> int:
        """Puts a plan there as if it had been published, and gives its number."""
        from rules.tasks.kept import kept_plan

        found = kept_plan(text)
        values = {
            "plan": found.plan,
            "version": found.version,
            "unit_id": self.units[unit],
            "text": text,
            "text_hash": hashlib.sha256(text.encode()).hexdigest(),
            "from_on": date.fromisoformat(from_on),
            "published_at": self.now,
        }
        return int(self.write(lambda connection: plans.add(connection, values)))

    def give(
        self,
        unit: str,
        member: str = "",
        role: str = "",
        due: str = "2026-03-20",
        terms: Terms | None = None,
        **more: Any,
    ) -> TaskRow:
        """Puts an open task there as if somebody had given it; issued by the committee unless said otherwise."""
        from msgspec import to_builtins

        key = f"given:t{next(self._given)}:{member or unit}"
        values = {
            "key": key,
            "kind": "given",
            "period": self.today.isoformat()[:7],
            "title": "报送材料",
            "unit_id": self.units[unit],
            "member_id": self.members[member] if member else None,
            "role": "" if member else role or "secretary",
            "issuer_unit_id": self.units["jw"],
            "terms": to_builtins(terms or Terms(), str_keys=True),
            "issued_at": self.now,
            "due_on": date.fromisoformat(due),
        } | more
        made: dict[str, int] = self.write(lambda connection: rows.add_all(connection, [values]))
        return self.task(made[key])


def settle(connection: Connection) -> None:
    """The units, people, roles, the deputy and the scheme of the small house."""
    units: dict[str, tuple[int, str]] = {"": (0, "/")}
    for code, parent, kind, name in UNITS:
        above, path = units[parent]
        values = {"code": code, "parent_id": above or None, "kind": kind, "name": name, "path": path}
        number = members.insert(connection, members.unit, values)
        units[code] = number, f"{path}{number}/"
        members.set_path(connection, *units[code])
    people: dict[str, int] = {}
    for code, name, unit in PEOPLE:
        kind = "probationary" if code == "m13" else "full"
        people[code] = members.insert(connection, members.member, {"code": code, "name": name, "class": kind})
        since = {"member_id": people[code], "unit_id": units[unit][0], "from_on": SINCE}
        members.insert(connection, members.membership, since)
        members.bind(connection, WEBCHAT, address_of(people[code]), people[code], NOW)
    for code, role, unit in ROLES:
        holds = {"member_id": people[code], "role": role, "unit_id": units[unit][0], "from_on": SINCE}
        members.insert(connection, members.role, holds)
    stands_in = {"principal_id": people["s1"], "deputy_id": people["d1"], "role": "secretary", "from_on": SINCE}
    members.insert(connection, members.deputy, {**stands_in, "unit_id": units["b1"][0]})
    version = {"scheme": "town", "version": "1", "unit_id": units["jw"][0], "text": SCHEME, "text_hash": "1"}
    schemes.add_version(connection, {**version, "initials": {}, "from_on": SINCE, "published_at": NOW})


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small house, which no test changes."""
    folder = tmp_path_factory.mktemp("town") / "data"
    parts = open_parts(Settings(data=folder), Clock(lambda: NOW))
    parts.database.write(settle)
    parts.close()
    return folder


@pytest.fixture(scope="session")
def settled_there(settled: Path, postgres: Cluster) -> str:
    """The name of a database with the small house, which no test changes."""
    name = postgres.create()
    fill(postgres.url(name), settled / "zhibu.db")
    return name


@pytest.fixture
def town(request: pytest.FixtureRequest, settled: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of the small house, open, with everybody's chat."""
    folder = Path(shutil.copytree(settled, tmp_path / "town"))
    settings = Settings(data=folder)
    cluster: Cluster | None = None
    if getattr(request, "param", "sqlite") == "postgres":
        cluster = request.getfixturevalue("postgres")
        name = cluster.create(request.getfixturevalue("settled_there"))
        for path in folder.glob("zhibu.db*"):
            path.unlink()  # what is read from the folder by mistake is not found
        settings = Settings(data=folder, database_url=cluster.url(name))
    parts = open_parts(settings, Clock(lambda: NOW))
    with looking(parts) as connection:
        units = {row.code: row.id for row in members.units_under(connection, "/")}
        found = connection.execute(sa.select(members.member.c.code, members.member.c.id))
        people = {row.code: row.id for row in found}
    with TestClient(build(parts, demo=True)) as client:
        yield Town(parts, People(client, parts), units, people)
    if cluster is not None:
        cluster.drop(name)
