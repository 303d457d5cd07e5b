"""The writer: units are committed in groups, and a unit that fails takes no other with it."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import storage.engine
from storage.engine import MOST_IN_GROUP, Closed, Connection, Database, Reader
from tests.storage.writer import PATIENCE, errors, one_group, pragma, run, traced


class Refused(Exception):
    """What a unit of these tests raises by itself."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    database.write(run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"))
    database.write(run("CREATE UNIQUE INDEX one_of_each ON note (text)"))
    yield database
    database.close()


def note(text: str) -> Callable[[Connection], str]:
    """A unit that notes a text and answers with it."""

    def unit(connection: Connection) -> str:
        connection.exec_driver_sql("INSERT INTO note (text) VALUES (?)", (text,))
        return text

    return unit


def note_and_raise(text: str, error: BaseException) -> Callable[[Connection], str]:
    def unit(connection: Connection) -> str:
        note(text)(connection)
        raise error

    return unit


def texts(connection: Connection) -> list[str]:
    return list(connection.exec_driver_sql("SELECT text FROM note ORDER BY id").scalars())


def test_a_unit_is_answered_with_its_value_and_is_in_the_file(database: Database, path: Path):
    assert database.write(note("a")) == "a"
    assert sqlite3.connect(path).execute("SELECT text FROM note").fetchall() == [("a",)]


def test_waiting_units_are_committed_together(database: Database):
    statements = traced(database)
    with one_group(database):
        answers = [database.submit(note(f"{number}")) for number in range(100)]
    assert [answer.result(PATIENCE) for answer in answers] == [f"{number}" for number in range(100)]
    # the unit that held the writer, then all others; each locks the file at its beginning
    assert (statements.count("BEGIN IMMEDIATE"), statements.count("COMMIT")) == (2, 2)
    assert database.read(texts) == [f"{number}" for number in range(100)]


def test_a_group_takes_no_more_units_than_its_most(database: Database):
    statements = traced(database)
    with one_group(database):
        answers = [database.submit(note(f"{number}")) for number in range(2 * MOST_IN_GROUP + 1)]
    assert errors(answers) == {}
    assert statements.count("COMMIT") == 4


@pytest.mark.parametrize("failing", [{0}, {4}, {9}, {2, 3, 7}, set(range(10))])
def test_a_failing_unit_in_a_group_fails_alone(database: Database, failing: set[int]):
    with one_group(database):
        answers = [
            database.submit(note_and_raise(f"{n}", Refused(n)) if n in failing else note(f"{n}")) for n in range(10)
        ]
    assert errors(answers) == dict.fromkeys(failing, "Refused")
    assert all(str(answers[number].exception()) == f"{number}" for number in failing)
    assert database.read(texts) == [f"{number}" for number in range(10) if number not in failing]


def test_a_unit_the_database_refuses_fails_alone(database: Database):
    database.write(note("3"))
    with one_group(database):
        answers = [database.submit(note(f"{number}")) for number in range(6)]
    assert errors(answers) == {3: "IntegrityError"}
    assert sorted(database.read(texts)) == ["0", "1", "2", "3", "4", "5"]


def test_a_unit_may_swallow_a_refused_row_and_go_on(database: Database):
    def careful(connection: Connection) -> str:
        note("before")(connection)
        with pytest.raises(sa.exc.IntegrityError):
            note("before")(connection)
        return note("after")(connection)

    statements = traced(database)
    with one_group(database):
        answers = [database.submit(unit) for unit in (note("first"), careful, note("last"))]
    assert errors(answers) == {}
    assert database.read(texts) == ["first", "before", "after", "last"]
    assert statements.count("ROLLBACK") == 0


def test_a_mistaken_statement_is_told_as_such_and_not_as_a_busy_database(database: Database):
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        database.write(run("INSERT INTO nowhere VALUES (1)"))
    assert database.write(note("next")) == "next"


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()])
def test_nothing_a_unit_raises_ends_the_writer(database: Database, error: BaseException):
    with one_group(database):
        answers = [database.submit(unit) for unit in (note("a"), note_and_raise("b", error), note("c"))]
    assert errors(answers) == {1: "RuntimeError"}
    assert database.read(texts) == ["a", "c"]


def test_a_unit_that_runs_out_of_an_iterator_is_told_to_who_waits_in_a_loop(database: Database):
    async def wait() -> str:
        return await asyncio.wait_for(
            asyncio.wrap_future(database.submit(note_and_raise("a", StopIteration()))), PATIENCE
        )

    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(wait())


