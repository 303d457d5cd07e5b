"""Makes backups while members declare, kills half of them midway, and examines every file that is offered.

The examination is the drill's own: it reads the file by its published format, and takes from the product only
`zhibu verify` on the folder it has unpacked itself, and one `zhibu restore` at the end.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import random
import re
import shutil
import sqlite3
import sys
import tarfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from benchmarks.chat import Wire
from benchmarks.declaring import Client, Declared, Told, declared, members, shared_out
from benchmarks.figure import Figure, against, counted
from benchmarks.kill import compare, stored, verified
from benchmarks.process import HOUSE, Failed, Samples, demo, environment, zhibu

DRILL, PACE = "backup_drill", "backup_pace"
CLIENTS = 8
MOST_S = 900.0
SEED = 20261122
SEAL = re.compile(rb"zhibu-backup 1 \d+ ([0-9a-f]{64})\n\0+")
SEAL_BYTES = 512


@dataclass(frozen=True, slots=True)
class Size:
    """How many backups while members declare, half of them killed, and before that how many for the pace."""

    backups: int
    measured: int


FULL, SMALL = Size(50, 2), Size(8, 1)
AT_PACE = 6000  # declarations at most while the pace is measured
BESIDE = 22  # declarations at most beside each backup after that
GAP_S = 0.2
MOST_QUIET_S = 3.0


@dataclass(slots=True)
class Outcome:
    """What a drill came to; `bad` are sentences about offered files, `faults` about anything else."""

    offered: int = 0
    killed: int = 0
    before: int = 0
    during: int = 0
    seconds: list[float] = field(default_factory=list)
    quiet: float = 0.0
    beside: float = 0.0
    paced: bool = False
    bad: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Load:
    """Members who declare, so many as are allowed at a time; no declaration is made twice."""

    def __init__(self, port: int, personas: Sequence[str]) -> None:
        self.told = Told()
        self.gap_s = 0.0
        self._allowed = 0
        self._more = asyncio.Event()
        self._stopped = False
        chance = random.Random(SEED)
        hands = shared_out(personas, CLIENTS)
        self._clients = [(hand, Client(hand, self.told, chance, Wire(port))) for hand in hands]

    async def run(self) -> None:
        """Declares with all clients until stopped."""
        async with asyncio.TaskGroup() as group:
            for hand, client in self._clients:
                group.create_task(self._declare(hand, client))

    def allow(self, count: int) -> None:
        """So many declarations may be made from now on."""
        self._allowed = count
        self._more.set()

    def stop(self) -> None:
        """What was begun is brought to its end."""
        self._stopped = True
        self._more.set()

    @property
    def count(self) -> int:
        """How many declarations were acknowledged."""
        return len(self.told.acknowledged)

    async def _declare(self, hand: list[str], client: Client) -> None:
        number = 0
        try:
            while await self._may():
                turn, who = divmod(number, len(hand))
                number += 1
                await client.declare(declared(hand[who], turn))
                await asyncio.sleep(self.gap_s)
        finally:
            for wire in client.wires:
                wire.close()

    async def _may(self) -> bool:
        while self._allowed <= 0 and not self._stopped:
            self._more.clear()
            await self._more.wait()
        self._allowed -= 1
        return not self._stopped


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Offered backups that are not good, and declarations a second beside a backup against those without."""
    size = FULL if full else SMALL
    began = perf_counter()
    outcome = run(samples, size)
    detail = (
        f"{size.backups + size.measured} backups under load, {outcome.killed} × SIGKILL at a random moment, "
        f"{outcome.offered} offered, each unpacked and examined: seal, hashes, integrity_check, foreign_key_check, "
        f"zhibu verify, and the up to {outcome.before} declarations acknowledged before it began; "
        f"{'; '.join([*outcome.bad, *outcome.faults][:5]) or 'all good'}"
    )
    whole = sorted(outcome.seconds)
    pace = (
        f"declarations a second while a backup runs in another process ({whole[len(whole) // 2]:.1f} s in the middle, "
        f"start of Python included); baseline: as long without one, same run, {CLIENTS} clients; both share two cores "
        f"with the client; the whole drill took {perf_counter() - began:.0f} s"
    )
    drill = counted(DRILL, len(outcome.bad) + len(outcome.faults), "bad backups", detail)
    if not outcome.paced:  # the machine was too slow: declarations ran out before the backups were made
        return [drill]
    return [drill, against(PACE, outcome.beside, "per second", outcome.quiet, pace)]


def run(samples: Samples, size: Size) -> Outcome:
    """The drill on a fresh copy of the sample data."""
    data = samples.copy()
    target = data.with_name(f"{data.name}-backups")
    target.mkdir()
    with demo(samples.work, data) as server:
        server.start()
        return asyncio.run(_drill(server.port, data, target, size))


