"""The years themselves: jobs at their instants, people in between, all on one virtual clock; figures and breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.holidays import CHINA
from bot.opening import settle
from bot.simulation.acts import Agenda, accepted
from bot.simulation.city import PLAN, City, Size, found
from bot.simulation.months import Months
from handlers.context import House
from handlers.desk import Desk
from handlers.digests import DigestHours
from handlers.ledger.check import Verify
from handlers.overview import Status
from handlers.tasks.publishing import PublishPlan
from rules.access import OPERATOR, SYSTEM, Actor
from scheduler.jobs import due, instants
from storage import members, outbox, years
from storage.engine import Connection, Database
from storage.outbox import Settled
from storage.upgrade import upgrade

FIRST_YEAR = 2026
ZONE, OFFSET = ZoneInfo("Asia/Shanghai"), timedelta(hours=8)
PEOPLE_AT, COMMITTEE_AT = time(10, 0), time(16, 0)
AT_ONCE = 1000


class Year(Struct, frozen=True):
    """What a year brought, and what of it does not hold: matter → how many."""

    year: int
    figures: dict[str, int]
    points: str
    broken: dict[str, int]


class Simulation:
    """A city in a new database; `years` of it, the last one with its members."""

    def __init__(self, folder: Path, size: Size, count: int, seed: int) -> None:
        settle()
        path = folder / "zhibu.db"
        upgrade(path)
        self.database = Database(path)
        self.desk = Desk(self.database, House(ZONE, CHINA))
        self._count = count
        self._chance = Random(seed)
        self._now = _at(date(FIRST_YEAR, 1, 1), time(0))
        self._last = self._now - timedelta(minutes=1)
        self._task = 0
        self._actors: dict[int, Actor] = {}
        self._last_year = FIRST_YEAR + count - 1
        self._city = self.database.write(lambda connection: found(connection, size, self._last_year, self._now))
        self._agenda = Agenda(self._city, self._chance)
        self._months = Months(self._city, self._chance, self._last_year)
        accepted(self.desk.do(OPERATOR, PublishPlan(PLAN, self._city.top, date(FIRST_YEAR, 1, 1)), self._now))

    @property
    def city(self) -> City:
        """Its units and who holds what."""
        return self._city

    def run(self, told: Callable[[Year], None]) -> list[Year]:
        """Year by year."""
        done = []
        for number in range(FIRST_YEAR, FIRST_YEAR + self._count):
            done.append(self.year(number))
            told(done[-1])
        return done

    def year(self, number: int) -> Year:
        """Every day of a year, then its figures; the members of a year end with it."""
        day = date(number, 1, 1)
        while day.year == number:
            self._day(day)
            day += timedelta(days=1)
        return self.judged(number)

    def judged(self, number: int) -> Year:
        """The figures of a year, and every break of what must hold."""
        return self.database.read(lambda connection: self._judged(connection, number))

    def _day(self, day: date) -> None:
        """What falls on a day in one write unit: a request after another, as the machine and people give them."""
        hours = {time.fromisoformat(each) for each in self.desk.ask(SYSTEM, DigestHours(), self._now)}
        end = _at(day + timedelta(days=1), time(0)) - timedelta(minutes=1)
        falls = set(instants(self._last, end, ZONE, hours))
        if CHINA.working(day):
            falls |= {_at(day, PEOPLE_AT), _at(day, COMMITTEE_AT)}
        self.database.write(lambda connection: self._moments(connection, sorted(falls)))

    def _moments(self, connection: Connection, falls: list[datetime]) -> None:
        for moment in falls:
            self._now = moment
            for job in due(self._last, moment, ZONE):
                self._job(connection, job.request)
            self._last = moment
            today, at = moment.astimezone(ZONE).date(), moment.astimezone(ZONE).time()
            if at == PEOPLE_AT:
                self._people(connection, today)
            elif at == COMMITTEE_AT:
                self._agenda.committee(self._does(connection), today)
            self._send(connection)

    def _people(self, connection: Connection, today: date) -> None:
        new = years.new_tasks(connection, self._task)
        self._task = new[-1].id if new else self._task
        self._agenda.plan(new, today)
        self._agenda.people(self._does(connection), today)
        self._months.people(self._does(connection), today)

    def _job(self, connection: Connection, request: Any) -> None:
        while request is not None:
            answer = self._handled(connection, SYSTEM, request)
            request = (answer.then or request) if answer.more else None

    def _does(self, connection: Connection) -> Callable[[int, Any], Any]:
        """What a member does, as he acts in this unit; nobody's roles change, so they are looked up once."""

        def do(member: int, request: Any) -> Any:
            if member not in self._actors:
                actor = members.actor(connection, member, self._now.astimezone(ZONE).date())
                if actor is None:
                    raise LookupError(f"member {member} belongs to no unit")
                self._actors[member] = actor
            return accepted(self._handled(connection, self._actors[member], request))

        return do

    def _handled(self, connection: Connection, actor: Actor, request: Any) -> Any:
        return self.desk.handle(self.desk.context(connection, actor, self._now), request)

    def _send(self, connection: Connection) -> None:
        """A channel that takes everything at once and draws nothing."""
        rows = outbox.claim(connection, self._now, AT_ONCE)
        outbox.settle_all(connection, [Settled(row, "sent", "") for row in rows], self._now)
        if len(rows) == AT_ONCE:
            self._send(connection)

    def _judged(self, connection: Connection, number: int) -> Year:
        first, last = date(number, 1, 1), date(number, 12, 31)
        span = _at(first, time(0)), _at(last + timedelta(days=1), time(0))
        figures = years.counted(connection, *span, (first, last))
        figures["most_a_day"] = years.most_a_day(connection, *span, OFFSET)
        broken = years.contradictions(connection, *span, OFFSET)
        for problem in self._handled(connection, SYSTEM, Verify()).problems:
            broken[problem.code] = broken.get(problem.code, 0) + 1
        if parked := self._handled(connection, SYSTEM, Status()).facts["parked"]:
            broken["parked"] = parked
        return Year(number, figures, years.points(connection, *span), broken)

    def close(self) -> None:
        """Lets go of the database."""
        self.database.close()


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZONE).astimezone(UTC)
