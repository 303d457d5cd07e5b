"""Sends what the outbox holds: claim, send with no transaction open, settle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.channel import Channel, DeliveryError
from bot.clock import Clock
from bot.dialogs import Place, present
from handlers.desk import Desk
from handlers.notices import DispatchUrgent
from rules.access import SYSTEM
from rules.notices import KINDS
from screens.notices import message
from screens.texts import words
from storage import outbox
from storage.engine import Connection
from storage.outbox import OutboxRow

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
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Sends until cancelled; what was being sent when the process died before goes first."""
        await self._write(lambda connection: outbox.release_claimed(connection, self.clock.now()))
        while True:
            try:
                await self._take_over()
                await self.drain()
            except Exception:
                log.exception("sending stopped; goes on in a moment")
            self.wake.clear()
            try:
                await asyncio.wait_for(self.wake.wait(), PAUSE_S)
            except TimeoutError:
                continue

    async def _take_over(self) -> None:
        """Goes on with what another process was sending when it died."""
        store = self.desk.store
        if store.owner and await asyncio.to_thread(store.read, partial(outbox.others_send, owner=store.owner)):
            await self._write(lambda connection: outbox.release_claimed(connection, self.clock.now()))

    async def drain(self) -> int:
        """Sends all that is due now; gives how many messages. What was being sent before is sent when it returns."""
        async with self.turn:
            return await self._drain()

    async def _drain(self) -> int:
        sent = 0
        while await asyncio.to_thread(self.desk.store.read, self._pending):
            now = self.clock.now()
            await asyncio.wrap_future(self.desk.submit(SYSTEM, DispatchUrgent(), now))
            rows = await self._write(partial(self._claim, now=now))
            if not rows:
                break
            results = [(row, await self._send(row)) for row in rows]
            await self._write(partial(self._settle, results=results, now=self.clock.now()))
            sent += len(rows)
        return sent

    def _pending(self, connection: Connection) -> bool:
        return outbox.anything_due(connection, self.clock.now(), URGENT)

    async def _write(self, unit: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.desk.store.submit(unit))

    def _claim(self, connection: Connection, now: datetime) -> list[OutboxRow]:
        """Claims due rows and renders each once: every retry sends the same bytes."""
        rows = outbox.claim(connection, now, AT_ONCE, self.desk.store.owner)
        ready = []
        for row in rows:
            body = row.body
            if body is None:
                notices = outbox.notices_in(connection, row.id)
                place = Place(row.channel, row.address)
                screen = message(words(self.locale), notices)
                body = present(connection, place, [screen], now, self.public_url, pushed=True)[0]
                body["kind"] = notices[0].kind if len(notices) == 1 else "digest"
                outbox.keep_body(connection, row.id, body)
            ready.append(OutboxRow(row.id, row.kind, row.member, row.channel, row.address, body, row.attempts))
        return ready

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
