"""Lists of tasks: what waits for a decision, what nobody carries any more, and how the tasks of units stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rules.access import DECIDING, Reach
from rules.tasks.states import LIVE
from storage.members import on_day, role, unit
from storage.scopes import inside
from storage.tasks.rows import ISSUER, TASKS, TaskRow
from storage.tasks.tables import task

_t = task.c
WAITS = sa.or_(_t.state == "reported", sa.and_(_t.wanted_on.is_not(None), _t.state.in_(LIVE)))
"""A report to verify, or an extension that was asked for."""


def waiting(
    connection: sa.Connection, units: Collection[int], paths: Collection[str], day: date, most: int
) -> list[TaskRow]:
    """What may wait for whoever holds a role in `units`: all that they issued, and of what units below issued that
    where perhaps nobody there is free to decide. Extensions first, then the oldest reports."""
    somebody = (
        sa.exists()
        .where(role.c.unit_id == _t.issuer_unit_id, role.c.role.in_(DECIDING), on_day(role))
        .where(role.c.member_id != sa.func.coalesce(_t.reported_by, 0))
        .where(role.c.member_id != sa.func.coalesce(_t.member_id, 0))
        .where(sa.or_(_t.member_id.is_not(None), role.c.unit_id != _t.unit_id, role.c.role != _t.role))
    )
    below = [ISSUER.c.path.startswith(path, autoescape=True) for path in sorted(paths)]
    asked = sa.or_(_t.issuer_unit_id.in_(sorted(units)), sa.and_(sa.or_(sa.false(), *below), sa.not_(somebody)))
    query = TASKS.where(WAITS, asked).order_by(_t.wanted_on.is_(None), _t.reported_at, _t.id).limit(most)
    return [TaskRow(*row) for row in connection.execute(query, {"day": day})]


@dataclass(frozen=True, slots=True)
class Counts:
    """How the tasks of an obligation and period, or those given at once by hand, stand; `first` is one of them."""

    first: int
    title: str
    period: str
    due_first: date
    due_last: date
    total: int
    done: int
    reported: int
    open: int
    overdue: int
    help: int
    waived: int
    vacant: int

    @property
    def over(self) -> int:
        """Done, waived or cancelled."""
        return self.total - self.open - self.reported


SEEN = ("duty", "given", "visit")
"""Kinds whose state is looked at from above: parts stand with their task, promises are their members' own."""
_DAY = sa.bindparam("day", type_=sa.Date)
_HELD = sa.exists().where(role.c.unit_id == _t.unit_id, role.c.role == _t.role, on_day(role))
_LIVING = _t.state.in_(LIVE)
STANDING: dict[str, sa.ColumnElement[bool]] = {
    "": sa.true(),
    "done": _t.state == "done",
    "reported": _t.state == "reported",
    "open": _LIVING,
    "overdue": sa.and_(_LIVING, _t.due_on < _DAY),
    "help": sa.and_(_LIVING, _t.stance == "help"),
    "waived": _t.state.in_(("waived", "cancelled")),
    "vacant": sa.and_(_LIVING, _t.member_id.is_(None), sa.not_(_HELD)),
}
"""How a task may stand, as it is counted and listed; some are counted more than once."""
_BATCH = (_t.kind, _t.plan_id, _t.obligation, _t.period, sa.case((_t.plan_id.is_(None), _t.issued_at)))


def states(connection: sa.Connection, seen: Reach, issued: Reach, first: date, last: date, day: date) -> list[Counts]:
    """How tasks of units in `seen`, or issued by units in `issued`, stand on a day: those due between two days, and
    what is not over yet. By due date."""
    counted = [sa.func.sum(sa.case((STANDING[word], 1), else_=0)) for word in COUNTED]
    query = (
        sa.select(
            sa.func.min(_t.id), sa.func.min(_t.title), sa.func.min(_t.period), sa.func.min(_t.due_on),
            sa.func.max(_t.due_on), sa.func.count(), *counted,
        )
        .select_from(task)
        .join(unit, unit.c.id == _t.unit_id)
        .join(ISSUER, ISSUER.c.id == _t.issuer_unit_id)
        .where(_t.kind.in_(SEEN), _within(seen, issued), _t.state != "cancelled")
        .where(sa.or_(_t.due_on.between(first, last), _LIVING, _t.state == "reported"))
        .group_by(*_BATCH)
        .order_by(sa.func.min(_t.due_on), sa.func.min(_t.id))
    )  # fmt: skip
    return [Counts(*row) for row in connection.execute(query, {"day": day})]


COUNTED = ("done", "reported", "open", "overdue", "help", "waived", "vacant")


def _within(seen: Reach, issued: Reach) -> sa.ColumnElement[bool]:
    by = [ISSUER.c.path.startswith(path, autoescape=True) for path in sorted(issued.paths)]
    return sa.or_(inside(seen), ISSUER.c.id.in_(sorted(issued.units)), *by)


def like(one: TaskRow) -> sa.ColumnElement[bool]:
    """The tasks that were issued with one: of the same obligation and period, or given at once by hand."""
    same = (_t.kind == one.kind, _t.obligation == one.obligation, _t.period == one.period)
    if one.plan is None:
        return sa.and_(*same, _t.plan_id.is_(None), _t.issued_at == one.issued_at, _t.state != "cancelled")
    return sa.and_(*same, _t.plan_id == one.plan, _t.state != "cancelled")


def issued_with(
    connection: sa.Connection, one: TaskRow, standing: str, reaches: tuple[Reach, Reach], day: date
) -> list[TaskRow]:
    """The tasks issued with one that stand so on a day, within (seen, issued), in the order of the tree."""
    query = TASKS.where(like(one), _within(*reaches), STANDING[standing]).order_by(unit.c.path, _t.id).limit(MOST_LIKE)
    return [TaskRow(*row) for row in connection.execute(query, {"day": day})]


MOST_LIKE = 2000


def counts_with(connection: sa.Connection, one: TaskRow, reaches: tuple[Reach, Reach], day: date) -> dict[str, int]:
    """How many of the tasks issued with one stand which way; "" is all of them."""
    counted = [sa.func.coalesce(sa.func.sum(sa.case((STANDING[word], 1), else_=0)), 0) for word in COUNTED]
    joined = sa.select(sa.func.count(), *counted).select_from(task).join(unit, unit.c.id == _t.unit_id)
    query = joined.join(ISSUER, ISSUER.c.id == _t.issuer_unit_id).where(like(one), _within(*reaches))
    return dict(zip(("", *COUNTED), connection.execute(query, {"day": day}).one(), strict=True))
