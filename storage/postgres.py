"""PostgreSQL: units run on several threads, in several processes, each in a transaction of its own.

READ COMMITTED: a unit that waited for a lock must see what the one before it has written, and a snapshot taken at the
beginning of the transaction would hide just that. What two units must not do at once is settled by `locks`, by unique
keys and by updates that name the state they expect. A unit that lost a race is run again and sees the winner's rows.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from time import perf_counter
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
import structlog
from psycopg.pq import TransactionStatus

from storage.engine import SLOW_UNIT_S, Busy, Closed, OutsideTransaction, Unit, handed
from storage.keeper import Keeper
from storage.lease import ALONE, LEASE_S, Lease, Owner
from storage.locks import key_of
from storage.wire import postgres_engine

log = structlog.get_logger(__name__)
T = TypeVar("T")
WORKERS = 8
TRIES = 3
PAUSES_S = (0.1, 1.0)  # before the second and the third try, when the database was away
# https://www.postgresql.org/docs/current/errcodes-appendix.html
BY_KEY = {"23505", "23503"}  # a unique key taken meanwhile; a row that went while another came to point to it
RACE_LOST = {"40001", "40P01", "55P03"} | BY_KEY  # serialization, deadlock, lock not available
OLD_PLAN = "0A000"  # a plan made before a migration; the rollback throws it away
PASSING_CLASSES = {"08", "53", "57"}  # connection, resources (full disk too), operator intervention (timeouts too)
PASSING = {"25P02", "25P03", "25P04"} | RACE_LOST - BY_KEY  # transaction failed before, or left idle
SETTLING_S = 5.0


class Unsure(Busy):
    """The connection broke during COMMIT and nobody can say whether the unit is stored; who asks again finds out."""


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    answer: Future[Any]
    key: str


class PostgresDatabase:
    """A PostgreSQL database, which other processes may use at the same time.

    A unit never commits, sends, reads files or waits, and may be run twice: after a lost race or a broken connection.
    """

    def __init__(self, url: str, workers: int = WORKERS, lease_s: float = LEASE_S) -> None:
        self.owner = Owner(secrets.randbits(62), lease_s)
        self._writer = postgres_engine(url, pool_size=workers + 2, idle_s=lease_s)  # two for the keeper
        self._readers = postgres_engine(url, pool_size=4, read_only=True)
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._lanes: dict[str, deque[_Waiting]] = {}
        self._door = threading.Condition()
        self._inside = 0  # units not answered, reads not ended
        self._closing = False
        self._keeper = Keeper(self._writer, self.owner)
        self._threads = [
            threading.Thread(target=self._run, name=f"writer-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, unit: Unit[T], key: str = "") -> Future[T]:
        """Queues a unit; the future is answered after its COMMIT. Units with the same key run one after another."""
        answer: Future[T] = Future()
        waiting = _Waiting(unit, answer, key)
        self._come_in()
        with self._door:
            if key and key in self._lanes:
                self._lanes[key].append(waiting)
                return answer
            if key:
                self._lanes[key] = deque()
            self._waiting.put(waiting)
        return answer

    def write(self, unit: Unit[T]) -> T:
        """Runs a unit and waits until it is durable."""
        return self.submit(unit).result()

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""
        self._come_in()
        try:
            return read_from(self._readers, query)
        finally:
            self._go_out()

    def lease(self, name: str) -> Lease:
        """What only one process may do: this one tries for it every few seconds until it closes."""
        return self._keeper.lease(name)

    def close(self) -> None:
        """Finishes what waits and closes; a second call does nothing more."""
        with self._door:
            if self._closing:
                return
            self._closing = True
            self._door.wait_for(lambda: not self._inside)
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._keeper.close()
        self._writer.dispose()
        self._readers.dispose()

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            # a caller that gave up waiting is dropped here; once running, its answer can be set
            if waiting.answer.set_running_or_notify_cancel():
                self._answer(waiting)
            self._next(waiting.key)
            self._go_out()

    def _next(self, key: str) -> None:
        with self._door:
            if key and self._lanes[key]:
                self._waiting.put(self._lanes[key].popleft())
            elif key:
                del self._lanes[key]

    def _come_in(self) -> None:
        with self._door:
            if self._closing:
                raise Closed
            self._inside += 1

    def _go_out(self) -> None:
        with self._door:
            self._inside -= 1
            if not self._inside:
                self._door.notify_all()

    def _answer(self, waiting: _Waiting) -> None:
        for left in reversed(range(TRIES)):
            try:
                answer = self._transact(waiting)
            except BaseException as error:  # noqa: BLE001 - handed to the caller, who waits for it
                if left and again(error):
                    if not race_lost(error):
                        time.sleep(PAUSES_S[TRIES - 1 - left])
                    continue
                given = error if isinstance(error, Busy) else handed(error, busy=passing(error))
                waiting.answer.set_exception(given)
            else:
                waiting.answer.set_result(answer)
            return

    def _transact(self, waiting: _Waiting) -> Any:
        with self._writer.connect() as connection:
            number = self._begin(connection, waiting.key)
            driver: Any = connection.connection.driver_connection
            started = perf_counter()
            answer = waiting.unit(connection)
            took = perf_counter() - started
            if took > SLOW_UNIT_S:
                log.info("slow unit", unit=getattr(waiting.unit, "__qualname__", "?"), ms=round(took * 1000))
            # a COMMIT of what failed before is answered with a silent ROLLBACK
            if driver.info.transaction_status != TransactionStatus.INTRANS:
                raise OutsideTransaction
            try:
                connection.commit()
            except sa.exc.DBAPIError as error:
                if not error.connection_invalidated or not self._stored(number):
                    raise
            return answer

    @staticmethod
    def _begin(connection: sa.Connection, key: str) -> int:
        """Begins a transaction, waits for its key, and gives its number, by which one can ask how it ended."""
        if key:
            query = "SELECT txid_current(), pg_advisory_xact_lock(%s)"
            return int(connection.exec_driver_sql(query, (key_of(f"key:{key}"),)).one()[0])
        return int(connection.exec_driver_sql("SELECT txid_current()").scalar_one())

    def _stored(self, number: int) -> bool:
        """Whether a transaction whose COMMIT got no answer was stored."""
        until = perf_counter() + SETTLING_S
        while perf_counter() < until:
            try:
                with self._writer.connect() as connection:
                    state = connection.exec_driver_sql("SELECT txid_status(%s)", (number,)).scalar()
            except sa.exc.DBAPIError as error:
                log.warning("the end of a transaction could not be asked for", error=type(error.orig).__name__)
                state = "in progress" if passing(error) else None
            if state != "in progress":
                break
            time.sleep(PAUSES_S[0])
        if state in ("committed", "aborted"):
            return bool(state == "committed")
        raise Unsure


class PostgresReader:
    """A PostgreSQL database opened for reading only."""

    owner = ALONE

    def __init__(self, url: str) -> None:
        self._engine = postgres_engine(url, pool_size=1, read_only=True)

    def read(self, query: Unit[T]) -> T:
        """Runs a query on one consistent snapshot."""
        return read_from(self._engine, query)

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
        """Lets go of the database."""
        self._engine.dispose()


def read_from(engine: sa.Engine, query: Unit[T]) -> T:
    """Runs a query, and runs it again when the connection broke or the tables were changed."""
    for pause in PAUSES_S:
        try:
            with engine.begin() as connection:
                return query(connection)
        except sa.exc.DBAPIError as error:
            if not lost(error) and state_of(error) != OLD_PLAN:
                raise
            time.sleep(pause)
    with engine.begin() as connection:
        return query(connection)


def state_of(error: BaseException) -> str | None:
    """The five letters by which the database names an error."""
    orig = error.orig if isinstance(error, sa.exc.DBAPIError) else None
    return orig.sqlstate if isinstance(orig, psycopg.Error) else None


def lost(error: BaseException) -> bool:
    """Whether the connection broke, or could not be had."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    return error.connection_invalidated or (isinstance(error, sa.exc.OperationalError) and state_of(error) is None)


def race_lost(error: BaseException) -> bool:
    """Whether another unit was faster; run again, this one sees what the other has written."""
    return state_of(error) in RACE_LOST


def passing(error: BaseException) -> bool:
    """Whether the machine, not the statement, stands in the way."""
    state = state_of(error)
    known = state is not None and (state in PASSING or state[:2] in PASSING_CLASSES)
    return known or lost(error) or isinstance(error, OutsideTransaction | sa.exc.TimeoutError)


def again(error: BaseException) -> bool:
    """Whether another try may succeed; what may be stored already is not tried again."""
    return not isinstance(error, Unsure) and (race_lost(error) or passing(error) or state_of(error) == OLD_PLAN)
