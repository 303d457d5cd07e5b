"""Around a task: its terms, who carries it and who decides about it, and one way in which anything happens to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from handlers.context import Context, Refused, refuse
from rules.access import ABOVE, DECIDING, Grant, Holder
from rules.tasks.plan import Obligation, Plan, Terms
from rules.tasks.states import MOVES, after, may
from storage import members
from storage.audit import Deed
from storage.tasks import plans, rows
from storage.tasks.rows import TaskRow


def plan_of(context: Context, number: int) -> Plan:
    """A published plan; read once a process."""
    known = context.house.plans
    if number not in known:
        from rules.tasks.kept import kept_plan  # a house without tasks never reads one

        known[number] = kept_plan(plans.get(context.connection, number).text)
    return known[number]


def obligation_of(context: Context, task: TaskRow) -> Obligation | None:
    """The obligation a task comes from, None for one given by hand."""
    if task.plan is None or not task.obligation:
        return None
    return next(each for each in plan_of(context, task.plan).obligations if each.code == task.obligation)


def terms_of(context: Context, task: TaskRow) -> Terms:
    """What holds for a task: its own terms, else those of its obligation."""
    if task.terms is not None:
        return msgspec.convert(task.terms, Terms)
    obligation = obligation_of(context, task)
    return Terms() if obligation is None else obligation.terms


def posts(context: Context) -> list[tuple[int, str]]:
    """The (unit, role) pairs the actor holds, those as a deputy among them."""
    return [(grant.unit, grant.role) for grant in context.actor.grants]


def carries(context: Context, task: TaskRow) -> Grant | bool:
    """Whether the actor carries a task: True for his own, or the grant by which he does; his own before a deputy's."""
    if task.member is not None:
        return task.member == context.actor.member
    held = [each for each in context.actor.grants if (each.unit, each.role) == (task.unit, task.role)]
    return min(held, key=lambda grant: grant.behalf is not None, default=False)


def decides(context: Context, task: TaskRow) -> Grant | None:
    """The grant by which the actor decides about a task; nobody decides about what he carries or reported himself."""
    return decided(context, [task]).get(task.id)


def decided(context: Context, tasks: Iterable[TaskRow]) -> dict[int, Grant]:
    """Task → the grant by which the actor decides about it, for those he may: nobody decides about what he, or whoever
    he stands in for, carries or reported."""
    actor = context.actor
    may_be = {task.id: (task, actor.may("decide_tasks", task.issuer_unit, task.issuer_path)) for task in tasks}
    granted = {number: (task, grant) for number, (task, grant) in may_be.items() if grant is not None}
    barred = {actor.member, *(grant.behalf for grant in actor.grants if grant.behalf is not None)}
    carrying = carriers(context, [task for task, _ in granted.values()])
    return {
        number: grant
        for number, (task, grant) in granted.items()
        if not barred & {task.reported_by, *(holder.member for holder in carrying[number])}
    }


def sees(context: Context, task: TaskRow) -> bool:
    """Whether the actor may look at a task: who carries it, issued it, decides about it or looks after its unit."""
    actor = context.actor
    looks = actor.may("see_tasks", task.unit, task.path) or actor.may(
        "decide_tasks", task.issuer_unit, task.issuer_path
    )
    return bool(carries(context, task) or looks or actor.member == task.issuer)


def seen(context: Context, number: int) -> TaskRow | Refused:
    """A task the actor may look at; who may not is told no more than that there is none."""
    task = rows.get(context.connection, number)
    return task if task is not None and sees(context, task) else refuse("no_such_task")


def carriers(context: Context, tasks: Iterable[TaskRow]) -> dict[int, tuple[Holder, ...]]:
    """Task → who carries it today, deputies included; nobody when the role is vacant. One query a role."""
    found: dict[int, tuple[Holder, ...]] = {}
    by_role: dict[str, list[TaskRow]] = {}
    for task in tasks:
        if task.member is not None:
            found[task.id] = (Holder(task.member),)
        else:
            by_role.setdefault(task.role, []).append(task)
    for role, some in by_role.items():
        held = members.holders(context.connection, (role,), {task.unit for task in some}, context.today)
        found |= {task.id: tuple(held[task.unit]) for task in some}
    return found


