"""Whether reminders of tasks are missed or told twice while the clock jumps and the house starts anew."""

from __future__ import annotations

import multiprocessing
import random
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import to_builtins

from benchmarks.figure import Figure, counted
from benchmarks.process import Samples
from benchmarks.reminders_due import COMMITTEE, OFFICER, SECRETARIES, START, Known, Told, expected
from bot.holidays import CHINA
from handlers.context import House
from handlers.desk import Desk
from rules.access import SYSTEM
from rules.tasks.plan import Step, Terms
from scheduler.jobs import due, instants
from storage import members, outbox
from storage.engine import Connection, Database
from storage.tasks import tables as tasks
from storage.upgrade import upgrade

MISSED, DOUBLE = "reminders_missed", "reminders_double"
ZONE = ZoneInfo("Asia/Shanghai")
SINCE = date(2000, 1, 1)
PEOPLE, TASKS, JUMPS = 50, 24, 100
GATHERED, HOUR = time(6, 30), time(8, 30)
WAKING_TO = time(21, 0)
KEPT = ("remind_tasks", "tell_deputies", "digest")
SHORT = (timedelta(seconds=1), timedelta(seconds=-1), timedelta(hours=1), timedelta(hours=-1), timedelta(days=-1))
FAR = timedelta(days=3652)
STEPS = (Step(1, "self"), Step(3, "secretary"), Step(5, "officer", times=2, every=7), Step(14, "committee"))
TERMS = (Terms(remind=(3, 0), overdue=STEPS), Terms(remind=(7, 1, 0), overdue=STEPS[:1]), Terms(still=7))


@dataclass(slots=True)
class Found:
    """What a history came to."""

    told: int = 0
    digests: int = 0
    missed: int = 0
    double: int = 0
    naive: int = 0

    def add(self, other: Found) -> None:
        """Counts both."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Histories in two processes."""
    count = 1000 if full else 20
    template = samples.work / "reminders.db"
    make(template)
    total = Found()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for found in pool.imap_unordered(partial(history, template), range(count), chunksize=1):
            total.add(found)
    detail = (
        f"{count} histories of {PEOPLE} people with {JUMPS} jumps or restarts each: {total.told} reminders in "
        f"{total.digests} digests; baseline: a cron that reminds whenever it wakes tells {total.naive} again"
    )
    return [counted(MISSED, total.missed, "reminders", detail), counted(DOUBLE, total.double, "reminders", detail)]


def make(path: Path) -> None:
    """A migrated database with the people, which each history copies."""
    upgrade(path)
    database = Database(path)
    database.write(_people)
    database.close()


def _people(connection: Connection) -> None:
    units = [(1, "committee", None, "/1/"), (2, "organisation", 1, "/1/2/")]
    units += [(number, "branch", 2, f"/1/2/{number}/") for number in SECRETARIES]
    rows = [
        {"id": n, "code": f"u{n}", "kind": k, "name": f"单位{n}", "parent_id": p, "path": at} for n, k, p, at in units
    ]
    connection.execute(sa.insert(members.unit), rows)
    who = range(1, PEOPLE + 1)
    some: dict[sa.Table, list[dict[str, Any]]] = {
        members.member: [{"id": n, "code": f"m{n}", "name": f"成员{n}", "class": "full"} for n in who],
        members.membership: [{"member_id": n, "unit_id": 3 + n % 4, "from_on": SINCE} for n in who],
        members.identity: [{"channel": "webchat", "address": f"m{n}", "member_id": n, "bound_at": START} for n in who],
    }
    holders = [(OFFICER, "officer", 2), (COMMITTEE, "committee", 1)]
    holders += [(member, "secretary", unit) for member, unit in SECRETARIES.items()]
    some[members.role] = [{"member_id": m, "role": r, "unit_id": u, "from_on": SINCE} for m, r, u in holders]
    for table, values in some.items():
        connection.execute(sa.insert(table), values)


