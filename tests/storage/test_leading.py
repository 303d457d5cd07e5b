"""One of several processes leads: its lease runs out by the database's clock, then its number fences it off."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from structlog.testing import capture_logs

from scheduler.runner import Runner
from storage import leading
from storage.engine import Connection, sqlite_engine
from storage.kinds import EPOCH
from storage.leading import Fenced, leadership
from storage.lease import Fence, Owner
from storage.postgres import PostgresDatabase
from tests.storage.racing import PATIENCE, Two

DECEMBER, DAY = datetime(2026, 12, 7, 2, 0, tzinfo=UTC), timedelta(days=1)
ONE, OTHER = Owner(1), Owner(2)


def run_out(connection: Connection) -> None:
    """As if so much time had gone by."""
    connection.execute(sa.update(leadership).values(until=EPOCH))


def test_a_lease_is_one_s_until_it_runs_out_and_the_number_grows(connection: sa.Connection):
    (first,) = leading.take(connection, ["ticks"], ONE)
    assert leading.take(connection, ["ticks"], OTHER) == []
    assert leading.renew(connection, ONE) == [first]
    leading.stand(connection, first)
    run_out(connection)
    assert leading.renew(connection, ONE) == [], "what ran out is not renewed, but taken anew"
    (second,) = leading.take(connection, ["ticks"], OTHER)
    assert (first.number, second.number) == (1, 2)
    leading.stand(connection, second)
    with pytest.raises(Fenced):
        leading.stand(connection, first)


def test_who_stood_still_is_refused_though_nobody_took_over(connection: sa.Connection):
    (fence,) = leading.take(connection, ["ticks"], ONE)
    run_out(connection)
    with pytest.raises(Fenced):
        leading.stand(connection, fence)
    (anew,) = leading.take(connection, ["ticks"], ONE)
    assert anew.number == fence.number + 1


def test_the_life_of_a_lease_is_counted_by_the_database(connection: sa.Connection):
    leading.take(connection, ["ticks"], Owner(1, lease_s=0.05))
    sleep(0.1)
    assert [fence.holder for fence in leading.take(connection, ["ticks"], OTHER)] == [2]


def test_the_only_process_holds_every_lease_and_writes_no_row(connection: sa.Connection):
    leading.stand(connection, Fence("ticks", 0, 0))
    assert connection.execute(sa.select(sa.func.count()).select_from(leadership)).scalar() == 0


class Leading(RuleBasedStateMachine):
    """Three processes, two leases; the model knows who holds what since when."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = sqlite_engine(Path(":memory:"))
        self.connection = self.engine.connect()
        leadership.create(self.connection)
        self.held: dict[str, Fence] = {}
        self.old: list[Fence] = []
        self.newest: dict[str, int] = {}

    names = st.sets(st.sampled_from(["ticks", "telegram"]))
    owners = st.sampled_from([Owner(number) for number in (1, 2, 3)])

    @rule(some=names, owner=owners)
    def take(self, some: set[str], owner: Owner) -> None:
        got = {fence.name: fence for fence in leading.take(self.connection, some, owner)}
        assert got.keys() == some - self.held.keys()
        for name, fence in got.items():
            assert fence.number == self.newest.get(name, 0) + 1
            self.newest[name] = fence.number
        self.held |= got

    @rule(owner=owners)
    def renew(self, owner: Owner) -> None:
        mine = {name for name, fence in self.held.items() if fence.holder == owner.number}
        assert {fence.name for fence in leading.renew(self.connection, owner)} == mine

    @rule(some=names, owner=owners)
    def give(self, some: set[str], owner: Owner) -> None:
        leading.give(self.connection, some, owner)
        self._lose({name for name in some if name in self.held and self.held[name].holder == owner.number})

    @rule(name=st.sampled_from(["ticks", "telegram"]))
    def stand_still(self, name: str) -> None:
        self.connection.execute(sa.update(leadership).where(leadership.c.name == name).values(until=EPOCH))
        self._lose({name} & self.held.keys())

    def _lose(self, names: set[str]) -> None:
        self.old += [self.held.pop(name) for name in names]

    @invariant()
    def holders_stand_and_old_ones_are_refused(self) -> None:
        for fence in self.held.values():
            leading.stand(self.connection, fence)
        for fence in self.old:
            with pytest.raises(Fenced):
                leading.stand(self.connection, fence)

    def teardown(self) -> None:
        self.connection.close()
        self.engine.dispose()


TestLeading = Leading.TestCase


@pytest.fixture
def stores(url: str) -> Iterator[tuple[PostgresDatabase, PostgresDatabase]]:
    with closing(PostgresDatabase(url, 2, lease_s=1)) as one, closing(PostgresDatabase(url, 2, lease_s=1)) as other:
        yield one, other


def standing_still(store: PostgresDatabase) -> threading.Lock:
    """Inside, the keeper of a store renews nothing: as far as others can tell the process is frozen."""
    return store._keeper._door


def test_another_process_takes_over_from_one_that_stands_still(stores: tuple[PostgresDatabase, PostgresDatabase]):
    one, other = stores
    first = one.lease("ticks")
    second = other.lease("ticks")
    fence = first.fence()
    assert fence is not None
    assert not second.wait(2.5), "it is renewed"
    with standing_still(one):
        assert second.wait(PATIENCE)
        assert not first.held(), "by its own watch too"
    with pytest.raises(Fenced):
        one.write(lambda connection: leading.stand(connection, fence))
    assert second.held()


def test_a_unit_that_began_as_leader_is_stored_before_another_leads(
    stores: tuple[PostgresDatabase, PostgresDatabase],
):
    one, other = stores
    fence = one.lease("ticks").fence()
    assert fence is not None
    inside, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        leading.stand(connection, fence)
        inside.set()
        assert go.wait(PATIENCE)

    answer = one.submit(slow)
    assert inside.wait(PATIENCE)
    other.write(run_out)
    assert other.write(lambda c: leading.take(c, ["ticks"], other.owner)) == []
    go.set()
    answer.result(PATIENCE)
    assert one.lease("ticks").fence() or other.lease("ticks").wait(PATIENCE)


def test_a_transaction_that_stands_still_keeps_its_locks_no_longer_than_a_lease(
    stores: tuple[PostgresDatabase, PostgresDatabase],
):
    one, other = stores
    fence = one.lease("ticks").fence()
    assert fence is not None

    def frozen(connection: Connection) -> None:
        leading.stand(connection, fence)
        sleep(2.5)
        connection.exec_driver_sql("SELECT 1")

    with standing_still(one):
        answer = one.submit(frozen)
        assert other.lease("ticks").wait(PATIENCE)
    assert answer.exception(PATIENCE) is not None


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_the_ticks_of_one_process_do_the_jobs_and_those_of_another_nothing(two: Two):
    moment = [DECEMBER]
    runners = [Runner(parts.desk, lambda: moment[0], lambda: None) for parts in (two.first, two.second)]
    assert [done > 0 for done in asyncio.run(ticks(runners))] == [True, False]
    assert isinstance(two.first.database, PostgresDatabase)
    moment = [DECEMBER + DAY]
    with standing_still(two.first.database), capture_logs() as told:
        two.first.database.write(run_out)
        assert two.second.database.lease("ticks").wait(PATIENCE)
        assert asyncio.run(ticks(runners[:1])) == [0], "it believes that it leads, and stores nothing"
    assert [each["event"] for each in told] == ["another process leads now"]
    assert asyncio.run(ticks(runners[1:])) > [0]


async def ticks(runners: list[Runner]) -> list[int]:
    return [await runner.tick() for runner in runners]
