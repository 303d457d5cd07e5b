"""On whom an obligation falls, and how its tasks come to them: rows once a key, a notice a person and task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from handlers.calendars import calendar_of
from handlers.context import Context
from rules.tasks.cadences import Fall, falls_in
from rules.tasks.plan import Obligation, Plan
from storage import members
from storage.audit import Deed
from storage.tasks import audience, rows
from storage.tasks.audience import Called, Page
from storage.tasks.plans import PlanRow, Standing


class Falling(Struct, frozen=True):
    """An obligation of a version of a plan that falls."""

    source: PlanRow | Standing
    plan: Plan
    obligation: Obligation
    fall: Fall

    @property
    def name(self) -> str:
        """What it is called within its version."""
        return f"{self.obligation.code}:{self.fall.period}"


def dues(context: Context, falling: Falling, paths: Iterable[str]) -> dict[str, date]:
    """Path → the day on which what falls is due there, by the working days of each unit."""
    by_calendar: dict[int, date] = {}
    found = {}
    for path in set(paths):
        calendar = calendar_of(context, path)
        if id(calendar) not in by_calendar:
            same = falls_in(falling.plan, falling.obligation, falling.fall.period, calendar)
            by_calendar[id(calendar)] = same[0].due_on if same else falling.fall.due_on
        found[path] = by_calendar[id(calendar)]
    return found


def called(
    context: Context, path: str, obligation: Obligation, after: int = 0, most: int | None = None
) -> list[Called]:
    """On whom an obligation of a plan for the units below a path falls today, in the order of their numbers."""
    wanted = obligation.audience
    if wanted.under:
        found = [each for each in members.units_under(context.connection, path) if each.code == wanted.under]
        if not found:
            return []
        path = found[0].path
    page = Page(path, context.today, after, most)
    if wanted.members:
        return audience.people(context.connection, page, wanted.units, wanted.classes)
    if wanted.roles:
        return audience.holders(context.connection, page, wanted.roles)
    return audience.units(context.connection, page, wanted.units)


def key_of(falling: Falling, one: Called) -> str:
    """The key of a task: one of its kind, whatever version of the plan issues it."""
    whose = f"{one.unit}" if one.member is None else f"{one.unit}:{one.member}"
    return f"duty:{falling.source.plan}:{falling.name}:{whose}"


def carried_by(context: Context, obligation: Obligation, some: Sequence[Called]) -> dict[int, list[int]]:
    """Number → the members who carry it today, deputies included; nobody where the role is vacant."""
    units = {one.unit for one in some if one.member is None}
    held = members.holders(context.connection, (obligation.audience.by,), units, context.today) if units else {}
    return {
        one.number: [one.member] if one.member is not None else sorted({each.member for each in held[one.unit]})
        for one in some
    }


def issue(context: Context, falling: Falling, after: int, most: int) -> tuple[int, int | None]:
    """Issues at most so many tasks of what falls; gives how many were new, and after which number it goes on (None:
    that was all)."""
    source, obligation = falling.source, falling.obligation
    some = called(context, source.path, obligation, after, most)
    due = dues(context, falling, (one.path for one in some))
    same = {
        "plan_id": source.id,
        "obligation": obligation.code,
        "kind": "visit" if obligation.terms.sheet else "duty",
        "period": falling.fall.period,
        "title": obligation.name,
        "about": obligation.about,
        "issuer_unit_id": source.unit,
        "issued_at": context.now,
    }
    keys = {key_of(falling, one): one for one in some}
    wanted = [
        {
            **same,
            "key": key,
            "unit_id": one.unit,
            "member_id": one.member,
            "role": obligation.audience.by if one.member is None else "",
            "due_on": due[one.path],
        }
        for key, one in keys.items()
    ]
    made = rows.add_all(context.connection, wanted)
    if made:
        _tell(context, obligation, {number: keys[key] for key, number in made.items()}, due)
        record(context, "tasks_issued", falling, count=len(made))
    return len(made), some[-1].number if len(some) == most else None


def record(context: Context, action: str, falling: Falling, **facts: Any) -> None:
    """Keeps in the trail of a version what became of an obligation that fell."""
    told = {"obligation": falling.obligation.code, "period": falling.fall.period, **facts}
    context.audit_all([Deed(action, "task_plan", falling.source.id, told)])


def _tell(context: Context, obligation: Obligation, fresh: Mapping[int, Called], due: Mapping[str, date]) -> None:
    carriers = carried_by(context, obligation, list(fresh.values()))
    told: list[dict[str, Any]] = []
    for task, one in fresh.items():
        on = due[one.path]
        left = (on - context.today).days
        facts = {"task": task, "title": obligation.name, "unit": one.unit_name, "due": on.isoformat(), "left": left}
        facts |= {"compulsory": True} if obligation.terms.compulsory else {}
        told += [
            {"member_id": member, "kind": "task_issued", "key": f"issued:{task}:{member}", "facts": facts}
            for member in carriers[one.number]
        ]
    context.tell_all(told)
