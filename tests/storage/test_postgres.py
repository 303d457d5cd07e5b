"""PostgreSQL as a store: units are run again after a lost race or connection, leases move on, the audit is linked."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.pq import TransactionStatus

from storage.engine import Busy, Closed, Connection
from storage.postgres import PostgresDatabase, PostgresReader
from storage.statement import Statement

PATIENCE = 20  # seconds after which a test that hangs fails
NOTES = sa.table("note", sa.column("text", sa.Text))
PUT = Statement(sa.insert(NOTES))
TEXTS = Statement(sa.select(NOTES.c.text).order_by(NOTES.c.text))
NOWHERE = Statement(sa.select(sa.column("text")).select_from(sa.table("nowhere")))


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(url, workers=4)
    database.write(run("CREATE TABLE note (text TEXT PRIMARY KEY)"))
    yield database
    database.close()


def run(statement: str) -> Callable[[Connection], None]:
    def unit(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return unit


def note(text: str) -> Callable[[Connection], str]:
    def unit(connection: Connection) -> str:
        connection.exec_driver_sql("INSERT INTO note VALUES (%s)", (text,))
        return text

    return unit


def texts(connection: Connection) -> list[str]:
    return list(connection.exec_driver_sql("SELECT text FROM note ORDER BY text").scalars())


def counting(unit: Callable[[Connection], Any]) -> tuple[Callable[[Connection], Any], list[int]]:
    """A unit, and a list that grows with every try."""
    tries: list[int] = []

    def counted(connection: Connection) -> Any:
        tries.append(len(tries))
        return unit(connection)

    return counted, tries


def test_a_unit_is_answered_after_its_commit_and_a_read_writes_nothing(database: PostgresDatabase):
    assert database.write(note("a")) == "a"
    with pytest.raises(sa.exc.InternalError, match="read-only"):
        database.read(note("sly"))
    assert database.read(texts) == ["a"]


@pytest.mark.parametrize("error", [StopIteration(), SystemExit(1), KeyboardInterrupt()])
def test_nothing_a_unit_raises_ends_a_worker(database: PostgresDatabase, error: BaseException):
    def unit(connection: Connection) -> None:
        note("lost")(connection)
        raise error

    for _ in range(5):
        assert type(database.submit(unit).exception(PATIENCE)).__name__ == "RuntimeError"
    assert database.write(note("next")) == "next"
    assert database.read(texts) == ["next"]


def test_a_unit_that_swallows_an_error_gets_no_yes(database: PostgresDatabase):
    def careless(connection: Connection) -> str:
        note("a")(connection)
        with pytest.raises(sa.exc.ProgrammingError):
            run("INSERT INTO nowhere VALUES (1)")(connection)
        return "done"

    unit, tries = counting(careless)
    with pytest.raises(Busy):
        database.write(unit)
    assert len(tries) == 3
    assert database.read(texts) == []


def test_a_unit_that_lost_a_race_for_a_key_is_run_again_and_sees_the_winner(database: PostgresDatabase):
    inside, go = threading.Event(), threading.Event()

    def winner(connection: Connection) -> str:
        note("one")(connection)
        inside.set()
        assert go.wait(PATIENCE)
        return "won"

    def loser(connection: Connection) -> str:
        if "one" in texts(connection):
            return "seen"
        go.set()
        return note("one")(connection)

    first = database.submit(winner)
    assert inside.wait(PATIENCE)
    unit, tries = counting(loser)
    second = database.submit(unit)
    assert (first.result(PATIENCE), second.result(PATIENCE)) == ("won", "seen")
    assert len(tries) == 2


def test_a_deadlock_is_broken_and_both_units_are_done(database: PostgresDatabase):
    database.write(run("INSERT INTO note VALUES ('a'), ('b')"))
    both = threading.Barrier(2)

    def unit(order: str) -> Callable[[Connection], str]:
        met: list[bool] = []

        def touch(connection: Connection) -> str:
            run(f"UPDATE note SET text = text WHERE text = '{order[0]}'")(connection)
            if not met:
                met.append(True)
                both.wait(PATIENCE)
            run(f"UPDATE note SET text = text WHERE text = '{order[1]}'")(connection)
            return order

        return touch

    answers = [database.submit(unit(order)) for order in ("ab", "ba")]
    assert [answer.result(PATIENCE) for answer in answers] == ["ab", "ba"]


def test_a_connection_that_breaks_under_a_unit_is_opened_anew(database: PostgresDatabase):
    broken: list[bool] = []

    def unit(connection: Connection) -> str:
        note("a")(connection)
        if not broken:
            broken.append(True)
            run("SELECT pg_terminate_backend(pg_backend_pid())")(connection)
        return "done"

    assert database.write(unit) == "done"
    assert database.read(texts) == ["a"]


@pytest.mark.parametrize("stored", [True, False])
def test_a_commit_without_an_answer_is_looked_up_and_done_once(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch, stored: bool
):
    """The connection breaks just after, or just before, the COMMIT has reached the server."""
    broken: list[bool] = []
    kept = psycopg.Connection.commit

    def commit(connection: psycopg.Connection[Any]) -> None:
        if broken or connection.info.transaction_status != TransactionStatus.INTRANS:
            return kept(connection)
        broken.append(True)
        if stored:
            kept(connection)
        connection.close()
        raise psycopg.OperationalError("the connection was lost")

    unit, tries = counting(note("a"))
    monkeypatch.setattr(psycopg.Connection, "commit", commit)
    assert database.write(unit) == "a"
    assert len(tries) == (1 if stored else 2)
    assert database.read(texts) == ["a"]


def test_units_with_one_key_run_one_after_another_in_their_order_also_across_processes(database: PostgresDatabase, url):
    other = PostgresDatabase(url, workers=4)
    seen: list[tuple[str, int]] = []
    inside: list[int] = []

    def unit(name: str, number: int) -> Callable[[Connection], None]:
        def alone(connection: Connection) -> None:
            inside.append(number)
            assert len(inside) == 1
            seen.append((name, number))
            run("SELECT pg_sleep(0.001)")(connection)
            inside.pop()

        return alone

    answers: list[Future[None]] = []
    for number in range(20):
        answers += [store.submit(unit(name, number), "one") for name, store in (("x", database), ("y", other))]
    for answer in answers:
        answer.result(PATIENCE)
    for name in "xy":
        assert [number for who, number in seen if who == name] == list(range(20))
    other.close()


def test_closing_finishes_what_waits_and_takes_no_more(url: str):
    database = PostgresDatabase(url, workers=2)
    database.write(run("CREATE TABLE note (text TEXT PRIMARY KEY)"))
    answers = [database.submit(note(f"{number}"), "one") for number in range(20)]
    database.close()
    database.close()
    assert all(answer.done() and answer.exception() is None for answer in answers)
    for use in (database.submit, database.write, database.read):
        with pytest.raises(Closed):
            use(note("late"))


def test_an_error_says_nothing_of_the_row(database: PostgresDatabase):
    database.write(note("王立新"))
    with pytest.raises(sa.exc.IntegrityError) as told:
        database.write(note("王立新"))
    assert "王立新" not in f"{told.value} {told.value.orig} {told.value.__cause__}"


@pytest.mark.parametrize("many", [False, True])
def test_a_prepared_statements_error_says_nothing_of_the_row(database: PostgresDatabase, many: bool):
    put = (lambda c: PUT.many(c, [{"text": "王立新"}])) if many else (lambda c: PUT.change(c, {"text": "王立新"}))
    database.write(put)
    with pytest.raises(sa.exc.IntegrityError) as told:
        database.write(put)
    assert "duplicate key" in str(told.value)
    assert "王立新" not in f"{told.value} {told.value.orig} {told.value.__cause__}"


def test_a_prepared_statement_loses_the_one_character_that_cannot_be_kept(database: PostgresDatabase):
    database.write(lambda connection: PUT.many(connection, [{"text": "a\x00b"}, {"text": "c\x00"}]))
    assert database.read(lambda connection: TEXTS.values(connection, {})) == ["ab", "c"]


def test_a_unit_that_swallows_a_prepared_statements_error_gets_no_yes(database: PostgresDatabase):
    def careless(connection: Connection) -> str:
        PUT.change(connection, {"text": "a"})
        with pytest.raises(sa.exc.ProgrammingError):
            NOWHERE.all(connection, {})
        with pytest.raises(sa.exc.DBAPIError, match="aborted"):
            TEXTS.values(connection, {})
        return "done"

    unit, tries = counting(careless)
    with pytest.raises(Busy):
        database.write(unit)
    assert len(tries) == 3
    assert database.read(texts) == []


def test_a_connection_that_breaks_under_a_prepared_statement_is_opened_anew(database: PostgresDatabase):
    broken: list[bool] = []
    end = Statement(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))

    def unit(connection: Connection) -> str:
        PUT.change(connection, {"text": "a"})
        if not broken:
            broken.append(True)
            end.value(connection, {})
        return "done"

    assert database.write(unit) == "done"
    assert database.read(lambda connection: TEXTS.values(connection, {})) == ["a"]


@pytest.mark.parametrize("writes", [True, False])
def test_a_plan_made_before_a_migration_is_made_anew(url: str, database: PostgresDatabase, writes: bool):
    """The server plans a statement once it came often; changed columns make such a plan an error."""
    database.write(lambda connection: PUT.change(connection, {"text": "7"}))
    store = PostgresDatabase(url, workers=1) if writes else PostgresReader(url)
    ask = store.write if writes else store.read
    for _ in range(10):
        assert ask(lambda connection: TEXTS.values(connection, {})) == ["7"]
    database.write(run("ALTER TABLE note ALTER COLUMN text TYPE BIGINT USING text::bigint"))
    assert ask(lambda connection: TEXTS.values(connection, {})) == [7]
    store.close()
