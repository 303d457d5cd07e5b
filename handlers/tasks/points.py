"""Points by themselves: a task that is done posts a criterion to the ledger of who carried it, once and for all."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from handlers.context import Context, Published
from handlers.ledger.posting import post_lines
from handlers.tasks.around import note, terms_of
from rules.declarations import NOTE_LENGTH
from rules.periods import period_of
from rules.problems import Problem
from rules.schemes import Criterion
from rules.scoring.worth import worth_of
from rules.tasks.plan import Plan, Posting
from storage import declarations, reviews
from storage.locks import hold_members
from storage.members import Person
from storage.tasks.rows import TaskRow

ONE = Decimal(1)


class Earned(Struct, frozen=True):
    """What a task posts, for whom and under which version."""

    task: TaskRow
    person: Person
    published: Published
    criterion: Criterion
    points: Decimal


def post_points(context: Context, tasks: Iterable[TaskRow]) -> list[Earned]:
    """Posts what tasks that are done are worth, if anything; what cannot be posted is kept in the task's history.

    Called by whoever finishes tasks, right after they are done; a second call posts nothing.
    """
    found: list[Earned] = []
    for task in tasks:
        earned = _earned(context, task)
        if isinstance(earned, Problem):
            told = " ".join(str(earned.facts[name]) for name in ("criterion", "scheme") if name in earned.facts)
            note(context, [task.id], "not_posted", text=told, facts={"reason": earned.code, **earned.facts})
        elif earned is not None:
            found.append(earned)
    hold_members(context.connection, [each.person.id for each in found])
    known = declarations.known_keys(context.connection, [_key(each.task) for each in found]) if found else set()
    fresh = [each for each in found if _key(each.task) not in known]
    if fresh:
        _post(context, fresh)
    return fresh


def doubts(context: Context, path: str, plan: Plan) -> tuple[Problem, ...]:
    """The criteria that tasks of a plan post and that the scheme in force for its unit does not let them post."""
    published = context.scheme_for(path)
    found = []
    for each in plan.obligations:
        posting = each.terms.posts
        for code in dict.fromkeys((posting.done, posting.late)) if posting else ():
            criterion = _criterion(published, posting, code) if code and posting else None
            if isinstance(criterion, Problem):
                facts = {**criterion.facts, "name": each.name, "reason": criterion.code}
                found.append(Problem("task_posts_nothing", facts))
    return tuple(found)


def _earned(context: Context, task: TaskRow) -> Earned | Problem | None:
    posting = terms_of(context, task).posts
    if task.state != "done" or task.done_on is None or posting is None:
        return None
    code = posting.late if task.done_on > task.due_on else posting.done
    if not code:
        return None
    member = task.reported_by or task.member
    person = None if member is None else context.person(member)
    if person is None:
        return Problem("carrier_gone", {"criterion": code})
    published = context.scheme_for(person.path)
    criterion = _criterion(published, posting, code)
    if isinstance(criterion, Problem) or published is None:
        return criterion if isinstance(criterion, Problem) else None
    return Earned(task, person, published, criterion, worth_of(criterion, ONE))


def _criterion(published: Published | None, posting: Posting, code: str) -> Criterion | Problem:
    """The criterion of a scheme that a task may post by itself: recorded by the organisation, worth the same always."""
    if published is None:
        return Problem("no_scheme", {"criterion": code})
    scheme = published.scheme
    if posting.scheme and posting.scheme != scheme.scheme:
        return Problem("scheme_other", {"criterion": code, "scheme": scheme.title})
    criterion = scheme.criteria.get(code)
    if criterion is None:
        return Problem("criterion_not_there", {"criterion": code, "scheme": scheme.title})
    judged = criterion.value.attendance or criterion.value.range or criterion.options
    if judged or not criterion.open_to("organisation"):
        return Problem("criterion_judged", {"criterion": criterion.name, "scheme": scheme.title})
    return criterion


def _key(task: TaskRow) -> str:
    return f"task:{task.id}"


def _post(context: Context, some: list[Earned]) -> None:
    period = period_of(context.today)
    made: dict[tuple[str, int], int] = {}
    for scheme in {each.published.scheme.scheme for each in some}:
        units = {each.person.id: each.person.unit for each in some if each.published.scheme.scheme == scheme}
        found = declarations.declarations_for(context.connection, units, scheme, period, context.now)
        made |= {(scheme, member): number for member, number in found.items()}
    numbers = declarations.add_all(
        context.connection,
        [_line(context, each, period, made[each.published.scheme.scheme, each.person.id]) for each in some],
    )
    lines = declarations.by_ids(context.connection, numbers)
    # who did a task himself does not stand as its reviewer
    decided = [
        {
            "line_id": number,
            "decision": "record",
            "reviewer_id": context.actor.member,
            "behalf_id": None,
            "reason": "",
            "at": context.now,
        }
        for number, each in zip(numbers, some, strict=True)
        if context.actor.member not in (0, each.person.id)
    ]
    reviews.add_reviews(context.connection, decided)
    post_lines(context, [lines[number] for number in numbers])
    for number, each in zip(numbers, some, strict=True):
        facts = {"line": number, "member": each.person.id, "criterion": each.criterion.code}
        told = f"{each.criterion.name} {each.points:+}"
        note(context, [each.task.id], "posted", text=told, facts={**facts, "points": str(each.points)})
    context.tell_all([_told(context, each, number) for number, each in zip(numbers, some, strict=True)])


def _line(context: Context, each: Earned, period: str, declaration: int) -> dict[str, Any]:
    scheme, code = each.published.scheme, each.criterion.code
    return {
        "declaration_id": declaration,
        "member_id": each.person.id,
        "unit_id": each.person.unit,
        "version_id": each.published.id,
        "period": period,
        "criterion": code,
        "quantity": ONE,
        "points": each.points,
        "note": each.task.title[:NOTE_LENGTH],
        "source": "task",
        "recorded_by": context.actor.member or each.person.id,
        "batch": 0,
        "state": "approved",
        "edition": 1,
        "created_at": context.now,
        "submitted_at": context.now,
        "decided_at": context.now,
        "key": _key(each.task),
        "matter": each.task.title if code in scheme.by_matter else None,
    }


def _told(context: Context, each: Earned, line: int) -> dict[str, Any]:
    own = context.actor.member in (0, each.person.id)
    facts = {
        "line": line,
        "task": each.task.id,
        "name": each.criterion.name,
        "points": str(each.points),
        "note": each.task.title,
        "attendance": None,
        "by": "" if own else context.actor.name,
        "clause": each.criterion.clause,
    }
    return {"member_id": each.person.id, "kind": "entry_recorded", "key": f"recorded:{line}", "facts": facts}
