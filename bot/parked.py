"""Messages that could not be handled, tried again on command."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import msgspec

from bot.channel import Inbound
from bot.router import Router
from bot.telegram import edge
from handlers.members import WEBCHAT
from storage import inbox
from storage.inbox import ParkedRow


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of one: handled, or still parked with its error; an `unreadable` one will never be handled."""

    id: int
    handled: bool
    error: str = ""
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class RetryParked:
    """Handles parked messages again: those with these numbers, or all."""

    numbers: tuple[int, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class RetriedAll:
    """What became of each."""

    results: tuple[Retried, ...]


async def retry_parked(router: Router, request: RetryParked) -> RetriedAll:
    """Runs parked messages through the router again; their replies go through the outbox, whose sender is to be woken.

    A reply in the web chat stands in its history, in place of the words said before.
    """
    rows = await asyncio.to_thread(router.desk.store.read, inbox.parked_rows)
    wanted = [row for row in rows if request.everything or row.id in request.numbers]
    return RetriedAll(tuple([await _retry(router, row) for row in wanted]))


async def _retry(router: Router, row: ParkedRow) -> Retried:
    inbounds = inbounds_of(row)
    if not inbounds:
        return Retried(row.id, handled=False, error=row.error, unreadable=inbounds is None)
    for number, inbound in enumerate(inbounds):
        again = replace(inbound, by_answer=inbound.channel == WEBCHAT, edit="")
        await router.accept(again, parked=row.id if number == 0 else 0)
    left = await asyncio.to_thread(router.desk.store.read, lambda connection: inbox.parked_rows(connection, row.id))
    return Retried(row.id, handled=not left, error=left[0].error if left else "")


def inbounds_of(row: ParkedRow) -> tuple[Inbound, ...] | None:
    """The messages as they came in; None when they cannot be read even now."""
    try:
        if "inbound" in row.said:
            return (msgspec.convert(row.said["inbound"], Inbound),)
        found = edge.meaning(edge.read(msgspec.json.decode(row.said.get("raw", ""))))
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None
    return found.inbounds if found.fetch is None else ()
