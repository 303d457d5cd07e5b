"""Our own getUpdates loop: the offset moves only when every update of a batch is committed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.channel import DeliveryError
from bot.telegram.client import POLL_S, TelegramChannel
from bot.telegram.door import Door
from bot.telegram.edge import UPDATES, chat_in
from storage.engine import Busy

log = structlog.get_logger(__name__)
LONGEST_PAUSE_S = 30.0
LEASE_S = 5.0
MOST = 100


async def always() -> bool:
    """The folder's lock makes sure that only one process polls."""
    return True


async def poll(door: Door, may_poll: Callable[[], Awaitable[bool]] = always) -> None:
    """Polls until cancelled, while this process may; a failure is tried again after 1, 2, 4 … 30 seconds."""
    offset, failures, fresh = 0, 0, True
    while True:
        if not await may_poll():
            await asyncio.sleep(LEASE_S)
            fresh = True
            continue
        try:
            if fresh:  # while a webhook is set, polls are refused
                await door.channel.ask("deleteWebhook")
                fresh = False
            offset = await _batch(door, offset)
            failures = 0
        except (DeliveryError, Busy) as error:
            failures += 1
            fresh = True
            await asyncio.sleep(_pause(error, failures))


async def _batch(door: Door, offset: int) -> int:
    """Takes what waits and gives the next offset. Chats go side by side, each in its order."""
    updates = await asked(door.channel, offset)
    by_chat: dict[str, list[Any]] = {}
    for raw in updates:
        by_chat.setdefault(chat_in(raw), []).append(raw)
    results = await asyncio.gather(*(_chat(door, some) for some in by_chat.values()), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    numbers: list[int] = [
        raw["update_id"] for raw in updates if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)
    ]
    return max([offset, *(number + 1 for number in numbers)])


async def _chat(door: Door, updates: list[Any]) -> None:
    for raw in updates:
        await door.take(raw)


async def asked(channel: TelegramChannel, offset: int) -> list[Any]:
    """One long poll; those before the offset are confirmed by it."""
    arguments = {"offset": offset, "limit": MOST, "timeout": POLL_S, "allowed_updates": list(UPDATES)}
    found = await channel.ask("getUpdates", arguments)
    if not isinstance(found, list):
        raise DeliveryError("answer_unclear", retry=True)
    return found


def _pause(error: DeliveryError | Busy, failures: int) -> float:
    """How long to wait, said in a line of the log."""
    wait = min(LONGEST_PAUSE_S, 2.0 ** (failures - 1))
    if isinstance(error, Busy):
        log.warning("database busy; updates are asked for again", seconds=wait)
        return wait
    wait = max(wait, error.rest_s)
    if error.code == "conflict":
        log.warning("another process polls with this token, or a webhook is set", seconds=wait)
    else:
        log.warning("updates could not be fetched", code=error.code, seconds=wait)
    return wait
