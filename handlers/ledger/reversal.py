"""冲正: an entry is taken back by a new one; nothing is ever erased."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from handlers.context import Context, Handler, Refused, refuse
from handlers.ledger.posting import summarise
from rules.access import Grant
from rules.declarations import check_note
from rules.periods import period_of, year_of
from rules.schemes import Criterion
from storage import declarations, ledger, members
from storage.declarations import Line
from storage.ledger import Posted
from storage.locks import hold_members


@dataclass(frozen=True, slots=True)
class Reverse:
    """冲正: takes an entry back by a new entry in the current month."""

    entry: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReasonWanted:
    """A reversal needs a reason first."""

    entry: int
    criterion: Criterion
    points: Decimal


@dataclass(frozen=True, slots=True)
class Reversed:
    """The entry that takes another back was posted; `attendance` tells that the right state may be recorded now."""

    entry: int
    attendance: bool
    criterion: Criterion
    points: Decimal
    member_name: str


def reverse(context: Context, request: Reverse) -> Reversed | ReasonWanted | Refused:
    """Takes an entry back; the entry itself stays in the ledger."""
    row = ledger.posted_by_id(context.connection, request.entry)
    if row is None:
        return refuse("entry_unknown")
    hold_members(context.connection, [row.member])
    line = declarations.by_ids(context.connection, [row.line])[row.line]
    grant = _grant(context, row, line)
    if isinstance(grant, Refused):
        return grant
    criterion = context.version(row.version).scheme.criteria[row.criterion]
    if not request.reason:
        return ReasonWanted(row.id, criterion, row.points)
    problems = check_note(request.reason)
    if problems:
        return Refused(tuple(problems))
    scheme, year = context.version(row.version).scheme.scheme, year_of(row.period)
    ledger.post(
        context.connection,
        [
            {
                "key": f"reversal:{row.id}",
                "member_id": row.member,
                "unit_id": line.unit,
                "version_id": row.version,
                "scheme": scheme,
                "year": year,
                "period": period_of(context.today),
                "line_id": row.line,
                "criterion": row.criterion,
                "points": -row.points,
                "reverses_id": row.id,
                "reason": request.reason,
                "posted_by": context.actor.member,
                "posted_at": context.now,
            }
        ],
    )
    summarise(context, [(scheme, year, row.member)])
    context.audit("reverse", "entry", row.id, grant.behalf, reason=request.reason, points=str(-row.points))
    facts = {"criterion": criterion.name, "points": row.points, "reason": request.reason, "by": context.actor.name}
    context.tell(row.member, "entry_reversed", f"reversed:{row.id}", facts)
    name = members.names(context.connection, [row.member])[row.member]
    return Reversed(row.id, criterion.value.attendance is not None, criterion, -row.points, name)


def _grant(context: Context, row: Posted, line: Line) -> Grant | Refused:
    """The role that allows taking the entry back; nobody does so with his own."""
    unit = members.units_by_ids(context.connection, [line.unit])[line.unit]
    grant = context.actor.may("reverse", unit.id, unit.path)
    if grant is None:
        return refuse("not_allowed")
    if row.member in (context.actor.member, grant.behalf):
        return refuse("reverse_own")
    if row.reverses is not None or ledger.reversal_of(context.connection, row.id) is not None:
        return refuse("entry_reversed_already")
    return grant


REQUESTS: dict[type, Handler] = {Reverse: reverse}