def deciders(context: Context, tasks: Collection[TaskRow]) -> dict[int, tuple[int, ...]]:
    """Task → who is asked to decide about it today: its issuer and his deputies, else whoever may in its issuing unit.

    Nobody who carries or reported it is, nor who stands in for one of them; when the unit has nobody else, the nearest
    above that has somebody is asked.
    """
    lines = {task.id: [int(part) for part in reversed(task.issuer_path.strip("/").split("/"))] for task in tasks}
    first = {task.issuer_unit for task in tasks}
    held = members.holders(context.connection, DECIDING, first, context.today)
    above = {unit for line in lines.values() for unit in line[1:]}
    held_above = members.holders(context.connection, ABOVE, above, context.today) if above else {}
    carrying = carriers(context, tasks)
    found: dict[int, tuple[int, ...]] = {}
    for task in tasks:
        barred = {task.reported_by, *(holder.member for holder in carrying[task.id])}
        asked = [_free(held[task.issuer_unit], barred, task.issuer)]
        asked += [_free(held_above[unit], barred, None) for unit in lines[task.id][1:]]
        found[task.id] = next(filter(None, asked), ())
    return found


def _free(people: Iterable[Holder], barred: Collection[int | None], issuer: int | None) -> tuple[int, ...]:
    """Who is not barred, nor stands in for one who is; the issuer and his deputies alone when he is among them."""
    people = list(people)
    out = {*barred, *(each.member for each in people if each.deputy_of is not None and each.deputy_of in barred)}
    free = [each for each in people if each.member not in out]
    issuing = [each for each in free if issuer is not None and issuer in (each.member, each.deputy_of)]
    return tuple(sorted({each.member for each in issuing or free}))


def happen(
    context: Context,
    task: TaskRow,
    deed: str,
    *,
    text: str = "",
    facts: dict[str, Any] | None = None,
    behalf: int | None = None,
    **values: Any,
) -> TaskRow | Refused:
    """A deed happens to a task: the table of moves says whether it may; state, event and trail stand or fall together.

    `values` are the columns it changes besides the state, `behalf` is whose deputy acts. Gives the task as it is now;
    who was slower hears that somebody else changed it.
    """
    if not may(deed, task.state):
        return refuse("task_not_so_now", state=task.state, deed=deed)
    state = after(deed, task.state)
    if not rows.change(context.connection, task.id, task.edition, {**values, "state": state}):
        return refuse("task_changed_meanwhile")
    note(context, [task.id], deed, text=text, facts=facts, behalf=behalf)
    return replace(task, **_named(values), state=state, edition=task.edition + 1)


def happen_all(
    context: Context,
    tasks: Sequence[TaskRow],
    deed: str,
    *,
    text: str = "",
    behalf: Mapping[int, int | None] | None = None,
    **values: Any,
) -> list[TaskRow]:
    """The same deed happens to many tasks, the same columns changing in all; those that somebody else was faster
    with are left out, the others are given as they are now. The history keeps a due date that was moved."""
    states, state = MOVES[deed]
    pins = [(task.id, task.edition) for task in tasks]
    changed = rows.change_all(context.connection, pins, states, {**values, **({"state": state} if state else {})})
    done = [task for task in tasks if task.id in changed]
    moved = values.get("due_on")
    told = {task.id: {"from": task.due_on.isoformat(), "to": moved.isoformat()} for task in done} if moved else {}
    rows.note_all(context.connection, [_event(context, task.id, deed, text, told.get(task.id)) for task in done])
    stood_in = behalf or {}
    context.audit_all([_deed(task.id, deed, told.get(task.id), stood_in.get(task.id)) for task in done])
    named = _named(values)
    return [replace(each, **named, state=after(deed, each.state), edition=each.edition + 1) for each in done]


def note(
    context: Context,
    tasks: Sequence[int],
    deed: str,
    *,
    text: str = "",
    facts: dict[str, Any] | None = None,
    behalf: int | None = None,
) -> None:
    """Keeps what happened to some tasks in their history and in the trail."""
    rows.note_all(context.connection, [_event(context, number, deed, text, facts) for number in tasks])
    context.audit_all([_deed(number, deed, facts, behalf) for number in tasks])


def _event(context: Context, number: int, deed: str, text: str, facts: dict[str, Any] | None) -> dict[str, Any]:
    by = context.actor.member or None
    return {"task_id": number, "at": context.now, "by_id": by, "deed": deed, "text": text, "facts": facts}


def _deed(number: int, deed: str, facts: dict[str, Any] | None, behalf: int | None) -> Deed:
    return Deed(f"task_{deed}", "task", number, facts or {}, behalf)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that change, as a row calls them."""
    named = {column.removesuffix("_id"): value for column, value in values.items()}
    return {name: value for name, value in named.items() if name in TaskRow.__slots__}
