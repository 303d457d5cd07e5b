"""Kills the bot again and again while members declare on WeChat or WeCom, and compares what the platform holds with
the database. The platform tries three times, 5 s each, and keeps what was answered with 200."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.figure import Figure, counted
from benchmarks.kill import compare, stored, verified
from benchmarks.process import HOST, NOW, Samples, Server
from benchmarks.sealing import WECHAT, WECOM, Account
from benchmarks.telegram import read
from benchmarks.tencent import Platform, bots_time
from benchmarks.tencent_phones import Bound, Phone, Seen, at_phones, bind_members

SEED = 20261122
MOST_S = 3600.0
INBOX = "SELECT external_id, count(*) FROM inbox WHERE channel = ? AND state = 'done' GROUP BY external_id"
PARKED = "SELECT count(*) FROM inbox WHERE channel = ? AND state <> 'done'"
UP_S = (0.5, 3.0)


@dataclass(frozen=True, slots=True)
class Size:
    """How many messages at least come in, and how often the process is killed."""

    messages: int
    kills: int


FULL, SMALL = Size(10_000, 50), Size(300, 4)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `faults` are sentences about what else is wrong."""

    messages: int
    declarations: int
    kills: int
    unheard: int
    lost: int
    double: int
    misdirected: tuple[str, ...]
    seconds: float
    faults: tuple[str, ...]

    @property
    def wrong(self) -> int:
        """Everything that must not be."""
        return self.lost + self.double + len(self.misdirected) + len(self.faults)


class Bot(Server):
    """The demo's process with one of the two channels; its clock goes on from `NOW` through all its starts."""

    def __init__(self, work: Path, data: Path) -> None:
        super().__init__(work, "bot", "demo", "--data", str(data), "--port", "{port}", "--now", NOW)

    def start(self, most_s: float = 30.0) -> float:
        """Starts it where the clock stands: one that went back would let replies wait for their time."""
        self._command[-1] = bots_time().replace(tzinfo=None).isoformat()
        return super().start(most_s)


def name(account: Account) -> str:
    """What the figure is called."""
    return f"{account.channel}_kill"


def figures(account: Account, samples: Samples, full: bool) -> list[Figure]:
    """Acknowledged messages lost or done twice, and replies to somebody else."""
    outcome = run(account, samples, FULL if full else SMALL)
    told = (*outcome.misdirected[:3], *outcome.faults)
    detail = (
        f"{outcome.messages} messages acknowledged, {outcome.declarations} declarations among them; {outcome.kills} × "
        f"SIGKILL {UP_S[0]:g}–{UP_S[1]:g} s after ready; {outcome.unheard} messages given up by the platform after "
        f"three tries; lost {outcome.lost}, double {outcome.double}, misdirected {len(outcome.misdirected)}; "
        f"{'; '.join(told) or 'zhibu verify agrees, no call was invalid'}; {outcome.seconds:.0f} s"
    )
    return [counted(name(account), outcome.wrong, "messages", detail)]


TAKES: dict[str, Callable[[Samples, bool], list[Figure]]] = {
    name(account): partial(figures, account) for account in (WECHAT, WECOM)
}


def run(account: Account, samples: Samples, size: Size) -> Outcome:
    """Declares under kills on a fresh copy of the sample data."""
    data, began = samples.copy(), perf_counter()
    bound = bind_members(data, account.channel)
    platform, seen = asyncio.run(_killing(samples.work, data, account, size, bound))
    faults = (*verified(data, "at the end"), *platform.ledger.violations)
    if seen.unanswered:
        faults += (f"{seen.unanswered} messages got no reply",)
    if parked := read(data, PARKED, account.channel)[0][0]:
        faults += (f"{parked} messages are parked",)
    known = dict(read(data, INBOX, account.channel))
    acknowledged = {key_of(each) for each in platform.ledger.acknowledged}
    missing = len(acknowledged - known.keys())
    kept = stored(data)
    lost, _ = compare(seen.acknowledged, kept)
    _, beyond = compare([*seen.acknowledged, *seen.maybe], kept)
    return Outcome(
        messages=len(platform.ledger.acknowledged),
        declarations=len(seen.acknowledged),
        kills=size.kills,
        unheard=platform.ledger.unheard,
        lost=lost + missing,
        double=beyond + sum(count - 1 for count in known.values()),
        misdirected=tuple(seen.misdirected),
        seconds=perf_counter() - began,
        faults=faults,
    )


def key_of(message: dict[str, object]) -> str:
    """What the inbox calls a message."""
    from bot.tencent.key import key_of as known_as  # the house's own word, so that its rows can be found

    return known_as({name: str(value) for name, value in message.items()})


async def _killing(work: Path, data: Path, account: Account, size: Size, bound: list[Bound]) -> tuple[Platform, Seen]:
    seen, chance, kills = Seen(), random.Random(SEED), 0
    bot = Bot(work, data)

    def enough() -> bool:
        return len(platform.ledger.acknowledged) >= size.messages and kills >= size.kills

    async def kill_and_start() -> None:
        nonlocal kills
        await asyncio.to_thread(bot.start)
        while kills < size.kills:
            await asyncio.sleep(chance.uniform(*UP_S))
            bot.kill()
            kills += 1
            await asyncio.to_thread(bot.start)

    async with asyncio.timeout(MOST_S), Platform(account, bot.port) as platform:
        bot.told(account.settings(platform.api) | {"ZHIBU_PUBLIC_URL": f"http://{HOST}:{bot.port}"})
        with bot:
            phones = [Phone(platform, each, who, seen) for who, each in enumerate(bound)]
            await at_phones(phones, enough, kill_and_start)
    return platform, seen
