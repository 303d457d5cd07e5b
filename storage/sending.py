"""What happens to messages on their way: replies put in, claims given back, a way round for what failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import slices
from storage.outbox import REPLY, WAITING, delivery, notice, outbox, put_all
from storage.statement import Statement

AGAIN = "again:"
"""How the key of a message begins that takes the place of the one whose number follows."""
# Statements are built once: building one costs more than running it.
_PUT = Statement(sa.insert(outbox))
_KEEP_BODY = sa.update(outbox).where(outbox.c.id == sa.bindparam("number")).values(body=sa.bindparam("body_"))
_REDIRECT = sa.update(notice).where(notice.c.outbox_id == sa.bindparam("old")).values(outbox_id=sa.bindparam("new"))
_COMPOSED = Statement(
    sa.update(notice)
    .where(notice.c.id == sa.bindparam("number"))
    .values(state="composed", outbox_id=sa.bindparam("message"))
)


def compose(connection: sa.Connection, messages: Mapping[int, int]) -> None:
    """Notice → the message it became part of."""
    _COMPOSED.many(connection, [{"number": number, "message": message} for number, message in messages.items()])


def put_reply(connection: sa.Connection, values: Mapping[str, Any], now: datetime) -> None:
    """Adds the reply to a message; values has key, member_id, channel, address and body."""
    fixed = {"class": REPLY, "state": "due", "attempts": 0, "due_at": now, "made_at": now}
    _PUT.change(connection, {**fixed, **values})


def any_due(connection: sa.Connection, channel: str, now: datetime) -> bool:
    """Whether something is due on a channel."""
    c = outbox.c
    query = sa.select(c.id).where(c.state == "due", c.due_at <= now, c.channel == channel).limit(1)
    return connection.execute(query).first() is not None


def keep_bodies(connection: sa.Connection, bodies: Mapping[int, dict[str, Any]]) -> None:
    """Stores rendered screens by the number of their message."""
    if bodies:
        connection.execute(_KEEP_BODY, [{"number": number, "body_": body} for number, body in bodies.items()])


def sent_since(connection: sa.Connection, channel: str, since: datetime) -> list[tuple[str, datetime]]:
    """To which addresses of a channel attempts went since an instant, and when."""
    c = delivery.c
    query = sa.select(outbox.c.address, c.at).join(outbox, outbox.c.id == c.outbox_id)
    query = query.where(c.at > since, c.channel == channel).order_by(c.at)
    return [(row[0], row[1]) for row in connection.execute(query)]


def due_to(connection: sa.Connection, channel: str, address: str) -> list[tuple[int, str]]:
    """The notices' messages that wait to go to an address, each with its class; what is being claimed goes there."""
    c = outbox.c
    here = (c.channel == channel, c.address == address, c.state == "due", c["class"] != REPLY)
    query = sa.select(c.id, c["class"]).where(*here).order_by(c.id).with_for_update(skip_locked=True)
    return [(row[0], row[1]) for row in connection.execute(query)]


def move(connection: sa.Connection, channel: str, old: str, new: str) -> None:
    """What waits for an address goes to the one that took its place."""
    c = outbox.c
    here = (c.channel == channel, c.address == old, c.state.in_(("due", "sending")))
    connection.execute(sa.update(outbox).where(*here).values(address=new))


def turn_away(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Messages that will not be sent any more."""
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(list(ids))).values(state="cancelled"))


def redirect(connection: sa.Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Makes messages anew for another address with the notices of those that failed; once for each of these.

    Each row has `was` (the failed message), class, member_id, channel and address; gives how many are new.
    """
    fixed = {"state": "due", "due_at": now, "made_at": now}
    by_key = {f"{AGAIN}{row['was']}": row for row in rows}
    fresh = [
        {"key": key, **fixed, **{name: value for name, value in row.items() if name != "was"}}
        for key, row in by_key.items()
    ]
    numbers = put_all(connection, fresh)
    if numbers:
        moved = [{"old": by_key[key]["was"], "new": number} for key, number in numbers.items()]
        connection.execute(_REDIRECT, moved)
    return len(numbers)


def explain(connection: sa.Connection, codes: Mapping[int, str], now: datetime) -> None:
    """Message → why it was not even tried, for those that have no way to go."""
    for numbers in slices(codes):
        rows = connection.execute(
            sa.select(outbox.c.id, outbox.c.member_id, outbox.c.channel).where(outbox.c.id.in_(numbers))
        )
        values = [
            {"outbox_id": row[0], "member_id": row[1], "channel": row[2], "attempt": 0, "result": "failed", "at": now}
            for row in rows
        ]
        connection.execute(sa.insert(delivery), [each | {"code": codes[each["outbox_id"]]} for each in values])


def tried(connection: sa.Connection, ids: Iterable[int]) -> dict[int, set[str]]:
    """Message → the channels it has failed on, those of the messages in whose place it was made among them."""
    c = outbox.c
    found: dict[int, set[str]] = {number: set() for number in ids}
    look = {number: number for number in found}  # the message looked at → the one it is asked for
    while look:
        rows = [
            row
            for some in slices(look)
            for row in connection.execute(sa.select(c.id, c.key, c.channel).where(c.id.in_(some)))
        ]
        for row in rows:
            found[look[row.id]] |= {row.channel} - {None}
        look = {int(row.key.removeprefix(AGAIN)): look[row.id] for row in rows if row.key.startswith(AGAIN)}
    return found


def drop_waiting(connection: sa.Connection, prefixes: Iterable[str]) -> None:
    """Drops what waits to be sent under keys that begin so."""
    c = notice.c
    begins = sa.or_(*(c.key.startswith(prefix, autoescape=True) for prefix in prefixes))
    connection.execute(sa.update(notice).where(WAITING, begins).values(state="dropped"))


def dropped_among(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys whose notice was dropped and never sent."""
    c = notice.c
    return set(connection.execute(sa.select(c.key).where(c.key.in_(list(keys)), c.state == "dropped")).scalars())
