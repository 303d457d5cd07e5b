"""Tasks without anybody (无人承办): of members who left, were moved or lost the role; handed over or waived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.periods import Ran
from handlers.tasks.around import decides, happen, plan_of
from handlers.tasks.settling import Pin
from handlers.tasks.telling import facts_of, tell_decided
from handlers.tasks.view import TaskView, views
from rules.access import ABOVE
from rules.tasks.typed import picked
from storage import members
from storage.members import Person
from storage.tasks import orphans, rows
from storage.tasks.orphans import ByRole
from storage.tasks.rows import TaskRow

PAGE, SLICE = 10, 200


class TellOrphaned(Struct, frozen=True):
    """Tells secretaries once of tasks whose carrier is gone."""


class Orphans(Struct, frozen=True):
    """The tasks of the actor's units that nobody carries any more."""

    page: int = 0


class HandOver(Struct, frozen=True):
    """移交: to another member of the unit, by his number in the list; without one the list is shown."""

    pin: Pin
    typed: str = ""


class OrphanList(Struct, frozen=True):
    """A page of them; `gone` are the names of who carried them."""

    tasks: tuple[TaskView, ...]
    gone: dict[int, str]
    page: int
    pages: int


class HeirQuestion(Struct, frozen=True):
    """To whom? `waivable`: the actor may waive the task as well."""

    task: TaskView
    gone: str
    people: tuple[Person, ...]
    waivable: bool


class HandedOver(Struct, frozen=True):
    """Who carries it now, and how many are left without anybody."""

    task: TaskRow
    to: str
    left: int


def by_role(context: Context) -> list[ByRole]:
    """The obligations that fall on holders of roles themselves, of plans with tasks that are not over."""
    return [
        (number, each.code, tuple(each.audience.roles))
        for number in orphans.plans_of_members(context.connection)
        for each in plan_of(context, number).obligations
        if each.audience.roles
    ]


def count(context: Context) -> int:
    """How many tasks of the actor's units are without anybody."""
    reach = context.actor.reach("give_tasks")
    return orphans.count_orphans(context.connection, reach, by_role(context), context.today) if reach else 0


def list_orphans(context: Context, request: Orphans) -> OrphanList | Refused:
    """Ten a page."""
    reach = context.actor.reach("give_tasks")
    if not reach:
        return refuse("not_giving")
    lost = by_role(context)
    total = orphans.count_orphans(context.connection, reach, lost, context.today)
    pages = max(1, -(-total // PAGE))
    page = min(max(request.page, 0), pages - 1)
    span = range(page * PAGE, (page + 1) * PAGE)
    found = orphans.orphans(context.connection, reach, lost, context.today, span)
    names = context.names({task.member for task in found if task.member})
    gone = {task.id: names[task.member] for task in found if task.member}
    return OrphanList(tuple(views(context, found)), gone, page, pages)


def hand_over(context: Context, request: HandOver) -> HandedOver | HeirQuestion | Refused:
    """By who gives tasks in the unit; only what is without anybody changes hands."""
    found = _without_anybody(context, request.pin)
    if isinstance(found, Refused):
        return found
    task, gone, behalf = found
    people = _heirs(context, task)
    if not request.typed:
        name = context.names([gone])[gone]
        return HeirQuestion(views(context, [task])[0], name, tuple(people), decides(context, task) is not None)
    heir = _chosen(people, request.typed)
    if isinstance(heir, Refused):
        return heir
    facts = {"from": gone, "to": heir.id}
    after = happen(context, task, "hand_over", text=heir.name, facts=facts, behalf=behalf, member_id=heir.id)
    if isinstance(after, Refused):
        return after
    tell_decided(context, after, "hand_over", "")
    return HandedOver(after, heir.name, count(context))


def _without_anybody(context: Context, pin: Pin) -> tuple[TaskRow, int, int | None] | Refused:
    """The task, who is gone, and on whose behalf the actor hands it over."""
    task = rows.get(context.connection, pin[0])
    grant = None if task is None else context.actor.may("give_tasks", task.unit, task.path)
    if task is None or task.member is None or grant is None:
        return refuse("no_such_task")
    if task.edition != pin[1]:
        return refuse("task_changed_meanwhile")
    if not orphans.is_orphan(context.connection, task.id, by_role(context), context.today):
        return refuse("task_has_somebody")
    return task, task.member, grant.behalf


def _chosen(people: Sequence[Person], typed: str) -> Person | Refused:
    numbers = picked(typed, len(people))
    if numbers is None or len(numbers) != 1:
        return refuse("one_number_wanted")
    if not 1 <= numbers[0] <= len(people):
        return refuse("number_not_shown", numbers=str(numbers[0]), most=len(people))
    return people[numbers[0] - 1]


def _heirs(context: Context, task: TaskRow) -> list[Person]:
    """Members of the unit; of a visit the other instructors for it."""
    if task.kind != "visit":
        return members.people_of(context.connection, task.unit, context.today)
    above = [int(part) for part in task.path.strip("/").split("/")]
    held = members.holders(context.connection, ("instructor",), above, context.today)
    found = (context.person(holder.member) for some in held.values() for holder in some)
    return [person for person in found if person is not None]


def tell_orphaned(context: Context, _request: TellOrphaned) -> Ran:
    """Slice by slice; a unit without a secretary is told to whoever is nearest above."""
    found = orphans.untold(context.connection, by_role(context), context.today, SLICE)
    if not found:
        return Ran(0)
    gone = {task.member for task in found if task.member is not None}
    codes, names = orphans.codes_of(context.connection, sorted(gone)), context.names(gone)
    told = _told(context, found)
    notices: list[dict[str, Any]] = []
    for task in found:
        if task.member is None:
            continue
        facts = facts_of(context, task) | {"gone": names[task.member]}
        key = f"orphaned:{task.id}:{task.member}"
        notices += [
            {"member_id": member, "kind": "task_orphaned", "key": f"{key}:{member}", "facts": facts}
            for member in told[task.unit]
        ]
    events = [
        {"task_id": task.id, "at": context.now, "by_id": None, "deed": "orphaned", "text": codes[task.member]}
        for task in found
        if task.member is not None
    ]
    rows.note_all(context.connection, events)
    context.tell_all(notices)
    return Ran(len(found), more=len(found) == SLICE)


def _told(context: Context, tasks: Sequence[TaskRow]) -> dict[int, tuple[int, ...]]:
    """Unit → its secretaries, else who looks after it from nearest above."""
    lines = {task.unit: [int(part) for part in reversed(task.path.strip("/").split("/"))] for task in tasks}
    held = members.holders(context.connection, ("secretary",), lines, context.today)
    above = {unit for line in lines.values() for unit in line}
    looking = members.holders(context.connection, ABOVE, above, context.today)
    found = {}
    for unit, line in lines.items():
        asked = [held[unit], *(looking[each] for each in line)]
        nearest: Sequence[Any] = next(filter(None, asked), ())
        found[unit] = tuple(sorted({holder.member for holder in nearest}))
    return found


REQUESTS: dict[type, Handler] = {
    TellOrphaned: tell_orphaned,
    Orphans: list_orphans,
    HandOver: hand_over,
}
