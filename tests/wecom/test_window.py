"""At most so many messages to one address in any span, as many at once as it likes, none dropped."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.channel import Pace, Rendered
from bot.lane import Lane, Result
from bot.window import Window
from storage.outbox import Among, OutboxRow

MOST, SPAN_S = 5, 0.4


def most_in(times: Sequence[float], span: float) -> int:
    """How many at most fall into one span."""
    return max((sum(at <= each < at + span for each in times) for at in times), default=0)


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 7)), max_size=60))
def test_no_span_has_more_than_the_window_allows(wishes: list[tuple[float, int]]):
    window, now, sent = Window(20, 60.0), 0.0, list[float]()
    for pause, weight in wishes:
        now = max(now + pause, window.free_at("a", weight))
        window.count("a", now, weight)
        sent += [now] * weight
    assert most_in(sent, 59.999) <= 20


def test_a_burst_is_free_and_another_address_is_not_kept_waiting():
    window = Window(20, 60.0)
    for _ in range(20):
        assert window.free_at("a") <= 1.0
        window.count("a", 1.0)
    assert window.free_at("a") == 61.0
    assert window.free_at("b") == 0.0
    window.forget(61.0)
    assert window.free_at("a") == 0.0


def test_what_weighs_more_than_the_window_waits_for_an_empty_one():
    window = Window(3, 10.0)
    window.count("a", 1.0)
    assert window.free_at("a", 9) == 11.0


@dataclass
class Line:
    """A platform beyond a lane: what is due, and when each message arrived."""

    due: list[OutboxRow]
    pace: Pace
    recent: list[tuple[str, float]] = field(default_factory=list)
    arrived: list[tuple[float, OutboxRow]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)

    async def claim(self, most: int, among: Among) -> list[OutboxRow]:
        open_to = [row for row in self.due if row.address not in among.but]
        some = sorted(open_to, key=lambda row: (row.kind != "reply", row.id))
        some = [row for row in some if row.kind == "reply" or not among.replies][:most]
        self.due = [row for row in self.due if row not in some]
        return some

    async def send(self, rows: Sequence[OutboxRow]) -> list[Result]:
        now = asyncio.get_running_loop().time()
        self.arrived += [(now, row) for row in rows]
        return [(row, None) for row in rows]

    async def settle(self, results: list[Result]) -> None:
        self.settled += [row.id for row, _ in results]

    async def put_back(self, rows: Sequence[OutboxRow]) -> None:
        self.due += rows

    async def lately(self, _seconds: float) -> list[tuple[str, float]]:
        return self.recent

    def __post_init__(self) -> None:
        self.all = list(self.due)

    async def run(self, until: int) -> None:
        lane = Lane("test", self.pace, self.claim, self.send, self.settle, self.put_back, recent=self.lately)
        task = asyncio.create_task(lane.run())
        async with asyncio.timeout(20):
            while len(self.settled) < until:
                lane.wake()
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def times(self, address: str) -> list[float]:
        return [at for at, row in self.arrived if row.address == address]


def row(number: int, address: str = "a", kind: str = "digest", batch: int | None = None, size: int = 1) -> OutboxRow:
    body: Rendered = {"size": size}
    return OutboxRow(number, kind, 1, "test", address, body, 1, batch=batch)


def pace(**more: int) -> Pace:
    return Pace(1000.0, 0.0, window=(MOST, SPAN_S), weigh=lambda body: int(body["size"]), **more)


def test_a_lane_keeps_the_window_and_sends_everything_once():
    line = Line([row(number) for number in range(1, 18)], pace())
    asyncio.run(line.run(17))
    assert sorted(line.settled) == list(range(1, 18)), "none is dropped, none comes twice"
    times = line.times("a")
    assert most_in(times, SPAN_S) <= MOST
    assert times[MOST - 1] - times[0] < SPAN_S / 2, "a burst goes at once"
    assert times[-1] - times[0] < 6 * SPAN_S + 3


def test_a_body_of_several_messages_counts_as_several():
    line = Line([row(number, size=2) for number in range(1, 7)], pace())
    asyncio.run(line.run(6))
    assert most_in(line.times("a"), SPAN_S) <= MOST // 2


def test_replies_go_before_notices():
    line = Line([*(row(number) for number in range(1, 9)), row(9, kind="reply")], pace())
    asyncio.run(line.run(9))
    assert line.arrived[0][1].id == 9


def test_what_was_sent_before_a_restart_still_counts():
    line = Line([row(number) for number in range(1, 4)], pace(), recent=[("a", 0.0)] * (MOST - 1))
    began = asyncio.run(_begun(line))
    times = line.times("a")
    assert times[0] - began < SPAN_S / 2
    assert times[1] - began >= SPAN_S * 0.9


async def _begun(line: Line) -> float:
    now = asyncio.get_running_loop().time()
    await line.run(3)
    return now


def test_the_rows_of_a_batch_are_one_call():
    batch = [row(number, f"a{number}", batch=1) for number in range(1, 13)]
    line = Line(batch, pace())
    asyncio.run(line.run(12))
    assert len({at for at, _ in line.arrived}) == 1
