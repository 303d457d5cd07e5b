"""What should have gone out and did not, counted from the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from storage.absences import absence
from storage.kinds import Instant, slices
from storage.outbox import WAITING, notice, outbox
from storage.statement import Statement

WAITED, DUE, SENDING = timedelta(days=2), timedelta(hours=1), timedelta(minutes=10)
"""How long a notice may wait, a message may be due, and a message may be on its way."""
_n, _o, _a = notice.c, outbox.c, absence.c


# Statements are built once: the auditor asks every half hour.
_BACK = sa.or_(_a.ended_at.is_(None), _a.ended_at >= sa.bindparam("yesterday_at", type_=Instant))
_AWAY = sa.exists().where(_a.member_id == _n.member_id, _a.until_on >= sa.bindparam("yesterday", type_=sa.Date), _BACK)
_WENT = sa.func.coalesce(_o.going_at, _o.tried_at, _o.due_at, type_=Instant)
_COUNTED = {
    matter: Statement(sa.select(sa.func.count()).where(*which))
    for matter, which in {
        "waiting": (WAITING, _n.made_at < sa.bindparam("waited", type_=Instant), sa.not_(_AWAY)),
        "due": (_o.state == "due", _o.due_at < sa.bindparam("due", type_=Instant)),
        "sending": (_o.state == "sending", sa.bindparam("sending", type_=Instant) > _WENT),
    }.items()
}


def counted(connection: sa.Connection, now: datetime, day: date) -> dict[str, int]:
    """Matter → how many: notices that wait too long though nobody is away, messages due or on their way too long."""
    facts = {
        "yesterday": day - timedelta(days=1),  # who has just come back has his digest still to come
        "yesterday_at": now - timedelta(days=1),
        "waited": now - WAITED,
        "due": now - DUE,
        "sending": now - SENDING,
    }
    return {matter: int(query.value(connection, facts)) for matter, query in _COUNTED.items()}


def oldest(connection: sa.Connection, members: Mapping[int, datetime], kinds: Collection[str]) -> set[int]:
    """Those of the members for whom something of these kinds waits since before their instant."""
    query = sa.select(_n.member_id, sa.func.min(_n.made_at, type_=notice.c.made_at.type))
    query = query.where(WAITING, _n.kind.in_(kinds)).group_by(_n.member_id)
    rows = [row for some in slices(members) for row in connection.execute(query.where(_n.member_id.in_(some)))]
    return {member for member, made_at in rows if made_at <= members[member]}
