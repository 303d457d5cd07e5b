"""How long 100,000 due reminders take to become digests in the outbox, and whether two processes send any twice."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from benchmarks.cluster import cluster
from benchmarks.figure import Figure, against
from benchmarks.process import Failed, Samples
from bot.opening import settle
from handlers.context import House
from handlers.desk import Desk
from handlers.digests import ComposeDigests
from rules.access import SYSTEM
from storage import members, outbox
from storage.engine import Connection, Database, Store
from storage.kinds import EPOCH
from storage.postgres import PostgresDatabase
from storage.tasks import tables as tasks
from storage.upgrade import upgrade, upgrade_server

NAME = "digest_100k_s"
DUE = 100_000
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
DAY, LONG_AGO = date(2026, 11, 23), date(2000, 1, 1)
PER_BRANCH = 20
AT_ONCE = 50
MOST_S = 120.0
# what the driver alone must write for the same outcome
MESSAGE = """
    INSERT INTO outbox (key, class, member_id, channel, address, state, attempts, due_at, made_at)
    VALUES (?, 'digest', ?, 'webchat', ?, 'due', 0, ?, ?)
"""
COMPOSED = "UPDATE notice SET state = 'composed', outbox_id = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Composed:
    """How it went: digests made, seconds in all, milliseconds of each unit."""

    made: int
    seconds: float
    units: list[float]

    def __str__(self) -> str:
        at_95, most = quantiles(self.units, n=20)[-1], max(self.units)
        return f"{len(self.units)} units of {at_95:.0f} ms (p95), {most:.0f} ms (most), {self.seconds:.1f} s"


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Seconds on SQLite, each unit durable, beside the plain statements of the driver in one transaction."""
    many = _filled(samples.work / "many", 10_000)
    plain = _plain(Path(shutil.copytree(many, samples.work / "plain")))
    own = _on_sqlite(many, 10_000)
    detail = f"{DUE} due reminders of open tasks to 10,000 people in {own}"
    if full:
        single = _on_sqlite(_filled(samples.work / "single", DUE), DUE)
        detail += f"; one reminder each to {DUE} people in {single}"
    claimed, seconds = _by_two(DUE // 10 if full else 1000)
    detail += (
        f"; two processes composed and claimed {claimed} digests on PostgreSQL in {seconds:.1f} s, none twice; "
        f"baseline: the same rows written by the driver alone in one transaction"
    )
    return [against(NAME, own.seconds, "s", plain, detail)]


def fill(connection: Connection, people: int, due: int) -> None:
    """Branches of twenty, everybody with an account, and the same number of open tasks and of reminders for each."""
    branches = range(2, 2 + people // PER_BRANCH)
    top = {"id": 1, "code": "city", "kind": "committee", "name": "滨湖市直机关工委", "parent_id": None, "path": "/1/"}
    units = [
        {"id": n, "code": f"b{n}", "kind": "branch", "name": f"第{n}党支部", "parent_id": 1, "path": f"/1/{n}/"}
        for n in branches
    ]
    connection.execute(sa.insert(members.unit), [top, *units])
    who = [(n, branches[(n - 1) // PER_BRANCH]) for n in range(1, people + 1)]
    rows: dict[sa.Table, list[dict[str, Any]]] = {
        members.member: [{"id": n, "code": f"m{n}", "name": f"成员{n}", "class": "full"} for n, _ in who],
        members.membership: [{"member_id": n, "unit_id": unit, "from_on": LONG_AGO} for n, unit in who],
        members.identity: [{"channel": "webchat", "address": f"m{n}", "member_id": n, "bound_at": NOW} for n, _ in who],
        tasks.task: list(_tasks(who, due)),
        outbox.notice: [_notice(number, who[number % people][0]) for number in range(due)],
    }
    for table, some in rows.items():
        connection.execute(sa.insert(table), some)


def _tasks(who: list[tuple[int, int]], due: int) -> Iterator[dict[str, Any]]:
    words = dict.fromkeys(("obligation", "period", "about", "stance", "report", "reason", "wanted_reason"), "")
    fixed = {**words, "kind": "given", "title": "报送材料", "role": "", "issuer_unit_id": 1, "issued_at": NOW}
    for number in range(due):
        member, unit = who[number % len(who)]
        place = {"id": number + 1, "key": f"given:{number}", "unit_id": unit, "member_id": member}
        yield {**fixed, **place, "due_on": DAY, "state": "open", "edition": 1}


def _notice(number: int, member: int) -> dict[str, Any]:
    facts = {"task": number + 1, "title": "报送材料", "unit": "党支部", "due": DAY.isoformat(), "left": 0}
    key = f"task:{number + 1}:{DAY}:due:{member}"
    row = {"key": key, "member_id": member, "kind": "task_due", "facts": facts}
    return {**row, "state": "waiting", "made_at": NOW - timedelta(hours=2)}


def _filled(folder: Path, people: int) -> Path:
    folder.mkdir()
    upgrade(folder / "zhibu.db")
    database = Database(folder / "zhibu.db")
    database.write(lambda connection: fill(connection, people, DUE))
    database.close()
    return folder


def _plain(folder: Path) -> float:
    """The seconds the driver needs for the rows alone."""
    at = (NOW - EPOCH) // timedelta(milliseconds=1)
    connection = sqlite3.connect(folder / "zhibu.db")
    found = connection.execute("SELECT id, member_id FROM notice").fetchall()
    people = sorted({member for _, member in found})
    began = perf_counter()
    connection.executemany(MESSAGE, [(f"digest:{n}:{DAY}", n, f"m{n}", at, at) for n in people])
    numbers = dict(connection.execute("SELECT member_id, id FROM outbox").fetchall())
    connection.executemany(COMPOSED, [(numbers[member], number) for number, member in found])
    connection.commit()
    seconds = perf_counter() - began
    connection.close()
    return seconds


def _on_sqlite(folder: Path, people: int) -> Composed:
    database = Database(folder / "zhibu.db")
    try:
        found = compose(database)
        again = compose(database)
    finally:
        database.close()
    with sqlite3.connect(folder / "zhibu.db") as connection:
        digests = connection.execute("SELECT count(*), count(DISTINCT member_id) FROM outbox").fetchone()
        composed = connection.execute("SELECT count(*) FROM notice WHERE state = 'composed'").fetchone()
    if (found.made, again.made, *digests, *composed) != (people, 0, people, people, DUE):
        raise Failed(f"{digests} digests of {composed} reminders; {found.made} were made, then {again.made}")
    return found


def compose(store: Store) -> Composed:
    """Runs the job as the scheduler does: slice by slice, each a unit of its own."""
    settle()
    desk, made, units = Desk(store, House(ZONE)), 0, []
    request: Any = ComposeDigests()
    while request is not None:
        began = perf_counter()
        answer = desk.do(SYSTEM, request, NOW)
        units.append((perf_counter() - began) * 1000)
        made += answer.done
        request = (answer.then or request) if answer.more else None
    return Composed(made, sum(units) / 1000, units)


def _by_two(people: int) -> tuple[int, float]:
    """How many digests two processes compose and claim; none may be claimed twice or left."""
    with cluster() as server:
        name = server.create()
        upgrade_server(server.url(name))
        database = PostgresDatabase(server.url(name))
        database.write(lambda connection: fill(connection, people, people * 10))
        database.close()
        spawned = multiprocessing.get_context("spawn")
        began = perf_counter()
        with spawned.Pool(2) as pool:
            found = pool.map_async(work, [server.url(name)] * 2, chunksize=1).get(MOST_S)
        seconds = perf_counter() - began
        left = server.rows(name, "SELECT count(*) FROM outbox WHERE state <> 'sending' OR attempts <> 1")[0][0]
    claimed = [number for some in found for number in some]
    if left or len(claimed) != people or len(set(claimed)) != people:
        raise Failed(f"{len(claimed)} claims of {len(set(claimed))} digests for {people} people, {left} left")
    return len(claimed), seconds


def work(url: str) -> list[int]:
    """One process: composes with the other, then claims until nothing is due; gives what it took."""
    database, taken = PostgresDatabase(url), []
    try:
        compose(database)
        while some := database.write(lambda connection: outbox.claim(connection, NOW, AT_ONCE)):
            taken += [row.id for row in some]
    finally:
        database.close()
    return taken
