"""Sends what the outbox holds: claim, send with no transaction open, settle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.channel import Channel, DeliveryError, Rendered
from bot.clock import Clock
from bot.dialogs import Place, drawn
from bot.lane import Lane, Result
from handlers.announcements.waves import Spread, complete
from handlers.desk import Desk
from handlers.identities.accounts import Failure, GoElsewhere, MoveAddress
from handlers.notices import DispatchUrgent
from handlers.periods import Ran
from rules.access import SYSTEM
from rules.notices import KINDS
from screens.notices import message
from screens.texts import words
from storage import announcements, inbox, outbox, sending
from storage.engine import Connection
from storage.outbox import Among, OutboxRow, Settled

log = structlog.get_logger(__name__)
AT_ONCE = 50
MOST_ATTEMPTS = 8
PAUSE_S, GATHER_S = 1.0, 0.05
T = TypeVar("T")
URGENT = tuple(kind for kind, urgent in KINDS.items() if urgent)


@dataclass(slots=True)
class Sender:
    """One loop a process, and a lane for each channel with a pace; `wake` makes it look at once."""

    desk: Desk
    clock: Clock
    channels: dict[str, Channel]
    locale: str
    public_url: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _lanes: dict[str, Lane] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for channel in list(self.channels.values()):
            self.serve(channel)

    def serve(self, channel: Channel) -> None:
        """Sends on this channel too, from the next start of `run` on."""
        self.channels[channel.name] = channel
        if channel.pace is not None:
            steps = (self._claimed_in_lane, self._send, self._settled, self._put_back)
            lease = self.desk.store.lease(channel.name)
            self._lanes[channel.name] = Lane(channel.name, channel.pace, *steps, lease.held)

    async def run(self) -> None:
        """Sends until cancelled; what was being sent when the process died before goes first."""
        await self._write(self._recover)
        lanes = [asyncio.create_task(lane.run()) for lane in self._lanes.values()]
        try:
            while True:
                try:
                    await self._take_over()
                    await self.drain()
                except Exception:
                    log.exception("sending stopped; goes on in a moment")
                for lane in self._lanes.values():
                    lane.wake()
                self.wake.clear()
                await asyncio.sleep(GATHER_S)  # one look for what comes in together
                try:
                    async with asyncio.timeout(PAUSE_S):  # see `Lane._until`
                        await self.wake.wait()
                except TimeoutError:
                    continue
        finally:
            for task in lanes:
                task.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    def replied(self, channel: str, address: str) -> None:
        """A reply was put into the outbox, and perhaps notices for others."""
        self._lanes[channel].replied(address)
        self.wake.set()

    def may_answer(self, channel: str, address: str) -> bool:
        """Whether a reply may go at once, in the answer to the platform's request: it counts against the pace."""
        return self._lanes[channel].take(address)

    async def _take_over(self) -> None:
        """Goes on with what another process was sending when it died."""
        store = self.desk.store
        if store.owner and await asyncio.to_thread(store.read, partial(outbox.others_send, owner=store.owner)):
            await self._write(self._recover)

    async def drain(self) -> int:
        """Sends all that is due now outside of the lanes; gives how many messages. What was being sent before is sent
        when it returns."""
        async with self.turn:
            return await self._drain()

    async def _drain(self) -> int:
        sent, among = 0, Among(outside=tuple(self._lanes))
        while await asyncio.to_thread(self.desk.store.read, self._pending):
            now = self.clock.now()
            while await self._ran(Spread(), now):
                pass  # each slice is a unit of its own
            made = await self._ran(DispatchUrgent(), now)
            rows = await self._claimed(AT_ONCE, among)
            if not rows and not made:
                break
            await self._settled([(row, await self._send(row)) for row in rows])
            sent += len(rows)
        return sent

    async def _ran(self, request: Any, now: datetime) -> int:
        """How many things a request of the machine's own did."""
        answer: Ran = await asyncio.wrap_future(self.desk.submit(SYSTEM, request, now))
        return answer.done

    def _pending(self, connection: Connection) -> bool:
        unfinished = announcements.unfinished_wave(connection) is not None
        return unfinished or outbox.anything_due(connection, self.clock.now(), URGENT, self._lanes)

    async def _write(self, unit: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.desk.store.submit(unit))

    def _recover(self, connection: Connection) -> None:
        seen_twice = [channel.name for channel in self.channels.values() if not channel.idempotent]
        sending.leave_unknown(connection, seen_twice, self.clock.now())
        outbox.release_claimed(connection, self.clock.now())

    async def _claimed(self, most: int, among: Among) -> list[OutboxRow]:
        return await self._write(partial(self._claim, now=self.clock.now(), most=most, among=among))

    async def _claimed_in_lane(self, most: int, among: Among) -> list[OutboxRow]:
        """A look before the write: most looks find nothing."""
        due = partial(sending.any_due, channel=among.channel, now=self.clock.now())
        return await self._claimed(most, among) if await asyncio.to_thread(self.desk.store.read, due) else []

    async def _put_back(self, ids: Collection[int]) -> None:
        await self._write(partial(sending.put_back, ids=ids, owner=self.desk.store.owner))

    def _claim(self, connection: Connection, now: datetime, most: int, among: Among) -> list[OutboxRow]:
        """Claims due rows and renders each once: every retry sends the same bytes."""
        rows = outbox.claim(connection, now, most, among, self.desk.store.owner)
        fresh = [row for row in rows if row.body is None]
        notices = complete(connection, outbox.notices_of(connection, [row.id for row in fresh]))
        bodies: dict[int, Rendered] = {}
        tokens: list[dict[str, Any]] = []
        for row in fresh:
            screen = message(words(self.locale), notices[row.id])
            place = Place(row.channel, row.address)
            (body,), some = drawn(place, [screen], now, self.public_url, pushed=True)
            body["kind"] = notices[row.id][0].kind if len(notices[row.id]) == 1 else "digest"
            bodies[row.id] = body
            tokens += some
        inbox.issue(connection, tokens)
        sending.keep_bodies(connection, bodies)
        return [replace(row, body=bodies.get(row.id, row.body)) for row in rows]

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

    async def _settled(self, results: list[Result]) -> None:
        await self._write(partial(self._settle, results=results, now=self.clock.now()))

    def _settle(self, connection: Connection, results: list[Result], now: datetime) -> None:
        settled = [_outcome(row, error, now) for row, error in results]
        outbox.settle_all(connection, settled, now)
        context = self.desk.context(connection, SYSTEM, now)
        for row, error in results:
            if error is not None and error.moved_to:
                self.desk.handle(context, MoveAddress(row.channel, row.address, error.moved_to))
        lost = [
            Failure(row.id, row.kind, row.member, row.channel, row.address, error.blocked)
            for (row, error), each in zip(results, settled, strict=True)
            if error is not None and each.result == "failed" and each.due_at is None and row.member is not None
        ]
        if lost:
            self.desk.handle(context, GoElsewhere(tuple(lost)))
            self.wake.set()


def _outcome(row: OutboxRow, error: DeliveryError | None, now: datetime) -> Settled:
    """What becomes of a message: sent, unknown, failed, or due again; soon when somebody waits for it."""
    if error is None:
        return Settled(row, "sent", "")
    if error.unknown:
        return Settled(row, "unknown", error.code)
    if error.rest_s:  # the lane lets the address rest; being asked to wait is no failure
        return Settled(row, "failed", error.code, now)
    if not error.retry or row.attempts >= MOST_ATTEMPTS:
        return Settled(row, "failed", error.code)
    if error.moved_to and row.attempts == 1:
        return Settled(row, "failed", error.code, now)
    unit = timedelta(seconds=5) if row.kind == outbox.REPLY else timedelta(minutes=1)
    return Settled(row, "failed", error.code, now + unit * 2**row.attempts)
