"""Two processes on one PostgreSQL: members declare, reviewers approve, while now one, now the other is killed.

A client repeats what was not answered on either process. At the end everything acknowledged must be stored once.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from benchmarks.chat import AGAIN_S, MESSAGES, Reply, Wire
from benchmarks.cluster import Cluster, cluster, fill
from benchmarks.declaring import ECHO, Client, Declared, Told, key, shared_out
from benchmarks.figure import Figure, counted
from benchmarks.kill import compare, paired
from benchmarks.process import MOST_SEED_S, Failed, Samples, Server, demo, zhibu

NAME = "postgres_two_processes"
CLIENTS = 6
MOST_S = 1500.0
SEED = 20261122
APPROVE_ALL = ("全部通过", "Approve all")
LINES = """
    SELECT member.code, line.criterion, line.quantity / 10000.0
    FROM line JOIN member ON member.id = line.member_id
    WHERE line.period = '2026-11' AND line.source = 'member' AND line.state IN ('submitted', 'approved')
    ORDER BY line.id
"""
APPROVED = "SELECT count(*) FROM line WHERE period = '2026-11' AND source = 'member' AND state = 'approved'"
TWICE = """
    SELECT count(*) FROM (
        SELECT line_id FROM entry WHERE reverses_id IS NULL GROUP BY line_id HAVING count(*) > 1
        UNION ALL SELECT line_id FROM review GROUP BY line_id HAVING count(*) > 1
        UNION ALL SELECT min(id) FROM inbox GROUP BY channel, external_id HAVING count(*) > 1
    ) AS found
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many messages are sent at least, how often a process is killed, and how many are asked again at the end."""

    requests: int
    kills: int
    asked_again: int


FULL, SMALL = Size(10_000, 20, 1000), Size(500, 3, 60)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `faults` are sentences about what else is wrong."""

    requests: int
    declared: int
    approved: int
    kills: int
    lost: int
    double: int
    differing: int
    repeated: int
    seconds: float
    faults: tuple[str, ...]


def figures(samples: Samples, full: bool) -> list[Figure]:
    """What was acknowledged and is not stored, or is stored more than once."""
    with cluster() as server:
        name = server.create()
        if not full:  # at full size the demo fills the database itself
            fill(server.url(name), samples.copy() / "zhibu.db")
        outcome = run(samples.work, server, name, FULL if full else SMALL)
    detail = (
        f"{outcome.requests} requests on two processes ({outcome.declared} declarations of 2 lines, as many looks at "
        f"the points, {outcome.approved} lines approved) in {outcome.seconds:.0f} s, {outcome.kills} × SIGKILL of one, "
        f"{CLIENTS} clients and the reviewers, {outcome.repeated} requests repeated; {outcome.lost} lost, "
        f"{outcome.double} double, {outcome.differing} replies differ for one id; "
        f"{'; '.join(outcome.faults) or 'zhibu verify and status agree'}"
    )
    wrong = outcome.lost + outcome.double + outcome.differing + len(outcome.faults)
    return [counted(NAME, wrong, "faults", detail)]


class Either(Wire):
    """A connection to each process; what one does not answer is asked of the other."""

    def __init__(self, ports: list[int], chance: random.Random) -> None:
        super().__init__(ports[0])
        self._chance = chance
        self._wires = [Wire(port) for port in ports]

    async def tell(self, message: dict[str, str]) -> Any:
        """The answer to a message, which is repeated until it comes, now here, now there."""
        body = msgspec.json.encode(message)
        turn = self._chance.randrange(len(self._wires))
        while True:
            try:
                answer = await self._wires[turn].post(MESSAGES, "application/json", body)
                return msgspec.json.decode(answer)
            except (OSError, asyncio.IncompleteReadError):
                self.repeated += 1
                turn = (turn + 1) % len(self._wires)
                await asyncio.sleep(AGAIN_S)

    def close(self) -> None:
        """Hangs up."""
        for wire in self._wires:
            wire.close()


class Member(Client):
    """Declares, confirms, and looks at the points."""

    async def declare(self, wanted: Declared) -> None:
        """One declaration and one look."""
        await super().declare(wanted)
        await self._tell({"persona": wanted.persona, "text": "我的积分", "id": f"{key(wanted)}-look"})


