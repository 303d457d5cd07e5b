"""Plans of obligations: published as immutable versions, ended, listed with what falls next."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from msgspec import Struct

from handlers.calendars import calendar_of
from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import plan_of
from handlers.tasks.issuing import LONGEST, nobody
from handlers.tasks.points import doubts
from rules.documents import read
from rules.problems import Problem
from rules.tasks.cadences import Fall, falls
from rules.tasks.plan import Obligation, Plan
from rules.tasks.reading import judge, told
from storage import members
from storage.locks import hold
from storage.members import UnitRow
from storage.tasks import plans
from storage.tasks.plans import PlanRow


class PublishPlan(Struct, frozen=True):
    """Publishes a plan for a unit and all below it, from a day on."""

    text: str
    unit: int
    from_on: date


class PublishedPlan(Struct, frozen=True):
    """The number of a published version; `fresh` is False when the same text was published before."""

    plan: int
    title: str
    version: str
    fresh: bool
    warnings: tuple[Problem, ...] = ()


class EndPlan(Struct, frozen=True):
    """Ends a plan: `on` is the last day on which tasks of it are issued; those issued stay."""

    plan: str
    on: date


class EndedPlan(Struct, frozen=True):
    """A plan with its last day."""

    title: str
    version: str
    on: date


class ListPlans(Struct, frozen=True):
    """The plans in force today or to come, with what falls next."""


class Duty(Struct, frozen=True):
    """An obligation and the next time it is issued; None when it falls no more."""

    code: str
    name: str
    next: Fall | None


class PlanState(Struct, frozen=True):
    """A plan in force, or to come."""

    plan: int
    code: str
    title: str
    version: str
    unit_name: str
    from_on: date
    until: date | None
    duties: tuple[Duty, ...]


class PlanList(Struct, frozen=True):
    """The plans in force or to come."""

    rows: tuple[PlanState, ...]


def publish_plan(context: Context, request: PublishPlan) -> PublishedPlan | Refused:
    """Makes a version immutable; the same version with another text is refused, and so is what falls on nobody."""
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    if unit is None or context.actor.may("publish", unit.id, unit.path) is None:
        return refuse("not_allowed")
    hold(context.connection, "issue_tasks")
    found = written(context, unit, request.text)
    if isinstance(found, Refused):
        return found
    plan, known = found
    warnings = doubts(context, unit.path, plan)
    if known is not None:
        return PublishedPlan(known, plan.title, plan.version, fresh=False, warnings=warnings)
    text_hash = hash_of(request.text)
    values = {"plan": plan.plan, "version": plan.version, "unit_id": unit.id, "text": request.text}
    values |= {"text_hash": text_hash, "from_on": request.from_on, "published_at": context.now}
    number = plans.add(context.connection, values)
    context.audit("publish_plan", "task_plan", number, plan=plan.plan, version=plan.version)
    return PublishedPlan(number, plan.title, plan.version, fresh=True, warnings=warnings)


def written(context: Context, unit: UnitRow, text: str) -> tuple[Plan, int | None] | Refused:
    """The plan of a text and its number if it was published, which a later day does not make wrong; or every reason
    why it cannot be in force for a unit."""
    judged = judge(read(text), context.today, calendar_of(context, unit.path))
    plan = judged.found
    if plan is None:
        return Refused(tuple(told(judged)))
    known = plans.find(context.connection, plan.plan, plan.version)
    if known is not None:
        number, known_hash = known
        same = known_hash == hash_of(text)
        return (plan, number) if same else refuse("plan_published", plan=plan.plan, version=plan.version)
    if judged.errors:
        return Refused(tuple(told(judged)))
    problems = wrong_for(context, unit, plan)
    return Refused(problems) if problems else (plan, None)


def hash_of(text: str) -> str:
    """By which the same text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def wrong_for(context: Context, unit: UnitRow, plan: Plan) -> tuple[Problem, ...]:
    """Why a plan cannot be in force for a unit: what is narrowed to a unit elsewhere, what falls on nobody."""
    below = {each.code for each in members.units_under(context.connection, unit.path)}
    found: list[Problem] = []
    for each in plan.obligations:
        under = each.audience.under
        if under and under not in below:
            found.append(Problem("task_unit_elsewhere", {"name": each.name, "unit": under, "under": unit.name}))
        else:
            found += nobody(context, unit.path, each)
    return tuple(found)


def end_plan(context: Context, request: EndPlan) -> EndedPlan | Refused:
    """The version published last; none of an older one comes back into force."""
    row = plans.newest(context.connection, request.plan)
    if row is None:
        return refuse("plan_unknown", plan=request.plan)
    if context.actor.may("publish", row.unit, row.path) is None:
        return refuse("not_allowed")
    plans.end(context.connection, row.id, request.on)
    context.audit("end_plan", "task_plan", row.id, plan=row.plan, version=row.version, on=request.on.isoformat())
    return EndedPlan(plan_of(context, row.id).title, row.version, request.on)


def list_plans(context: Context, _request: ListPlans) -> PlanList | Refused:
    """Those whose tasks the actor may publish."""
    rows = plans.live(context.connection, context.today)
    seen = [row for row in rows if context.actor.may("publish", row.unit, row.path)]
    if rows and not seen:
        return refuse("not_allowed")
    units = members.units_by_ids(context.connection, [row.unit for row in seen])
    return PlanList(tuple(_state(context, row, units[row.unit].name) for row in seen))


def _state(context: Context, row: PlanRow, unit_name: str) -> PlanState:
    plan = plan_of(context, row.id)
    duties = tuple(Duty(each.code, each.name, _next(context, row, plan, each)) for each in plan.obligations)
    return PlanState(row.id, row.plan, plan.title, row.version, unit_name, row.from_on, row.until, duties)


def _next(context: Context, row: PlanRow, plan: Plan, obligation: Obligation) -> Fall | None:
    first = max(context.today + timedelta(days=1), row.from_on)
    some = falls(plan, obligation, first, row.until or first + LONGEST, calendar_of(context, row.path))
    return min(some, key=lambda fall: fall.issue_on, default=None)


REQUESTS: dict[type, Handler] = {PublishPlan: publish_plan, EndPlan: end_plan, ListPlans: list_plans}
