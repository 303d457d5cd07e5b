"""Accounts that ask to be a member's without an invitation: how often on a day, and whom their name means."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from storage.members import member
from storage.metadata import metadata

claim = sa.Table(
    "claim",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("address", sa.String(128), primary_key=True),
    sa.Column("on_day", sa.Date, nullable=False),
    sa.Column("made", sa.Integer, nullable=False),
)


def count(connection: sa.Connection, channel: str, address: str, day: date) -> int:
    """Counts one more request of an address and gives how many it has made on this day."""
    c = claim.c
    here = (c.channel == channel, c.address == address)
    before = connection.execute(sa.select(c.on_day, c.made).where(*here)).first()
    made = 1 if before is None or before.on_day != day else before.made + 1
    connection.execute(sa.delete(claim).where(*here))
    connection.execute(sa.insert(claim), {"channel": channel, "address": address, "on_day": day, "made": made})
    return made


def named(connection: sa.Connection, account: str) -> list[int]:
    """The members whose code is an account's name, two at most; capitals are not told from small letters."""
    query = sa.select(member.c.id).where(sa.func.lower(member.c.code) == account.lower())
    return list(connection.execute(query.limit(2)).scalars())
