"""任务分解: a unit's task split to its members; it can be reported once all its parts are over."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct, structs, to_builtins

from handlers.context import Context, Handler, Refused, refuse
from handlers.tasks.around import carries, happen, happen_all, posts, seen, terms_of
from handlers.tasks.audiences import Target
from handlers.tasks.giving import overdue_of, tell_issued
from handlers.tasks.settling import Pin
from handlers.tasks.telling import tell_decided
from handlers.tasks.view import TaskView, views
from rules.access import Grant
from rules.days import day_typed
from rules.periods import period_of
from rules.problems import Problem
from rules.tasks.plan import Figure, Terms
from rules.tasks.states import LIVE, OVER
from rules.tasks.typed import picked
from storage import members
from storage.tasks import rows
from storage.tasks.rows import TaskRow

VERIFIED = ("issuer", "nobody")


class Split(Struct, frozen=True):
    """How a task is broken down: the task as it was shown, to whom (numbers of members; none: everybody who has no
    part yet), until when (None: the task's own day), and who verifies the parts."""

    pin: Pin
    chosen: tuple[int, ...] = ()
    until: date | None = None
    verify: str = "issuer"


class BreakDownMenu(Struct, frozen=True):
    """任务分解: the tasks that the actor can break down."""


class BreakDown(Struct, frozen=True):
    """Shows what will be split how; `pin` alone begins."""

    split: Split


class SplitTo(Struct, frozen=True):
    """To whom, by numbers as typed; without any the list is shown."""

    split: Split
    typed: str = ""


class SplitDay(Struct, frozen=True):
    """Until when, as typed; asked without a text."""

    split: Split
    text: str = ""


class IssueParts(Struct, frozen=True):
    """Breaks it down."""

    split: Split


class ShowParts(Struct, frozen=True):
    """How the parts of a task stand."""

    task: int


class TakeBackPart(Struct, frozen=True):
    """Takes a part back: it is cancelled."""

    pin: Pin


class Breakable(Struct, frozen=True):
    """Tasks that can be broken down."""

    tasks: tuple[TaskRow, ...]


class SplitPreview(Struct, frozen=True):
    """What will be issued to whom."""

    split: Split
    task: TaskRow
    to: tuple[Target, ...]
    free: int


class SplitAudience(Struct, frozen=True):
    """The members who have no part yet."""

    split: Split
    task: TaskRow
    free: tuple[Target, ...]


class SplitDayQuestion(Struct, frozen=True):
    """Until when are the parts due?"""

    split: Split
    task: TaskRow


class PartList(Struct, frozen=True):
    """The parts of a task; `issued` were made just now, `mine`: the actor may split and take back."""

    task: TaskRow
    parts: tuple[TaskView, ...]
    mine: bool
    issued: int = 0
    taken_back: str = ""


def menu(context: Context, _request: BreakDownMenu) -> Breakable | Refused:
    """What the actor carries by a role of a branch."""
    own = [(unit, role) for unit, role in posts(context) if role == "secretary"]
    if not own:
        return refuse("not_breaking")
    found = rows.of_carrier(context.connection, context.actor.member, own, LIVE)
    return Breakable(tuple(task for task in found if task.member is None))


def _split(context: Context, split: Split) -> tuple[TaskRow, list[Target], Grant] | Refused:
    """The task with the members who have no part of it yet; only for who carries it by his role."""
    task = seen(context, split.pin[0])
    if isinstance(task, Refused):
        return task
    grant = carries(context, task)
    if not isinstance(grant, Grant) or task.role != "secretary":
        return refuse("not_breaking")
    if task.state not in LIVE:
        return refuse("task_not_so_now", state=task.state, deed="break_down")
    having = {part.member for part in rows.parts_of(context.connection, [task.id]) if part.state != "cancelled"}
    people = members.people_of(context.connection, task.unit, context.today)
    return task, [Target(task.unit, each.id, each.name) for each in people if each.id not in having], grant


def break_down(context: Context, request: BreakDown) -> SplitPreview | Refused:
    """A look at it before anything is issued."""
    found = _split(context, request.split)
    if isinstance(found, Refused):
        return found
    task, free, _ = found
    to = _chosen(request.split, free)
    problems = _problems(context, request.split, task, to)
    return Refused(tuple(problems)) if problems else SplitPreview(request.split, task, tuple(to), len(free))


def _chosen(split: Split, free: list[Target]) -> list[Target]:
    return [each for each in free if each.number in split.chosen] if split.chosen else free


def _problems(context: Context, split: Split, task: TaskRow, to: list[Target]) -> list[Problem]:
    problems = [] if to else [Problem("given_to_nobody", {})]
    if split.verify not in VERIFIED:
        problems.append(Problem("choose_one", {}))
    if split.until is not None and split.until < context.today:
        problems.append(Problem("due_past", {"day": split.until.isoformat()}))
    if split.until is not None and split.until > task.due_on:
        problems.append(Problem("part_due_later", {"due": task.due_on.isoformat()}))
    return problems


def split_to(context: Context, request: SplitTo) -> SplitAudience | SplitPreview | Refused:
    """Numbers of the list, all, or all but some."""
    found = _split(context, request.split)
    if isinstance(found, Refused):
        return found
    task, free, _ = found
    if not request.typed:
        return SplitAudience(request.split, task, tuple(free))
    numbers = picked(request.typed, len(free))
    if numbers is None:
        return refuse("numbers_unclear")
    wrong = [number for number in numbers if not 1 <= number <= len(free)]
    if wrong:
        return refuse("number_not_shown", numbers=", ".join(map(str, wrong)), most=len(free))
    chosen = tuple(free[number - 1].number for number in numbers)
    return break_down(context, BreakDown(structs.replace(request.split, chosen=chosen)))


def split_day(context: Context, request: SplitDay) -> SplitDayQuestion | SplitPreview | Refused:
    """Not after the task itself."""
    found = _split(context, request.split)
    if isinstance(found, Refused):
        return found
    if not request.text:
        return SplitDayQuestion(request.split, found[0])
    day = day_typed(request.text, context.today)
    if day is None:
        return refuse("date_unclear")
    return break_down(context, BreakDown(structs.replace(request.split, until=day)))


def issue_parts(context: Context, request: IssueParts) -> PartList | Refused:
    """The task's edition settles a double tap: only one of two finds it as it was shown."""
    split = request.split
    found = _split(context, split)
    if isinstance(found, Refused):
        return found
    task, free, grant = found
    if task.edition != split.pin[1]:
        return refuse("task_changed_meanwhile")
    to = _chosen(split, free)
    if problems := _problems(context, split, task, to):
        return Refused(tuple(problems))
    facts = {"to": [each.number for each in to]}
    after = happen(context, task, "break_down", facts=facts, behalf=grant.behalf)
    if isinstance(after, Refused):
        return after
    made = rows.add_all(context.connection, [_part(context, task, split, each) for each in to])
    tell_issued(context, made, grant)
    return _parts(context, after, issued=len(made))


def _part(context: Context, task: TaskRow, split: Split, one: Target) -> dict[str, Any]:
    """Asks what the task asks, without its bounds; nobody verifies the splitter's own part."""
    terms = terms_of(context, task)
    figure = None if terms.figure is None else Figure(terms.figure.name, terms.figure.unit)
    alone = split.verify == "nobody" or one.member == context.actor.member
    asked = Terms(
        evidence=terms.evidence,
        figure=figure,
        verify="nobody" if alone else "issuer",
        overdue=overdue_of(one.member),
        compulsory=terms.compulsory,
    )
    return {
        "key": f"part:{task.id}:{one.member}:{task.edition}",
        "kind": "part",
        "parent_id": task.id,
        "period": task.period or period_of(context.today),
        "title": task.title,
        "about": task.about,
        "unit_id": task.unit,
        "member_id": one.member,
        "issuer_id": context.actor.member,
        "issuer_unit_id": task.unit,
        "terms": to_builtins(asked, str_keys=True),
        "issued_at": context.now,
        "due_on": split.until or task.due_on,
    }


def show_parts(context: Context, request: ShowParts) -> PartList | Refused:
    """For whoever may look at the task."""
    task = seen(context, request.task)
    return task if isinstance(task, Refused) else _parts(context, task)


def _parts(context: Context, task: TaskRow, *, issued: int = 0, taken_back: str = "") -> PartList:
    found = [part for part in rows.parts_of(context.connection, [task.id]) if part.state != "cancelled"]
    mine = isinstance(carries(context, task), Grant) and task.role == "secretary"
    return PartList(task, tuple(views(context, found)), mine, issued, taken_back)


def take_back(context: Context, request: TakeBackPart) -> PartList | Refused:
    """By who carries the whole task: no other reason is needed."""
    part = rows.get(context.connection, request.pin[0])
    parent = None if part is None or part.parent is None else rows.get(context.connection, part.parent)
    grant = False if parent is None else carries(context, parent)
    if part is None or parent is None or not isinstance(grant, Grant):
        return refuse("no_such_task")
    if part.state in OVER or part.edition != request.pin[1]:
        return _parts(context, parent)
    settled: dict[str, Any] = {"settled_at": context.now, "settled_by": context.actor.member}
    behalf = {part.id: grant.behalf}
    done = happen_all(context, [part], "cancel", behalf=behalf, **settled)
    for each in done:
        tell_decided(context, each, "cancel", "")
    name = context.names([part.member])[part.member] if done and part.member else ""
    return _parts(context, parent, taken_back=name)


REQUESTS: dict[type, Handler] = {
    BreakDownMenu: menu,
    BreakDown: break_down,
    SplitTo: split_to,
    SplitDay: split_day,
    IssueParts: issue_parts,
    ShowParts: show_parts,
    TakeBackPart: take_back,
}
