"""The accounts of members as ways to reach them: blocked, declined, window open, consent left, used last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from rules.reach import WAITS, Way
from storage.acknowledgements import acknowledgement
from storage.inbox import inbox
from storage.kinds import Instant, slices
from storage.members import identity
from storage.platforms import consent, reply_window

_i, _w, _c, _a = identity.c, reply_window.c, consent.c, acknowledgement.c


def _here(table: sa.Table) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.channel == _i.channel, table.c.address == _i.address


_WINDOW = sa.exists().where(*_here(reply_window), _w.remaining > 0, _w.until > sa.bindparam("now", type_=Instant))
_CONSENT = sa.exists().where(*_here(consent), _c.remaining > 0)
_USED = sa.select(sa.func.max(inbox.c.id)).where(*_here(inbox)).scalar_subquery()
_REFUSES = (
    sa.select(_a.declined_at.is_not(None))
    .where(*_here(acknowledgement), sa.or_(_a.member_id.is_(None), _a.member_id == _i.member_id))
    .order_by(_a.id.desc())
    .limit(1)
    .scalar_subquery()
)
_WAYS = (
    sa.select(
        _i.member_id,
        _i.channel,
        _i.address,
        _i.blocked_at.is_not(None),
        sa.func.coalesce(_REFUSES, sa.false()),
        _WINDOW,
        _CONSENT,
        # where one has to look by himself no preference is shown
        sa.case((_i.channel == WAITS, 0), else_=sa.func.coalesce(_USED, 0)),
        _i.id,
    )
    .where(_i.member_id.in_(sa.bindparam("ids", expanding=True)), _i.unbound_at.is_(None))
    .order_by(_i.id)
)


def ways_of(
    connection: sa.Connection, members: Iterable[int], channels: Mapping[str, bool], now: datetime
) -> dict[int, list[Way]]:
    """Member → his accounts; `channels` are those of the house, each with whether it may write at any time."""
    found: dict[int, list[Way]] = {}
    for ids in slices(set(members)):
        for row in connection.execute(_WAYS, {"ids": ids, "now": now}):
            member, channel, address, blocked, declined, window, agreed, used, bound = row
            way = Way(
                channel,
                address,
                channel in channels,
                bool(blocked),
                bool(declined),
                channels.get(channel, False),
                bool(window),
                bool(agreed),
                used,
                bound,
            )
            found.setdefault(member, []).append(way)
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """Accounts of a channel: bound, blocked among them, with an open window, with a consent left."""

    bound: int = 0
    blocked: int = 0
    windows: int = 0
    consents: int = 0


def counted(connection: sa.Connection, now: datetime) -> dict[str, Counted]:
    """Channel → how its accounts stand."""
    count = sa.func.count
    query = (
        sa.select(
            _i.channel,
            count(),
            count(_i.blocked_at),
            sa.func.sum(sa.case((_WINDOW, 1), else_=0)),
            sa.func.sum(sa.case((_CONSENT, 1), else_=0)),
        )
        .where(_i.unbound_at.is_(None))
        .group_by(_i.channel)
    )
    return {row[0]: Counted(*map(int, row[1:])) for row in connection.execute(query, {"now": now})}
