"""Tasks without anybody: their carrier left the unit, or lost the role they were given to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from rules.access import Reach
from rules.tasks.states import LIVE
from storage.members import member, membership, on_day, role, unit
from storage.scopes import inside
from storage.tasks.rows import TASKS, TaskRow
from storage.tasks.tables import event, task

_t = task.c
ByRole = tuple[int, str, tuple[str, ...]]
"""A plan, an obligation of it that falls on holders of roles themselves, and the roles."""
_HERE = sa.exists().where(
    membership.c.member_id == _t.member_id, membership.c.unit_id == _t.unit_id, on_day(membership)
)
_IN_OFFICE = sa.exists().where(role.c.member_id == _t.member_id, role.c.unit_id == _t.unit_id, on_day(role))
_INSTRUCTS = sa.exists().where(role.c.member_id == _t.member_id, role.c.role == "instructor", on_day(role))


def _orphaned(by_role: Sequence[ByRole]) -> sa.ColumnElement[bool]:
    """Waits for somebody who is not there any more; a promise is its member's own and goes with him."""
    gone = sa.and_(_t.kind != "visit", sa.not_(_HERE), sa.not_(_IN_OFFICE))
    unfit = sa.and_(_t.kind == "visit", sa.not_(_INSTRUCTS))
    lost = [
        sa.and_(
            _t.plan_id == plan,
            _t.obligation == code,
            sa.not_(_IN_OFFICE.where(role.c.role.in_(roles))),
        )
        for plan, code, roles in by_role
    ]
    waits = sa.and_(_t.member_id.is_not(None), _t.state.in_(LIVE), _t.kind != "promise")
    return sa.and_(waits, sa.or_(gone, unfit, *lost))


def plans_of_members(connection: sa.Connection) -> list[int]:
    """The plans of which members carry tasks themselves that are not over."""
    query = sa.select(_t.plan_id).where(_t.member_id.is_not(None), _t.plan_id.is_not(None), _t.state.in_(LIVE))
    return list(connection.execute(query.distinct()).scalars())


def orphans(
    connection: sa.Connection, reach: Reach, by_role: Sequence[ByRole], day: date, span: range
) -> list[TaskRow]:
    """Those of units in reach, in the order of the tree."""
    query = TASKS.where(_orphaned(by_role), inside(reach)).order_by(unit.c.path, _t.due_on, _t.id)
    rows = connection.execute(query.offset(span.start).limit(len(span)), {"day": day})
    return [TaskRow(*row) for row in rows]


def count_orphans(connection: sa.Connection, reach: Reach, by_role: Sequence[ByRole], day: date) -> int:
    """How many there are in reach."""
    query = sa.select(sa.func.count()).select_from(task).join(unit, unit.c.id == _t.unit_id)
    return int(connection.execute(query.where(_orphaned(by_role), inside(reach)), {"day": day}).scalar_one())


def is_orphan(connection: sa.Connection, number: int, by_role: Sequence[ByRole], day: date) -> bool:
    """Whether nobody carries a task any more."""
    query = sa.select(_t.id).where(_t.id == number, _orphaned(by_role))
    return connection.execute(query, {"day": day}).first() is not None


def untold(connection: sa.Connection, by_role: Sequence[ByRole], day: date, most: int) -> list[TaskRow]:
    """Those of which nobody was told yet since their carrier went: the event of it bears his code."""
    told = (
        sa.exists()
        .where(event.c.task_id == _t.id, event.c.deed == "orphaned", event.c.text == member.c.code)
        .where(member.c.id == _t.member_id)
    )
    query = TASKS.where(_orphaned(by_role), sa.not_(told)).order_by(_t.id).limit(most)
    return [TaskRow(*row) for row in connection.execute(query, {"day": day})]


def codes_of(connection: sa.Connection, members: Sequence[int]) -> dict[int, str]:
    """Member → code."""
    query = sa.select(member.c.id, member.c.code).where(member.c.id.in_(sorted(set(members))))
    return {row.id: row.code for row in connection.execute(query)}
