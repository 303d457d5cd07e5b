"""What one member carries, counted, and promises (承诺): his own and those of his unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from rules.tasks.states import LIVE
from storage.members import member
from storage.tasks.rows import TASKS, TaskRow, carried
from storage.tasks.tables import task

_t = task.c
_OPEN = sa.and_(_t.kind == "promise", _t.state.in_(LIVE))


def count_open(connection: sa.Connection, member_id: int, posts: Iterable[tuple[int, str]]) -> int:
    """How many tasks wait for a member."""
    query = sa.select(sa.func.count()).select_from(task).where(carried(member_id, posts, LIVE))
    return int(connection.execute(query).scalar_one())


def count_promises(connection: sa.Connection, member_id: int) -> int:
    """How many promises of a member are open."""
    query = sa.select(sa.func.count()).select_from(task).where(_t.member_id == member_id, _OPEN)
    return int(connection.execute(query).scalar_one())


def promises(
    connection: sa.Connection, who: sa.ColumnElement[bool], start: int, most: int
) -> list[tuple[TaskRow, str]]:
    """Promises with the name of who gave each: the open ones first by due date, then the newest that are over."""
    is_open = _t.state.in_(LIVE)
    order = (sa.case((is_open, 0), else_=1), sa.case((is_open, _t.due_on)), _t.due_on.desc(), _t.id.desc())
    query = TASKS.add_columns(member.c.name.label("by_name")).join(member, member.c.id == _t.member_id)
    found = connection.execute(query.where(_t.kind == "promise", who).order_by(*order).offset(start).limit(most))
    return [(TaskRow(*row[:-1]), row[-1]) for row in found]


def by_member(member_id: int) -> sa.ColumnElement[bool]:
    """Those of a member, whatever unit he gave them in."""
    return _t.member_id == member_id


def in_unit(unit_id: int, since: date) -> sa.ColumnElement[bool]:
    """Those given in a unit, open or due since a day."""
    return sa.and_(_t.unit_id == unit_id, sa.or_(_t.state.in_(LIVE), _t.due_on >= since))


def tally(connection: sa.Connection, who: sa.ColumnElement[bool], today: date) -> dict[str, int]:
    """How many promises are kept (done in time), late (done after the due date), missed (open after it), open, and
    released (waived or cancelled)."""
    stands = sa.case(
        (sa.and_(_t.state == "done", _t.done_on <= _t.due_on), "kept"),
        (_t.state == "done", "late"),
        (_t.state.not_in(LIVE), "released"),
        (_t.due_on < today, "missed"),
        else_="open",
    ).label("stands")
    query: sa.Select[Any] = sa.select(stands, sa.func.count()).where(_t.kind == "promise", who).group_by(stands)
    return {row[0]: row[1] for row in connection.execute(query)}
