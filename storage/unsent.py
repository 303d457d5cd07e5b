"""What should have gone out and did not, counted from the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from storage.absences import absence
from storage.kinds import slices
from storage.outbox import WAITING, notice, outbox

WAITED, DUE, SENDING = timedelta(days=2), timedelta(hours=1), timedelta(minutes=10)
"""How long a notice may wait, a message may be due, and a message may be on its way."""
_n, _o, _a = notice.c, outbox.c, absence.c


def counted(connection: sa.Connection, now: datetime, day: date) -> dict[str, int]:
    """Matter → how many: notices that wait too long though nobody is away, messages due or on their way too long."""
    yesterday = day - timedelta(days=1)  # who has just come back has his digest still to come
    back = sa.or_(_a.ended_at.is_(None), _a.ended_at >= now - timedelta(days=1))
    away = sa.exists().where(_a.member_id == _n.member_id, _a.until_on >= yesterday, back)
    queries = {
        "waiting": sa.select(_n.id).where(WAITING, _n.made_at < now - WAITED, sa.not_(away)),
        "due": sa.select(_o.id).where(_o.state == "due", _o.due_at < now - DUE),
        "sending": sa.select(_o.id).where(
            _o.state == "sending", sa.func.coalesce(_o.going_at, _o.tried_at, _o.due_at) < now - SENDING
        ),
    }
    count = sa.func.count()
    return {
        matter: int(connection.execute(sa.select(count).select_from(query.subquery())).scalar_one())
        for matter, query in queries.items()
    }


def oldest(connection: sa.Connection, members: Mapping[int, datetime], kinds: Collection[str]) -> set[int]:
    """Those of the members for whom something of these kinds waits since before their instant."""
    query = sa.select(_n.member_id, sa.func.min(_n.made_at, type_=notice.c.made_at.type))
    query = query.where(WAITING, _n.kind.in_(kinds)).group_by(_n.member_id)
    rows = [row for some in slices(members) for row in connection.execute(query.where(_n.member_id.in_(some)))]
    return {member for member, made_at in rows if made_at <= members[member]}
