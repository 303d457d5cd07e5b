"""Two processes on one PostgreSQL, now one and now the other frozen past its lease (SIGSTOP) and then let go on.

Notices go out on Telegram all the while. Telegram is the emulator of the tests, which takes its time to answer, so that
something is on its way at any moment; it keeps what each chat got.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import monotonic, perf_counter, sleep
from typing import Any

import msgspec
import psycopg

from benchmarks.cluster import Cluster, cluster, fill
from benchmarks.figure import Figure, counted
from benchmarks.postgres import checked
from benchmarks.process import Samples, Server
from tests.peers.botapi import Answer, BotApi
from tests.peers.description import Upload

NAME = "zombie_double"
SEED = 20261122
MOST_S, DRAINED_S = 1500.0, 60.0
LATE_S = 60.0
LEASE_S = 3.0
"""Shorter than in service, where it is 15, so that fifty freezes end within a quarter of an hour."""
FROZEN_S, APART_S = (7.0, 9.0), (3.0, 6.0)
"""Longer than a claim, which is two leases; and long enough apart for what gathered meanwhile to go out."""
FIRST_CHAT, CHATS, A_SECOND = 800_001, 100, 5.0
BURST, BURST_S = 40, 1.5
"""So many more come at once shortly before each freeze: claimed, and not sent yet."""
ANSWER_S = 0.15
TITLE, NUMBER = "通知", re.compile(r"通知 (\d+)\.")
MEMBER = "SELECT min(id) FROM member"
CLOCK = "SELECT CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)"
PUT = """
    INSERT INTO outbox (key, class, member_id, channel, address, body, state, attempts, due_at, made_at)
    VALUES (%s, 'urgent', %s, 'telegram', %s, %s, 'due', 0, %s, %s)
"""
OPEN = "SELECT count(*) FROM outbox WHERE key LIKE 'zombie:%' AND state IN ('due', 'sending')"
STATES = "SELECT substr(key, 8), state FROM outbox WHERE key LIKE 'zombie:%'"
IN_DOUBT = """
    SELECT DISTINCT substr(outbox.key, 8) FROM delivery JOIN outbox ON outbox.id = delivery.outbox_id
    WHERE outbox.key LIKE 'zombie:%' AND delivery.result = 'unknown'
"""
LEADER = "SELECT fence, holder FROM leadership WHERE name = 'ticks'"
MONTH_AGAIN = """
    UPDATE period SET period = to_char(1000 + (SELECT count(*) FROM period), 'FM0000') || '-01', closed_at = 0
    WHERE period = to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')
"""
MONTHS = "SELECT count(*) FROM period"
OPENED = """
    SELECT (SELECT count(*) FROM audit WHERE action = 'open' AND subject = 'period')
        + (SELECT count(*) FROM audit_unlinked WHERE action = 'open' AND subject = 'period')
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How often a process is frozen."""

    freezes: int


FULL, SMALL = Size(50), Size(6)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `faults` are sentences about what else is wrong."""

    notices: int
    freezes: int
    double: int
    double_in_doubt: int
    in_doubt: int
    unsettled: int
    lost: int
    jobs: int
    jobs_double: int
    leaders: int
    late_s: float
    seconds: float
    faults: tuple[str, ...]

    @property
    def wrong(self) -> int:
        """Everything that must not be."""
        return self.double + self.lost + self.jobs_double + len(self.faults)


class SlowApi(BotApi):
    """A Telegram that takes its time, before a message is there and after."""

    chance = random.Random(SEED)

    async def call(self, method: str, raw: dict[str, Any], uploads: dict[str, Upload], via: str) -> Answer:
        """One call."""
        slow = method == "sendMessage"
        await asyncio.sleep(self.chance.uniform(0, ANSWER_S) if slow else 0)
        answer = await super().call(method, raw, uploads, via)
        await asyncio.sleep(self.chance.uniform(0, ANSWER_S) if slow else 0)
        return answer


