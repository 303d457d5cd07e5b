"""Messages that wait until the notice about personal data is acknowledged: kept back, then handled or emptied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from storage.inbox import inbox, token

HELD, DECLINED = "held", "declined"
EMPTY = {"text": "", "token": ""}

_i, _t = inbox.c, token.c


def held_at(connection: sa.Connection, channel: str, address: str) -> list[dict[str, Any]]:
    """What was said at an address and waits, oldest first."""
    query = sa.select(_i.said).where(_i.channel == channel, _i.address == address, _i.state == HELD)
    return list(connection.execute(query.order_by(_i.id)).scalars())


def release(connection: sa.Connection, channel: str, address: str) -> None:
    """What waited is being handled."""
    query = sa.select(_i.id, _i.said).where(_i.channel == channel, _i.address == address, _i.state == HELD)
    for number, said in connection.execute(query).all():
        kept = {name: value for name, value in said.items() if name != "inbound"}
        connection.execute(sa.update(inbox).where(_i.id == number).values(said=kept, state="done"))


def empty(connection: sa.Connection, channel: str, address: str) -> int:
    """What waited is emptied: its sender does not want it handled. Gives how many messages."""
    here = (_i.channel == channel, _i.address == address, _i.state == HELD)
    return connection.execute(sa.update(inbox).where(*here).values(said=EMPTY, state=DECLINED)).rowcount


def end_choices(connection: sa.Connection, channel: str, address: str, kinds: Iterable[str]) -> None:
    """The buttons of some kinds that an address was shown do nothing any more."""
    here = (_t.channel == channel, _t.address == address, _t.state == "live", _t.kind.in_(list(kinds)))
    connection.execute(sa.update(token).where(*here).values(state="used"))
