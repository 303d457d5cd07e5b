"""How long people on WeChat wait for their replies at a steady rush: 200 messages a second, whoever is done or not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter

from benchmarks.figure import Figure, against
from benchmarks.process import HOST, NOW, Failed, Samples, Server
from benchmarks.sealing import WECHAT, Seal, written
from benchmarks.tencent import Platform, bots_time
from benchmarks.tencent_phones import bind_members
from benchmarks.wire import Wire

P99, MOST = "wechat_reply_p99_ms", "wechat_reply_max_ms"
A_SECOND = 200
FULL_S, SMALL_S, WARM_S = 60, 10, 2
LATE_S = 30.0
STRANGERS = 400
TALK = (
    {"MsgType": "text", "Content": "我的积分"},
    {"MsgType": "text", "Content": "申报 志愿服务 2 学习 1"},
    {"MsgType": "text", "Content": "帮助"},
    {"MsgType": "text", "Content": "本月申报"},
    {"MsgType": "event", "Event": "CLICK", "EventKey": "申报"},
    {"MsgType": "text", "Content": "申报 志原服务 2"},
    {"MsgType": "event", "Event": "VIEW", "EventKey": "https://zhibu.example/"},
    {"MsgType": "text", "Content": "为什么"},
)
"""What members say in turn; every fourth message is a stranger's."""


@dataclass(frozen=True, slots=True)
class Rush:
    """Milliseconds from the moment a message was due to be posted to its answer, sorted; how many were no 200."""

    waits: list[float]
    refused: int

    def share(self, part: float) -> float:
        """The wait that this part of the messages did not exceed."""
        return self.waits[min(len(self.waits) - 1, int(len(self.waits) * part))]


def figures(samples: Samples, full: bool) -> list[Figure]:
    """The wait that one in a hundred exceeds, and the longest, beside an endpoint that does nothing."""
    seconds = FULL_S if full else SMALL_S
    data = samples.copy()
    people = [each.person for each in bind_members(data, WECHAT.channel)]
    with Server(samples.work, "benchmarks.bare", "{port}", core=0) as server:
        server.start()
        empty = asyncio.run(rush(server.port, people, seconds))
    command = ("bot", "demo", "--data", str(data), "--port", "{port}", "--now", NOW)
    own = asyncio.run(_own(Server(samples.work, *command, core=0), people, seconds))
    if own.refused or empty.refused:
        raise Failed(f"{own.refused} messages were not answered with 200 ({empty.refused} by the baseline).")
    detail = (
        f"{len(own.waits)} messages, {A_SECOND} a second for {seconds} s whether earlier ones were answered or not, "
        f"from {len(people)} members and {STRANGERS} strangers: points, drafts, help, menu clicks, unknown words; one "
        f"core, p50 {own.share(0.5):.0f} ms ({empty.share(0.5):.0f}); sealed, stored and committed before the answer; "
        f"baseline: an empty endpoint"
    )
    return [
        against(P99, own.share(0.99), "ms", empty.share(0.99), detail),
        against(MOST, own.waits[-1], "ms", empty.waits[-1], detail),
    ]


async def _own(server: Server, people: list[str], seconds: int) -> Rush:
    async with Platform(WECHAT, server.port) as platform:
        server.told(WECHAT.settings(platform.api) | {"ZHIBU_PUBLIC_URL": f"http://{HOST}:{server.port}"})
        with server:
            await asyncio.to_thread(server.start)
            await rush(server.port, people, WARM_S)
            return await rush(server.port, people, seconds)


async def rush(port: int, people: list[str], seconds: int) -> Rush:
    """Posts at a steady rate."""
    posts = sealed(people, seconds * A_SECOND)
    waits: list[float] = []
    refused, wires, began = 0, list[Wire](), perf_counter()

    async def post(due: float, path: str, body: bytes) -> None:
        nonlocal refused
        wire = wires.pop() if wires else Wire(port)
        answer = await wire.post(path, "text/xml", body)
        wires.append(wire)
        waits.append((perf_counter() - due) * 1000)
        refused += answer.status != 200

    async with asyncio.timeout(seconds + LATE_S), asyncio.TaskGroup() as group:
        for number, (path, body) in enumerate(posts):
            due = began + number / A_SECOND
            await asyncio.sleep(max(0.0, due - perf_counter()))
            group.create_task(post(due, path, body))
    for wire in wires:
        wire.close()
    return Rush(sorted(waits), refused)


def sealed(people: list[str], count: int) -> list[tuple[str, bytes]]:
    """Path and body of each post, sealed beforehand: the client shares the machine."""
    seal, at, made = Seal(WECHAT), bots_time().timestamp(), []
    first = int(perf_counter() * 1e9)
    for number in range(count):
        stranger = number % 4 == 3
        person = f"stranger-{number % STRANGERS}" if stranger else people[number % len(people)]
        said = TALK[0] if stranger else TALK[number % len(TALK)]
        known = {"ToUserName": WECHAT.id, "FromUserName": person, "CreateTime": int(at) + number // A_SECOND}
        known |= said if said["MsgType"] == "event" else {**said, "MsgId": first + number}
        ciphertext = seal.closed(written(known))
        outer = written({"ToUserName": WECHAT.id, "Encrypt": ciphertext}).encode()
        made.append((f"/hooks/wechat?{seal.query(ciphertext, at)}", outer))
    return made
