"""Posts to the three hooks that were changed on their way: none may be taken, break the bot, or hold it up."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from benchmarks.figure import Figure, counted
from benchmarks.mutants import SECRET, Post, message, mutants, sealed_post, telegram_post
from benchmarks.process import HOST, Failed, Samples
from benchmarks.sealing import WECHAT, WECOM, Account
from benchmarks.tencent import bots_time
from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import open_parts, real_time, settle

NAME = "webhook_mutations"
FULL, SMALL = 100_000, 6_000
SLOW_S = 0.1


def figures(samples: Samples, full: bool) -> list[Figure]:
    """How many were taken, broke the bot, or took it longer than 100 ms."""
    found = asyncio.run(_asked(samples, FULL if full else SMALL))
    told = ", ".join(f"{number} × {what}" for what, number in sorted(found.wrong.items())) or "all refused"
    detail = (
        f"{found.count:,} posts to the hooks of Telegram, WeChat and WeCom in a house in this process: bits flipped, "
        f"cut, too long, unsigned, old, of other accounts, hostile inside a right seal; {told}; statuses "
        f"{dict(sorted(found.statuses.items()))}; longest {found.longest * 1000:.0f} ms, middle "
        f"{found.middle * 1000:.2f} ms; unchanged posts are taken before and after"
    )
    return [counted(NAME, sum(found.wrong.values()), "posts", detail)]


@dataclass(slots=True)
class Found:
    """What became of the posts."""

    count: int
    wrong: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """Seconds of the slowest."""
        return max(self.times)

    @property
    def middle(self) -> float:
        """Seconds of the middle one."""
        return sorted(self.times)[len(self.times) // 2]


async def _asked(samples: Samples, count: int) -> Found:
    settings = Settings(
        data=samples.copy(),
        public_url=f"http://{HOST}",
        telegram_token=SecretStr("1:measurement"),
        telegram_mode="webhook",
        telegram_secret=SecretStr(SECRET),
        **_account("wechat", WECHAT, app_id=WECHAT.id),
        **_account("wecom", WECOM, corp_id=WECOM.id, agent_id=WECOM.agent),
    )
    parts = open_parts(settings, Clock(real_time, bots_time()))
    try:
        app, found = build(parts), Found(count)
        settle()
        await _sound(app, random.Random(1))
        for what, post in mutants(count):
            began = perf_counter()
            status = await asked(app, post)
            found.times.append(perf_counter() - began)
            found.statuses[status] += 1
            if not 400 <= status < 500:
                found.wrong[f"{what} {post.path} {status}"] += 1
            elif found.times[-1] > SLOW_S:
                found.wrong[f"{what} {post.path} slow"] += 1
        await _sound(app, random.Random(2))
    finally:
        parts.close()
    return found


def _account(name: str, account: Account, **more: Any) -> dict[str, Any]:
    own = {"secret": SecretStr("a"), "token": SecretStr(account.token), "aes_key": SecretStr(account.aes_key), **more}
    return {f"{name}_{each}": value for each, value in own.items()}


async def _sound(app: Any, chance: random.Random) -> None:
    """The hooks take what was not changed: else nothing would be shown."""
    for post in (telegram_post(chance), *(sealed_post(each, message(chance), 0) for each in (WECHAT, WECOM))):
        status = await asked(app, post)
        if status != 200:
            raise Failed(f"An unchanged post to {post.path} is answered with {status}.")


async def asked(app: Any, post: Post) -> int:
    """The status of one request, without a wire; 599 when the application broke."""
    query = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in post.query.items())
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in post.headers.items()]
    scope = {
        "type": "http",
        "method": post.method,
        "path": post.path,
        "raw_path": post.path.encode(),
        "query_string": query.encode(),
        "headers": [*headers, (b"content-length", str(len(post.body)).encode())],
        "client": (HOST, 1),
        "server": (HOST, 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    told = [{"type": "http.request", "body": post.body, "more_body": False}]
    status = 599

    async def receive() -> dict[str, Any]:
        if told:
            return told.pop()
        await asyncio.Event().wait()
        raise AssertionError("the client stays")

    async def send(part: dict[str, Any]) -> None:
        nonlocal status
        status = part.get("status", status)

    try:
        await app(scope, receive, send)
    except Exception:  # noqa: BLE001 - what breaks is counted
        return 599
    return status
