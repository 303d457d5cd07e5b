"""公示表: a branch's month as it is put up, by category, with every entry and what the caps took.

A month moves the year by the score of all entries up to it less the score of those up to the month before. Nothing is
posted in a closed month, so its sheet is the same whenever it is drawn; a later reversal stands in its own month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from handlers.context import Context, Handler, Published, Refused, refuse
from handlers.scope import months_in
from rules.periods import Calendar, last_day, shift, year_of
from rules.schemes import Criterion, Scheme
from rules.scoring import ZERO, Entry, Facts, Id, Part, Score, score
from rules.scoring.plan import plan_of
from storage import declarations, ledger, lists, members, schemes
from storage.declarations import Line
from storage.lists import EntryRow
from storage.members import Person


class ShowPublication(Struct, frozen=True):
    """The sheet of a branch and month."""

    unit: int
    period: str


class PublishedEntry(Struct, frozen=True):
    """One entry of the sheet: what was posted, and what of it counted in this month."""

    criterion: Criterion
    category: str
    quantity: Decimal
    attendance: str | None
    option: str | None
    matter: str | None
    posted: Decimal
    counted: Decimal
    capped_by: str
    reversal: bool
    why: str = ""


class PublishedMember(Struct, frozen=True):
    """A member's row: what each category brought this month, deductions, the month's sum and the year's total."""

    code: str
    name: str
    entries: tuple[PublishedEntry, ...]
    by_category: tuple[Decimal, ...]
    deducted: Decimal
    subtotal: Decimal
    year_total: Decimal


class PublicationSheet(Struct, frozen=True):
    """The whole sheet in the order of member codes: nobody is ranked. `closed_at` None: not final yet."""

    unit: int
    unit_name: str
    period: str
    title: str
    version: str
    base: Decimal
    categories: tuple[str, ...]
    rows: tuple[PublishedMember, ...]
    closed_at: datetime | None
    as_of: datetime


def show_publication(context: Context, request: ShowPublication) -> PublicationSheet | Refused:
    """For who may look at the branch, and for its own members."""
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    own = context.actor.unit == request.unit
    if unit is None or not (own or context.actor.may("publication", unit.id, unit.path)):
        return refuse("not_allowed")
    asked = months_in(request.period)
    if isinstance(asked, Refused) or not asked[0] or asked[0] != asked[1]:
        return refuse("period_unclear")
    day = min(context.today, last_day(request.period))
    people = members.people_of(context.connection, unit.id, day)
    posted = _posted(context, people, request.period)
    published = _version(context, posted, unit.path, request.period)
    if published is None:
        return refuse("no_scheme")
    scheme = published.scheme
    year = year_of(request.period)
    years = ledger.years_of(context.connection, [person.id for person in people], scheme.scheme, year)
    older = {number for each in years.values() for number in each.versions if number < published.id}
    carried = context.carried({published.id, *older}).scheme
    ledger.add_lines(context.connection, years, scheme.scheme, year, plan_of(carried).detailed)
    lines = declarations.by_ids(context.connection, [row.line for row in posted])
    by_member: dict[int, list[EntryRow]] = {person.id: [] for person in people}
    for row in posted:
        by_member[row.member].append(row)
    sheet = _Sheet(carried, request.period, lines, context.house.calendar)
    return PublicationSheet(
        unit.id,
        unit.name,
        request.period,
        scheme.title,
        scheme.version,
        scheme.total.base,
        tuple(node.name for node in carried.categories),
        tuple(sheet.row(person, years[person.id].entries, by_member[person.id]) for person in people),
        schemes.closed_at(context.connection, scheme.scheme, request.period),
        context.now,
    )


def _posted(context: Context, people: Iterable[Person], period: str) -> list[EntryRow]:
    wanted = lists.Filter(members=tuple(person.id for person in people), first=period, last=period)
    total, _ = lists.sum_of_entries(context.connection, wanted)
    return lists.page_of_entries(context.connection, wanted, "oldest", range(total))


def _version(context: Context, posted: list[EntryRow], path: str, period: str) -> Published | None:
    """The version the month was posted under; the one in force when nothing was."""
    if posted:
        return context.version(max(row.version for row in posted))
    return context.scheme_for(path, last_day(period))


class _Sheet(Struct, frozen=True):
    scheme: Scheme
    period: str
    lines: Mapping[int, Line]
    calendar: Calendar

    def row(self, person: Person, entries: list[Entry], posted: list[EntryRow]) -> PublishedMember:
        """What the month moved, category by category; what is inside another category is in its figure too."""
        # January moves the year from its first day on: the year before is another cycle
        until = max(last_day(shift(self.period, -1)), date(year_of(self.period), 1, 1))
        before = self._score([entry for entry in entries if entry.period < self.period], until)
        after = self._score([entry for entry in entries if entry.period <= self.period], last_day(self.period))
        moved = {now.node: now.counted - then.counted for now, then in zip(after.figures, before.figures, strict=True)}
        parts = {part.entry: part for part in after.parts}
        earlier = {part.entry: part for part in before.parts}
        shown = tuple(self._entry(row, parts[row.id], earlier) for row in posted)
        deducted = sum((entry.counted for entry in shown if entry.counted < 0), ZERO)
        by_category = tuple(moved[node.code] for node in self.scheme.categories)
        subtotal = sum((moved[node.code] for node in self.scheme.nodes if node.counts != "aside"), ZERO)
        return PublishedMember(person.code, person.name, shown, by_category, deducted, subtotal, after.total)

    def _score(self, entries: list[Entry], as_of: date) -> Score:
        return score(self.scheme, Facts(as_of, {0: entries}, calendar=self.calendar, whole=False))[0]

    def _entry(self, row: EntryRow, part: Part, earlier: Mapping[Id, Part]) -> PublishedEntry:
        counted = part.counted
        if row.reverses is not None:
            taken = earlier.get(row.reverses)
            counted = -taken.counted if taken is not None else ZERO
        line, reversal = self.lines[row.line], row.reverses is not None
        return PublishedEntry(
            self.scheme.criteria[row.criterion],
            self.scheme.category[row.criterion].name,
            line.quantity,
            line.attendance,
            line.option,
            line.matter,
            part.posted,
            counted,
            "" if reversal else _capped_by(part),
            reversal,
            part.why,
        )


def _capped_by(part: Part) -> str:
    """What took something: a bound of the criterion or category, a reason of scoring, or that it was taken back."""
    if part.cancelled:
        return "cancelled"
    if part.why:
        return "why"
    if part.capped != part.posted:
        return "criterion"
    return "category" if part.counted != part.capped else ""


REQUESTS: dict[type, Handler] = {ShowPublication: show_publication}
