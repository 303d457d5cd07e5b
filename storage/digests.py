"""Composing digests a slice of people at a time: who waits, what waits for them, and what became of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, structs

from rules.reminding import Wish
from rules.tasks.states import LIVE
from storage.absences import absence, mute, reminding
from storage.kinds import Json, padded, slices
from storage.members import membership, on_day, unit
from storage.outbox import WAITING, NoticeRow, notice, outbox
from storage.statement import Statement
from storage.tasks.rows import TASKS, TaskRow
from storage.tasks.tables import task

_n, _o, _a, _r = notice.c, outbox.c, absence.c, reminding.c
DIGEST = "digest:"
"""How the key of a digest begins; the member and the local day follow."""
_DAY = sa.bindparam("day", type_=sa.Date)
_FIRST, _LAST = sa.bindparam("first", type_=sa.BigInteger), sa.bindparam("last", type_=sa.BigInteger)
_SOME = (
    sa.select(_n.member_id)
    .where(WAITING, _n.member_id > sa.bindparam("after", type_=sa.BigInteger))
    .distinct()
    .order_by(_n.member_id)
    .limit(sa.bindparam("most"))
    .subquery()
)
_KEY = sa.literal(DIGEST) + sa.cast(_SOME.c.member_id, sa.String) + ":" + sa.bindparam("on", type_=sa.String)
AWAY = sa.and_(_a.ended_at.is_(None), _a.from_on <= _DAY, _a.until_on >= _DAY)
"""The absence holds on the day bound as `day`."""
_PEOPLE = Statement(
    sa.select(
        _SOME.c.member_id,
        sa.func.coalesce(_r.digest_at, ""),
        sa.func.coalesce(unit.c.path, ""),
        sa.exists().where(_a.member_id == _SOME.c.member_id, AWAY),
        sa.exists().where(_o.key == _KEY),
    )
    .select_from(_SOME)
    .outerjoin(reminding, _r.member_id == _SOME.c.member_id)
    .outerjoin(membership, sa.and_(membership.c.member_id == _SOME.c.member_id, on_day(membership)))
    .outerjoin(unit, unit.c.id == membership.c.unit_id)
    .order_by(_SOME.c.member_id),
    lambda who, hour, path, away, sent: Waiting(who, hour, path, bool(away), bool(sent)),
)
_NOTICES = Statement(
    sa.select(_n.id, _n.member_id, _n.kind, _n.facts, _n.made_at)
    .where(WAITING, _n.member_id.between(_FIRST, _LAST), _n.kind.in_(sa.bindparam("kinds", expanding=True)))
    .order_by(_n.id),
    NoticeRow,
)
_MUTES = Statement(
    sa.select(mute.c.member_id, mute.c.kind).where(mute.c.member_id.between(_FIRST, _LAST)),
)
_WISHES = Statement(
    sa.select(unit.c.path, unit.c.name, _r.digest_at, _r.compulsory).join(unit, unit.c.id == _r.unit_id),
    lambda path, name, at, kinds: Wish(path, name, at, tuple(kinds or ())),
)
_SETTLE = Statement(
    sa.update(notice).where(_n.id == sa.bindparam("number")).values(state=sa.bindparam("state_"), outbox_id=sa.null())
)
_MESSAGE = sa.literal(DIGEST) + sa.cast(_n.member_id, sa.String) + ":" + sa.bindparam("on", type_=sa.String)
_COMPOSE = Statement(
    sa.update(notice)
    .where(WAITING, _n.member_id.between(_FIRST, _LAST), _n.kind.in_(sa.bindparam("kinds", expanding=True)))
    .where(_o.key == _MESSAGE, _o.id >= sa.bindparam("fresh", type_=sa.BigInteger))
    .values(state="composed", outbox_id=_o.id)
)
_CORRECT = Statement(
    sa.update(notice).where(_n.id == sa.bindparam("number")).values(facts=sa.bindparam("facts_", type_=Json))
)
_TASKS = Statement(
    sa.select(task.c.id, task.c.state, task.c.due_on, task.c.wanted_on).where(
        task.c.id.in_(sa.bindparam("ids", expanding=True))
    ),
    lambda number, *standing: (number, Standing(*standing)),
)
_HOURS = sa.select(_r.digest_at).where(_r.digest_at != "").distinct()


class Span(Struct, frozen=True):
    """What waits for people whose numbers lie between two, of some kinds."""

    first: int
    last: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody for whom notices wait: his own hour, where he belongs, whether he is away, has his digest of the day."""

    member: int
    hour: str
    path: str
    away: bool
    sent: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands."""

    state: str
    due_on: date
    wanted_on: date | None


def people(connection: sa.Connection, day: date, after: int, most: int) -> list[Waiting]:
    """The next people for whom something waits, in the order of their numbers."""
    return _PEOPLE.all(connection, {"day": day, "on": day.isoformat(), "after": after, "most": most})


def notices(connection: sa.Connection, span: Span) -> list[NoticeRow]:
    """What waits, oldest first."""
    return _NOTICES.all(connection, structs.asdict(span))


def waiting_of(connection: sa.Connection, members: Iterable[int], kinds: Sequence[str]) -> list[NoticeRow]:
    """What waits for some members, oldest first."""
    query = sa.select(_n.id, _n.member_id, _n.kind, _n.facts, _n.made_at).where(WAITING, _n.kind.in_(kinds))
    lists = [connection.execute(query.where(_n.member_id.in_(some))).all() for some in slices(members)]
    return sorted((NoticeRow(*row) for rows in lists for row in rows), key=lambda row: row.id)


def mutes(connection: sa.Connection, span: Span) -> dict[int, set[str]]:
    """Member → the kinds he has muted."""
    found: dict[int, set[str]] = {}
    for member, kind in _MUTES.all(connection, {"first": span.first, "last": span.last}):
        found.setdefault(member, set()).add(kind)
    return found


def wishes(connection: sa.Connection) -> list[Wish]:
    """What units want of reminders."""
    return _WISHES.all(connection, {})


def hours(connection: sa.Connection) -> set[str]:
    """The hours of digests that somebody or some unit wishes."""
    return set(connection.execute(_HOURS).scalars())


def settle(connection: sa.Connection, states: Mapping[int, str]) -> None:
    """Notice → what became of it without any message: dropped, lapsed, muted."""
    _SETTLE.many(connection, [{"number": n, "state_": state} for n, state in states.items()])


def compose(connection: sa.Connection, span: Span, day: date, fresh: int) -> None:
    """What waits for people whose digest of the day has just been made, from message `fresh` on, is part of it."""
    _COMPOSE.change(connection, {**structs.asdict(span), "on": day.isoformat(), "fresh": fresh})


def correct(connection: sa.Connection, facts: Mapping[int, dict[str, Any]]) -> None:
    """Notice → its facts as they are now."""
    _CORRECT.many(connection, [{"number": n, "facts_": some} for n, some in facts.items()])


def due_on(connection: sa.Connection, day: date, after: int, units: int) -> list[TaskRow]:
    """The tasks due on a day that nobody has reported, of the next units `after` a number."""
    here = (task.c.state.in_(LIVE), task.c.due_on == day, task.c.unit_id > after)
    some = sa.select(task.c.unit_id).where(*here).distinct().order_by(task.c.unit_id).limit(units)
    query = TASKS.where(*here, task.c.unit_id.in_(some)).order_by(task.c.id)
    return [TaskRow(*row) for row in connection.execute(query)]


def tasks(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Standing]:
    """Tasks by number, as far as notices about them need it."""
    return {
        number: standing
        for some in slices(set(ids))
        for number, standing in _TASKS.all(connection, {"ids": padded(some)})
    }
