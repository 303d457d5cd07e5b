"""Working days of units: the calendar of the country, with the days off and days worked that units have set."""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.signin import Done
from rules.periods import Calendar
from rules.problems import Problem
from storage import calendars, members
from storage.calendars import OwnDay

LINE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，;；]+(\S+?)(?:[\s,，;；]+(.*))?")
WORDS = {"休": False, "放假": False, "休息": False, "off": False, "班": True, "上班": True, "worked": True}
LINES = 400
NAME = 100


class ListDays(Struct, frozen=True):
    """The days of a year in a unit, by default the year of today and the first unit of the actor's."""

    year: int = 0
    unit: int = 0


class SetDays(Struct, frozen=True):
    """Sets days of a unit, a line each: "2027-01-01 休 元旦", "2027-02-07 班"."""

    unit: int
    text: str


class RemoveDay(Struct, frozen=True):
    """Leaves a day of a unit to those above again."""

    unit: int
    day: date


class Day(Struct, frozen=True):
    """A day on which a unit does not work as the weekday says, or that it has set itself."""

    day: date
    working: bool
    name: str
    own: bool


class Days(Struct, frozen=True):
    """A year of a unit: what is special or set in it, and whether its holidays are known; `units` may be chosen."""

    unit: int
    unit_name: str
    year: int
    known: bool
    days: tuple[Day, ...]
    units: tuple[tuple[int, str], ...]


def calendar_of(context: Context, path: str) -> Calendar:
    """The working days of a unit; the same object for units with the same days. One query a request."""
    if context.calendars is None:
        context.calendars = {}
        own: dict[str, dict[date, OwnDay]] = {}
        for row in calendars.own_days(context.connection):
            own.setdefault(row.path, {})[row.day] = row
        context.own_days = own
    tops = tuple(sorted((top for top in context.own_days if path.startswith(top)), key=len))
    if tops not in context.calendars:
        context.calendars[tops] = _calendar(context, tops)
    return context.calendars[tops]


def _calendar(context: Context, tops: tuple[str, ...]) -> Calendar:
    """The country's with the days of units laid over it, the nearest unit last."""
    base = context.house.calendar
    if not tops:
        return base
    days: dict[date, bool] = {}
    for top in tops:
        days |= {day: row.working for day, row in context.own_days[top].items()}
    years = {day.year for day in days}

    def working(day: date) -> bool:
        own = days.get(day)
        return base.working(day) if own is None else own

    return Calendar(working=working, known=lambda year: year in years or base.known(year))


def known(context: Context, year: int) -> bool:
    """Whether the holidays of a year are known to every unit at the top."""
    tops = [unit for unit in members.units_under(context.connection, "/") if unit.parent is None]
    return all(calendar_of(context, unit.path).known(year) for unit in tops) if tops else _known(context, year)


def _known(context: Context, year: int) -> bool:
    return context.house.calendar.known(year)


def list_days(context: Context, request: ListDays) -> Days | Refused:
    """What differs from Monday to Friday, and what is the unit's own."""
    numbers = {grant.unit for grant, _ in context.actor.granted("set_calendar")}
    units = sorted(members.units_by_ids(context.connection, numbers).values(), key=lambda unit: unit.path)
    found = units[0] if units else None
    if request.unit:
        found = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    if found is None or context.actor.may("set_calendar", found.id, found.path) is None:
        return refuse("not_allowed")
    year = request.year if 1990 <= request.year <= 2200 else context.today.year
    calendar = calendar_of(context, found.path)
    own = context.own_days.get(found.path, {})
    names = {row.day: row.name for top in sorted(context.own_days, key=len) for row in _above(context, top, found.path)}
    first, days = date(year, 1, 1).toordinal(), []
    for day in map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1)):
        worked = calendar.working(day)
        if day in own or worked != (day.weekday() < 5):
            days.append(Day(day, worked, names.get(day, ""), day in own))
    several = tuple((unit.id, unit.name) for unit in units)
    return Days(found.id, found.name, year, calendar.known(year), tuple(days), several)


def _above(context: Context, top: str, path: str) -> list[OwnDay]:
    return list(context.own_days[top].values()) if path.startswith(top) else []


def read_days(text: str) -> list[tuple[date, bool, str]] | list[Problem]:
    """The days of pasted lines, or every line that is none, with its number."""
    found: dict[date, tuple[date, bool, str]] = {}
    wrong: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        day = _day(match) if match else None
        if match is None or day is None or match[4].casefold() not in WORDS or len(match[5] or "") > NAME:
            wrong.append(Problem("calendar_line_unclear", {"line": number, "text": line.strip()[:NAME]}))
        elif day in found:
            wrong.append(Problem("calendar_day_twice", {"line": number, "day": day.isoformat()}))
        else:
            found[day] = day, WORDS[match[4].casefold()], (match[5] or "").strip()
    return wrong or list(found.values())


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:  # there is no such day
        return None


def set_days(context: Context, request: SetDays) -> Done | Refused:
    """All lines or none; they hold for the unit and all below it at once."""
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    grant = None if unit is None else context.actor.may("set_calendar", unit.id, unit.path)
    if unit is None or grant is None:
        return refuse("not_allowed")
    if len(request.text.splitlines()) > LINES:
        return refuse("calendar_too_long", most=LINES)
    found = read_days(request.text)
    if not found:
        return refuse("calendar_empty")
    problems = tuple(each for each in found if isinstance(each, Problem))
    if problems:
        return Refused(problems)
    by = context.actor.member or None
    days = [each for each in found if not isinstance(each, Problem)]
    rows = [{"day": d, "working": w, "name": n, "by_id": by, "made_at": context.now} for d, w, n in days]
    calendars.put(context.connection, unit.id, rows)
    told = [f"{day.isoformat()} {'worked' if working else 'off'}" for day, working, _ in days]
    context.audit("calendar_set", "unit", unit.id, grant.behalf, days=told)
    return Done()


def remove_day(context: Context, request: RemoveDay) -> Done | Refused:
    """Twice is once."""
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    grant = None if unit is None else context.actor.may("set_calendar", unit.id, unit.path)
    if unit is None or grant is None:
        return refuse("not_allowed")
    if calendars.remove(context.connection, unit.id, [request.day]):
        context.audit("calendar_removed", "unit", unit.id, grant.behalf, day=request.day.isoformat())
    return Done()


REQUESTS: dict[type, Handler] = {ListDays: list_days, SetDays: set_days, RemoveDay: remove_day}
