"""Kills the bot again and again while members declare on Telegram, and compares what Telegram holds with the database.

Telegram here is the emulator of the tests: it keeps which updates were acknowledged (by an offset or a 200), and every
message each chat got.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, counted
from benchmarks.kill import compare, stored, verified
from benchmarks.process import NOW, Failed, Samples
from benchmarks.telegram import CHANNEL, REPLY_S, Bot, Bound, Phone, Seen, at_phones, bind_members, read
from tests.peers.botapi import BotApi
from tests.peers.delivery import Patience

LOST, DOUBLE, MISDIRECTED = "telegram_kill_lost", "telegram_kill_double", "telegram_kill_misdirected"
MODES = ("polling", "webhook")
SEED = 20261122
MOST_S = 3600.0
INBOX = f"SELECT external_id, count(*) FROM inbox WHERE channel = '{CHANNEL}' GROUP BY external_id"
PARKED = f"SELECT count(*) FROM inbox WHERE channel = '{CHANNEL}' AND state <> 'done'"


@dataclass(frozen=True, slots=True)
class Size:
    """How many updates at least come in, and how often the process is killed, by mode in the order of `MODES`."""

    updates: tuple[int, int]
    kills: tuple[int, int]


FULL, SMALL = Size((8000, 2000), (40, 12)), Size((240, 80), (5, 2))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `faults` are sentences about what else is wrong."""

    updates: int
    acknowledged: int
    kills: int
    lost: int
    double: int
    misdirected: tuple[str, ...]
    repeated: int
    seconds: float
    faults: tuple[str, ...]


def figures(samples: Samples, full: bool) -> list[Figure]:
    """Acknowledged updates without their one inbox row and effect, those with more, and replies in a wrong chat."""
    outcome = run(samples, FULL if full else SMALL)
    detail = (
        f"{outcome.updates} updates acknowledged, {outcome.acknowledged} declarations among them, by polls and then "
        f"by webhook; {outcome.kills} × SIGKILL 0.2–0.5 s after ready, or after the first update it took; "
        f"{outcome.repeated} replies came again; "
        f"{'; '.join((*outcome.misdirected[:3], *outcome.faults)) or 'zhibu verify agrees, no call was invalid'}; "
        f"{outcome.seconds:.0f} s"
    )
    # what else is wrong counts too, so that it cannot pass unseen
    return [
        counted(LOST, outcome.lost + len(outcome.faults), "updates", detail),
        counted(DOUBLE, outcome.double, "updates", detail),
        counted(MISDIRECTED, len(outcome.misdirected), "replies", detail),
    ]


def run(samples: Samples, size: Size) -> Outcome:
    """Declares under kills on a fresh copy of the sample data."""
    data, began = samples.copy(), perf_counter()
    bound = bind_members(data, datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Asia/Shanghai")))
    api = BotApi(patience=Patience(webhook_again=0.05))
    seen, kills = asyncio.run(_all_modes(samples.work, data, api, size, bound))
    faults = (*verified(data, "at the end"), *api.ledger.violations)
    if seen.unanswered:
        faults += (f"{seen.unanswered} messages got no reply",)
    if parked := read(data, PARKED)[0][0]:
        faults += (f"{parked} updates are parked",)
    known = dict(read(data, INBOX))
    missing, again = rows(map(str, api.ledger.acknowledged), known)
    lost, double = compare(seen.acknowledged, stored(data))
    return Outcome(
        updates=len(api.ledger.acknowledged),
        acknowledged=len(seen.acknowledged),
        kills=kills,
        lost=lost + missing,
        double=double + again,
        misdirected=tuple(seen.misdirected),
        repeated=seen.repeated,
        seconds=perf_counter() - began,
        faults=faults,
    )


async def _all_modes(work: Path, data: Path, api: BotApi, size: Size, bound: list[Bound]) -> tuple[Seen, int]:
    """First by polls, then by webhook, in one chat history."""
    seen, kills = Seen(), 0
    async with asyncio.timeout(MOST_S), api.running():
        await api.control.people([each.chat for each in bound])
        phones = [Phone(api, each, who, seen) for who, each in enumerate(bound)]
        wanted = 0
        for mode, updates, least in zip(MODES, size.updates, size.kills, strict=True):
            wanted += updates
            with Bot(work, data, api, mode) as bot:
                await _killing(api, bot, phones, seen, wanted, least)
            kills += least
    return seen, kills


async def _killing(api: BotApi, bot: Bot, phones: list[Phone], seen: Seen, wanted: int, least: int) -> None:
    """Members go on until there were so many updates and kills."""
    chance, kills = random.Random(SEED), 0

    def enough() -> bool:
        return len(seen.updates) >= wanted and kills >= least

    async def kill_and_start() -> None:
        nonlocal kills
        await asyncio.to_thread(bot.start)
        while kills < least:
            if kills % 2:  # on a slow machine there would be nothing but starts to be cut short
                await _taking(api)
            await asyncio.sleep(chance.uniform(0.2, 0.5))
            bot.kill()
            kills += 1
            await asyncio.to_thread(bot.start)

    await at_phones(api, phones, enough, kill_and_start)


async def _taking(api: BotApi) -> None:
    """Waits until the bot acknowledges something."""
    before = len(api.ledger.acknowledged)
    if not await api.world.happened.until(lambda: len(api.ledger.acknowledged) > before, REPLY_S):
        raise Failed("the bot took no update after its start")


def rows(acknowledged: Iterable[str], known: dict[str, int]) -> tuple[int, int]:
    """How many acknowledged updates have no inbox row, and how many rows there are beyond one each."""
    said = set(acknowledged)
    kept = Counter(known)
    return len(said - kept.keys()), sum(count - 1 for count in kept.values())
