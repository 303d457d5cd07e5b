"""What only one of several processes does: leases move on, the audit is linked, the tables are made once."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from benchmarks.cluster import Cluster
from storage import audit
from storage.audit import Deed
from storage.engine import Connection
from storage.opening import Unreachable, open_database, open_reader
from storage.postgres import PostgresDatabase
from storage.upgrade import newest, revision, upgrade_server
from tests.storage.sample import NOW
from tests.storage.test_postgres import PATIENCE, run


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(url, workers=4)
    yield database
    database.close()


def test_a_lease_is_held_by_one_and_moves_on_when_it_ends(database: PostgresDatabase, url: str):
    other = PostgresDatabase(url, workers=1)
    first = other.lease("poller")
    assert first.wait(PATIENCE)
    second = database.lease("poller")
    assert not second.wait(0.2)
    other.close()
    assert second.wait(PATIENCE)
    assert not first.held()
    second.give_up()
    assert not second.held()


def test_a_lease_outlives_a_connection_that_breaks(database: PostgresDatabase):
    lease = database.lease("poller")
    fence = lease.fence()
    assert fence is not None
    with capture_logs():
        database.write(
            lambda c: c.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        )
        assert database.lease("another").wait(PATIENCE), "the keeper goes on"
    assert lease.fence() == fence


def test_what_a_transaction_still_open_recorded_is_linked_behind(database: PostgresDatabase):
    inside, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        audit.record(connection, 1, [Deed("approve", "line", 1, {})], NOW)
        inside.set()
        assert go.wait(PATIENCE)

    def linked(connection: Connection) -> list[int]:
        return list(connection.execute(sa.select(audit.audit.c.subject_id).order_by(audit.audit.c.id)).scalars())

    first = database.submit(slow)
    assert inside.wait(PATIENCE)
    database.write(lambda c: audit.record(c, 1, [Deed("approve", "line", 2, {})], NOW))
    database.write(lambda c: audit.link(c, 10))
    assert database.read(linked) == [2]
    go.set()
    first.result(PATIENCE)
    database.write(lambda c: audit.link(c, 10))
    assert database.read(linked) == [2, 1]
    assert database.read(audit.broken_at) is None
    assert database.read(audit.tail) == 0


def test_many_processes_record_and_link_one_chain(database: PostgresDatabase, url: str):
    other = PostgresDatabase(url, workers=4)
    answers: list[Future[Any]] = []
    for number in range(60):
        for store in (database, other):
            deed = Deed("approve", "line", number, {})
            answers.append(store.submit(lambda c, deed=deed: audit.record(c, 1, [deed], NOW)))  # type: ignore[misc]
            answers.append(store.submit(lambda c: audit.link(c, 7)))
    for answer in answers:
        answer.result(PATIENCE)
    while database.write(lambda c: audit.link(c, 100)):
        pass
    assert database.read(audit.count) == 120
    assert database.read(audit.broken_at) is None
    other.close()


def test_a_row_taken_from_the_chain_is_found(database: PostgresDatabase):
    database.write(lambda c: audit.record(c, 1, [Deed("approve", "line", n, {}) for n in range(5)], NOW))
    database.write(lambda c: audit.link(c, 10))
    database.write(run("DELETE FROM audit WHERE id = 3"))
    assert database.read(audit.broken_at) == 4


def test_two_processes_that_start_at_once_migrate_once(postgres: Cluster):
    name = postgres.create()
    done: list[bool] = []
    starting = [threading.Thread(target=lambda: done.append(upgrade_server(postgres.url(name)))) for _ in range(3)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join(PATIENCE)
    assert sorted(done) == [False, False, True]
    reader = open_reader(postgres.url(name))
    assert reader is not None
    assert reader.read(revision) == newest()
    reader.close()
    postgres.drop(name)


def test_nothing_there_and_nobody_there_are_told_apart_and_the_password_is_not_repeated(postgres: Cluster):
    name = postgres.create()
    assert open_reader(postgres.url(name)) is None
    postgres.drop(name)
    for use in (open_reader, open_database):
        with pytest.raises(Unreachable, match="no_database") as told:
            use(postgres.url(name).replace("postgres:", "postgres:Geheim99"))
        assert "Geheim99" not in str(told.value) + str(told.value.facts)
