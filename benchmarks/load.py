"""How many declarations a second the chat acknowledges when many declare at once."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from time import perf_counter, process_time

from benchmarks.chat import Wire
from benchmarks.declaring import Client, Told, members, shared_out
from benchmarks.figure import Figure, against
from benchmarks.process import Samples, Server, demo

NAME = "declare_chat"
CLIENTS = 16
FULL, SMALL = 2000, 600
WARM_UP = 64
MOST_S = 200.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Declarations a second, and the share of one core that the client itself needed."""

    per_second: float
    client_core: float


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Acknowledged declarations a second through the JSON interface, against the naive bot."""
    count = FULL if full else SMALL
    with Server(samples.work, "benchmarks.naive", "{port}", str(samples.work / "naive.db")) as server:
        server.start()
        naive = asyncio.run(pace(server.port, count))
    with demo(samples.work, samples.copy()) as server:
        server.start()
        own = asyncio.run(pace(server.port, count))
    detail = (
        f"{count} declarations of 2 requests and 2 lines, {CLIENTS} clients in another process that took "
        f"{own.client_core:.0%} of a core ({naive.client_core:.0%} for the baseline); baseline: "
        f"Starlette and one ORM session and transaction a request, same rows, no rules, SQLite WAL synchronous=FULL"
    )
    return [against(NAME, own.per_second, "per second", naive.per_second, detail)]


async def pace(port: int, count: int) -> Pace:
    """Declares with all clients at once, after a warm-up that is not counted."""
    told, chance = Told(), random.Random(1)
    hands = shared_out(await members(port), CLIENTS)
    clients = [Client(hand, told, chance, Wire(port)) for hand in hands]
    async with asyncio.timeout(MOST_S):
        await _all(clients, told, WARM_UP)
        before, began, worked = len(told.acknowledged), perf_counter(), process_time()
        await _all(clients, told, before + count)
        seconds, core = perf_counter() - began, process_time() - worked
    return Pace((len(told.acknowledged) - before) / seconds, core / seconds)


async def _all(clients: list[Client], told: Told, count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client.work(lambda: len(told.acknowledged) >= count))