def test_a_unit_that_ends_the_transaction_itself_gets_no_yes(database: Database):
    answer = database.submit(run("ROLLBACK"))
    assert type(answer.exception(PATIENCE)).__name__ == "Busy"
    assert database.write(note("next")) == "next"


def test_a_caller_that_gave_up_is_left_out_and_the_others_are_served(database: Database):
    with one_group(database):
        answers = [database.submit(note(f"{number}")) for number in range(5)]
        assert answers[2].cancel()
    assert [answer.result(PATIENCE) for answer in answers if not answer.cancelled()] == ["0", "1", "3", "4"]
    assert database.read(texts) == ["0", "1", "3", "4"]


def test_a_running_unit_cannot_be_given_up_any_more(database: Database):
    started, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> str:
        started.set()
        assert go.wait(PATIENCE)
        return note("done")(connection)

    answer = database.submit(slow)
    assert started.wait(PATIENCE)
    assert not answer.cancel()
    go.set()
    assert answer.result(PATIENCE) == "done"


@pytest.mark.parametrize(
    ("name", "value"),
    [("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1), ("wal_autocheckpoint", 0)],
)
def test_the_writer_is_durable(database: Database, name: str, value: object):
    assert database.write(pragma(name)) == value


def test_a_read_writes_nothing(database: Database):
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        database.read(note("sly"))
    assert database.read(texts) == []


def test_a_read_blocks_no_write_and_keeps_its_snapshot(database: Database):
    def look(connection: Connection) -> tuple[list[str], list[str]]:
        before = texts(connection)
        database.write(note("meanwhile"))
        return before, texts(connection)

    assert database.read(look) == ([], [])
    assert database.read(texts) == ["meanwhile"]


def test_a_write_blocks_no_read_and_is_not_seen_before_its_commit(database: Database):
    def look_from_inside(connection: Connection) -> list[str]:
        note("a")(connection)
        return database.read(texts)

    assert database.write(look_from_inside) == []
    assert database.read(texts) == ["a"]


def test_closing_finishes_what_waits(database: Database, path: Path):
    with one_group(database):
        answers = [database.submit(note(f"{number}")) for number in range(20)]
        closing = threading.Thread(target=database.close)
        closing.start()
    closing.join(PATIENCE)
    assert errors(answers) == {}
    with pytest.raises(Closed):
        database.submit(note("late"))
    with pytest.raises(Closed):
        database.write(note("late"))
    assert len(sqlite3.connect(path).execute("SELECT * FROM note").fetchall()) == 20


def test_closing_leaves_everything_in_the_one_file_and_may_be_done_twice(database: Database, path: Path):
    database.write(note("a"))
    database.close()
    database.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_who_submits_while_it_closes_is_still_served(database: Database, path: Path, monkeypatch: pytest.MonkeyPatch):
    inside, go = threading.Event(), threading.Event()
    answers: list[Future[str]] = []

    def slowly(*args: Any) -> Any:
        inside.set()
        assert go.wait(PATIENCE)
        return kept(*args)

    kept = storage.engine._Waiting
    monkeypatch.setattr(storage.engine, "_Waiting", slowly)
    submitting = threading.Thread(target=lambda: answers.append(database.submit(note("a"))))
    submitting.start()
    assert inside.wait(PATIENCE)
    closing = threading.Thread(target=database.close)
    closing.start()
    closing.join(0.2)  # were it not to wait for the one inside, it would be done by then
    go.set()
    submitting.join(PATIENCE)
    assert errors(answers) == {}
    closing.join(PATIENCE)
    assert sqlite3.connect(path).execute("SELECT text FROM note").fetchall() == [("a",)]


@pytest.mark.parametrize("folder", ["a b", "50%", "a%20b", "a#b", "a?b=c", "支部", "a&b", "it's"])
def test_the_file_lies_where_it_was_asked_for(tmp_path: Path, folder: str):
    path = tmp_path / folder / "notes.sqlite3"
    path.parent.mkdir()
    database = Database(path)
    database.write(run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)"))
    database.write(note("a"))
    assert database.read(texts) == ["a"]
    database.close()
    reader = Reader(path)
    assert reader.read(texts) == ["a"]
    reader.close()
    assert [file.name for file in path.parent.iterdir() if file.suffix == ".sqlite3"] == ["notes.sqlite3"]


def test_a_reader_sees_what_is_committed_and_writes_nothing(database: Database, path: Path):
    database.write(note("a"))
    reader = Reader(path)
    assert reader.read(texts) == ["a"]
    database.write(note("b"))
    assert reader.read(texts) == ["a", "b"]
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        reader.read(note("sly"))
    with pytest.raises(Closed):
        reader.submit(note("sly"))
    reader.close()
