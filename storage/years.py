"""What a span of time brought, counted from the rows, and rows that contradict each other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from rules.tasks.states import LIVE
from storage.declarations import line
from storage.kinds import Points
from storage.ledger import entry
from storage.outbox import notice, outbox
from storage.reviews import review
from storage.tasks.rows import TASKS, TaskRow
from storage.tasks.tables import event, task

REMINDERS = ("task_due", "task_overdue", "task_escalated", "task_still", "declare_reminder", "review_pending")
DAY_MS = 86_400_000
_t, _n, _o = task.c, notice.c, outbox.c


def new_tasks(connection: sa.Connection, after: int) -> list[TaskRow]:
    """The tasks made after one, in order."""
    return [TaskRow(*row) for row in connection.execute(TASKS.where(_t.id > after).order_by(_t.id))]


def counted(connection: sa.Connection, since: datetime, until: datetime, days: tuple[date, date]) -> dict[str, int]:
    """How often what happened from an instant on and before another; `days` are the first and the last of them."""
    done = sa.and_(_t.state == "done", _t.done_on.between(*days))
    told = sa.and_(_within(_n.made_at, since, until), _n.state == "composed")
    wanted: dict[str, tuple[sa.Table, sa.ColumnElement[bool]]] = {
        "issued": (task, _within(_t.issued_at, since, until)),
        "in_time": (task, sa.and_(done, _t.done_on <= _t.due_on)),
        "late": (task, sa.and_(done, _t.done_on > _t.due_on)),
        "waived": (task, sa.and_(_t.state == "waived", _within(_t.settled_at, since, until))),
        "returned": (event, sa.and_(event.c.deed == "return", _within(event.c.at, since, until))),
        "extended": (event, sa.and_(event.c.deed == "extend", _within(event.c.at, since, until))),
        "overdue": (task, sa.and_(_t.state.in_(LIVE), _t.due_on < days[1])),
        "reminders": (notice, sa.and_(told, _n.kind.in_(REMINDERS))),
        "escalations": (notice, sa.and_(told, _n.kind == "task_escalated")),
        "digests": (outbox, sa.and_(_o["class"] == "digest", _within(_o.made_at, since, until))),
        "sent": (outbox, sa.and_(_o.state == "sent", _within(_o.made_at, since, until))),
        "declarations": (line, sa.and_(line.c.source == "member", _within(line.c.submitted_at, since, until))),
        "approvals": (review, sa.and_(review.c.decision == "approve", _within(review.c.at, since, until))),
    }
    return {
        name: int(connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one())
        for name, (table, which) in wanted.items()
    }


def _within(column: sa.Column[Any], since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(column >= since, column < until)


def points(connection: sa.Connection, since: datetime, until: datetime) -> str:
    """The sum of the points posted."""
    query = sa.select(sa.func.coalesce(sa.func.sum(entry.c.points), 0, type_=Points))
    return str(connection.execute(query.where(_within(entry.c.posted_at, since, until))).scalar_one())


def most_a_day(connection: sa.Connection, since: datetime, until: datetime, offset: timedelta) -> int:
    """How many messages at most one person was sent on one local day."""
    a_day = sa.select(sa.func.count().label("n")).where(_within(_o.made_at, since, until))
    grouped = a_day.group_by(_o.member_id, _local_day(_o.made_at, offset)).subquery()
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(grouped.c.n), 0))).scalar_one())


def contradictions(connection: sa.Connection, since: datetime, until: datetime, offset: timedelta) -> dict[str, int]:
    """Matter → how many rows break it: a task or digest twice, a reminder told without message or not at all."""
    same = (_t.plan_id, _t.obligation, _t.period, _t.unit_id, sa.func.coalesce(_t.member_id, 0))
    tasks = sa.select(sa.literal(1)).where(_t.plan_id.is_not(None)).group_by(*same).having(sa.func.count() > 1)
    of_year = sa.and_(_o["class"] == "digest", _within(_o.made_at, since, until))
    digests = sa.select(sa.literal(1)).where(of_year).group_by(_o.member_id, _local_day(_o.made_at, offset))
    there = sa.exists().where(_o.id == _n.outbox_id)
    lost = sa.select(_n.id).where(_within(_n.made_at, since, until), _n.state == "composed", sa.not_(there))
    old = sa.select(_n.id).where(_n.state == "waiting", _n.made_at < until - timedelta(days=7))
    unsent = sa.select(_o.id).where(_o.state != "sent", _within(_o.made_at, since, until))
    found = {
        "task_twice": tasks,
        "digest_twice": digests.having(sa.func.count() > 1),
        "reminder_without_message": lost,
        "reminder_untold": old,
        "message_unsent": unsent,
    }
    counts = {
        name: int(connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one())
        for name, query in found.items()
    }
    return {name: count for name, count in counts.items() if count}


def _local_day(column: sa.Column[Any], offset: timedelta) -> sa.ColumnElement[int]:
    return (sa.type_coerce(column, sa.BigInteger) + offset // timedelta(milliseconds=1)) // DAY_MS
