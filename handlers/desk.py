"""The desk: takes a request from whatever door, runs its handler in one write unit or on a read connection."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from handlers import (
    absences,
    account,
    announcements,
    appointments,
    backup,
    calendars,
    channels,
    deliveries,
    digests,
    exports,
    identities,
    imports,
    inbox,
    invitations,
    ledger,
    members,
    months,
    notices,
    overview,
    people,
    periods,
    phones,
    privacy,
    proofs,
    publication,
    reach,
    reminding,
    setup,
    signin,
    tasks,
    trail,
    undoing,
    unsent,
    urgent,
    waiting,
)
from handlers.context import Context, Handler, House
from handlers.declarations import REQUESTS as DECLARATIONS
from rules.access import Actor
from storage.engine import Busy as Busy
from storage.engine import Connection, Store
from storage.leading import Fenced as Fenced
from storage.leading import stand
from storage.lease import Fence as Fence

REQUESTS: dict[type, Handler] = {
    **members.REQUESTS,
    **identities.REQUESTS,
    **DECLARATIONS,
    **ledger.REQUESTS,
    **overview.REQUESTS,
    **periods.REQUESTS,
    **notices.REQUESTS,
    **digests.REQUESTS,
    **absences.REQUESTS,
    **urgent.REQUESTS,
    **calendars.REQUESTS,
    **unsent.REQUESTS,
    **reminding.REQUESTS,
    **announcements.REQUESTS,
    **inbox.REQUESTS,
    **setup.REQUESTS,
    **imports.REQUESTS,
    **undoing.REQUESTS,
    **invitations.REQUESTS,
    **backup.REQUESTS,
    **signin.REQUESTS,
    **phones.REQUESTS,
    **account.REQUESTS,
    **reach.REQUESTS,
    **people.REQUESTS,
    **appointments.REQUESTS,
    **waiting.REQUESTS,
    **deliveries.REQUESTS,
    **exports.REQUESTS,
    **months.REQUESTS,
    **publication.REQUESTS,
    **trail.REQUESTS,
    **privacy.REQUESTS,
    **channels.REQUESTS,
    **proofs.REQUESTS,
    **tasks.REQUESTS,
}
BY_NAME: Mapping[str, type] = {request.__name__: request for request in REQUESTS}


class Desk:
    """One function per request; a unit may be run twice and never waits."""

    def __init__(self, store: Store, house: House) -> None:
        self.store = store
        self.house = house

    def context(self, connection: Connection, actor: Actor, now: datetime, *, quiet: bool = False) -> Context:
        """The surroundings of a request inside a unit that is already open."""
        return Context(connection, actor, now, self.house, quiet)

    def handle(self, context: Context, request: Any) -> Any:
        """Runs the handler of a request inside an open unit."""
        return REQUESTS[type(request)](context, request)

    def submit(self, actor: Actor, request: Any, now: datetime, fence: Fence | None = None) -> Future[Any]:
        """Queues a request as one write unit; with a fence it raises Fenced when this process leads no more."""

        def unit(connection: Connection) -> Any:
            if fence is not None:
                stand(connection, fence)
            return self.handle(self.context(connection, actor, now), request)

        return self.store.submit(unit)

    def do(self, actor: Actor, request: Any, now: datetime) -> Any:
        """Runs a request as one write unit and waits until it is durable."""
        return self.submit(actor, request, now).result()

    def ask(self, actor: Actor, query: Any, now: datetime) -> Any:
        """Runs a query on a read connection."""
        return self.store.read(lambda connection: self.handle(self.context(connection, actor, now), query))
