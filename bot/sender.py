"""Sends what the outbox holds: claim, send with no transaction open, settle."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.channel import Channel, DeliveryError, Together
from bot.clock import Clock
from bot.lane import Lane, Result
from bot.outcome import ALWAYS, NEVER, outcome, sent_again
from bot.taking import Taking
from handlers.announcements.waves import Spread
from handlers.desk import Desk
from handlers.digests import DispatchUrgent
from handlers.identities.accounts import Failure, GoElsewhere, MoveAddress
from handlers.periods import Ran
from rules.access import SYSTEM
from rules.reminding import at_once
from storage import announcements, batches, going, outbox, sending
from storage.engine import Connection
from storage.outbox import Among, OutboxRow

log = structlog.get_logger(__name__)
AT_ONCE = 50
PAUSE_S, GATHER_S = 1.0, 0.05
T = TypeVar("T")


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
            recent = partial(self._recent, channel.name)
            self._lanes[channel.name] = Lane(channel.name, channel.pace, *steps, may=lease.held, recent=recent)

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
        """Goes on with what a process was sending when it died or stood still."""
        store = self.desk.store
        if store.owner.number and await asyncio.to_thread(store.read, going.any_left):
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
            await self._settled(results := await self._one_by_one(rows))
            sent += len(results)
        return sent

    async def _ran(self, request: Any, now: datetime) -> int:
        """How many things a request of the machine's own did."""
        answer: Ran = await asyncio.wrap_future(self.desk.submit(SYSTEM, request, now))
        return answer.done

    def _pending(self, connection: Connection) -> bool:
        unfinished = announcements.unfinished_wave(connection) is not None
        now = self.clock.now()
        urgent = at_once(now.astimezone(self.desk.house.zone).time())
        return unfinished or outbox.anything_due(connection, now, urgent, self._lanes)

    async def _write(self, unit: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.desk.store.submit(unit))

    def _recover(self, connection: Connection) -> None:
        """In channels where what is sent twice is seen twice, a notice that may have arrived is not sent again; a
        reply is, since somebody waits for it."""
        now, left = self.clock.now(), going.left(connection)
        again = {
            row.id
            for row in left
            if row.channel not in self.channels or sent_again(row, self._recognised(row.channel), now)
        }
        going.leave_unknown(connection, [row for row in left if row.id not in again], now)
        going.release(connection, [row for row in left if row.id in again], now)

    async def _claimed(self, most: int, among: Among) -> list[OutboxRow]:
        return await self._write(partial(self._claim, now=self.clock.now(), most=most, among=among))

    async def _claimed_in_lane(self, most: int, among: Among) -> list[OutboxRow]:
        """A look before the write: most looks find nothing."""
        due = partial(sending.any_due, channel=among.channel, now=self.clock.now())
        return await self._claimed(most, among) if await asyncio.to_thread(self.desk.store.read, due) else []

    async def _recent(self, channel: str, seconds: float) -> list[tuple[str, float]]:
        """To which addresses messages went within so many seconds, and how long ago."""
        now = self.clock.now()
        since = partial(sending.sent_since, channel=channel, since=now - timedelta(seconds=seconds))
        found = await asyncio.to_thread(self.desk.store.read, since)
        return [(address, (now - at).total_seconds()) for address, at in found]

    async def _put_back(self, rows: Sequence[OutboxRow]) -> None:
        await self._write(partial(going.put_back, rows=rows, owner=self.desk.store.owner))

    def _claim(self, connection: Connection, now: datetime, most: int, among: Among) -> list[OutboxRow]:
        together = {channel.name: channel.pace.together for channel in self.channels.values() if channel.pace}
        together = {name: addresses for name, addresses in together.items() if addresses > 1}
        taking = Taking(self.locale, self.public_url, self.desk.store.owner, together)
        return taking.take(connection, now, most, among)

    async def _one_by_one(self, rows: Sequence[OutboxRow]) -> list[Result]:
        """A call for each row; gives the results of those that went."""
        mine, until = await self._going(rows)
        results = [result for row in mine for result in await self._call([row], until)]
        went = {row.id for row, _ in results}
        if lost := [row for row in rows if row.id not in went]:
            await self._put_back(lost)
        return results

    async def _send(self, rows: Sequence[OutboxRow]) -> list[Result]:
        """One call: a row's, or that of the rows of a batch; no results when it did not go."""
        try:
            mine, until = await self._going(rows)
        except Exception:
            log.exception("not sent: nobody can say whether it still may be", channel=rows[0].channel)
            return []
        return await self._call(rows, until) if len(mine) == len(rows) else []

    async def _going(self, rows: Sequence[OutboxRow]) -> tuple[Sequence[OutboxRow], float]:
        """Those of the rows that no other process has taken over, and until when they may go: then one might."""
        owner = self.desk.store.owner
        if not owner.number:
            return rows, math.inf
        until = asyncio.get_running_loop().time() + owner.lease_s
        mine = await self._write(partial(going.go, rows=rows, owner=owner))
        return [row for row in rows if row.id in mine], until

    async def _call(self, rows: Sequence[OutboxRow], until: float) -> list[Result]:
        if asyncio.get_running_loop().time() > until:
            log.warning("not sent: this process stood still", messages=len(rows))
            return []
        first = rows[0]
        try:
            refused = await self._called(first)
        except DeliveryError as error:
            return [(row, error) for row in rows]
        except Exception as error:
            log.exception("channel failed", channel=first.channel)
            return [(row, DeliveryError(type(error).__name__, retry=True)) for row in rows]
        return [(row, refused.get(row.address)) for row in rows]

    async def _called(self, row: OutboxRow) -> Mapping[str, DeliveryError]:
        channel = self.channels.get(row.channel)
        if channel is None or row.body is None:
            raise DeliveryError("channel_off", retry=False)
        if row.batch is None:
            await channel.send(row.address, row.body | {"number": row.id})
            return {}
        if not isinstance(channel, Together):
            raise DeliveryError("channel_off", retry=False)
        addresses = await asyncio.to_thread(self.desk.store.read, partial(batches.addresses, number=row.batch))
        return await channel.send_many(addresses, row.body | {"number": row.batch})

    async def _settled(self, results: list[Result]) -> None:
        await self._write(partial(self._settle, results=results, now=self.clock.now()))

    def _recognised(self, name: str) -> timedelta:
        """How long a channel's platform knows what it had before."""
        channel = self.channels.get(name)
        if channel is None or not channel.idempotent:
            return NEVER
        seconds = 0.0 if channel.pace is None else channel.pace.recognised_s
        return timedelta(seconds=seconds) if seconds else ALWAYS

    def _settle(self, connection: Connection, results: list[Result], now: datetime) -> None:
        settled = [outcome(row, error, now, self._recognised(row.channel)) for row, error in results]
        outbox.settle_all(connection, settled, now)
        context = self.desk.context(connection, SYSTEM, now)
        for row, error in results:
            if error is not None and error.moved_to:
                self.desk.handle(context, MoveAddress(row.channel, row.address, error.moved_to))
        lost = [
            (row, Failure(row.id, row.kind, row.member, row.channel, row.address, error.blocked))
            for (row, error), each in zip(results, settled, strict=True)
            if error is not None and each.result == "failed" and each.due_at is None and row.member is not None
        ]
        if lost:  # who stood still leaves what became of a message to the process that has tried it since
            mine = going.not_tried_since(connection, [row for row, _ in lost])
            self.desk.handle(context, GoElsewhere(tuple(each for row, each in lost if row.id in mine)))
            self.wake.set()
