"""What an issuer decides about tasks: one way for one task or many, for reports, extensions, waiving and cancelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from handlers.context import Context, Refused, refuse
from handlers.tasks.around import decided, happen_all
from handlers.tasks.points import post_points
from handlers.tasks.telling import tell_all_decided
from rules.declarations import check_note
from rules.problems import Problem
from rules.tasks.states import OVER
from storage.tasks import rows
from storage.tasks.rows import TaskRow

Pin = tuple[int, int]
Pins = tuple[Pin, ...]
DEEDS = ("verify", "return", "waive", "cancel", "extend", "refuse_more_time")
REASONED = ("return", "waive", "cancel", "extend", "refuse_more_time")
"""What is never done without a reason that the carrier reads; an extension he asked for has his own."""


class Order(Struct, frozen=True):
    """A decision: the deed, its reason, and for an extension the new due day."""

    deed: str
    reason: str = ""
    until: date | None = None


def order_problems(context: Context, order: Order, tasks: Sequence[TaskRow]) -> list[Problem]:
    """What a decision about some tasks lacks; who agrees to an extension that was asked for needs no reason."""
    if order.deed not in DEEDS:
        return [Problem("choose_one", {})]
    agreed = order.deed == "extend" and not order.reason and all(task.wanted_on is not None for task in tasks)
    problems = check_note(order.reason) if order.deed in REASONED and not agreed else []
    return [*problems, *day_problems(context, tasks, order.until)] if order.deed == "extend" else problems


def day_problems(context: Context, tasks: Sequence[TaskRow], until: date | None) -> list[Problem]:
    """Whether a new due day lies ahead, and after the old one of a task at least."""
    if until is None:
        return [Problem("date_unclear", {})]
    if until < context.today:
        return [Problem("due_past", {"day": until.isoformat()})]
    first = min((task.due_on for task in tasks), default=None)
    return [] if first is None or until > first else [Problem("due_not_later", {"due": first.isoformat()})]


def settle(context: Context, pins: Sequence[Pin], order: Order) -> tuple[list[TaskRow], list[TaskRow]] | Refused:
    """Decides those of the tasks that still stand as shown and that the actor decides about; gives them, and those
    that were missed as they are now."""
    found = rows.get_all(context.connection, [number for number, _ in pins])
    granted = decided(context, found.values())
    if not granted:
        return refuse("no_such_task")
    mine = [found[number] for number, edition in pins if number in granted and found[number].edition == edition]
    if problems := order_problems(context, order, mine):
        return Refused(tuple(problems))
    if order.until is not None:
        mine = [task for task in mine if task.due_on < order.until]
    done = _done(context, mine, order, {number: grant.behalf for number, grant in granted.items()})
    if order.deed in ("waive", "cancel"):
        cancel_parts(context, done, order.reason)
    if order.deed == "verify":
        post_points(context, done)
    before = {task.id: task.due_on.isoformat() for task in mine} if order.deed == "extend" else {}
    tell_all_decided(context, done, order.deed, order.reason, before)
    changed = {task.id for task in done}
    missed = rows.get_all(context.connection, [number for number in granted if number not in changed])
    return done, list(missed.values())


def _done(context: Context, tasks: list[TaskRow], order: Order, behalf: dict[int, int | None]) -> list[TaskRow]:
    """A verified task counts as done on the day it was reported."""
    same: dict[str, Any] = {"text": order.reason, "behalf": behalf}
    if order.deed in ("extend", "refuse_more_time"):
        moved: dict[str, Any] = {"due_on": order.until} if order.until else {}
        return happen_all(context, tasks, order.deed, **same, **moved, wanted_on=None, wanted_reason="")
    if order.deed == "return":
        return happen_all(context, tasks, "return", **same, reason=order.reason)
    settled: dict[str, Any] = {**_settled(context), "reason": order.reason}
    if order.deed != "verify":
        return happen_all(context, tasks, order.deed, **same, **settled)
    by_day: dict[date, list[TaskRow]] = {}
    for task in tasks:
        by_day.setdefault(_reported_on(context, task), []).append(task)
    return [
        row
        for day, some in by_day.items()
        for row in happen_all(context, some, "verify", **same, **settled, done_on=day)
    ]


def _reported_on(context: Context, task: TaskRow) -> date:
    return context.today if task.reported_at is None else context.house.today(task.reported_at)


def cancel_parts(context: Context, parents: Iterable[TaskRow], reason: str) -> None:
    """What a task was broken down to ends with it."""
    parts = rows.parts_of(context.connection, [task.id for task in parents])
    live = [part for part in parts if part.state not in OVER]
    done = happen_all(context, live, "cancel", text=reason, **_settled(context), reason=reason)
    tell_all_decided(context, done, "cancel", reason)


def _settled(context: Context) -> dict[str, Any]:
    """By whom and when."""
    return {"settled_at": context.now, "settled_by": context.actor.member}