@dataclass(slots=True)
class Reviewer:
    """Approves all that waits, again and again."""

    persona: str
    wire: Either
    told: Told
    number: int = 0

    async def work(self, enough: Callable[[], bool]) -> None:
        """Reviews until it is enough."""
        try:
            while not enough():
                await self.review()
        finally:
            self.wire.close()

    async def review(self) -> None:
        """Opens the queue and approves it."""
        shown = await self._tell({"text": "审核"})
        token = next(
            (each.token for screen in shown.screens for each in screen.choices if each.label.startswith(APPROVE_ALL)),
            "",
        )
        if token:
            await self._tell({"token": token})

    async def _tell(self, said: dict[str, str]) -> Reply:
        self.number += 1
        message = {"persona": self.persona, "id": f"{self.persona}-{self.number}", **said}
        answer = await self.wire.tell(message)
        self.told.replies.append((message, answer))
        return msgspec.convert(answer, Reply)


def run(work: Path, server: Cluster, database: str, size: Size) -> Outcome:
    """Works under kills on a database that is empty or holds the demo."""
    url, data = server.url(database), work / "shared"
    with demo(work, data, url) as first, demo(work, data, url) as second:
        first.start(MOST_SEED_S)
        second.start()
        began = perf_counter()
        told, kills, repeated = asyncio.run(_work([first, second], size))
        seconds = perf_counter() - began
        asked = random.Random(SEED).sample(told.replies, min(size.asked_again, len(told.replies)))
        told.differing += asyncio.run(_ask_again([first.port, second.port], asked))
        faults = checked(server, database, data, url)
    lost, double = compare(told.acknowledged, paired(server.rows(database, LINES)))
    double += server.rows(database, TWICE)[0][0]
    approved = server.rows(database, APPROVED)[0][0]
    counts = len(told.replies), len(told.acknowledged), approved
    return Outcome(*counts, kills, lost, double, told.differing, repeated, seconds, faults)


async def _work(servers: list[Server], size: Size) -> tuple[Told, int, int]:
    """Everybody works until both numbers of the size are reached; gives what they know, kills, repeated requests."""
    chance, told, kills, ports = random.Random(SEED), Told(), 0, [server.port for server in servers]

    def enough() -> bool:
        return len(told.replies) >= size.requests and kills >= size.kills

    people = await _personas(ports[0])
    members = [code for code, role in people if role == "member"]
    clients: list[Member | Reviewer] = [
        Member(hand, told, chance, Either(ports, chance), Either(ports[::-1], chance), echo=ECHO)
        for hand in shared_out(members, CLIENTS)
    ]
    reviewers = [Reviewer(code, Either(ports, chance), told) for code, role in people if role == "secretary"]
    wires = [wire for client in clients if isinstance(client, Member) for wire in client.wires]
    async with asyncio.timeout(MOST_S), asyncio.TaskGroup() as group:
        for each in (*clients, *reviewers):
            group.create_task(each.work(enough))
        while not enough():
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            if kills < size.kills or len(told.replies) < size.requests:
                victim = chance.choice(servers)
                victim.kill()
                kills += 1
                await asyncio.to_thread(victim.start, 60.0)
    for reviewer in reviewers:  # what was declared last is approved too
        await reviewer.review()
        reviewer.wire.close()
    return told, kills, sum(wire.repeated for wire in (*wires, *(each.wire for each in reviewers)))


async def _personas(port: int) -> list[tuple[str, str]]:
    wire = Wire(port)
    try:
        return [(each.id, each.role) for each in await wire.personas()]
    finally:
        wire.close()


async def _ask_again(ports: list[int], asked: list[tuple[dict[str, str], Any]]) -> int:
    """Sends messages once more, to either process; gives how many replies are not the first one."""
    wire = Either(ports, random.Random(SEED))
    try:
        async with asyncio.timeout(MOST_S):
            return sum([await wire.tell(message) != first for message, first in asked])
    finally:
        wire.close()


def checked(server: Cluster, database: str, data: Path, url: str) -> tuple[str, ...]:
    """Sentences about what verify and status find beside the running processes."""
    faults = []
    verified = zhibu(data, "verify", url=url)
    if verified.returncode:
        words = (verified.stdout + verified.stderr).strip()[-300:]
        faults.append(f"zhibu verify ended with {verified.returncode}: {words}")
    status = zhibu(data, "status", "--json", url=url)
    if status.returncode:
        raise Failed(f"zhibu status ended with {status.returncode}: {status.stderr.strip()[-300:]}")
    facts = json.loads(status.stdout)
    if facts["parked"]:
        errors = server.rows(database, "SELECT DISTINCT error FROM inbox WHERE state = 'parked' LIMIT 3")
        faults.append(f"{facts['parked']} messages are parked: {errors}")
    return tuple(faults)
