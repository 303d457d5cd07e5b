"""A full disk, a COMMIT that fails, a file locked by another: nothing acknowledged is lost, nothing is done twice."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

import storage.engine
from storage.engine import Busy, Connection, Database
from tests.storage.writer import PATIENCE, errors, no_file_beyond, one_group, pragma, run, traced

BIG = "x" * 3000  # about one page


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    database.write(run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL, about INTEGER)"))
    database.write(run("CREATE TABLE remark (note INTEGER NOT NULL REFERENCES note (id))"))
    yield database
    database.close()


def note(number: int, text: str = "") -> Callable[[Connection], int]:
    def unit(connection: Connection) -> int:
        connection.exec_driver_sql("INSERT INTO note (about, text) VALUES (?, ?)", (number, text))
        return number

    return unit


def dangling(number: int) -> Callable[[Connection], int]:
    """A unit whose remark has no note: SQLite finds out at the COMMIT."""

    def unit(connection: Connection) -> int:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.exec_driver_sql("INSERT INTO remark VALUES (-1)")
        return note(number)(connection)

    return unit


def numbers(connection: Connection) -> list[int]:
    return list(connection.exec_driver_sql("SELECT about FROM note ORDER BY id").scalars())


def in_file(path: Path) -> list[int]:
    """What a process that opens the file anew finds in it, after SQLite's own checks."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    found = [row[0] for row in connection.execute("SELECT about FROM note ORDER BY id")]
    connection.close()
    return found


def fill(database: Database, pages: int) -> None:
    """From now on the file may grow by so many pages only."""
    used = database.write(pragma("page_count"))
    database.write(run(f"PRAGMA max_page_count={used + pages}"))


def cause_of(error: BaseException | None) -> int:
    """What SQLite said, from https://www.sqlite.org/rescode.html without the detail."""
    assert isinstance(error, Busy)
    assert isinstance(error.__cause__, sa.exc.DBAPIError)
    code = getattr(error.__cause__.orig, "sqlite_errorcode", None)
    assert isinstance(code, int)
    return code & 0xFF


def test_a_full_disk_fails_only_the_units_that_do_not_fit(database: Database, path: Path):
    fill(database, pages=20)
    with one_group(database):
        answers = [database.submit(note(number, BIG if number % 3 else "")) for number in range(60)]
    failed = errors(answers)
    assert set(failed.values()) == {"Busy"}
    assert {cause_of(answers[number].exception()) for number in failed} == {sqlite3.SQLITE_FULL}
    acknowledged = [number for number in range(60) if number not in failed]
    assert 10 < len(acknowledged) < 60
    assert database.read(numbers) == acknowledged
    database.close()
    assert in_file(path) == acknowledged


def test_a_full_disk_is_left_behind_when_there_is_space_again(database: Database, path: Path):
    fill(database, pages=0)
    with pytest.raises(Busy):
        database.write(note(1, BIG * 10))
    database.write(run("PRAGMA max_page_count=1000000"))
    assert database.write(note(2, BIG)) == 2
    database.close()
    assert in_file(path) == [2]


def test_a_unit_is_tried_three_times_before_its_caller_is_told(database: Database):
    tries = []

    def unit(connection: Connection) -> int:
        tries.append(1)
        return note(1, BIG * 10)(connection)

    fill(database, pages=0)
    with pytest.raises(Busy):
        database.write(unit)
    assert len(tries) == 3


def test_a_unit_that_swallows_a_full_disk_stores_nothing_and_harms_no_other(database: Database, path: Path):
    def careless(connection: Connection) -> int:
        note(10)(connection)
        with pytest.raises(sa.exc.OperationalError, match="full"):
            note(11, BIG * 10)(connection)
        return note(12)(connection)

    fill(database, pages=1)
    with one_group(database):
        answers = [database.submit(unit) for unit in (note(1), careless, note(2))]
    assert errors(answers) == {1: "Busy"}
    database.close()
    assert in_file(path) == [1, 2]


def test_a_log_that_cannot_grow_fails_the_commit_and_loses_nothing(database: Database, path: Path):
    assert [database.write(note(number, BIG)) for number in range(5)] == [0, 1, 2, 3, 4]
    log = path.with_name(path.name + "-wal")
    with no_file_beyond(log.stat().st_size + 10_000):
        answers = [database.submit(note(number, BIG)) for number in range(5, 30)]
        failed = errors(answers)
    assert set(failed.values()) == {"Busy"}
    acknowledged = [number for number in range(30) if number - 5 not in failed]
    assert database.write(note(30)) == 30
    database.close()
    assert in_file(path) == [*acknowledged, 30]


def test_a_checkpoint_that_fails_stops_nothing(database: Database, path: Path, monkeypatch: pytest.MonkeyPatch):
    for number in range(50):
        database.write(note(number, BIG))
    monkeypatch.setattr(storage.engine, "CHECKPOINT_EVERY", 1)
    with no_file_beyond(path.stat().st_size + 4096), capture_logs() as logs:
        for _ in range(2):  # these write nothing, but the second waits for the checkpoint after the first
            database.submit(pragma("user_version")).result(PATIENCE)
    assert {log["event"] for log in logs} == {"checkpoint failed"}
    assert database.submit(note(50)).result(PATIENCE) == 50
    database.close()
    assert in_file(path) == list(range(51))


def test_the_log_is_written_back_while_the_database_is_open(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(storage.engine, "CHECKPOINT_EVERY", 10)
    for number in range(200):
        database.write(note(number, BIG))
    assert path.stat().st_size > 180 * len(BIG)
    assert path.with_name(path.name + "-wal").stat().st_size < 50 * len(BIG)


@pytest.mark.parametrize("guilty", [{0}, {3}, {5}, {1, 4}, set(range(6))])
def test_a_commit_that_fails_is_the_fault_of_its_unit_alone(database: Database, path: Path, guilty: set[int]):
    statements = traced(database)
    with one_group(database):
        answers = [database.submit(dangling(n) if n in guilty else note(n)) for n in range(6)]
    assert errors(answers) == dict.fromkeys(guilty, "IntegrityError")
    assert {n: answers[n].result() for n in range(6) if n not in guilty} == {n: n for n in range(6) if n not in guilty}
    # the holder, the group, then each unit alone: every one of these tried to commit
    assert statements.count("COMMIT") == 2 + 6
    assert database.write(note(6)) == 6
    database.close()
    assert in_file(path) == [*(n for n in range(6) if n not in guilty), 6]


def test_a_file_locked_by_another_process_fails_the_unit_and_is_left_behind(database: Database, path: Path):
    database.write(run("PRAGMA busy_timeout=1"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers = [database.submit(note(number)) for number in range(3)]
    assert errors(answers) == dict.fromkeys(range(3), "Busy")
    assert {cause_of(answer.exception()) for answer in answers} == {sqlite3.SQLITE_BUSY}
    other.execute("ROLLBACK")
    other.close()
    assert database.submit(note(3)).result(PATIENCE) == 3
    assert database.read(numbers) == [3]
