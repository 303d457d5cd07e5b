"""Tasks as rows: read by number and by who carries them, added once a key, changed once an edition; their events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from storage.kinds import slices
from storage.members import unit
from storage.statement import Statement
from storage.tasks.tables import event, mark, task

_t, _e = task.c, event.c
ISSUER = unit.alias("issuer_unit")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task (任务) with its unit and the unit that decides about it; `terms` is None for one of a plan."""

    id: int
    key: str
    plan: int | None
    obligation: str
    kind: str
    parent: int | None
    period: str
    title: str
    about: str
    unit: int
    unit_name: str
    path: str
    member: int | None
    role: str
    issuer: int | None
    issuer_unit: int
    issuer_path: str
    terms: dict[str, Any] | None
    issued_at: datetime
    due_on: date
    state: str
    stance: str
    stance_at: datetime | None
    figure: Decimal | None
    report: str
    reported_at: datetime | None
    reported_by: int | None
    done_on: date | None
    settled_at: datetime | None
    settled_by: int | None
    reason: str
    wanted_on: date | None
    wanted_reason: str
    edition: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to a task; by nobody when the system did it."""

    id: int
    task: int
    at: datetime
    by: int | None
    deed: str
    text: str
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class MarkRow:
    """What was given for an item of the item sheet."""

    task: int
    item: str
    points: Decimal
    note: str
    by: int
    at: datetime


TASKS: sa.Select[Any] = (
    sa.select(
        _t.id, _t.key, _t.plan_id, _t.obligation, _t.kind, _t.parent_id, _t.period, _t.title, _t.about, _t.unit_id,
        unit.c.name, unit.c.path, _t.member_id, _t.role, _t.issuer_id, _t.issuer_unit_id, ISSUER.c.path, _t.terms,
        _t.issued_at, _t.due_on, _t.state, _t.stance, _t.stance_at, _t.figure, _t.report, _t.reported_at,
        _t.reported_by, _t.done_on, _t.settled_at, _t.settled_by, _t.reason, _t.wanted_on, _t.wanted_reason, _t.edition,
    )
    .select_from(task)
    .join(unit, unit.c.id == _t.unit_id)
    .join(ISSUER, ISSUER.c.id == _t.issuer_unit_id)
)  # fmt: skip
"""Tasks with their units; each row makes a `TaskRow`, and `unit` may be used to narrow them."""
_BY_IDS = Statement(TASKS.where(_t.id.in_(sa.bindparam("ids", expanding=True))), TaskRow)
_PARTS = Statement(TASKS.where(_t.parent_id.in_(sa.bindparam("ids", expanding=True))).order_by(_t.id), TaskRow)
_EVENTS = Statement(
    sa.select(_e.id, _e.task_id, _e.at, _e.by_id, _e.deed, _e.text, _e.facts)
    .where(_e.task_id == sa.bindparam("task"))
    .order_by(_e.id),
    EventRow,
)
_MARKS = Statement(
    sa.select(mark.c.task_id, mark.c.item, mark.c.points, mark.c.note, mark.c.by_id, mark.c.at)
    .where(mark.c.task_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(mark.c.id),
    MarkRow,
)


def get(connection: sa.Connection, number: int) -> TaskRow | None:
    """One task, None when there is none with that number."""
    return _BY_IDS.first(connection, {"ids": [number]})


def get_all(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, TaskRow]:
    """Tasks by number."""
    return {row.id: row for some in slices(set(numbers)) for row in _BY_IDS.all(connection, {"ids": some})}


def parts_of(connection: sa.Connection, parents: Iterable[int]) -> list[TaskRow]:
    """The tasks that some were broken down into (任务分解)."""
    return [row for some in slices(set(parents)) for row in _PARTS.all(connection, {"ids": some})]


def parts_done(connection: sa.Connection, parents: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Task → how many of its parts are over, and how many there are without those taken back; of broken down ones."""
    over = sa.func.sum(sa.case((_t.state.in_(("done", "waived")), 1), else_=0))
    query = sa.select(_t.parent_id, over, sa.func.count()).where(_t.state != "cancelled").group_by(_t.parent_id)
    found: dict[int, tuple[int, int]] = {}
    for some in slices(set(parents)):
        for parent, done, total in connection.execute(query.where(_t.parent_id.in_(some))):
            found[parent] = (int(done), total)
    return found