def history(template: Path, seed: int) -> Found:
    """One history on a copy of the template, in memory where there is a place for it."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        path = Path(shutil.copy(template, Path(folder) / "zhibu.db"))
        database = Database(path)
        try:
            return History(database, random.Random(seed)).run()
        finally:
            database.close()


@dataclass(slots=True)
class History:
    """A house whose clock jumps, and a judge who notes what it tells."""

    database: Database
    chance: random.Random
    now: datetime = START
    last: datetime | None = None
    away: timedelta | None = None
    seen: int = 0
    known: dict[int, Known] = field(default_factory=dict)
    told: set[Told] = field(default_factory=set)
    had: set[tuple[int, date]] = field(default_factory=set)
    found: Found = field(default_factory=Found)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, House(ZONE, CHINA))

    def run(self) -> Found:
        """A hundred events, some hours apart; then two quiet days."""
        self.database.write(self._give)
        far = {self.chance.randrange(JUMPS)} if self.chance.random() < 0.5 else set()
        self.tick()
        for number in range(JUMPS):
            self.advance(timedelta(minutes=self.chance.randrange(1, 30 * 60)))
            self.act()
            self.jump(far=number in far)
            self.tick()
        self.back()
        self.advance(timedelta(days=2))
        return self.found

    def _give(self, connection: Connection) -> None:
        words = dict.fromkeys(("obligation", "period", "about", "stance", "report", "reason", "wanted_reason"), "")
        rows = []
        for number in range(1, TASKS + 1):
            carrier = self.chance.choice([*range(7, PEOPLE + 1), *SECRETARIES])
            branch = SECRETARIES.get(carrier, 3 + carrier % 4)
            terms = self.chance.choice(TERMS)
            due_on = START.date() + timedelta(days=self.chance.randrange(2, 60))
            self.known[number] = Known(carrier, branch, terms, START.date(), due_on)
            place = {"id": number, "key": f"given:{number}", "unit_id": branch, "issuer_unit_id": 1}
            whose = {"member_id": None, "role": "secretary"} if carrier in SECRETARIES else {"member_id": carrier}
            kept = {"terms": to_builtins(terms, str_keys=True), "issued_at": START, "due_on": due_on, "state": "open"}
            rows.append({**words, "role": "", "kind": "given", "title": "材料", "edition": 1, **place, **whose, **kept})
        connection.execute(sa.insert(tasks.task), rows)

    def act(self) -> None:
        """Now and then somebody is done, has more time, or is returned what he reported."""
        if self.chance.random() > 0.3:
            return
        number = self.chance.choice(list(self.known))
        each = self.known[number]
        values: dict[str, Any] = {"state": "reported" if each.open else "returned"}
        due_on = each.due
        if each.open and self.chance.random() < 0.5:
            due_on = each.due + timedelta(days=self.chance.randrange(1, 20))
            values = {"due_on": due_on}
        is_open = each.open if "due_on" in values else not each.open
        self.known[number] = Known(each.carrier, each.branch, each.terms, each.issued, due_on, is_open, self.now)
        query = sa.update(tasks.task).where(tasks.task.c.id == number).values(**values)
        self.database.write(lambda connection: connection.execute(query))

    def jump(self, *, far: bool) -> None:
        """The clock is set, or the house starts anew and does not know when it last looked; or it was down a day."""
        self.back()
        kind = self.chance.randrange(len(SHORT) + 3)
        if far:
            self.away = FAR
            self.now += FAR
        elif kind < len(SHORT):
            self.now += SHORT[kind]
        elif kind == len(SHORT):
            self.now += timedelta(days=1)
            self.last = None
        else:
            self.last = None

    def back(self) -> None:
        """A clock that was ten years ahead is set right."""
        if self.away is not None:
            self.now -= self.away
            self.away = None
            self.tick()

    def advance(self, length: timedelta) -> None:
        """The house is up and wakes whenever a job falls."""
        end = self.now + length
        for moment in instants(self.now, end, ZONE, {HOUR}):
            self.now = moment
            self.tick()
        self.now = end

    def tick(self) -> None:
        """What the scheduler does; then the judge looks."""
        jobs = [job for job in due(self.last, self.now, ZONE) if job.name in KEPT]
        for job in jobs:
            request = job.request
            while request is not None:
                ran = self.desk.do(SYSTEM, request, self.now)
                request = (ran.then or request) if ran.more else None
        self.last = self.now
        if any(job.name == "digest" for job in jobs):
            self.judge()

    def judge(self) -> None:
        """What had to be told by now in the digests of the day, and what was told."""
        local = self.now.astimezone(ZONE)
        had = set(self.had)
        self._note(local.date())
        if not HOUR <= local.time() < WAKING_TO:
            return
        wanted = expected(self.known, local.date())
        self.found.naive += sum(each in self.told for each in wanted)
        morning = datetime.combine(local.date(), GATHERED, ZONE)
        for each in wanted:
            if self.known[each[1]].changed >= morning:  # what happens by day is told from the next morning on
                continue
            if each not in self.told and (each[0], local.date()) not in had:
                self.found.missed += 1

    def _note(self, day: date) -> None:
        o, n = outbox.outbox.c, outbox.notice.c
        query = sa.select(o.id, o.member_id, n.key).join(outbox.notice, n.outbox_id == o.id).where(o.id > self.seen)
        rows = self.database.read(lambda connection: connection.execute(query).all())
        fresh = {number: member for number, member, _ in rows}
        for member in fresh.values():
            self.found.digests += 1
            self.found.double += (member, day) in self.had
            self.had.add((member, day))
        wanted = expected(self.known, day)
        for _, member, key in rows:
            _, task, due_on, *step, _ = key.split(":")
            each = (member, int(task), due_on, ":".join(step))
            self.found.told += 1
            self.found.double += each in self.told or each not in wanted  # what does not stand is one too many as well
            self.told.add(each)
        self.seen = max(fresh, default=self.seen)
