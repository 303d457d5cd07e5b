"""How a month stands, branch by branch, for whoever looks after many of them."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.scope import PAGE, months_in, scope_of, span_of
from rules.periods import last_day, period_of
from storage import months
from storage.members import UnitRow
from storage.months import MonthCounts


class ListMonths(Struct, frozen=True):
    """The branches in sight in one month; `period` "" is the current one."""

    unit: int = 0
    period: str = ""
    offset: int = 0
    limit: int = PAGE


class Months(Struct, frozen=True):
    """One page of branches with their counts."""

    request: ListMonths
    period: str
    rows: tuple[tuple[UnitRow, MonthCounts], ...]
    total: int


def list_months(context: Context, request: ListMonths) -> Months | Refused:
    """One page of branches, four queries whatever their number."""
    scope = scope_of(context, "see_lines", request.unit)
    if isinstance(scope, Refused):
        return scope
    period = request.period or period_of(context.today)
    asked = months_in(period)
    if isinstance(asked, Refused) or asked[0] != asked[1]:
        return refuse("period_unclear")
    inside = scope.within(request.unit)
    branches = [row for row in scope.units if row.kind == "branch" and (inside is None or row.id in inside)]
    span = span_of(request.offset, request.limit, len(branches))
    some = branches[span.start : span.stop]
    day = min(context.today, last_day(period))
    found = months.counts(context.connection, [row.id for row in some], period, day)
    return Months(request, period, tuple((row, found[row.id]) for row in some), len(branches))


REQUESTS: dict[type, Handler] = {ListMonths: list_months}