def carried(member: int, posts: Iterable[tuple[int, str]], states: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tasks in some states that a member carries himself, or as the holder of a role in a unit: `posts` are (unit,
    role). An arm each, for a database that knows no figures of the table reads all open tasks for an OR."""
    held: dict[str, list[int]] = {}
    for unit_id, role in posts:
        held.setdefault(role, []).append(unit_id)
    one = task.alias().c
    arms = [one.member_id == member]
    arms += [
        sa.and_(one.unit_id.in_(units), one.role == role, one.member_id.is_(None))
        for role, units in sorted(held.items())
    ]
    return _t.id.in_(sa.union_all(*(sa.select(one.id).where(arm, one.state.in_(states)) for arm in arms)))


def of_carrier(
    connection: sa.Connection, member: int, posts: Iterable[tuple[int, str]], states: Sequence[str], most: int = 500
) -> list[TaskRow]:
    """The tasks in some states that a member carries, by due date."""
    query = TASKS.where(carried(member, posts, states)).order_by(_t.due_on, _t.id).limit(most)
    return [TaskRow(*row) for row in connection.execute(query)]


def add_all(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Adds open tasks; gives key → number of those that were not there yet."""
    by_key = {row["key"]: row for row in rows}
    there = known(connection, by_key)
    fixed = {"about": "", "terms": None, "state": "open", "stance": "", "report": "", "reason": "", "edition": 1}
    optional = {"plan_id": None, "obligation": "", "parent_id": None, "issuer_id": None, "member_id": None, "role": ""}
    fresh = [{**fixed, **optional, "wanted_reason": "", **row} for key, row in by_key.items() if key not in there]
    if not fresh:
        return {}
    connection.execute(sa.insert(task), fresh)
    query = sa.select(_t.key, _t.id).where(_t.key.in_(sa.bindparam("keys", expanding=True)))
    keys = slices(row["key"] for row in fresh)
    return {row.key: row.id for some in keys for row in connection.execute(query, {"keys": some})}


def known(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that have a task already."""
    query = sa.select(_t.key).where(_t.key.in_(sa.bindparam("keys", expanding=True)))
    return {key for some in slices(keys) for key in connection.execute(query, {"keys": some}).scalars()}


def change(connection: sa.Connection, number: int, edition: int, values: Mapping[str, Any]) -> bool:
    """Changes a task that is still in the edition that was looked at; False when somebody was faster."""
    query = sa.update(task).where(_t.id == number, _t.edition == edition)
    return connection.execute(query.values(**values, edition=edition + 1)).rowcount == 1


def change_all(
    connection: sa.Connection, pins: Iterable[tuple[int, int]], states: Sequence[str], values: Mapping[str, Any]
) -> set[int]:
    """Changes those (number, edition) that still stand as they were looked at and in one of the states."""
    by_edition: dict[int, list[int]] = {}
    for number, edition in pins:
        by_edition.setdefault(edition, []).append(number)
    changed: set[int] = set()
    for edition, numbers in by_edition.items():
        for some in slices(numbers):
            query = sa.update(task).where(_t.id.in_(some), _t.edition == edition, _t.state.in_(states))
            changed |= set(connection.execute(query.values(**values, edition=edition + 1).returning(_t.id)).scalars())
    return changed


def note_all(connection: sa.Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Records what happened to tasks: task_id, at, by_id, deed, text, facts."""
    if events:
        connection.execute(sa.insert(event), [{"text": "", "facts": None, **row} for row in events])


def events_of(connection: sa.Connection, number: int) -> list[EventRow]:
    """What happened to a task, in order."""
    return _EVENTS.all(connection, {"task": number})


def marks_of(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, list[MarkRow]]:
    """Task → what was given for the items of its sheet."""
    found: dict[int, list[MarkRow]] = {}
    for some in slices(set(numbers)):
        for row in _MARKS.all(connection, {"ids": some}):
            found.setdefault(row.task, []).append(row)
    return found


def put_marks(connection: sa.Connection, number: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores the item sheet of a task: item, points, note, by_id, at; what was given for an item before is replaced."""
    items = [row["item"] for row in rows]
    connection.execute(sa.delete(mark).where(mark.c.task_id == number, mark.c.item.in_(items)))
    if rows:
        connection.execute(sa.insert(mark), [{**row, "task_id": number} for row in rows])
