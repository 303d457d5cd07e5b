"""A dry run: what would be issued to whom in a period, and which roles are vacant."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import plan_of
from handlers.tasks.audience import Falling, called, carried_by, dues, key_of
from handlers.tasks.issuing import to_issue
from handlers.tasks.points import doubts
from handlers.tasks.publishing import written
from rules.problems import Problem
from rules.tasks.plan import Plan
from storage import members
from storage.tasks import plans, rows
from storage.tasks.plans import PlanRow


class PreviewIssue(Struct, frozen=True):
    """What would be issued in a period: of a published plan, or of a text as if it were published for a unit."""

    period: str
    plan: int = 0
    text: str = ""
    unit: int = 0


class Planned(Struct, frozen=True):
    """A task that would be issued: who would carry it (nobody: the role is vacant); `there` when it is issued."""

    obligation: str
    due_on: date
    unit_name: str
    role: str
    names: tuple[str, ...]
    there: bool


class IssuePreview(Struct, frozen=True):
    """What would be issued, in the order of the plan."""

    title: str
    version: str
    period: str
    rows: tuple[Planned, ...]
    warnings: tuple[Problem, ...] = ()


def preview_issue(context: Context, request: PreviewIssue) -> IssuePreview | Refused:
    """The same checks as when it is issued; nothing is written."""
    found = _source(context, request)
    if isinstance(found, Refused):
        return found
    source, plan = found
    if context.actor.may("publish", source.unit, source.path) is None:
        return refuse("not_allowed")
    falling = to_issue(context, source, plan, request.period)
    if isinstance(falling, Refused):
        return falling
    planned = tuple(row for each in falling for row in _planned(context, each))
    return IssuePreview(plan.title, plan.version, request.period, planned, doubts(context, source.path, plan))


def _source(context: Context, request: PreviewIssue) -> tuple[PlanRow, Plan] | Refused:
    """The published version; of a text that was not published, what it would be."""
    if request.plan:
        row = plans.look(context.connection, request.plan)
        return refuse("plan_unknown", plan=request.plan) if row is None else (row, plan_of(context, row.id))
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    if unit is None:
        return refuse("no_such_unit", unit=request.unit)
    found = written(context, unit, request.text)
    if isinstance(found, Refused):
        return found
    plan, known = found
    if known is not None:
        return plans.get(context.connection, known), plan
    values = (0, plan.plan, plan.version, request.text, unit.id, unit.path, date.min, None, context.now)
    return PlanRow(*values), plan


def _planned(context: Context, falling: Falling) -> list[Planned]:
    obligation = falling.obligation
    some = called(context, falling.source.path, obligation)
    due = dues(context, falling, (one.path for one in some))
    carriers = carried_by(context, obligation, some)
    names = context.names({member for each in carriers.values() for member in each})
    keys = [key_of(falling, one) for one in some]
    there = rows.known(context.connection, keys)
    return [
        Planned(
            obligation.name,
            due[one.path],
            one.unit_name,
            obligation.audience.by if one.member is None else "",
            tuple(names[member] for member in carriers[one.number]),
            key in there,
        )
        for key, one in zip(keys, some, strict=True)
    ]


REQUESTS: dict[type, Handler] = {PreviewIssue: preview_issue}
