"""What the doors of a running house do with requests that no platform sent: none accepted, none broken, none slow."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic, perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, counted
from benchmarks.mutations import SECRET, Mutation, posted, telegram, tencent
from benchmarks.process import HOST, NOW, Failed, Samples, Server
from benchmarks.sealing import WECHAT, WECOM, Account
from benchmarks.sink import ME
from benchmarks.telegram import read
from benchmarks.wire import serving

NAME = "webhook_mutations"
FULL, SMALL = 100_000, 6_000
SLOW_MS, ASKED_AGAIN = 100.0, 2
REPLAYED = 50
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
STORED = "SELECT count(*) FROM inbox WHERE state <> 'parked'"
Make = Callable[[float, int], Mutation]


@dataclass(slots=True)
class Found:
    """What went wrong, as sentences, and how each kind of mutation was answered."""

    accepted: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    longest_ms: float = 0.0


class Line:
    """One connection; opened again when the house hung up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, mutation: Mutation) -> tuple[int, float]:
        """Status and milliseconds; status 0 when the house hung up without a word."""
        began = perf_counter()
        for _ in range(2):
            fresh = self._streams is None
            try:
                return await self._ask(mutation), (perf_counter() - began) * 1000
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if fresh:
                    break
        return 0, (perf_counter() - began) * 1000

    async def _ask(self, mutation: Mutation) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in mutation.headers)
        length = b"content-length: %d\r\n\r\n" % len(mutation.body)
        head = mutation.method + b" " + mutation.target + b" HTTP/1.1\r\nhost: zhibu\r\n" + headers + length
        writer.write(head + mutation.body)
        told = await reader.readuntil(b"\r\n\r\n")
        length_told = LENGTH.search(told)
        if length_told and mutation.method != b"HEAD":
            await reader.readexactly(int(length_told[1]))
        if b"\r\nconnection: close" in told.lower() or len(mutation.body) > 60_000:
            self.close()
        return int(told[9:12])

    def close(self) -> None:
        """Hangs up."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


def figures(samples: Samples, full: bool) -> list[Figure]:
    """How many mutated requests were accepted, broke something, or took long."""
    return [asyncio.run(_figure(samples, FULL if full else SMALL))]


async def _figure(samples: Samples, count: int) -> Figure:
    api, port = await serving(_yes)
    data = samples.copy()
    began = monotonic()
    with Server(samples.work, "bot", "demo", "--data", str(data), "--port", "{port}", "--now", NOW) as server:
        server.told(_settings(f"http://{HOST}:{port}", server.port))
        await asyncio.to_thread(server.start)
        before = read(data, STORED)[0][0]
        found = await _mutated(server.port, began, count)
        stored = read(data, STORED)[0][0] - before - 2 * REPLAYED
    await asyncio.sleep(0.2)  # the house has ended; what it still asked is over
    api.close()
    if stored:
        found.accepted.append(f"{stored} messages too many are stored")
    wrong = [*found.accepted, *found.broken, *found.slow]
    kinds = Counter[str]()
    for (kind, _), number in found.answers.items():
        kinds[kind] += number
    shown = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    detail = (
        f"{kinds.total()} requests to the three doors of a running house over its own socket ({shown}): "
        f"{len(found.accepted)} accepted, {len(found.broken)} answered with 5xx or not at all, {len(found.slow)} "
        f"slower than {SLOW_MS:g} ms at each of {1 + ASKED_AGAIN} askings; longest at its best "
        f"{found.longest_ms:.0f} ms"
    )
    return counted(NAME, len(wrong), "of them", "; ".join([detail, *wrong[:5]]))


async def _mutated(port: int, began: float, count: int) -> Found:
    found = Found()
    makes: tuple[Make, ...] = (telegram, partial(tencent, WECHAT), partial(tencent, WECOM))
    now = partial(_now, began)
    for account in (WECHAT, WECOM):
        await _replayed(found, port, account, now())
    async with asyncio.TaskGroup() as group:
        for make in makes:
            group.create_task(_asked(found, port, make, now, count // len(makes)))
    return found


async def _asked(found: Found, port: int, make: Make, now: Callable[[], float], count: int) -> None:
    line = Line(port)
    for number in range(count):
        await _judged(found, line, make(now(), number))
    line.close()


async def _judged(found: Found, line: Line, mutation: Mutation) -> None:
    status, took = await line.ask(mutation)
    for _ in range(ASKED_AGAIN if took > SLOW_MS else 0):  # what is slow of itself is slow again
        took = min(took, (await line.ask(mutation))[1])
    found.answers[mutation.kind, status] += 1
    found.longest_ms = max(found.longest_ms, took)
    told = (
        f"{mutation.kind} {mutation.method!r} {mutation.target[:80]!r} {mutation.body[:80]!r}: {status}, {took:.0f} ms"
    )
    if status == 0 or status >= 500:
        found.broken.append(told)
    elif status < 400 and not mutation.may_pass:
        found.accepted.append(told)
    if took > SLOW_MS:
        found.slow.append(told)


async def _replayed(found: Found, port: int, account: Account, at: float) -> None:
    """Real messages, each once more where it belongs, which changes nothing, and at the other account's door."""
    line, other = Line(port), WECOM if account is WECHAT else WECHAT
    for number in range(REPLAYED):
        post = posted(account, at, 10**6 + number)
        request = post.at(f"/hooks/{account.channel}".encode(), "replay")
        for _ in range(2):
            status, _took = await line.ask(request)
            if status != 200:
                raise Failed(f"A real message was answered with {status}.")
        found.answers["replay", status] += 1
        await _judged(found, line, post.at(f"/hooks/{other.channel}".encode(), "replay"))
    line.close()


def _now(began: float) -> float:
    """The instant of the house's clock, but for the seconds it took to start."""
    there = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return (there + timedelta(seconds=monotonic() - began)).timestamp()


def _settings(api: str, port: int) -> dict[str, str]:
    own = {
        "ZHIBU_PUBLIC_URL": f"http://{HOST}:{port}",
        "ZHIBU_TELEGRAM_TOKEN": "1:benchmark",
        "ZHIBU_TELEGRAM_API": api,
        "ZHIBU_TELEGRAM_MODE": "webhook",
        "ZHIBU_TELEGRAM_SECRET": SECRET,
    }
    return own | WECHAT.settings(api) | WECOM.settings(api)


async def _yes(_path: str, _body: bytes) -> dict[str, Any]:
    """An interface that takes every call, of all three platforms."""
    return {"ok": True, "result": ME, "errcode": 0, "errmsg": "ok", "access_token": "TOKEN", "expires_in": 7200}
