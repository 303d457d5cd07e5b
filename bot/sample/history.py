"""Loads an example: its units and people, its scheme, and a year of history made through the real handlers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.initials import initials_of
from bot.sample.files import EventSpec, MeetingSpec, PersonSpec, Unusable, read
from handlers.context import Refused
from handlers.declarations.forms import AddLines, Draft, Submit
from handlers.declarations.meeting import Attendance, RecordAttendance, Sheet
from handlers.declarations.record import RecordEntry
from handlers.declarations.review import ApproveAll, Queue, ShowQueue
from handlers.desk import Desk
from handlers.members import WEBCHAT, address_of
from handlers.periods import ClosePeriods, OpenPeriods, Publish
from rules.access import SYSTEM, Actor
from rules.periods import day_after, first_day, last_day, period_of, shift
from storage import members
from storage.engine import Connection

MONTHS = 12
LONG_AGO = date(2000, 1, 1)
SLICE = 20
Progress = Callable[[int, int], None]


class Loader:
    """Fills an empty database with an example; the current month is left to the people."""

    def __init__(self, desk: Desk, folder: Path, now: datetime, seed: int = 1) -> None:
        self.desk = desk
        self.sample, self.text, self.scheme = read(folder)
        self.now = now
        self.today = desk.house.today(now)
        self.chance = random.Random(seed)
        self.units: dict[str, int] = {}
        self.people: dict[str, int] = {}

    def load(self, progress: Progress) -> None:
        """Units, people and scheme in one unit of work, then month by month."""
        initials = initials_of(self.scheme)
        self.desk.store.submit(lambda connection: self._everybody(connection, initials)).result()
        current = period_of(self.today)
        for index in range(MONTHS):
            self._month(shift(current, index - MONTHS), index)
            progress(index + 1, MONTHS)
        self._review_and_close(shift(current, -1), self.now - timedelta(minutes=1))

    def _everybody(self, connection: Connection, initials: dict[str, list[str]]) -> None:
        self.units, self.people = {}, {}
        for unit in self.sample.units:
            parent = self.units.get(unit.parent or "")
            above = members.units_by_ids(connection, [parent])[parent].path if parent else "/"
            number = members.insert(
                connection,
                members.unit,
                {
                    "code": unit.code,
                    "parent_id": parent,
                    "kind": unit.kind,
                    "name": unit.name,
                    "path": above,
                },
            )
            members.set_path(connection, number, f"{above}{number}/")
            self.units[unit.code] = number
        for person in self.sample.people:
            self._person(connection, person)
        for deputy in self.sample.deputies:
            members.insert(
                connection,
                members.deputy,
                {
                    "principal_id": self.people[deputy.of],
                    "deputy_id": self.people[deputy.deputy],
                    "role": deputy.role,
                    "unit_id": self.units[deputy.unit],
                    "from_on": self.today + timedelta(days=deputy.from_days),
                    "until_on": self.today + timedelta(days=deputy.until_days),
                },
            )
        context = self.desk.context(connection, SYSTEM, self._at(self._first(), 1, 0), quiet=True)
        top = next(iter(self.units.values()))
        answer = self.desk.handle(context, Publish(self.text, top, LONG_AGO, initials))
        if isinstance(answer, Refused):
            raise ValueError(str(answer.problems))

    def _person(self, connection: Connection, person: PersonSpec) -> None:
        number = members.insert(
            connection,
            members.member,
            {
                "code": person.code,
                "name": person.name,
                "class": person.kind,
                "joined_on": person.joined,
            },
        )
        self.people[person.code] = number
        belongs = {"member_id": number, "unit_id": self.units[person.unit], "from_on": LONG_AGO}
        members.insert(connection, members.membership, belongs)
        for role in person.roles:
            members.insert(
                connection,
                members.role,
                {
                    "member_id": number,
                    "role": role.role,
                    "unit_id": self.units[role.unit],
                    "from_on": LONG_AGO,
                },
            )
        if not person.phone_less:
            members.bind(connection, WEBCHAT, address_of(number), number, self._at(self._first(), 1, 0))

    def _first(self) -> str:
        return shift(period_of(self.today), -MONTHS)

    def _at(self, period: str, day: int, hour: int, minute: int = 0) -> datetime:
        local = datetime.combine(first_day(period).replace(day=day), time(hour, minute), self.desk.house.zone)
        return local.astimezone(UTC)

    def _month(self, period: str, index: int) -> None:
        self._run(SYSTEM, OpenPeriods(), self._at(period, 1, 0))
        if index:
            before = shift(period, -1)
            at = datetime.combine(day_after(before, 3), time(10), self.desk.house.zone).astimezone(UTC)
            self._review_and_close(before, at)
        for meeting in self.sample.meetings:
            if first_day(period).month in meeting.months:
                self._meet(meeting, self._at(period, meeting.day, 16))
        for event in self.sample.events:
            if event.months_ago == MONTHS - index:
                self._record(event, self._at(period, 20, 15))
        waiting = [self._declare(person, period) for person in self.sample.people if self._declares(person)]
        for answer in waiting:
            answer.result()

    def _declares(self, person: PersonSpec) -> bool:
        return bool(person.usual) and self.chance.random() < person.habit

    def _declare(self, person: PersonSpec, period: str) -> Any:
        day = self.chance.randint(10, last_day(period).day)
        at = self._at(period, day, self.chance.randint(8, 21), self.chance.randint(0, 59))
        items = tuple(person.usual.items())

        def unit(connection: Connection) -> None:
            actor = members.actor(connection, self.people[person.code], self.desk.house.today(at))
            if actor is None:
                raise ValueError(person.code)
            context = self.desk.context(connection, actor, at, quiet=True)
            draft = self.desk.handle(context, AddLines(items))
            if not isinstance(draft, Draft):
                raise ValueError(f"{person.code}: {draft}")
            self.desk.handle(context, Submit(tuple(line.pin for line in draft.lines)))

        return self.desk.store.submit(unit)

    def _meet(self, meeting: MeetingSpec, at: datetime) -> None:
        done: set[str] = set()
        for person in self._secretaries():
            if person.unit in done:
                continue
            done.add(person.unit)
            actor = self._actor(person.code, at)
            sheet = self._run(actor, Attendance(meeting.criterion), at)
            if isinstance(sheet, Sheet):
                states = self.chance.choices(
                    ("present", "late", "leave", "absent"), weights=(91, 4, 4, 1), k=len(sheet.people)
                )
                marks = tuple(
                    (each.id, state)
                    for (each, _), state in zip(sheet.people, states, strict=True)
                    if state != "present"
                )
                self._run(actor, RecordAttendance(meeting.criterion, marks, sheet.on), at)

    def _record(self, event: EventSpec, at: datetime) -> None:
        unit = next(person.unit for person in self.sample.people if person.code == event.member)
        for person in self._secretaries():
            if person.unit == unit and person.code != event.member:
                request = RecordEntry(
                    self.people[event.member], event.criterion, event.quantity, event.note, confirmed=True
                )
                self._run(self._actor(person.code, at), request, at)
                return

    def _review_and_close(self, period: str, at: datetime) -> None:
        """Everybody who reviews empties his queue; the month is closed when its day has come."""
        for person in self.sample.people:
            if not any(role.role in ("secretary", "officer") for role in person.roles):
                continue
            actor = self._actor(person.code, at)
            queue = self._run(actor, ShowQueue(), at)
            if isinstance(queue, Queue):
                for pins in _slices(queue.pins):
                    self._run(actor, ApproveAll(pins), at)
        closing = datetime.combine(day_after(period, self.scheme.months.close_on), time(0), self.desk.house.zone)
        if closing <= self.now:
            self._run(SYSTEM, ClosePeriods(), closing.astimezone(UTC))

    def _secretaries(self) -> Iterator[PersonSpec]:
        return (person for person in self.sample.people if any(role.role == "secretary" for role in person.roles))

    def _actor(self, code: str, at: datetime) -> Actor:
        day = self.desk.house.today(at)
        actor = self.desk.store.read(lambda connection: members.actor(connection, self.people[code], day))
        if actor is None:
            raise ValueError(code)
        return actor

    def _run(self, actor: Actor, request: Any, at: datetime) -> Any:
        """One request at its moment in the past; history tells nobody."""
        return self.desk.store.submit(
            lambda connection: self.desk.handle(self.desk.context(connection, actor, at, quiet=True), request)
        ).result()


def _slices(pins: tuple[tuple[int, int], ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    for start in range(0, len(pins), SLICE):
        yield pins[start : start + SLICE]


__all__ = ["Loader", "Unusable"]
