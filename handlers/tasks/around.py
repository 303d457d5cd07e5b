"""Around a task: its terms, who carries it and who decides about it, and one way in which anything happens to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from handlers.context import Context, Refused, refuse
from rules.access import Grant, Holder
from rules.tasks.plan import Obligation, Plan, Terms
from rules.tasks.states import after, may
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
    mine = carries(context, task) or context.actor.member in (task.reported_by, task.member)
    return None if mine else context.actor.may("decide_tasks", task.issuer_unit, task.issuer_path)


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
    """Task → the members of its issuing unit who decide about it today; its issuer alone when a member issued it."""
    issued = {task.issuer_unit for task in tasks if task.issuer is None}
    held = members.holders(context.connection, DECIDING, issued, context.today)
    people = {unit: tuple(sorted({each.member for each in some})) for unit, some in held.items()}
    return {task.id: (task.issuer,) if task.issuer else people[task.issuer_unit] for task in tasks}


DECIDING = ("officer", "committee", "grid_lead", "secretary")


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
    named = {each.removesuffix("_id"): value for each, value in values.items()}
    known = {name: value for name, value in named.items() if name in TaskRow.__slots__}
    return replace(task, **known, state=state, edition=task.edition + 1)


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
    by = context.actor.member or None
    events = [
        {"task_id": number, "at": context.now, "by_id": by, "deed": deed, "text": text, "facts": facts}
        for number in tasks
    ]
    rows.note_all(context.connection, events)
    context.audit_all([Deed(f"task_{deed}", "task", number, facts or {}, behalf) for number in tasks])
