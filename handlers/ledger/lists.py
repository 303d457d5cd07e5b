"""The committee looks at the ledger: entries with a running sum, and a member's year explained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from handlers.context import Context, Handler, Refused, refuse
from handlers.ledger.points import Explanation, MyPoints, Points, Why, my_points, why
from handlers.scope import Narrowing, narrowed, span_of
from rules.access import Actor
from rules.schemes import Criterion
from storage import declarations, lists


class ListEntries(Narrowing, frozen=True):
    """Entries in sight, in the order of posting."""


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry with the sum of all entries of the list up to it."""

    id: int
    line: int
    member: int
    code: str
    member_name: str
    unit_name: str
    period: str
    criterion: Criterion
    category: str
    quantity: Decimal
    attendance: str | None
    points: Decimal
    running: Decimal
    reversal: bool
    reason: str
    posted_by: str
    posted_at: datetime
    option: str | None = None
    matter: str | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """One page of entries; `carried` is the sum before it, `points` that of the whole list."""

    request: ListEntries
    rows: tuple[ListedEntry, ...]
    total: int
    carried: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class ExplainMember:
    """A member's year as he sees it himself: figures against caps, and the lines behind one of them."""

    member: int
    year: int = 0
    node: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """A member's year with the reasons of a figure."""

    member: int
    code: str
    name: str
    unit_name: str
    points: Points
    explanation: Explanation


def list_entries(context: Context, request: ListEntries) -> Entries | Refused:
    """One page of the entries in sight."""
    found = narrowed(context, "see_ledger", request)
    if isinstance(found, Refused):
        return found
    scope, wanted = found
    total, points = lists.sum_of_entries(context.connection, wanted)
    span = span_of(request.offset, request.limit, total)
    carried = lists.carried(context.connection, wanted, "oldest", span.start)
    rows = lists.page_of_entries(context.connection, wanted, "oldest", span)
    return Entries(request, tuple(_listed(context, rows, carried, scope.names())), total, carried, points)


def _listed(context: Context, rows: list[lists.EntryRow], carried: Decimal, units: dict[int, str]) -> list[ListedEntry]:
    people = lists.codes(context.connection, {who for row in rows for who in (row.member, row.posted_by)})
    lines = declarations.by_ids(context.connection, [row.line for row in rows])
    listed, running = [], carried
    for row in rows:
        running += row.points
        scheme, line = context.version(row.version).scheme, lines[row.line]
        code, name = people[row.member]
        listed.append(
            ListedEntry(
                id=row.id,
                line=row.line,
                member=row.member,
                code=code,
                member_name=name,
                unit_name=units[row.unit],
                period=row.period,
                criterion=scheme.criteria[row.criterion],
                category=scheme.category[row.criterion].name,
                quantity=line.quantity,
                attendance=line.attendance,
                points=row.points,
                running=running,
                reversal=row.reverses is not None,
                reason=row.reason or line.note,
                posted_by=people[row.posted_by][1],
                posted_at=row.posted_at,
                option=line.option,
                matter=line.matter,
            )
        )
    return listed


def explain_member(context: Context, request: ExplainMember) -> Explained | Refused:
    """The member's own answers, given to who may look at his ledger."""
    person = context.person(request.member)
    if person is None or context.actor.may("see_ledger", person.unit, person.path) is None:
        return refuse("not_allowed")
    declares = person.unit_kind == "branch"
    own = replace(context, actor=Actor(person.id, person.name, person.unit, person.path, declares=declares))
    points = my_points(own, MyPoints(request.year))
    if isinstance(points, Refused):
        return points
    explanation = why(own, Why(request.node, request.year, request.page))
    if isinstance(explanation, Refused):
        return explanation
    return Explained(person.id, person.code, person.name, person.unit_name, points, explanation)


REQUESTS: dict[type, Handler] = {ListEntries: list_entries, ExplainMember: explain_member}
