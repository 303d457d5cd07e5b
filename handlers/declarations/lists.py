"""The committee looks at lines: a list of them, and all that happened to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.review import allowed
from handlers.declarations.view import LineView, views
from handlers.naming import criteria
from handlers.scope import Narrowing, narrowed, scope_of, span_of
from storage import audit, declarations, ledger, lists, members, reviews
from storage.audit import DeedRow
from storage.declarations import Line
from storage.members import UnitRow


class ListLines(Narrowing, frozen=True):
    """Lines in sight."""

    state: str = ""
    source: str = ""
    text: str = ""
    sort: str = "newest"


class ListedLine(Struct, frozen=True):
    """A line of the list: as it is shown, whose it is, and whether the actor may decide it now."""

    line: LineView
    code: str
    unit_name: str
    submitted_at: datetime | None
    decidable: bool


class Lines(Struct, frozen=True):
    """One page of lines, of how many."""

    request: ListLines
    rows: tuple[ListedLine, ...]
    total: int


class Choices(Struct, frozen=True):
    """What the filters of lists offer: the units in sight, the criteria of the rulebooks (code, name)."""

    units: tuple[UnitRow, ...]
    criteria: tuple[tuple[str, str], ...]


class ListChoices(Struct, frozen=True):
    """What may be chosen for an action's list."""

    action: str


class OpenLine(Struct, frozen=True):
    """All that happened to one line."""

    line: int


class Happened(Struct, frozen=True):
    """One step of a line's history: when, who, on whose behalf, what, why."""

    at: datetime
    by: str
    behalf: str
    action: str
    reason: str


class PostedRow(Struct, frozen=True):
    """An entry the line made, or the one that took it back."""

    id: int
    period: str
    points: Decimal
    reversal: bool
    reason: str
    at: datetime


class LineHistory(Struct, frozen=True):
    """A line with its history, remarks, evidence and entries."""

    row: ListedLine
    unit: int
    title: str
    version: str
    history: tuple[Happened, ...]
    remarks: tuple[str, ...]
    entries: tuple[PostedRow, ...]


def list_lines(context: Context, request: ListLines) -> Lines | Refused:
    """One page of the lines in sight."""
    found = narrowed(context, "see_lines", request)
    if isinstance(found, Refused):
        return found
    scope, wanted = found
    if request.state and request.state not in lists.LISTED_STATES:
        return refuse("filter_unclear")
    states = (request.state,) if request.state else lists.LISTED_STATES
    wanted = replace(wanted, states=states, source=request.source, text=request.text.strip())
    total = lists.count_lines(context.connection, wanted)
    span = span_of(request.offset, request.limit, total)
    rows = lists.page_of_lines(context.connection, wanted, request.sort, span)
    return Lines(request, tuple(_listed(context, rows, scope.names())), total)


def _listed(context: Context, lines: Iterable[Line], units: dict[int, str]) -> list[ListedLine]:
    found = list(lines)
    codes = lists.codes(context.connection, [line.member for line in found])
    waiting = [line for line in found if line.state == "submitted"]
    decidable = allowed(context, waiting) if waiting and context.actor.granted("see_lines") else {}
    return [
        ListedLine(shown, codes[line.member][0], units[line.unit], line.submitted_at, line.id in decidable)
        for line, shown in zip(found, views(context, found), strict=True)
    ]


def choices(context: Context, request: ListChoices) -> Choices | Refused:
    """Units in sight and criteria, for the filters."""
    scope = scope_of(context, request.action)
    if isinstance(scope, Refused):
        return scope
    return Choices(scope.units, tuple(criteria(context).items()))


def open_line(context: Context, request: OpenLine) -> LineHistory | Refused:
    """A line, what was decided on it, by whom, and what it brought; drafts are their member's own."""
    line = declarations.by_ids(context.connection, [request.line]).get(request.line)
    if line is None or line.state not in lists.LISTED_STATES:
        return refuse("line_unknown")
    unit = members.units_by_ids(context.connection, [line.unit])[line.unit]
    if context.actor.may("see_lines", unit.id, unit.path) is None:
        return refuse("line_unknown")
    deeds = audit.page(context.connection, audit.Filter(subject=("line", line.id)), range(200))
    names = members.names(context.connection, {who for deed in deeds for who in (deed.actor, deed.behalf) if who})
    scheme = context.version(line.version).scheme
    posted = ledger.posted_of_year(context.connection, line.member, scheme.scheme, int(line.period[:4]))
    later = ledger.posted_of_year(context.connection, line.member, scheme.scheme, int(line.period[:4]) + 1)
    return LineHistory(
        _listed(context, [line], {unit.id: unit.name})[0],
        unit.id,
        scheme.title,
        scheme.version,
        tuple(_happened(deed, names) for deed in reversed(deeds)),
        tuple(reviews.remarks_of(context.connection, [line.id]).get(line.id, ())),
        tuple(
            PostedRow(row.id, row.period, row.points, row.reverses is not None, row.reason, row.posted_at)
            for row in (*posted, *later)
            if row.line == line.id
        ),
    )


def _happened(deed: DeedRow, names: dict[int, str]) -> Happened:
    behalf = names.get(deed.behalf, "") if deed.behalf else ""
    return Happened(deed.at, names.get(deed.actor, ""), behalf, deed.action, str(deed.facts.get("reason", "")))


REQUESTS: dict[type, Handler] = {ListLines: list_lines, ListChoices: choices, OpenLine: open_line}
