"""The keeper: renews the leases of a process, tries for those it has not, and as leader links the audit trail."""

from __future__ import annotations

import threading
from time import monotonic

import sqlalchemy as sa
import structlog

from storage import audit, leading
from storage.lease import Lease, Owner

log = structlog.get_logger(__name__)
TURN_S = 1.0
RENEWED = 5  # times in the life of a lease
LINKED_AT_ONCE = 500


class Keeper:
    """What it holds runs out when the process dies or stands still, and is given back when it ends in good order."""

    def __init__(self, engine: sa.Engine, owner: Owner) -> None:
        self._engine = engine
        self._owner = owner
        self._leases: dict[str, Lease] = {}
        self._door = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._next = 0.0
        self._linker = self._wanted("linker")
        self._turn()  # who cannot reach the database hears it now
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def lease(self, name: str) -> Lease:
        """A lease that is tried for at once and from now on."""
        lease = self._wanted(name)
        self._try()
        return lease

    def close(self) -> None:
        """Gives everything back."""
        self._ending = True
        self._wake.set()
        self._thread.join()
        for lease in self._leases.values():
            lease.wanted = False
        self._try()

    def _wanted(self, name: str) -> Lease:
        with self._door:
            lease = self._leases.setdefault(name, Lease(name, changed=self._wake.set))
            lease.wanted = True
            return lease

    def _run(self) -> None:
        while not self._ending:
            woken = self._wake.wait(TURN_S)
            self._wake.clear()
            if woken or monotonic() >= self._next:
                self._try()
            self._link()

    def _try(self) -> None:
        try:
            self._turn()
        except sa.exc.SQLAlchemyError as error:
            log.warning("leases run out: the database does not answer", error=str(error).split("\n")[0])

    def _turn(self) -> None:
        """Gives back what is not wanted, renews what is held, asks for the rest."""
        with self._door:
            began = monotonic()
            wanted = {lease.name for lease in self._leases.values() if lease.wanted}
            with self._engine.begin() as connection:
                leading.give(connection, self._leases.keys() - wanted, self._owner)
                held = {fence.name: fence for fence in leading.renew(connection, self._owner)}
                held |= {fence.name: fence for fence in leading.take(connection, wanted - held.keys(), self._owner)}
            for lease in self._leases.values():
                lease.turn(held.get(lease.name), began + self._owner.lease_s)
            self._leases = {name: lease for name, lease in self._leases.items() if name in wanted}
            self._next = began + self._owner.lease_s / RENEWED

    def _link(self) -> None:
        linked = LINKED_AT_ONCE
        try:
            while self._linker.held() and linked == LINKED_AT_ONCE:
                with self._engine.begin() as connection:
                    linked = audit.link(connection, LINKED_AT_ONCE)
        except sa.exc.SQLAlchemyError as error:
            log.warning("audit not linked: the database does not answer", error=str(error).split("\n")[0])
