"""Two processes in one house, and requests that they handle at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.cluster import Cluster
from bot.opening import Parts
from handlers.declarations.forms import AddLines, Draft, Submit
from handlers.ledger.check import Verify
from rules.access import SYSTEM, Actor
from storage import members
from storage.audit import audit, unlinked
from tests.houses import START

PATIENCE = 20  # seconds after which a test that hangs fails


@dataclass
class Two:
    """One house, opened by two processes as far as the database can tell."""

    first: Parts
    second: Parts
    cluster: Cluster

    def actor(self, code: str) -> Actor:
        def find(connection: sa.Connection) -> Actor | None:
            number = members.member_by_code(connection, code)
            return None if number is None else members.actor(connection, number, self.first.desk.house.today(START))

        found = self.first.database.read(find)
        assert found is not None
        return found

    def declared(self, code: str, text: str = "C01") -> tuple[tuple[int, int], ...]:
        """Pins of a submitted line."""
        actor = self.actor(code)
        draft = self.first.desk.do(actor, AddLines(((text, 2),)), START)  # type: ignore[arg-type]
        assert isinstance(draft, Draft)
        receipt = self.first.desk.do(actor, Submit(tuple(line.pin for line in draft.lines)), START)
        return tuple(line.pin for line in receipt.lines)

    def race(self, one: tuple[Actor, Any], other: tuple[Actor, Any], now: datetime = START) -> tuple[Any, Any]:
        """The second process begins its request when the first has done its own but not committed."""
        desk = self.first.desk
        return self.overlap(
            lambda connection: desk.handle(desk.context(connection, one[0], now), one[1]),
            lambda: self.second.desk.submit(*other, now),
        )

    def overlap(self, unit: Callable[[sa.Connection], Any], other: Callable[[], Future[Any]]) -> tuple[Any, Any]:
        """The same for whatever the two do."""
        inside, go = threading.Event(), threading.Event()

        def slow(connection: sa.Connection) -> Any:
            answer = unit(connection)
            inside.set()
            assert go.wait(PATIENCE)
            return answer

        first = self.first.database.submit(slow)
        assert inside.wait(PATIENCE)
        second = other()
        self._until_blocked(second.done)
        go.set()
        return first.result(PATIENCE), second.result(PATIENCE)

    def _until_blocked(self, done: Callable[[], bool]) -> None:
        blocked = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        for _ in range(1000):
            if done() or self.first.database.read(lambda connection: connection.execute(blocked).scalar()):
                return
        pytest.fail("the second neither waited nor ended")

    def ask(self, query: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[Any]:
        """The first column of what a query finds."""
        return list(self.first.database.read(lambda connection: connection.execute(query).scalars().all()))

    def deeds(self, action: str) -> int:
        """How often something stands in the audit."""
        each = (sa.select(table.c.id).where(table.c.action == action) for table in (audit, unlinked))
        return len(self.ask(sa.union_all(*each)))

    def sound(self) -> None:
        answer = self.first.desk.ask(SYSTEM, Verify(), START)
        assert answer.problems == ()
