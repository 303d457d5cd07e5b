"""Ways to bring the writer into a state: units that wait together, the statements it runs, limits it meets."""

import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from storage.engine import Connection, Database

PATIENCE = 10  # seconds after which a test that hangs fails


def run(statement: str) -> Callable[[Connection], None]:
    """A unit of one statement."""

    def unit(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return unit


def pragma(name: str) -> Callable[[Connection], Any]:
    """A unit or query that answers with a setting."""
    return lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def driver(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


@contextmanager
def one_group(database: Database) -> Iterator[None]:
    """Holds the writer, so that what is submitted meanwhile waits together."""
    started, go = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        started.set()
        assert go.wait(PATIENCE)

    held = database.submit(hold)
    assert started.wait(PATIENCE)
    try:
        yield
    finally:
        go.set()
        held.result(PATIENCE)


def traced(database: Database) -> list[str]:
    """The statements SQLite runs on the writer's connection from now on."""
    statements: list[str] = []
    database.write(lambda connection: driver(connection).set_trace_callback(statements.append))
    statements.clear()
    return statements


def errors(answers: Sequence[Future[Any]]) -> dict[int, str]:
    """Number of the unit → the kind of error its caller got."""
    found = {number: answer.exception(PATIENCE) for number, answer in enumerate(answers)}
    return {number: type(error).__name__ for number, error in found.items() if error is not None}


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """The system refuses every write behind this many bytes of any file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
