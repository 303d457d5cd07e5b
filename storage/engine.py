"""The database: `write(unit)` and `read(query)`; on SQLite, here, one writer thread with group commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
import structlog

from storage.lease import ALONE, Lease, Owner
from storage.statement import ON_ERROR

log = structlog.get_logger(__name__)
Connection = sa.Connection
T = TypeVar("T")
Unit = Callable[[sa.Connection], T]
MOST_IN_GROUP = 256
SLOW_UNIT_S = 0.05
CHECKPOINT_EVERY = 2000  # units
# what SQLite says when the machine, not the statement, stands in the way: another try may succeed
# https://www.sqlite.org/rescode.html
PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


class OutsideTransaction(RuntimeError):
    """The database ended the transaction by itself before its COMMIT: nothing of it may be acknowledged."""


class Busy(RuntimeError):
    """The database refused the write several times: full disk, lost connection; nothing of the unit is stored."""


class Closed(RuntimeError):
    """The database is being closed and takes no more units."""


class Store(Protocol):
    """A database that units are written to and queries read from; `owner` is this process among several."""

    owner: Owner

    def submit(self, unit: Unit[T], key: str = "") -> Future[T]:
        """Queues a unit; those with the same key run one after another, in whatever process."""

    def write(self, unit: Unit[T]) -> T:
        """Runs a unit and waits until it is durable."""

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""

    def lease(self, name: str) -> Lease:
        """What only one process may do: this one tries for it until it closes."""

    def close(self) -> None:
        """Finishes what waits."""


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    answer: Future[Any]


def sqlite_engine(path: Path, *, read_only: bool = False) -> sa.Engine:
    """An engine on a database file whose transactions SQLAlchemy itself opens, synchronous=FULL, WAL."""
    query = {"mode": "ro" if read_only else "rwc", "uri": "true"}
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=f"file:{quote(str(path))}", query=query),
        hide_parameters=True,  # a database error must not carry people's data into the logs
        connect_args={"timeout": 30, "check_same_thread": False, "isolation_level": None},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        if not read_only:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA wal_autocheckpoint=0")

    return engine


class Database:
    """SQLite in one file. Units run one after another on one thread and are committed in groups.

    A unit never commits, sends, reads files or waits, and may be run twice: when anything in its group fails the whole
    group is rolled back and each unit is replayed alone.
    """

    owner = ALONE

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = sqlite_engine(path)
        self._readers = sqlite_engine(path)
        sa.event.listen(self._writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        sa.event.listen(self._writer, "handle_error", self._catch_rollback)
        sa.event.listen(self._writer, "connect", lambda _, record: record.info.update({ON_ERROR: self._noted}))
        sa.event.listen(self._readers, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        sa.event.listen(self._readers, "connect", lambda driver, _record: driver.execute("PRAGMA query_only=ON"))
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closing = False
        self._lost = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit[T], key: str = "") -> Future[T]:
        """Queues a unit; the future is answered after its COMMIT. All run one after another, whatever their key."""
        answer: Future[T] = Future()
        with self._door:  # nothing is put behind the mark at which the writer stops
            if self._closing:
                raise Closed
            self._waiting.put(_Waiting(unit, answer))
        return answer

    def write(self, unit: Unit[T]) -> T:
        """Runs a unit and waits until it is durable."""
        return self.submit(unit).result()

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""
        with self._readers.begin() as connection:
            return query(connection)

    def lease(self, name: str) -> Lease:
        """Held: no other process works here."""
        return Lease(name, held=True)

    def close(self) -> None:
        """Finishes what waits, checkpoints, and closes; a second call does nothing more."""
        with self._door:
            if self._closing:
                return
            self._closing = True
            self._waiting.put(None)
        self._thread.join()
        self._checkpoint("TRUNCATE")
        self._writer.dispose()
        self._readers.dispose()

    def _run(self) -> None:
        open_ended = True
        since_checkpoint = 0
        while open_ended:
            group = [self._waiting.get()]
            while len(group) < MOST_IN_GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            open_ended = None not in group
            # a caller that gave up waiting is dropped here; once running, its answer can be set
            self._commit([w for w in group if w is not None and w.answer.set_running_or_notify_cancel()])
            since_checkpoint += len(group)
            if since_checkpoint >= CHECKPOINT_EVERY:
                self._checkpoint("PASSIVE")
                since_checkpoint = 0

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            answers = self._transact(group)
        except BaseException:  # noqa: BLE001 - whatever broke one unit, the others are replayed alone
            for waiting in group:
                self._replay(waiting)
            return
        for waiting, answer in zip(group, answers, strict=True):
            waiting.answer.set_result(answer)

    def _replay(self, waiting: _Waiting) -> None:
        for last in (False, True):
            try:
                answer = self._transact([waiting])[0]
            except BaseException as error:  # noqa: BLE001 - handed to the caller, who waits for it
                if last or not _passing(error):
                    waiting.answer.set_exception(handed(error, busy=_passing(error)))
                    return
            else:
                waiting.answer.set_result(answer)
                return

    def _transact(self, group: list[_Waiting]) -> list[Any]:
        self._lost = False
        with self._writer.begin() as connection:
            driver: Any = connection.connection.driver_connection
            answers = []
            for waiting in group:
                started = perf_counter()
                answers.append(waiting.unit(connection))
                took = perf_counter() - started
                if took > SLOW_UNIT_S:
                    log.info("slow unit", unit=getattr(waiting.unit, "__qualname__", "?"), ms=round(took * 1000))
                if self._lost or not driver.in_transaction:
                    raise OutsideTransaction
            return answers

    def _catch_rollback(self, failure: sa.ExceptionContext) -> None:
        """On a full disk SQLite rolls back by itself, and each later statement would commit alone.

        A unit may swallow the error, so what follows goes into a new transaction that is never committed.
        """
        if failure.connection is not None:
            self._note_rollback(failure.connection.connection.driver_connection)

    def _noted(self, driver: Any, _error: Exception) -> None:
        self._note_rollback(driver)

    def _note_rollback(self, driver: Any) -> None:
        if not driver.in_transaction:
            self._lost = True
            driver.execute("BEGIN")

    def _checkpoint(self, mode: str) -> None:
        try:
            with self._writer.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        except (sa.exc.DBAPIError, sqlite3.Error):  # what is committed stands in the WAL; the next one tries again
            log.exception("checkpoint failed", mode=mode)


class Reader:
    """A SQLite file opened for reading only, beside whatever process writes to it."""

    owner = ALONE

    def __init__(self, path: Path) -> None:
        self._engine = sqlite_engine(path, read_only=True)
        sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""
        with self._engine.begin() as connection:
            return query(connection)

    def submit(self, unit: Unit[T], key: str = "") -> Future[T]:
        """Refuses: nothing is written here."""
        raise Closed

    def write(self, unit: Unit[T]) -> T:
        """Refuses: nothing is written here."""
        raise Closed

    def lease(self, name: str) -> Lease:
        """Never held: nothing is done here."""
        return Lease(name)

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()


def _passing(error: BaseException) -> bool:
    if isinstance(error, OutsideTransaction):
        return True
    code = getattr(error.orig, "sqlite_errorcode", None) if isinstance(error, sa.exc.DBAPIError) else None
    return code is not None and code & 0xFF in PASSING  # the low byte is the kind, the rest its detail


def handed(error: BaseException, *, busy: bool) -> Exception:
    """What a caller gets: Busy for what may pass; asyncio cannot carry StopIteration, and a unit ends no process."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration) and not busy:
        return error
    given = Busy(str(error)) if busy else RuntimeError(f"a unit raised {type(error).__name__}")
    given.__cause__ = error
    return given
