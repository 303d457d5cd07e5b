"""The database: `write(unit)` and `read(query)`; on SQLite one writer thread with group commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

log = structlog.get_logger(__name__)
Connection = sa.Connection
T = TypeVar("T")
Unit = Callable[[sa.Connection], T]
MOST_IN_GROUP = 256
SLOW_UNIT_S = 0.05
CHECKPOINT_EVERY = 500


class OutsideTransaction(RuntimeError):
    """The transaction ended before its COMMIT: the database rolled it back by itself, nothing of it may be acknowledged."""


class Busy(RuntimeError):
    """The database refused the write several times: full disk, lost connection; nothing of the unit is stored."""


class Closed(RuntimeError):
    """The database is being closed and takes no more units."""


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    answer: Future[Any]


def sqlite_engine(path: Path, *, read_only: bool = False) -> sa.Engine:
    """An engine on a database file whose transactions SQLAlchemy itself opens, synchronous=FULL, WAL."""
    mode = "ro" if read_only else "rwc"
    engine = sa.create_engine(
        f"sqlite:///file:{path}?mode={mode}&uri=true",
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

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = sqlite_engine(path)
        self._readers = sqlite_engine(path)
        sa.event.listen(self._writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        sa.event.listen(self._readers, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit[T]) -> Future[T]:
        """Queues a unit; the future is answered after its COMMIT."""
        if self._closing:
            raise Closed
        answer: Future[T] = Future()
        self._waiting.put(_Waiting(unit, answer))
        return answer

    def write(self, unit: Unit[T]) -> T:
        """Runs a unit and waits until it is durable."""
        return self.submit(unit).result()

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""
        with self._readers.begin() as connection:
            return query(connection)

    def close(self) -> None:
        """Finishes what waits, checkpoints, and closes."""
        self._closing = True
        self._waiting.put(None)
        self._thread.join()
        self._checkpoint("TRUNCATE")
        self._writer.dispose()
        self._readers.dispose()

    def _run(self) -> None:
        open_ended = True
        groups = 0
        while open_ended:
            group = [self._waiting.get()]
            while len(group) < MOST_IN_GROUP and not self._waiting.empty():
                group.append(self._waiting.get())
            open_ended = None not in group
            # a caller that gave up waiting is dropped here; once running, its answer can be set
            self._commit([w for w in group if w is not None and w.answer.set_running_or_notify_cancel()])
            groups += 1
            if groups % CHECKPOINT_EVERY == 0:
                self._checkpoint("PASSIVE")

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            answers = self._transact(group)
        except Exception:  # noqa: BLE001 - whatever broke one unit, the others are replayed alone
            for waiting in group:
                self._replay(waiting)
            return
        for waiting, answer in zip(group, answers, strict=True):
            waiting.answer.set_result(answer)

    def _replay(self, waiting: _Waiting) -> None:
        for last in (False, True):
            try:
                answer = self._transact([waiting])[0]
            except (sa.exc.OperationalError, OutsideTransaction) as error:
                if last:
                    waiting.answer.set_exception(_as_busy(error))
            except Exception as error:  # noqa: BLE001 - handed to the caller, who waits for it
                waiting.answer.set_exception(error)
                return
            else:
                waiting.answer.set_result(answer)
                return

    def _transact(self, group: list[_Waiting]) -> list[Any]:
        with self._writer.begin() as connection:
            answers = []
            for waiting in group:
                started = perf_counter()
                answers.append(waiting.unit(connection))
                took = perf_counter() - started
                if took > SLOW_UNIT_S:
                    log.warning("slow unit", unit=getattr(waiting.unit, "__qualname__", "?"), ms=round(took * 1000))
            # SQLite rolls back by itself on a full disk; a COMMIT after that would succeed and store nothing
            if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
                raise OutsideTransaction
            return answers

    def _checkpoint(self, mode: str) -> None:
        with self._writer.connect() as connection:
            connection.connection.driver_connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()  # type: ignore[union-attr]


class Reader:
    """A SQLite file opened for reading only, beside whatever process writes to it."""

    def __init__(self, path: Path) -> None:
        self._engine = sqlite_engine(path, read_only=True)
        sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""
        with self._engine.begin() as connection:
            return query(connection)

    def submit(self, unit: Unit[T]) -> Future[T]:
        """Refuses: nothing is written here."""
        raise Closed

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()


def _as_busy(error: Exception) -> Busy:
    busy = Busy(str(error))
    busy.__cause__ = error
    return busy
