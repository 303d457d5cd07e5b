"""Lists of tasks: what waits for a decision, what nobody carries any more, and how the tasks of units stand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from rules.access import DECIDING
from rules.tasks.states import LIVE
from storage.members import on_day, role
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