async def _drill(port: int, data: Path, target: Path, size: Size) -> Outcome:
    outcome, chance = Outcome(), random.Random(SEED)
    load = Load(port, await members(port))
    async with asyncio.timeout(MOST_S), asyncio.TaskGroup() as group:
        group.create_task(load.run())
        await _paced(load, data, target, size, outcome)
        load.gap_s = GAP_S
        for number in range(size.backups):
            load.allow(BESIDE)
            kill_after = chance.uniform(0.05, 0.95) * min(outcome.seconds) if number % 2 else None
            await _one(load, data, target, outcome, kill_after)
        load.stop()
    outcome.faults += await asyncio.to_thread(_at_the_end, data, target)
    return outcome


async def _paced(load: Load, data: Path, target: Path, size: Size, outcome: Outcome) -> None:
    """The pace for some seconds without a backup and for as long beside one, in turn."""
    load.allow(AT_PACE)
    await asyncio.sleep(1)
    beside, quiet, quiet_s = 0, 0, 0.0
    for _ in range(size.measured):
        await _one(load, data, target, outcome, None)
        beside += outcome.during
        before, began = load.count, perf_counter()
        await asyncio.sleep(min(outcome.seconds[-1], MOST_QUIET_S))
        quiet, quiet_s = quiet + load.count - before, quiet_s + perf_counter() - began
    outcome.beside, outcome.quiet = beside / sum(outcome.seconds), quiet / quiet_s
    outcome.paced = load.count < AT_PACE


async def _one(load: Load, data: Path, target: Path, outcome: Outcome, kill_after: float | None) -> None:
    """One backup, killed after so many seconds or brought to its end; what it offers is examined."""
    known, acknowledged, began = _offered(target), list(load.told.acknowledged), perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "backup", str(target)),
        cwd=HOUSE,
        env=environment(data),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said: bytes | None = None
    try:
        async with asyncio.timeout(kill_after):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        outcome.killed += 1
    seconds = perf_counter() - began
    outcome.during, outcome.before = load.count - len(acknowledged), len(acknowledged)
    offered = _offered(target) - known
    if said is not None:
        outcome.seconds.append(seconds)
        if process.returncode or len(offered) != 1:
            outcome.faults.append(f"a backup ended with {process.returncode}: {said.decode()[-300:]}")
    for path in offered:
        outcome.offered += 1
        outcome.bad += await asyncio.to_thread(examined, path, acknowledged)


def _offered(target: Path) -> set[Path]:
    return set(target.glob("zhibu-*.backup"))


def examined(path: Path, acknowledged: Sequence[Declared]) -> list[str]:
    """What is wrong with an offered file, found without the product's own code for reading it."""
    room = path.with_name(f"examined-{path.name}")
    try:
        unpacked(path, room)
        wrong = [*_database(room / "zhibu.db"), *verified(room, f"on {path.name}")]
        lost, _later = compare(acknowledged, stored(room))
        if lost:
            wrong.append(f"{lost} acknowledged declarations are not in it")
    except (Failed, OSError, EOFError, tarfile.TarError, sqlite3.Error) as error:
        wrong = [f"{type(error).__name__}: {error}"]
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return [f"{path.name}: {each}" for each in wrong]


def unpacked(path: Path, room: Path) -> None:
    """Checks the seal, unpacks the tar, and checks its list of hashes."""
    content, seal = path.read_bytes()[:-SEAL_BYTES], path.read_bytes()[-SEAL_BYTES:]
    found = SEAL.fullmatch(seal)
    if found is None or found[1].decode() != hashlib.sha256(content).hexdigest():
        raise Failed("the seal does not fit")
    with tarfile.open(path) as tar:
        tar.extractall(room, filter="data")
    (room / "zhibu.db").write_bytes(gzip.decompress((room / "zhibu.db.gz").read_bytes()))
    for line in (room / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        if hashlib.sha256((room / name).read_bytes()).hexdigest() != digest:
            raise Failed(f"{name} is not what the list says")


def _database(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        whole = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        loose = connection.execute("PRAGMA foreign_key_check").fetchall()
    return ([] if whole == ["ok"] else whole[:3]) + [f"points nowhere: {row}" for row in loose[:3]]


def _at_the_end(data: Path, target: Path) -> list[str]:
    """Sentences when the product cannot restore its last backup into a new folder, or left something behind."""
    last, into = max(_offered(target)), data.with_name(f"{data.name}-restored")
    answer = zhibu(data, "restore", str(last), "--into", str(into))
    if answer.returncode:
        return [f"zhibu restore ended with {answer.returncode}: {(answer.stdout + answer.stderr)[-300:]}"]
    another = zhibu(data, "backup", str(target))
    left = [f"{path.name} was left behind" for path in target.glob(".zhibu-making-*")]
    return [*verified(into, "after zhibu restore"), *left, *([another.stdout] if another.returncode else [])]
