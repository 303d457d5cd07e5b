"""The tasks that somebody may have to be reminded of, slice by slice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from rules.tasks.states import LIVE
from storage.kinds import Instant, padded, slices
from storage.outbox import WAITING, notice
from storage.statement import Statement
from storage.tasks.rows import TASKS, TaskRow
from storage.tasks.tables import event, task

REMINDERS = ("task_due", "task_overdue", "task_escalated", "task_still")
_t = task.c
_AFTER, _MOST = sa.bindparam("after", type_=sa.BigInteger), sa.bindparam("most", type_=sa.Integer)
_state = _t.state.concat("")
"""Read in the order of the numbers: an index of states would be sorted anew for every slice."""
_LIVE = Statement(
    TASKS.where(_t.id > _AFTER, sa.or_(*(_state == state for state in LIVE))).order_by(_t.id).limit(_MOST), TaskRow
)
_REPORTED = Statement(
    TASKS.where(_t.state == "reported", _t.id > _AFTER, _t.reported_at < sa.bindparam("before", type_=Instant))
    .order_by(_t.id)
    .limit(_MOST),
    TaskRow,
)


def live(connection: sa.Connection, after: int, most: int) -> list[TaskRow]:
    """The next tasks that wait for who carries them, in the order of their numbers."""
    return _LIVE.all(connection, {"after": after, "most": most})


def reported(connection: sa.Connection, before: datetime, after: int, most: int) -> list[TaskRow]:
    """The next reports made before an instant that wait to be verified, in the order of their numbers."""
    return _REPORTED.all(connection, {"before": before, "after": after, "most": most})


def look_anew(connection: sa.Connection) -> None:
    """Lets every reminder lapse that waits from before, such as while somebody is away, or made before the clock was
    set back; what still stands is to be revived."""
    connection.execute(sa.update(notice).where(WAITING, notice.c.kind.in_(REMINDERS)).values(state="lapsed"))


def revive(connection: sa.Connection, keys: Iterable[str], now: datetime) -> None:
    """What was dropped or lapsed and is to be told after all waits again, such as when a report was returned or the
    clock was set back."""
    again = sa.update(notice).values(state="waiting", made_at=now).where(notice.c.state.in_(("dropped", "lapsed")))
    for some in slices(keys):
        connection.execute(again.where(notice.c.key.in_(some)))


def touched(connection: sa.Connection, ids: Iterable[int], since: datetime) -> set[int]:
    """Those of the tasks to which something happened since an instant."""
    query = sa.select(event.c.task_id).where(
        event.c.task_id.in_(sa.bindparam("ids", expanding=True)), event.c.at >= since
    )
    found = [connection.execute(query, {"ids": padded(some)}).scalars() for some in slices(set(ids))]
    return {number for numbers in found for number in numbers}
