"""A channel's lane: what is due flows at the channel's pace, in order for each address, settled in batches."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

import structlog

from bot.channel import DeliveryError, Pace
from storage.outbox import REPLY, Among, OutboxRow

log = structlog.get_logger(__name__)
BATCH, MOST_HELD = 15, 60
ENOUGH_OF_ONE = 2  # of one address: more of it would only stand in the way of others
PAUSE_S, GATHER_S, LAST_SENDS_S = 1.0, 0.05, 5.0
LONG_REST_S = 2.0
CATCH_UP = 2  # steps
SEVERAL, SEVERAL_S = 2, 1.0
RANK = {"reply": 0, "urgent": 1, "digest": 2}

Result = tuple[OutboxRow, DeliveryError | None]


@dataclass(slots=True)
class Lane:
    """One loop a channel, at work in one process at a time: pace and order are not shared between processes.

    Held rows are claimed; few at a time, since a crash leaves them in doubt.
    """

    name: str
    pace: Pace
    claim: Callable[[int, Among], Awaitable[list[OutboxRow]]]
    send: Callable[[OutboxRow], Awaitable[DeliveryError | None]]
    settle: Callable[[list[Result]], Awaitable[None]]
    put_back: Callable[[Collection[int]], Awaitable[None]]
    may: Callable[[], bool] = lambda: True
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _held: list[OutboxRow] = field(default_factory=list)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _rests: dict[str, float] = field(default_factory=dict)
    _floods: deque[tuple[float, str]] = field(default_factory=deque)
    _results: list[Result] = field(default_factory=list)
    _returned: list[int] = field(default_factory=list)
    _claiming: asyncio.Task[None] | None = None
    _look_at: float = 0.0
    _replies: bool = False
    _might: bool = True
    _slot: float = 0.0
    _starts: deque[float] = field(default_factory=deque)
    _put: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._starts = deque(maxlen=max(1, int(self.pace.a_second)))

    def wake(self) -> None:
        """Something new may be due: looks at once, for a reply even when enough is held."""
        self._look_at, self._replies = 0.0, True
        self._changed.set()

    def take(self, address: str) -> bool:
        """Whether a message may go to an address at this moment by another way, which then counts as sent here.

        Nothing goes past what waits for the same address.
        """
        now = asyncio.get_running_loop().time()
        if not self.may():
            return False
        waits = self._put[address] > 0 or address in self._busy or any(row.address == address for row in self._held)
        if waits or self._slot > now or self._rests.get(address, 0.0) > now:
            return False
        self._took(now)
        self._rests[address] = now + self.pace.address_s
        return True

    def replied(self, address: str) -> None:
        """A reply was put into the outbox for an address."""
        if self.may():
            self._put[address] += 1
        self.wake()

    async def run(self) -> None:
        """Sends until cancelled; then gives back what was not begun."""
        settling = asyncio.create_task(self._settling())
        try:
            while True:
                await self._step()
        finally:
            await self._finish()
            settling.cancel()
            await asyncio.gather(settling, return_exceptions=True)
            await self._settle()

    async def _step(self) -> None:
        """Sends the next row that may go, or waits until one may."""
        now = asyncio.get_running_loop().time()
        self._look(now)
        self._changed.clear()
        row, wait = self._next(now)
        if row is None or len(self._busy) >= self.pace.at_once:
            await self._until(wait)
        elif self._slot > now:
            await asyncio.sleep(self._slot - now)
        else:
            self._took(now)
            self._held.remove(row)
            self._busy[row.address] = asyncio.create_task(self._send(row))

    def _took(self, now: float) -> None:
        """When the next may go: evenly, a late one caught up, and never more than the pace in any second."""
        step = 1 / self.pace.a_second
        self._starts.append(now)
        self._slot = max(self._slot + step, now - CATCH_UP * step)
        if len(self._starts) == self._starts.maxlen:
            self._slot = max(self._slot, self._starts[0] + 1.0)

    async def _until(self, wait: float) -> None:
        try:  # wait_for loses a cancellation that comes together with the event: the process would never end
            async with asyncio.timeout(min(wait, PAUSE_S)):
                await self._changed.wait()
        except TimeoutError:
            return

    def _next(self, now: float) -> tuple[OutboxRow | None, float]:
        """The first row whose address is free; else how long until one is."""
        wait, seen = PAUSE_S, set(self._busy)
        for row in self._held:
            if row.address in seen:
                continue
            seen.add(row.address)  # what comes later for the same address waits behind this one
            rest = self._rests.get(row.address, 0.0) - now
            if rest <= 0:
                return row, 0.0
            wait = min(wait, rest)
        return None, wait

    async def _send(self, row: OutboxRow) -> None:
        error = await self.send(row)
        now = asyncio.get_running_loop().time()
        self._rests[row.address] = max(self._rests.get(row.address, 0.0), now + self.pace.address_s)
        if error is not None and error.rest_s:
            self._flooded(row.address, now, error.rest_s)
        self._results.append((row, error))
        if row.kind == REPLY and self._put[row.address] > 0:
            self._put[row.address] -= 1
        del self._busy[row.address]
        self._settled.set()
        self._changed.set()

    def _flooded(self, address: str, now: float, rest_s: float) -> None:
        """That address rests; when several are told to within a moment, all do."""
        self._rests[address] = now + rest_s
        self._floods.append((now, address))
        while self._floods[0][0] < now - SEVERAL_S:
            self._floods.popleft()
        if len({each for _, each in self._floods}) >= SEVERAL:
            self._slot = max(self._slot, now + rest_s)
            log.warning("channel rests", channel=self.name, seconds=rest_s)
        self._give_back([row for row in self._held if row.address == address])

    def _give_back(self, rows: list[OutboxRow]) -> None:
        if rows:
            gone = {row.id for row in rows}
            self._held = [row for row in self._held if row.id not in gone]
            self._returned += gone
            self._settled.set()

    def _look(self, now: float) -> None:
        """Claims more in the background when little is left, or a reply may wait; gives all back to who took over."""
        before, self._might = self._might, self.may()
        if not self._might:
            self._give_back(list(self._held))
            self._put.clear()
            return
        if not before:  # the other has sent until now
            self._slot = max(self._slot, now + 1.0)
        if self._claiming is not None:
            if not self._claiming.done():
                return
            self._claiming = None
        room = MOST_HELD - len(self._held)
        low = self._sendable(now) < BATCH and room > 0
        wanted = low or (self._replies and self._held_replies() < BATCH)
        if now < self._look_at or self._slot > now + LONG_REST_S or not wanted:
            return
        replies, self._replies = not low, False
        self._claiming = asyncio.create_task(self._claim(min(BATCH, max(room, 1)), replies=replies, now=now))

    def _held_replies(self) -> int:
        return sum(row.kind == REPLY for row in self._held)

    def _sendable(self, now: float) -> int:
        """How many addresses have something that may go soon."""
        return len({row.address for row in self._held if self._rests.get(row.address, 0.0) < now + LONG_REST_S})

    async def _claim(self, most: int, *, replies: bool, now: float) -> None:
        self._rests = {address: until for address, until in self._rests.items() if until > now}
        self._put += Counter()  # forgets those that have nothing
        held: dict[str, int] = {}
        for row in self._held:
            held[row.address] = held.get(row.address, 0) + 1
        resting = {address for address, until in self._rests.items() if until > now + LONG_REST_S}
        full = {address for address, number in held.items() if number >= ENOUGH_OF_ONE}
        try:
            rows = await self.claim(most, Among(channel=self.name, but=tuple(resting | full), replies=replies))
        except Exception:
            log.exception("nothing could be claimed; tried again in a moment", channel=self.name)
            rows = []
        if len(rows) < most and not replies and not self._replies:
            self._look_at = asyncio.get_running_loop().time() + PAUSE_S
        self._held = sorted([*self._held, *rows], key=lambda row: (RANK.get(row.kind, 3), row.id))
        later = asyncio.get_running_loop().time() + LONG_REST_S
        self._give_back([row for row in rows if self._rests.get(row.address, 0.0) > later])
        self._changed.set()

    async def _settling(self) -> None:
        while True:
            await self._settled.wait()
            await asyncio.sleep(GATHER_S)  # one write for what comes in together
            self._settled.clear()
            await self._settle()

    async def _settle(self) -> None:
        results, self._results = self._results, []
        returned, self._returned = self._returned, []
        try:
            if results:
                await self.settle(results)
                results = []
            if returned:
                await self.put_back(returned)
        except Exception:
            log.exception("results could not be stored; tried again in a moment", channel=self.name)
            self._results, self._returned = results + self._results, returned + self._returned
            self._settled.set()
            await asyncio.sleep(PAUSE_S)

    async def _finish(self) -> None:
        """What is being sent may end; what was only held is due again."""
        if self._claiming is not None:
            await asyncio.gather(self._claiming, return_exceptions=True)
        if self._busy:
            _, late = await asyncio.wait(list(self._busy.values()), timeout=LAST_SENDS_S)
            for task in late:
                task.cancel()
        self._give_back(list(self._held))
