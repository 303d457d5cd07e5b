"""Kills the running bot again and again while members declare, and compares what they were told with what is stored.

SIGKILL ends the process and keeps the machine's page cache. So this proves the order of commit and acknowledgement and
what a retry does; it does not prove that a commit survives a loss of power, which rests on synchronous=FULL.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.chat import Wire
from benchmarks.declaring import ECHO, Client, Declared, Told, members, shared_out
from benchmarks.figure import Figure, counted
from benchmarks.process import Samples, Server, demo, zhibu

LOST, DOUBLE = "declare_kill_lost", "declare_kill_double"
CLIENTS = 8
MOST_S = 480.0
SEED = 20261122
HOURS, TIMES = "C01", "P01"
SUBMITTED = """
    SELECT member.code, line.criterion, line.quantity / 10000.0
    FROM line JOIN member ON member.id = line.member_id
    WHERE line.state = 'submitted' ORDER BY line.id
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is declared, and how often the process is killed at least meanwhile.

    When both take longer than `killing_s`, what is left is declared in peace.
    """

    declarations: int
    kills: int
    killing_s: float


FULL, SMALL = Size(1000, 20, 330), Size(300, 8, 150)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `faults` are sentences about what else is wrong."""

    acknowledged: int
    kills: int
    lost: int
    double: int
    differing: int
    repeated: int
    seconds: float
    faults: tuple[str, ...]


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Acknowledged declarations that are not stored, and those stored more than once."""
    size = FULL if full else SMALL
    outcome = run(samples, size)
    detail = (
        f"{outcome.acknowledged} declarations acknowledged, {outcome.kills} × SIGKILL 0.2–0.5 s after ready, "
        f"{CLIENTS} clients, {outcome.repeated} requests repeated, {outcome.differing} replies differ for one id; "
        f"{'; '.join(outcome.faults) or 'zhibu verify and status agree'}; {outcome.seconds:.0f} s"
    )
    # what else is wrong counts too, so that it cannot pass unseen
    others = outcome.differing + len(outcome.faults)
    return [
        counted(LOST, outcome.lost + others, "declarations", detail),
        counted(DOUBLE, outcome.double + others, "declarations", detail),
    ]


def run(samples: Samples, size: Size) -> Outcome:
    """Declares under kills on a fresh copy of the sample data."""
    data, began = samples.copy(), perf_counter()
    before = lines_submitted(data)
    with demo(samples.work, data) as server:
        told, kills, repeated = asyncio.run(_declare(server, size))
        server.kill()
        faults = verified(data, "after the last kill")
        server.start()
        told.differing += asyncio.run(_ask_again(server.port, told))
        faults += counts_agree(data, before + 2 * len(told.acknowledged))
    faults += verified(data, "at the end")
    if len(told.kinds) != 1:
        faults += (f"the confirming button was answered in several ways: {dict(told.kinds)}",)
    lost, double = compare(told.acknowledged, stored(data))
    seconds = perf_counter() - began
    return Outcome(len(told.acknowledged), kills, lost, double, told.differing, repeated, seconds, faults)


async def _declare(server: Server, size: Size) -> tuple[Told, int, int]:
    """Members declare until both numbers of the size are reached; gives what they know, kills, repeated requests.

    The kill that follows the last acknowledgement is counted here.
    """
    chance, told, kills, up = random.Random(SEED), Told(), 0, asyncio.Event()

    def enough() -> bool:
        return len(told.acknowledged) >= size.declarations and kills >= size.kills

    async with asyncio.timeout(MOST_S):
        await asyncio.to_thread(server.start)
        hands = shared_out(await members(server.port), CLIENTS)
        clients = [
            Client(hand, told, chance, Wire(server.port, up), Wire(server.port, up), echo=ECHO) for hand in hands
        ]
        began = perf_counter()
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(client.work(enough))
            while not enough() and (kills < size.kills or perf_counter() - began < size.killing_s):
                up.set()
                await asyncio.sleep(chance.uniform(0.2, 0.5))
                up.clear()
                server.kill()
                kills += 1
                await asyncio.to_thread(server.start)
            up.set()
    return told, kills + 1, sum(wire.repeated for client in clients for wire in client.wires)


async def _ask_again(port: int, told: Told) -> int:
    """Sends every message once more; gives how many replies are not the first one."""
    shares = [told.replies[index::CLIENTS] for index in range(CLIENTS)]

    async def differing(share: list[tuple[dict[str, str], object]]) -> int:
        wire = Wire(port)
        try:
            return sum([await wire.tell(message) != first for message, first in share])
        finally:
            wire.close()

    async with asyncio.timeout(MOST_S):
        return sum(await asyncio.gather(*map(differing, shares)))


def compare(acknowledged: Iterable[Declared], kept: Iterable[Declared]) -> tuple[int, int]:
    """How many acknowledged declarations are not stored as they were made, and how many are stored beyond them."""
    said, found = Counter(acknowledged), Counter(kept)
    return (said - found).total(), (found - said).total()


def stored(data: Path) -> list[Declared]:
    """The submitted declarations, read from the file itself."""
    return paired(_read(data, SUBMITTED))


def paired(lines: Iterable[tuple[str, str, float]]) -> list[Declared]:
    """Lines (member, criterion, quantity) as the declarations they came with.

    The lines of a declaration are made together, so in the order of their numbers each member's hours are followed by
    the times that belong to them; a part that stands alone gives a declaration with 0 for the missing one.
    """
    made: dict[str, list[Declared]] = {}
    for persona, criterion, quantity in lines:
        own = made.setdefault(persona, [])
        if criterion == TIMES and own and own[-1].times == 0:
            own[-1] = Declared(persona, own[-1].hours, quantity)
        elif criterion == HOURS:
            own.append(Declared(persona, quantity, 0))
        else:
            own.append(Declared(persona, 0, quantity))
    return [each for own in made.values() for each in own]


def lines_submitted(data: Path) -> int:
    """How many lines wait for review, read from the file itself."""
    return int(_read(data, "SELECT count(*) FROM line WHERE state = 'submitted'")[0][0])


def _read(data: Path, query: str) -> list[tuple[str, str, float]]:
    with closing(sqlite3.connect(f"file:{data / 'zhibu.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def counts_agree(data: Path, lines: int) -> tuple[str, ...]:
    """A sentence when `zhibu status --json`, beside the running process, counts other lines, or parked messages."""
    answer = zhibu(data, "status", "--json")
    if answer.returncode:
        return (f"zhibu status ended with {answer.returncode}: {answer.stderr.strip()[-300:]}",)
    facts = json.loads(answer.stdout)
    found = facts["lines"].get("submitted", 0)
    wrong = () if found == lines else (f"zhibu status counts {found} submitted lines, acknowledged were {lines}",)
    return wrong if not facts["parked"] else (*wrong, f"{facts['parked']} messages are parked")


def verified(data: Path, when: str) -> tuple[str, ...]:
    """A sentence when `zhibu verify` finds a break."""
    answer = zhibu(data, "verify")
    words = (answer.stdout + answer.stderr).strip()[-300:]
    return () if answer.returncode == 0 else (f"zhibu verify {when} ended with {answer.returncode}: {words}",)
