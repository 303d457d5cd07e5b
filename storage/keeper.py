"""The keeper: one connection a process that holds its leases, and, as leader, links the audit trail every second."""

from __future__ import annotations

import threading

import sqlalchemy as sa
import structlog

from storage import audit
from storage.lease import Lease
from storage.locks import key_of, presence

log = structlog.get_logger(__name__)
TURN_S = 1.0
LINKED_AT_ONCE = 500


class Keeper:
    """Session locks live as long as their connection, so a process that dies frees them at once."""

    def __init__(self, engine: sa.Engine, owner: int) -> None:
        self._engine = engine
        self._leases: dict[str, Lease] = {}
        self._connection: sa.Connection | None = None
        self._door = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self.lease(presence(owner))
        self._audit = self.lease("linker")
        self._turn()  # who cannot reach the database hears it now
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def lease(self, name: str) -> Lease:
        """A lease that is tried for from now on."""
        with self._door:
            lease = self._leases.setdefault(name, Lease(name, changed=self._wake.set))
        self._wake.set()
        return lease

    def close(self) -> None:
        """Frees everything."""
        self._ending = True
        self._wake.set()
        self._thread.join()
        self._let_go()

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait(TURN_S)
            self._wake.clear()
            try:
                self._turn()
                self._link()
            except sa.exc.SQLAlchemyError as error:
                log.warning("leases lost: the database does not answer", error=str(error).split("\n")[0])
                self._let_go()

    def _turn(self) -> None:
        """Asks for what is not held; any answer shows that what is held still is."""
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._give_up(self._connection)
        with self._door:
            missing = [lease for lease in self._leases.values() if not lease.held()]
        for lease in missing:
            query = "SELECT pg_try_advisory_lock(%s)"
            lease.turn(bool(self._connection.exec_driver_sql(query, (key_of(lease.name),)).scalar()))
        if not missing:
            self._connection.exec_driver_sql("SELECT 1")

    def _give_up(self, connection: sa.Connection) -> None:
        with self._door:
            over = [self._leases.pop(lease.name) for lease in list(self._leases.values()) if not lease.wanted]
        for lease in over:
            if lease.held():
                lease.turn(False)
                connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (key_of(lease.name),))

    def _link(self) -> None:
        linked = LINKED_AT_ONCE
        while self._audit.held() and linked == LINKED_AT_ONCE:
            with self._engine.begin() as connection:
                linked = audit.link(connection, LINKED_AT_ONCE)

    def _let_go(self) -> None:
        with self._door:
            for lease in self._leases.values():
                lease.turn(False)
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # closed, not put back: a connection that is put back keeps its locks
            connection.close()
