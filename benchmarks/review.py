"""How long the bot takes to approve fifty lines at once."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.chat import Reply, Wire
from benchmarks.declaring import Client, Told, declared
from benchmarks.figure import Figure, against
from benchmarks.process import Failed, Samples, demo

NAME = "review_50_ms"
LINES = 50
FULL, SMALL = 9, 3
APPROVE_ALL = ("全部通过", "Approve all")
APPROVE = ("通过", "Approve")
MOST_S = 400.0


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Milliseconds from the tap on 全部通过 to its answer, commit included."""
    rounds = FULL if full else SMALL
    with demo(samples.work, samples.copy()) as server:
        server.start()
        at_once, one_by_one = asyncio.run(_review(server.port, rounds))
    detail = (
        f"median of {rounds} queues of {LINES} lines of one branch, over HTTP with one client "
        f"({min(at_once):.0f}–{max(at_once):.0f} ms); baseline: the approving taps alone of as many lines one by one, "
        f"the taps that open each line left out"
    )
    return [against(NAME, median(at_once), "ms", median(one_by_one), detail)]


async def _review(port: int, rounds: int) -> tuple[list[float], list[float]]:
    """Fills the queue twice a round: once for one tap, once for fifty."""
    wire = Wire(port)
    branch = await _branch(wire)
    at_once: list[float] = []
    one_by_one: list[float] = []
    try:
        async with asyncio.timeout(MOST_S):
            for number in range(rounds):
                at_once.append(await _at_once(wire, await branch.queue(wire, 2 * number)))
                await branch.queue(wire, 2 * number + 1)
                one_by_one.append(await _one_by_one(wire, branch.secretary))
    finally:
        wire.close()
    return at_once, one_by_one


@dataclass(frozen=True, slots=True)
class Branch:
    """A secretary, the members of the branch, and a client who declares for them."""

    secretary: str
    members: list[str]
    client: Client

    async def queue(self, wire: Wire, number: int) -> tuple[str, str]:
        """Declares fifty lines and opens the queue; gives the secretary and the token of 全部通过."""
        half = LINES // 2
        for index in range(number * half, (number + 1) * half):
            turn, who = divmod(index, len(self.members))
            await self.client.declare(declared(self.members[who], turn))
        shown = await wire.said(persona=self.secretary, text="审核")
        if str(LINES) not in shown.screens[0].title:
            raise Failed(f"The queue should hold {LINES} lines, it says: {shown.screens[0].title}")
        return self.secretary, shown.choice(*APPROVE_ALL)


async def _branch(wire: Wire) -> Branch:
    people = await wire.personas()
    secretary = next(each for each in people if each.role == "secretary")
    own = [each.id for each in people if each.unit == secretary.unit and each.role == "member"]
    return Branch(secretary.id, own, Client(own, Told(), random.Random(1), wire))


async def _at_once(wire: Wire, queue: tuple[str, str]) -> float:
    secretary, token = queue
    began = perf_counter()
    reply = await wire.said(persona=secretary, token=token)
    taken = perf_counter() - began
    await _empty(wire, secretary, reply)
    return taken * 1000


async def _one_by_one(wire: Wire, secretary: str) -> float:
    taken, reply = 0.0, None
    for _ in range(LINES):
        await wire.said(persona=secretary, text="审核")
        line = await wire.said(persona=secretary, text="1")
        token = line.choice(*APPROVE)
        began = perf_counter()
        reply = await wire.said(persona=secretary, token=token)
        taken += perf_counter() - began
    await _empty(wire, secretary, reply)
    return taken * 1000


async def _empty(wire: Wire, secretary: str, reply: Reply | None) -> None:
    """Nothing may be left, else less was measured than is said."""
    shown = await wire.said(persona=secretary, text="审核")
    left = [choice.label for screen in shown.screens for choice in screen.choices]
    if any(label.startswith(APPROVE_ALL) for label in left):
        raise Failed(f"The queue is not empty after the review, which was answered with: {reply}")