@dataclass(slots=True)
class Put:
    """When each notice was put into the outbox, by its number; and who led under which number of the lease."""

    at: list[float] = field(default_factory=list)
    burst: int = 0
    enough: bool = False
    leaders: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Notices that somebody got twice without the house knowing that it may be so, and what else must not be."""
    with cluster() as server:
        name = server.create()
        fill(server.url(name), samples.copy() / "zhibu.db")
        outcome = run(samples.work, server, name, FULL if full else SMALL)
    detail = (
        f"{outcome.notices} notices, {outcome.freezes} × SIGSTOP for {FROZEN_S[0]:g}–{FROZEN_S[1]:g} s of one of two "
        f"processes, lease {LEASE_S:g} s; double and not recorded as unknown {outcome.double}, recorded "
        f"{outcome.double_in_doubt}, in doubt for a while {outcome.in_doubt}, at the end {outcome.unsettled}, lost "
        f"{outcome.lost}; {outcome.jobs} months opened by ticks, {outcome.jobs_double} twice; {outcome.leaders} "
        f"leaders one after another; lateness p99 {outcome.late_s:.1f} s, the freeze included; "
        f"{'; '.join(outcome.faults) or 'zhibu verify agrees'}; {outcome.seconds:.0f} s"
    )
    return [counted(NAME, outcome.wrong, "faults", detail)]


def run(work: Path, server: Cluster, database: str, size: Size) -> Outcome:
    """Freezes under a stream of notices, on a database that holds the sample year."""
    began, data, put = perf_counter(), work / "zombies", Put()
    data.mkdir()
    api = SlowApi()
    months, opened = counts(server, database)
    asyncio.run(_all(api, Two(work, data, server, database), size, put))
    months, opened = (now - then for now, then in zip(counts(server, database), (months, opened), strict=True))
    shown = first_and_again(api)
    states, in_doubt = dict(server.rows(database, STATES)), {row[0] for row in server.rows(database, IN_DOUBT)}
    twice = {number for number, at in shown.items() if len(at) > 1}
    late = [at[0] - put.at[int(number)] for number, at in shown.items()]
    late_s = quantiles(late, n=100)[98]
    faults = [*put.faults, *api.ledger.violations, *checked(server, database, data, server.url(database))]
    if late_s > LATE_S:
        faults.append(f"lateness p99 is {late_s:.0f} s")
    return Outcome(
        notices=len(put.at),
        freezes=size.freezes,
        double=len(twice - in_doubt),
        double_in_doubt=len(twice & in_doubt),
        in_doubt=len(in_doubt),
        unsettled=sum(state == "unknown" for state in states.values()),
        lost=len(states.keys() - shown.keys() - in_doubt) + len(put.at) - len(states),
        jobs=opened,
        jobs_double=max(0, opened - months),
        leaders=len(put.leaders),
        late_s=late_s,
        seconds=perf_counter() - began,
        faults=tuple(faults),
    )


def counts(server: Cluster, database: str) -> tuple[int, int]:
    """How many months there are, and how many were opened by the audit trail."""
    return server.rows(database, MONTHS)[0][0], server.rows(database, OPENED)[0][0]


def first_and_again(api: BotApi) -> dict[str, list[float]]:
    """Notice → when a chat got it, each time."""
    found: dict[str, list[float]] = defaultdict(list)
    for call in api.ledger.calls:
        if call.method == "sendMessage" and call.status == 200 and (told := NUMBER.search(str(call.facts["text"]))):
            found[told[1]].append(call.at)
    return found


class Two:
    """Both processes, and the database behind them."""

    def __init__(self, work: Path, data: Path, server: Cluster, database: str) -> None:
        self._work, self._data, self.server, self.database = work, data, server, database
        self.processes: list[Server] = []

    def start(self, api: BotApi) -> None:
        """Both on the same database and the same Telegram."""
        settings = {
            "ZHIBU_TELEGRAM_TOKEN": api.token,
            "ZHIBU_TELEGRAM_API": api.address,
            "ZHIBU_LEASE_S": f"{LEASE_S:g}",
        }
        url = self.server.url(self.database)
        for _ in range(2):
            process = Server(self._work, "bot", "run", "--port", "{port}", data=self._data, url=url, settings=settings)
            self.processes.append(process)
            process.start()

    def end(self) -> None:
        """Nobody stays frozen."""
        for process in self.processes:
            process.thaw()
            process.end()


async def _all(api: BotApi, two: Two, size: Size, put: Put) -> None:
    async with asyncio.timeout(MOST_S), api.running():
        await api.control.people(range(FIRST_CHAT, FIRST_CHAT + CHATS))
        try:
            await asyncio.to_thread(two.start, api)
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.to_thread(_stream, two, put))
                group.create_task(_freezing(two, size, put))
            await asyncio.to_thread(_drain, two)
        finally:
            await asyncio.to_thread(two.end)


def _stream(two: Two, put: Put) -> None:
    """Puts notices in at a steady pace, and bursts when told to, until it is enough."""
    member = two.server.rows(two.database, MEMBER)[0][0]
    body: dict[str, Any] = {"lines": [], "choices": [], "image": None, "link": None, "kind": "digest"}
    with psycopg.connect(two.server.address(two.database), autocommit=True) as connection:
        while not put.enough:
            many, put.burst = 1 + put.burst, 0
            now = connection.execute(CLOCK).fetchall()[0][0]
            with connection.transaction():
                for number in range(len(put.at), len(put.at) + many):
                    text = msgspec.json.encode(body | {"title": f"{TITLE} {number}."}).decode()
                    values = (f"zombie:{number}", member, str(FIRST_CHAT + number % CHATS), text, now, now)
                    connection.execute(PUT, values)
            put.at += [monotonic()] * many
            sleep(1 / A_SECOND)


async def _freezing(two: Two, size: Size, put: Put) -> None:
    """Freezes the two in turns, each time with a month to be opened by whoever leads then."""
    chance = random.Random(SEED)
    try:
        for number in range(size.freezes):
            await asyncio.sleep(chance.uniform(*APART_S))
            await asyncio.to_thread(two.server.run, MONTH_AGAIN, database=two.database)
            put.burst = BURST
            await asyncio.sleep(chance.uniform(1 / A_SECOND, BURST_S))
            victim = two.processes[number % 2]
            victim.freeze()
            await asyncio.sleep(chance.uniform(*FROZEN_S))
            await asyncio.to_thread(_leader, two, put)
            victim.thaw()
    finally:
        put.enough = True


def _leader(two: Two, put: Put) -> None:
    for fence, holder in two.server.rows(two.database, LEADER):
        if put.leaders.setdefault(fence, holder) != holder:
            put.faults.append(f"two processes led under number {fence}")


def _drain(two: Two) -> None:
    """Until nothing waits any more, or nothing moves."""
    end = monotonic() + DRAINED_S
    while two.server.rows(two.database, OPEN)[0][0] and monotonic() < end:
        sleep(0.5)
