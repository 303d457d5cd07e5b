"""A small house for the tests of tasks: a committee, two grids, three organisations, four branches, and their holders.

See tests/flows/town.py for who holds what.

Use: `from tests.flows.tasking import Town, on_both_towns` and the fixture `town`; it stands on SQLite unless the test
is marked `@on_both_towns`. Everybody's chat is `town.people[code]`, a handler is `town.do(code, request)`.
"""

import hashlib
import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
from rules.access import SYSTEM, Actor
from rules.tasks.plan import Terms
from storage import members, metadata
from storage.tasks import plans, rows
from storage.tasks.rows import TaskRow
from storage.tasks.tables import task
from tests.flows.people import People
from tests.flows.town import NOW, PLAN, settle
from tests.houses import looking

ZONE = ZoneInfo("Asia/Shanghai")
on_both_towns = pytest.mark.parametrize("town", ["sqlite", "postgres"], indirect=True)
"""Runs a test of the small house on both databases."""


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


@contextmanager
def living(settings: Settings, since: datetime = NOW) -> Iterator[Town]:
    """The small house that stands there, open from a moment on, with everybody's chat."""
    parts = open_parts(settings, Clock(lambda: since))
    with looking(parts) as connection:
        units = {row.code: row.id for row in members.units_under(connection, "/")}
        found = connection.execute(sa.select(members.member.c.code, members.member.c.id))
        people = {row.code: row.id for row in found}
    with TestClient(build(parts, demo=True)) as client:
        yield Town(parts, People(client, parts), units, people)


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
    with living(settings) as found:
        yield found
    if cluster is not None:
        cluster.drop(name)
