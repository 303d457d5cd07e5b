"""By which account a member is written to, by the rule and from the rows of this moment."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from handlers.context import Context
from rules.reach import Way, best, nearest, shut
from storage.ways import ways_of


class Taken(Struct, frozen=True):
    """The account that is written to; `shut` says why nothing can arrive there, of all ways that are shut the nearest.

    Without any account there is no channel, and nothing to say of one.
    """

    channel: str | None
    address: str | None
    shut: str


NO_ACCOUNT = Taken(None, None, "")


def ways_by_member(context: Context, members: Collection[int]) -> dict[int, list[Way]]:
    """The accounts of each of the members."""
    found = ways_of(context.connection, members, context.house.channels, context.now)
    return {member: found.get(member, []) for member in members}


def taken_by(context: Context, members: Collection[int]) -> dict[int, Taken]:
    """Member → the account to write to."""
    return {member: _taken(ways) for member, ways in ways_by_member(context, members).items()}


def _taken(ways: list[Way]) -> Taken:
    way = best(ways) or nearest(ways)
    return NO_ACCOUNT if way is None else Taken(way.channel, way.address, shut(way))
