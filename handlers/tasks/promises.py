"""Promises (承诺): what people set themselves, which their branch can see."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks import around
from handlers.tasks.mine import ShownTask, shown
from rules.days import day_typed
from rules.declarations import check_matter
from rules.problems import Problem
from rules.tasks.plan import Step, Terms
from storage.locks import hold_members
from storage.members import Person
from storage.tasks import mine, rows
from storage.tasks.rows import TaskRow

PAGE = 10
MOST_OPEN = 20
MOST_DAYS = 3 * 366
SHOWN_DAYS = 366
"""How long promises that are over stay on the branch's list."""
TERMS = Terms(verify="nobody", overdue=(Step(1, "self"),))


class Promises(Struct, frozen=True):
    """承诺: one's own, or those of one's branch."""

    page: int = 0
    branch: bool = False


class AskPromise(Struct, frozen=True):
    """Asks what is promised."""


class NamePromise(Struct, frozen=True):
    """What is promised, in one sentence; asks until when."""

    text: str = ""


class TypePromiseDay(Struct, frozen=True):
    """Until when, as it was typed; the key was drawn before the unit."""

    title: str
    text: str = ""
    key: str = ""


class PromiseLine(Struct, frozen=True):
    """A promise and how it stands: kept, late, missed, open or released."""

    task: int
    title: str
    name: str
    due_on: date
    stands: str


class PromiseList(Struct, frozen=True):
    """A page of promises, and how many of all stand how."""

    request: Promises
    unit_name: str
    rows: tuple[PromiseLine, ...]
    tally: dict[str, int]
    more: bool


class PromiseQuestion(Struct, frozen=True):
    """What do you promise? or, with a title, until when?"""

    title: str
    name: str
    unit_name: str


def promises(context: Context, request: Promises) -> PromiseList | Refused:
    """The open ones first by due date, then the newest that are over."""
    person = context.person(context.actor.member)
    if person is None:
        return refuse("member_unknown")
    who = mine.by_member(person.id)
    if request.branch:
        who = mine.in_unit(person.unit, context.today - timedelta(days=SHOWN_DAYS))
    page = max(request.page, 0)
    found = mine.promises(context.connection, who, page * PAGE, PAGE + 1)
    lines = tuple(
        PromiseLine(task.id, task.title, name, task.due_on, stands(task, context.today)) for task, name in found[:PAGE]
    )
    tally = mine.tally(context.connection, who, context.today)
    return PromiseList(Promises(page, request.branch), person.unit_name, lines, tally, len(found) > PAGE)


def stands(task: TaskRow, today: date) -> str:
    """How a promise stands, as `storage.tasks.mine.tally` counts it."""
    if task.state == "done":
        return "kept" if task.done_on is not None and task.done_on <= task.due_on else "late"
    if task.state in ("waived", "cancelled"):
        return "released"
    return "missed" if task.due_on < today else "open"


def ask_promise(context: Context, _request: AskPromise) -> PromiseQuestion | Refused:
    """Refused before anything is typed when there are too many."""
    person = _promiser(context)
    return person if isinstance(person, Refused) else PromiseQuestion("", person.name, person.unit_name)


def name_promise(context: Context, request: NamePromise) -> PromiseQuestion | Refused:
    """Nothing is kept before the day is known."""
    person = _promiser(context)
    if isinstance(person, Refused):
        return person
    wrong = check_matter(request.text)
    if wrong:
        return Refused(tuple(wrong))
    return PromiseQuestion(request.text, person.name, person.unit_name)


def type_promise_day(context: Context, request: TypePromiseDay) -> ShownTask | Refused:
    """A task of one's own, verified by nobody; the branch's secretary looks after it."""
    hold_members(context.connection, [context.actor.member])
    person = _promiser(context)
    if isinstance(person, Refused):
        return person
    until = day_typed(request.text, context.today)
    wrong = check_matter(request.title)
    if until is None:
        wrong.append(Problem("day_not_understood", {"text": request.text}))
    elif not context.today <= until <= context.today + timedelta(days=MOST_DAYS):
        wrong.append(Problem("promise_day", {"until": until.isoformat()}))
    if wrong or until is None:
        return Refused(tuple(wrong))
    values = {
        "key": f"promise:{request.key}",
        "kind": "promise",
        "period": f"{until:%Y-%m}",
        "title": request.title,
        "unit_id": person.unit,
        "member_id": person.id,
        "issuer_unit_id": person.unit,
        "terms": msgspec.to_builtins(TERMS),
        "issued_at": context.now,
        "due_on": until,
    }
    made = rows.add_all(context.connection, [values])
    task = rows.get(context.connection, next(iter(made.values())))
    if task is None:
        raise LookupError("a promise that was just made is gone")
    around.note(context, [task.id], "promise")
    return shown(context, task, "promised")


def _promiser(context: Context) -> Person | Refused:
    person = context.person(context.actor.member)
    if person is None:
        return refuse("member_unknown")
    if mine.count_promises(context.connection, person.id) >= MOST_OPEN:
        return refuse("promises_full", most=MOST_OPEN)
    return person


REQUESTS: dict[type, Handler] = {
    Promises: promises,
    AskPromise: ask_promise,
    NamePromise: name_promise,
    TypePromiseDay: type_promise_day,
}
