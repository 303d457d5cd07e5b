"""Tasks come into being: what falls is issued on its day, or a whole period by hand; computed from the rows."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from handlers.calendars import calendar_of
from handlers.context import Context, Handler, Refused, refuse
from handlers.periods import Ran
from handlers.tasks.around import plan_of
from handlers.tasks.audience import Falling, called, carried_by, issue, record
from rules.problems import Problem
from rules.tasks.cadences import falls, falls_in
from rules.tasks.plan import Obligation, Plan
from rules.tasks.spans import span
from storage.locks import hold
from storage.tasks import plans
from storage.tasks.plans import PlanRow, Standing

SLICE = 400
LATE = timedelta(days=31)
"""How long after its due date a task is still issued, when the house was down."""
LONGEST = timedelta(days=400)
"""How long before its due date a task may be issued, and some more."""


class IssueTasks(Struct, frozen=True):
    """Issues what falls today, and what fell while the house was down."""


class IssuePeriod(Struct, frozen=True):
    """Issues all that falls in a period of a published plan; `cursor` is where an answer says it goes on."""

    plan: int
    period: str
    cursor: str = ""


class IssuedPeriod(Struct, frozen=True):
    """How many tasks were issued now; `cursor` is "" when that was all."""

    count: int
    cursor: str = ""


def issue_tasks(context: Context, _request: IssueTasks) -> Ran:
    """Slice by slice; a key for each task, so that nothing is issued twice whatever the clock does."""
    hold(context.connection, "issue_tasks")
    left = SLICE
    for source in plans.standing(context.connection, context.today):
        left -= _go_on(context, source, left)
        if left <= 0:
            return Ran(SLICE - left, more=True)
    return Ran(SLICE - left)


def _go_on(context: Context, source: Standing, most: int) -> int:
    """Issues at most so many tasks of a version, and keeps how far that went."""
    until = min(context.today, source.last or context.today)
    if source.through == until:
        return 0
    falling, lapsed = _fallen(context, source, until)
    done, cursor = _issue_all(context, falling, source.cursor, most)
    if cursor:
        plans.reach(context.connection, source.id, source.through, cursor)
        return done
    plans.reach(context.connection, source.id, until)
    for some in lapsed:
        record(context, "tasks_lapsed", some[0], count=len(some), last=some[-1].fall.period)
    return done


def _issue_all(context: Context, falling: list[Falling], cursor: str, most: int) -> tuple[int, str]:
    """Issues at most so many tasks from a cursor on; gives how many, and the cursor where it goes on ("": all done)."""
    going_on, _, number = cursor.rpartition(":")
    names = [each.name for each in falling]
    start = names.index(going_on) if going_on in names else 0
    done = 0
    for each in falling[start:]:
        after: int | None = int(number) if each.name == going_on else 0
        empty = after == 0 and not called(context, each.source.path, each.obligation, most=1)
        if empty:
            record(context, "tasks_for_nobody", each)
        while after is not None and not empty:
            if done >= most:
                return done, f"{each.name}:{after}"
            count, after = issue(context, each, after, most - done)
            done += count
    return done, ""


def _fallen(context: Context, source: Standing, until: date) -> tuple[list[Falling], list[list[Falling]]]:
    """What falls up to a day and is not issued, in order; and of each obligation what is lapsed since.

    What was due before the version was published or held was never asked. After the clock was set back it is not known
    what fell meanwhile: what has tasks is left as it is, and nothing is said to have lapsed.
    """
    back = source.through is not None and source.through > until
    there: set[str] = set()
    if back or source.through is None:
        there = plans.issued(context.connection, source.plan, 0 if back else source.id)
    there.discard(source.cursor.rpartition(":")[0])
    falling: list[Falling] = []
    lapsed: list[list[Falling]] = []
    for some in _window(context, source, until):
        old = [each for each in some if each.fall.due_on < context.today - LATE]
        falling += [each for each in some[len(old) :] if each.name not in there]
        if old and not back:
            lapsed.append(old)
    return sorted(falling, key=lambda each: each.fall.issue_on), lapsed


def _window(context: Context, source: Standing, until: date) -> list[list[Falling]]:
    """Of each obligation what falls after the day that is issued through, by due date."""
    began = max(source.from_on, context.house.today(source.published_at))
    first = began - LONGEST
    if source.through is not None:
        first = until - LONGEST if source.through > until else source.through + timedelta(days=1)
    plan, calendar = plan_of(context, source.id), calendar_of(context, source.path)
    return [
        [
            Falling(source, plan, obligation, fall)
            for fall in sorted(falls(plan, obligation, first, until, calendar), key=lambda fall: fall.due_on)
            if fall.due_on >= began and span(fall.period)[1] >= source.from_on
        ]
        for obligation in plan.obligations
    ]


def issue_period(context: Context, request: IssuePeriod) -> IssuedPeriod | Refused:
    """All of it before its day, too; refused as a whole before anything is issued."""
    source = plans.look(context.connection, request.plan)
    if source is None:
        return refuse("plan_unknown", plan=request.plan)
    if context.actor.may("publish", source.unit, source.path) is None:
        return refuse("not_allowed")
    hold(context.connection, "issue_tasks")
    falling = to_issue(context, source, plan_of(context, source.id), request.period)
    return (
        falling if isinstance(falling, Refused) else IssuedPeriod(*_issue_all(context, falling, request.cursor, SLICE))
    )


def to_issue(context: Context, source: PlanRow, plan: Plan, period: str) -> list[Falling] | Refused:
    """What falls in a period, or every reason why it cannot be issued."""
    try:
        _, end = span(period)
    except ValueError:
        return refuse("task_period_unclear", period=period)
    if end < source.from_on:
        return refuse("task_period_early", period=period, day=source.from_on.isoformat())
    if source.until is not None and source.until < context.today:
        return refuse("plan_ended", title=plan.title, day=source.until.isoformat())
    calendar = calendar_of(context, source.path)
    falling = [
        Falling(source, plan, obligation, fall)
        for obligation in plan.obligations
        for fall in falls_in(plan, obligation, period, calendar)
    ]
    if not falling:
        return refuse("task_nothing_falls", period=period, title=plan.title)
    known = plans.issued(context.connection, source.plan)
    problems = [problem for each in falling if each.name not in known for problem in _wrong(context, each)]
    return Refused(tuple(problems)) if problems else [each for each in falling if each.fall.due_on >= context.today]


def _wrong(context: Context, each: Falling) -> list[Problem]:
    """Why something that falls cannot be issued: its day is over, or there is nobody to do it."""
    found = []
    if each.fall.due_on < context.today:
        found.append(Problem("task_due_past", {"name": each.obligation.name, "due": each.fall.due_on.isoformat()}))
    return [*found, *nobody(context, each.source.path, each.obligation)]


def nobody(context: Context, path: str, obligation: Obligation) -> list[Problem]:
    """Whether an obligation falls on nobody: no unit, no member, or a role that is vacant everywhere."""
    wanted = obligation.audience
    alone = wanted.members or wanted.roles
    some = called(context, path, obligation, most=1 if alone else None)
    if not some:
        return [Problem("task_for_nobody", {"name": obligation.name})]
    if not alone and not any(carried_by(context, obligation, some).values()):
        return [Problem("task_role_vacant", {"name": obligation.name, "role": wanted.by})]
    return []


REQUESTS: dict[type, Handler] = {IssueTasks: issue_tasks, IssuePeriod: issue_period}
