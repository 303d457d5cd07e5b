"""What an actor may look at: the units of his roles, narrowed to what he asked for."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Refused, refuse
from rules.periods import first_day
from storage import lists
from storage.members import UnitRow

MOST_FOUND = 200
MOST_UNITS_OF_YEARS = 3
PAGE = 50


class Narrowing(Struct, frozen=True):
    """What a list of points is asked for: `period` is a month, a year or "", `member` a code or part of a name.

    `whole` is for a file.
    """

    unit: int = 0
    member: str = ""
    period: str = ""
    criterion: str = ""
    offset: int = 0
    limit: int = PAGE
    whole: bool = False


class Scope(Struct, frozen=True):
    """The units in sight, in the order of the tree; `everything` when there are no others."""

    units: tuple[UnitRow, ...]
    everything: bool

    def within(self, unit: int) -> tuple[int, ...] | None:
        """The numbers of a unit in sight and of all below it; None stands for every unit there is."""
        if not unit:
            return None if self.everything else tuple(each.id for each in self.units)
        top = next(each.path for each in self.units if each.id == unit)
        below = tuple(each.id for each in self.units if each.path.startswith(top))
        return None if self.everything and len(below) == len(self.units) else below

    def names(self) -> dict[int, str]:
        """Unit → name."""
        return {each.id: each.name for each in self.units}


def scope_of(context: Context, action: str, unit: int = 0) -> Scope | Refused:
    """What the action reaches; a unit out of sight is refused."""
    reach = context.actor.reach(action)
    if not reach.units and not reach.paths:
        return refuse("not_allowed")
    units = lists.units_within(context.connection, sorted(reach.paths), sorted(reach.units))
    if unit and all(each.id != unit for each in units):
        return refuse("not_allowed")
    return Scope(tuple(units), bool(reach.paths) and len(units) == lists.count_units(context.connection))


def months_in(period: str) -> tuple[str, str] | Refused:
    """First and last period of what was asked for: a month "2026-11", a year "2026", or "" for all time."""
    if not period:
        return "", ""
    try:
        if len(period) == 4:
            first_day(f"{period}-01")
            return f"{period}-01", f"{period}-12"
        first_day(period)
    except ValueError:
        return refuse("period_unclear")
    return period, period


def people_named(context: Context, text: str) -> tuple[int, ...] | Refused | None:
    """The members a code or part of a name stands for; None when nothing was asked."""
    if not text.strip():
        return None
    found = lists.find_members(context.connection, text.strip(), MOST_FOUND + 1)
    return refuse("too_many_found", most=MOST_FOUND) if len(found) > MOST_FOUND else tuple(found)


def span_of(offset: int, limit: int, total: int) -> range:
    """The places of one page, within the total."""
    start = min(max(offset, 0), total)
    return range(start, min(start + limit, total))


def narrowed(context: Context, action: str, request: Narrowing) -> tuple[Scope, lists.Filter] | Refused:
    """What is in sight, and units, members, months and criterion of a list within it.

    More than a month of many units is looked through for a file only.
    """
    scope = scope_of(context, action, request.unit)
    if isinstance(scope, Refused):
        return scope
    months, people = months_in(request.period), people_named(context, request.member)
    if isinstance(months, Refused):
        return months
    if isinstance(people, Refused):
        return people
    units = scope.within(request.unit)
    wide = people is None and (units is None or len(units) > MOST_UNITS_OF_YEARS)
    if wide and (not months[0] or months[0] != months[1]) and not request.whole:
        return refuse("narrow_first")
    return scope, lists.Filter(units, people, *months, criterion=request.criterion)
