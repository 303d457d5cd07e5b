"""How near to Telegram's limits the sender goes, and whether it ever goes over them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, against, counted
from benchmarks.process import NOW, Failed, Samples
from benchmarks.telegram import CHANNEL, Bot, opened, read
from storage import outbox
from storage.engine import Connection
from tests.peers.botapi import BotApi
from tests.peers.limits import Limits, windows_over

NAME, OVER = "telegram_pacing", "telegram_over_limit"
FULL, SMALL = 3000, 300
FIRST_CHAT = 900_001
LIMITS = Limits()
ALLOWED = float(LIMITS.overall_a_second)
WINDOWS = ((31, 1.0), (300, 10.0))
"""At most so many calls in any so many seconds."""
SLACK_S = 60.0
NAIVE_CONNECTIONS = 64
SENT = f"SELECT count(*) FROM outbox WHERE channel = '{CHANNEL}' AND key LIKE 'pacing:%' AND state = 'sent'"


@dataclass(frozen=True, slots=True)
class Pace:
    """What arrived at the emulator: accepted messages a second, calls refused for flood, windows over the limits."""

    per_second: float
    refused: int
    over: int


def figures(samples: Samples, full: bool) -> list[Figure]:
    """The share of the allowed rate that is reached, beside who sends all at once and waits when told to."""
    count = FULL if full else SMALL
    own = asyncio.run(_own(samples, count))
    naive = asyncio.run(_naive(count))
    detail = (
        f"{count} notices to {count} chats: {own.per_second:.1f} a second of {ALLOWED:g} allowed, {own.refused} "
        f"refused with 429; python-telegram-bot with asyncio.gather and a wait after each 429: "
        f"{naive.per_second:.1f} a second, {naive.refused} refused, {naive.over} windows over the limits"
    )
    return [
        against(NAME, own.per_second / ALLOWED, "of the allowed rate", naive.per_second / ALLOWED, detail),
        counted(OVER, own.over, "windows", detail),
    ]


async def _own(samples: Samples, count: int) -> Pace:
    data = samples.copy()
    await asyncio.to_thread(fill, data, count)
    async with BotApi(limits=LIMITS).running() as api:
        await api.control.people(chats(count))
        with Bot(samples.work, data, api, "polling") as bot:
            await asyncio.to_thread(bot.start)
            if not await api.control.called("sendMessage", count, count / ALLOWED * 1.5 + SLACK_S):
                raise Failed(f"only {len(api.ledger.calls)} of {count} notices were sent in time")
            await asyncio.sleep(1)  # whoever would send too many does so now
        if api.ledger.violations:
            raise Failed(f"Telegram would refuse: {api.ledger.violations[0]}")
        settled = read(data, SENT)[0][0]
        if settled != count:
            raise Failed(f"{settled} of {count} notices are settled as sent")
        return paced(api)


async def _naive(count: int) -> Pace:
    """Everything at once; who is told to wait waits and tries again."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    from telegram import Bot as Client
    from telegram.error import RetryAfter
    from telegram.request import HTTPXRequest

    async with BotApi(limits=LIMITS).running() as api:
        await api.control.people(chats(count))
        request = HTTPXRequest(NAIVE_CONNECTIONS, read_timeout=60, pool_timeout=count / ALLOWED * 10 + SLACK_S)
        async with Client(api.token, base_url=api.base_url, request=request) as client:

            async def send(chat: int) -> None:
                while True:
                    try:
                        await client.send_message(chat, "您有一条通知")
                        return
                    except RetryAfter as error:
                        wait = error.retry_after
                        await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())

            await asyncio.gather(*map(send, chats(count)))
        return paced(api)


def paced(api: BotApi) -> Pace:
    """The figures of what arrived."""
    sent = [each for each in api.ledger.calls if each.method == "sendMessage"]
    accepted = sorted(each.at for each in sent if each.status == 200)
    seconds = accepted[-1] - accepted[0]
    over = sum(windows_over([each.at for each in sent], most, span) for most, span in WINDOWS)
    return Pace((len(accepted) - 1) / seconds, sum(each.status == 429 for each in sent), over)


def chats(count: int) -> Sequence[int]:
    """The chats that get a notice."""
    return range(FIRST_CHAT, FIRST_CHAT + count)


def fill(data: Path, count: int) -> None:
    """Puts a notice for each chat into the outbox, as if composed by the night's digest."""
    now = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    member = read(data, "SELECT min(id) FROM member")[0][0]

    def unit(connection: Connection) -> None:
        body = {"lines": ["请在月底前完成本月申报。"], "choices": [], "image": None, "link": None, "kind": "digest"}
        rows = [
            {
                "key": f"pacing:{chat}",
                "class": "digest",
                "member_id": member,
                "channel": CHANNEL,
                "address": str(chat),
                "body": body | {"title": f"每日汇总 {chat}"},
                "state": "due",
                "due_at": now,
                "made_at": now,
            }
            for chat in chats(count)
        ]
        outbox.put_all(connection, rows)

    with opened(data) as database:
        database.write(unit)
