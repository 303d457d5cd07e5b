"""A visit (现场考核): a task with an item sheet, given to an instructor who fills it in on the spot."""

from __future__ import annotations

from datetime import date

from msgspec import Struct, to_builtins

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.giving import tell_issued
from rules.periods import period_of
from rules.problems import Problem
from rules.tasks.plan import Item, Terms
from storage import members
from storage.tasks import rows

MOST_ITEMS = 60


class GiveVisit(Struct, frozen=True):
    """Gives an instructor a unit to visit until a day, with the items to score; `drawn` is drawn before the unit."""

    unit: int
    instructor: int
    due_on: date
    items: tuple[Item, ...]
    title: str = ""
    drawn: str = ""


class GivenVisit(Struct, frozen=True):
    """The number of the task."""

    task: int


def give_visit(context: Context, request: GiveVisit) -> GivenVisit | Refused:
    """By whoever gives tasks there from above; the instructor must be one for the unit."""
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    grant = None if unit is None else context.actor.may("give_tasks", unit.id, unit.path)
    if unit is None or grant is None or grant.unit == unit.id:
        return refuse("absent")
    problems = _problems(context, request)
    above = members.holders(
        context.connection, ("instructor",), [int(part) for part in unit.path.strip("/").split("/")], context.today
    )
    if request.instructor not in {holder.member for some in above.values() for holder in some}:
        problems.append(Problem("no_instructor", {"unit": unit.name}))
    if problems:
        return Refused(tuple(problems))
    title = request.title or unit.name
    values = {
        "key": f"given:{request.drawn}:{unit.id}",
        "kind": "visit",
        "period": period_of(context.today),
        "title": title,
        "unit_id": unit.id,
        "member_id": request.instructor,
        "issuer_id": context.actor.member,
        "issuer_unit_id": grant.unit,
        "terms": to_builtins(Terms(sheet=request.items), str_keys=True),
        "issued_at": context.now,
        "due_on": request.due_on,
    }
    made = rows.add_all(context.connection, [values])
    if not made:
        return refuse("given_already")
    tell_issued(context, made, grant)
    return GivenVisit(next(iter(made.values())))


def _problems(context: Context, request: GiveVisit) -> list[Problem]:
    codes = [item.code for item in request.items]
    problems = []
    if not 0 < len(codes) <= MOST_ITEMS or len(set(codes)) != len(codes):
        problems.append(Problem("sheet_unclear", {"most": MOST_ITEMS}))
    if any(item.max <= 0 or item.max != round(item.max, 4) for item in request.items):
        problems.append(Problem("sheet_points", {}))
    if request.due_on < context.today:
        problems.append(Problem("due_past", {"day": request.due_on.isoformat()}))
    return problems if request.drawn else [*problems, Problem("given_already", {})]


REQUESTS: dict[type, Handler] = {GiveVisit: give_visit}
