"""A channel's lane: what is due flows at the channel's pace, in order for each address, settled in batches."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bot.channel import DeliveryError, Pace
from bot.parcels import Parcel, parcels
from bot.window import Window
from storage.outbox import REPLY, Among, OutboxRow

log = structlog.get_logger(__name__)
BATCH, MOST_HELD = 15, 60
ENOUGH_OF_ONE = 2  # of one address: more of it would only stand in the way of others
PAUSE_S, GATHER_S, LAST_SENDS_S = 1.0, 0.05, 5.0
LONG_REST_S = 2.0
CATCH_UP = 2  # steps
SEVERAL, SEVERAL_S = 2, 1.0

Result = tuple[OutboxRow, DeliveryError | None]


@dataclass(slots=True)
class Lane:
    """One loop a channel, at work in one process at a time: pace and order are not shared between processes.

    Held parcels are claimed; few at a time, since a crash leaves them in doubt. `recent` says to which addresses
    messages went within so many seconds before, and how long ago: it is asked whenever this process begins to send.
    """

    name: str
    pace: Pace
    claim: Callable[[int, Among], Awaitable[list[OutboxRow]]]
    send: Callable[[Sequence[OutboxRow]], Awaitable[list[Result]]]
    settle: Callable[[list[Result]], Awaitable[None]]
    put_back: Callable[[Sequence[OutboxRow]], Awaitable[None]]
    may: Callable[[], bool] = lambda: True
    recent: Callable[[float], Awaitable[list[tuple[str, float]]]] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _held: list[Parcel] = field(default_factory=list)
    _busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _rests: dict[str, float] = field(default_factory=dict)
    _floods: deque[tuple[float, str]] = field(default_factory=deque)
    _results: list[Result] = field(default_factory=list)
    _returned: list[OutboxRow] = field(default_factory=list)
    _claiming: asyncio.Task[None] | None = None
    _look_at: float = 0.0
    _replies: bool = False
    _might: bool = True
    _slot: float = 0.0
    _starts: deque[float] = field(default_factory=deque)
    _window: Window | None = None
    _known: bool = False
    _put: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._starts = deque(maxlen=max(1, int(self.pace.a_second)))
        self._window = None if self.pace.window is None else Window(*self.pace.window)

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
        waits = self._put[address] > 0 or address in self._busy or any(address in held.addresses for held in self._held)
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
        """Sends the next parcel that may go, or waits until one may."""
        now = asyncio.get_running_loop().time()
        if not await self._remembers(now):
            await asyncio.sleep(PAUSE_S)
            return
        self._look(now)
        self._changed.clear()
        parcel, wait = self._next(now)
        if parcel is None or len(set(self._busy.values())) >= self.pace.at_once:
            await self._until(wait)
        elif self._slot > now:
            await asyncio.sleep(self._slot - now)
        else:
            self._took(now)
            self._held.remove(parcel)
            task = asyncio.create_task(self._send(parcel))
            self._busy.update(dict.fromkeys(parcel.addresses, task))

    async def _remembers(self, now: float) -> bool:
        """What went out before this process began to send still counts."""
        if self._window is None or self._known or self.recent is None or not self.may():
            return True
        try:
            sent = await self.recent(self._window.within_s)
        except Exception:
            log.exception("what was sent lately could not be read; tried again in a moment", channel=self.name)
            return False
        self._window.remember((address, now - ago) for address, ago in sent)
        self._known = True
        return True

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

    def _next(self, now: float) -> tuple[Parcel | None, float]:
        """The first parcel whose addresses are free; else how long until one is."""
        wait, seen = PAUSE_S, set(self._busy)
        for parcel in self._held:
            if not seen.isdisjoint(parcel.addresses):
                continue
            seen |= parcel.addresses  # what comes later for the same address waits behind this one
            rest = self._free_at(parcel) - now
            if rest <= 0:
                return parcel, 0.0
            wait = min(wait, rest)
        return None, wait

    def _free_at(self, parcel: Parcel) -> float:
        """From when on it may go: the window of an address must have room for all that it becomes."""
        free = max(self._rests.get(address, 0.0) for address in parcel.addresses)
        if self._window is None:
            return free
        weight = self._weight(parcel)
        return max(free, *(self._window.free_at(address, weight) for address in parcel.addresses))

    def _weight(self, parcel: Parcel) -> int:
        body = parcel.rows[0].body
        return 1 if body is None else self.pace.weigh(body)

    async def _send(self, parcel: Parcel) -> None:
        results = await self.send(parcel.rows)
        now = asyncio.get_running_loop().time()
        for address in parcel.addresses:
            self._rested(address, now, self._weight(parcel))
        for row, error in results:
            if error is not None and error.rest_s:
                self._flooded(row.address, now, error.rest_s)
        for address in [row.address for row in parcel.rows if row.kind == REPLY]:
            self._put[address] = max(0, self._put[address] - 1)
        self._results += results
        self._returned += () if results else parcel.rows
        for address in parcel.addresses:
            del self._busy[address]
        self._settled.set()
        self._changed.set()

    def _rested(self, address: str, now: float, weight: int) -> None:
        until = now + self.pace.address_s
        if self._window is not None:
            self._window.count(address, now, weight)
            until = max(until, self._window.free_at(address))
        self._rests[address] = max(self._rests.get(address, 0.0), until)

    def _flooded(self, address: str, now: float, rest_s: float) -> None:
        """That address rests; when several are told to within a moment, all do."""
        self._rests[address] = now + rest_s
        self._floods.append((now, address))
        while self._floods[0][0] < now - SEVERAL_S:
            self._floods.popleft()
        if len({each for _, each in self._floods}) >= SEVERAL:
            self._slot = max(self._slot, now + rest_s)
            log.warning("channel rests", channel=self.name, seconds=rest_s)
        self._give_back([held for held in self._held if address in held.addresses])

    def _give_back(self, some: list[Parcel]) -> None:
        if some:
            self._held = [held for held in self._held if held not in some]
            self._returned += [row for held in some for row in held.rows]
            self._settled.set()

    def _look(self, now: float) -> None:
        """Claims more in the background when little is left, or a reply may wait; gives all back to who took over."""
        before, self._might = self._might, self.may()
        if not self._might:
            self._give_back(list(self._held))
            self._put.clear()
            self._known = False
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
        return sum(held.kind == REPLY for held in self._held)

    def _sendable(self, now: float) -> int:
        """How many addresses have something that may go soon."""
        rests, soon = self._rests, now + LONG_REST_S
        return len({each for held in self._held for each in held.addresses if rests.get(each, 0.0) < soon})

    async def _claim(self, most: int, *, replies: bool, now: float) -> None:
        self._rests = {address: until for address, until in self._rests.items() if until > now}
        self._put += Counter()  # forgets those that have nothing
        if self._window is not None:
            self._window.forget(now)
        held = Counter(row.address for parcel in self._held if len(parcel.rows) == 1 for row in parcel.rows)
        resting = {address for address, until in self._rests.items() if until > now + LONG_REST_S}
        full = {address for address, number in held.items() if number >= ENOUGH_OF_ONE}
        try:
            rows = await self.claim(most, Among(channel=self.name, but=tuple(resting | full), replies=replies))
        except Exception:
            log.exception("nothing could be claimed; tried again in a moment", channel=self.name)
            rows = []
        if len(rows) < most and not replies and not self._replies:
            self._look_at = asyncio.get_running_loop().time() + PAUSE_S
        claimed = parcels(rows)
        self._held = sorted([*self._held, *claimed], key=lambda parcel: parcel.order)
        later = asyncio.get_running_loop().time() + LONG_REST_S
        alone = [parcel for parcel in claimed if len(parcel.rows) == 1]
        self._give_back([each for each in alone if self._rests.get(each.rows[0].address, 0.0) > later])
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
