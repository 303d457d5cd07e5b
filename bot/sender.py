"""Sends what the outbox holds: claim, send with no transaction open, settle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.channel import Channel, DeliveryError
from bot.clock import Clock
from bot.dialogs import Place, present
from handlers.announcements.waves import Spread, complete
from handlers.desk import Desk
from handlers.notices import DispatchUrgent
from handlers.periods import Ran
from rules.access import SYSTEM
from rules.notices import KINDS
from screens.notices import message
from screens.texts import words
from storage import announcements, outbox
from storage.engine import Connection
from storage.outbox import NoticeRow, OutboxRow

log = structlog.get_logger(__name__)
AT_ONCE = 50
MOST_ATTEMPTS = 8
PAUSE_S = 1.0
T = TypeVar("T")
URGENT = tuple(kind for kind, urgent in KINDS.items() if urgent)


@dataclass(slots=True)
class Sender:
    """One loop a process; `wake` makes it look at once."""

    desk: Desk
    clock: Clock
    channels: Mapping[str, Channel]
    locale: str
    public_url: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Sends until cancelled; what was being sent when the process died before goes first."""
        await self._write(lambda connection: outbox.release_claimed(connection, self.clock.now()))
        while True:
            try:
                await self.drain()
            except Exception:
                log.exception("sending stopped; goes on in a moment")
            self.wake.clear()
            try:
                await asyncio.wait_for(self.wake.wait(), PAUSE_S)
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Sends all that is due now; gives how many messages."""
        sent = 0
        while await asyncio.to_thread(self.desk.store.read, self._pending):
            now = self.clock.now()
            while await self._ran(Spread(), now):
                pass  # each slice is a unit of its own
            made = await self._ran(DispatchUrgent(), now)
            rows = await self._write(partial(self._claim, now=now))
            if not rows and not made:
                break
            results = [(row, await self._send(row)) for row in rows]
            await self._write(partial(self._settle, results=results, now=self.clock.now()))
            sent += len(rows)
        return sent

    async def _ran(self, request: Any, now: datetime) -> int:
        """How many things a request of the machine's own did."""
        answer: Ran = await asyncio.wrap_future(self.desk.submit(SYSTEM, request, now))
        return answer.done

    def _pending(self, connection: Connection) -> bool:
        unfinished = announcements.unfinished_wave(connection) is not None
        return unfinished or outbox.anything_due(connection, self.clock.now(), URGENT)

    async def _write(self, unit: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.desk.store.submit(unit))

    def _claim(self, connection: Connection, now: datetime) -> list[OutboxRow]:
        """Claims due rows and renders each once: every retry sends the same bytes."""
        rows = outbox.claim(connection, now, AT_ONCE)
        fresh = {row.id: row for row in rows if row.body is None}
        told = complete(connection, outbox.notices_in(connection, fresh))
        bodies = {number: self._rendered(connection, fresh[number], notices, now) for number, notices in told.items()}
        outbox.keep_bodies(connection, bodies)
        return [replace(row, body=bodies.get(row.id, row.body)) for row in rows]

    def _rendered(
        self, connection: Connection, row: OutboxRow, notices: list[NoticeRow], now: datetime
    ) -> dict[str, Any]:
        place = Place(row.channel, row.address)
        screen = message(words(self.locale), notices)
        body = present(connection, place, [screen], now, self.public_url, pushed=True)[0]
        body["kind"] = notices[0].kind if len(notices) == 1 else "digest"
        return body

    async def _send(self, row: OutboxRow) -> DeliveryError | None:
        channel = self.channels.get(row.channel)
        if channel is None or row.body is None:
            return DeliveryError("channel_off", retry=False)
        try:
            await channel.send(row.address, row.body)
        except DeliveryError as error:
            return error
        except Exception as error:
            log.exception("channel failed", channel=row.channel)
            return DeliveryError(type(error).__name__, retry=True)
        return None

    def _settle(
        self, connection: Connection, results: list[tuple[OutboxRow, DeliveryError | None]], now: datetime
    ) -> None:
        for row, error in results:
            if error is None:
                outbox.settle(connection, row, "sent", "", now, None)
            elif error.unknown:
                outbox.settle(connection, row, "unknown", error.code, now, None)
            elif error.retry and row.attempts < MOST_ATTEMPTS:
                again = now + timedelta(minutes=2**row.attempts)
                outbox.settle(connection, row, "failed", error.code, now, again)
            else:
                outbox.settle(connection, row, "failed", error.code, now, None)
