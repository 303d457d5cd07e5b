"""How many calls it takes to tell 10,000 members of a WeCom app the same; those refused are told elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from benchmarks.figure import Figure, against
from benchmarks.process import HOST, NOW, Failed, Samples, demo
from benchmarks.sealing import WECOM
from benchmarks.telegram import opened, read
from benchmarks.tencent import Platform
from benchmarks.wire import Wire
from storage import outbox, sending
from storage.engine import Connection

NAME = "wecom_batches"
FULL, SMALL = 10_000, 1000
REFUSED_EVERY = 97
"""One of so many members is unknown to the app, and one has no licence."""
MOST_S, LOOK_S = 300.0, 0.1
AT_ONCE = 64
PATH = "/cgi-bin/message/send"
LEFT = "SELECT count(*) FROM outbox WHERE channel = 'wecom' AND state NOT IN ('sent', 'failed')"
RESULTS = (
    "SELECT result, code, count(*) FROM delivery WHERE channel = 'wecom' GROUP BY result, code ORDER BY result, code"
)
AGAIN = "SELECT count(*) FROM outbox WHERE key LIKE 'again:%' AND channel <> 'wecom'"
FACTS = {"channel": "wecom", "declares": True}


class Refusing(Platform):
    """Leaves some members out of what it delivers, and says so in an answer without an error."""

    async def _app(self, said: dict[str, Any]) -> dict[str, Any]:
        people = said["touser"].split("|")
        if len(people) > 1000:
            self.ledger.violations.append(f"a call to {len(people)} members")
        unknown, unlicensed = left_out(people)
        reached = [person for person in people if person not in {*unknown, *unlicensed}]
        answer = await super()._app({**said, "touser": "|".join(reached)})
        return {**answer, "invaliduser": "|".join(unknown), "unlicenseduser": "|".join(unlicensed)}


@dataclass(frozen=True, slots=True)
class Told:
    """How it went: calls made, and the seconds from the first to the last."""

    calls: int
    seconds: float


def figures(samples: Samples, full: bool) -> list[Figure]:
    """The calls for one notice to all, beside one call a member."""
    count = FULL if full else SMALL
    own, naive = asyncio.run(_own(samples, count)), asyncio.run(_naive(count))
    unknown, unlicensed = map(len, left_out(people(count)))
    detail = (
        f"the same notice for {count} members in {own.calls} calls, {own.seconds:.1f} s from the start of the bot "
        f"until all is settled; {unknown} unknown and {unlicensed} unlicensed members failed one by one and were told "
        f"elsewhere; one call a member, {AT_ONCE} at once and no rows: {naive.calls} calls, {naive.seconds:.1f} s"
    )
    return [against(NAME, own.calls, "calls", naive.calls, detail)]


def people(count: int) -> list[str]:
    """The members' names there."""
    return [f"user-{number:05d}" for number in range(count)]


def left_out(some: list[str]) -> tuple[list[str], list[str]]:
    """Those that are unknown, and those without a licence."""
    rest = {person: int(person.rpartition("-")[2]) % REFUSED_EVERY for person in some}
    return [each for each in some if rest[each] == 5], [each for each in some if rest[each] == 50]


async def _own(samples: Samples, count: int) -> Told:
    data = samples.copy()
    await asyncio.to_thread(fill, data, count)
    bot = demo(samples.work, data)
    async with Refusing(WECOM, bot.port) as platform:
        bot.told(WECOM.settings(platform.api) | {"ZHIBU_PUBLIC_URL": f"http://{HOST}:{bot.port}"})
        with bot:
            began = perf_counter()
            await asyncio.to_thread(bot.start)
            while read(data, LEFT)[0][0]:
                if perf_counter() - began > MOST_S:
                    raise Failed(f"{read(data, LEFT)[0][0]} of {count} notices were not settled in time")
                await asyncio.sleep(LOOK_S)
            seconds = perf_counter() - began
    _judge(platform, data, count)
    return Told(len([path for path, _ in platform.ledger.calls if path == PATH]), seconds)


def _judge(platform: Platform, data: Path, count: int) -> None:
    """Everybody else was shown it once, and who was refused is told elsewhere."""
    if platform.ledger.violations:
        raise Failed(platform.ledger.violations[0])
    unknown, unlicensed = left_out(people(count))
    refused = len(unknown) + len(unlicensed)
    shown = {person: len(some) for person, some in platform.ledger.shown.items()}
    if shown != dict.fromkeys(set(people(count)) - {*unknown, *unlicensed}, 1):
        raise Failed(f"{len(shown)} members were shown it, {sum(shown.values())} times")
    results = [("failed", "not_found", len(unknown)), ("failed", "unlicensed", len(unlicensed))]
    if [tuple(row) for row in read(data, RESULTS)] != [*results, ("sent", "", count - refused)]:
        raise Failed(f"the ledger says {read(data, RESULTS)}")
    if read(data, AGAIN)[0][0] != refused:
        raise Failed(f"{read(data, AGAIN)[0][0]} of {refused} were told elsewhere")


async def _naive(count: int) -> Told:
    """One call a member, as fast as they go."""
    rest = iter(people(count))
    async with Refusing(WECOM, 0) as platform:
        port = int(platform.api.rpartition(":")[2])

        async def work() -> None:
            wire = Wire(port)
            for person in rest:
                text = {"content": "您的账号已绑定"}
                call = {"touser": person, "agentid": WECOM.agent, "msgtype": "text", "text": text}
                await wire.post(PATH, "application/json", msgspec.json.encode(call))
            wire.close()

        began = perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return Told(len(platform.ledger.calls), perf_counter() - began)


def fill(data: Path, count: int) -> None:
    """Puts one notice for each member into the outbox, as if composed by the night's digest."""
    now = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    member = read(data, "SELECT min(member_id) FROM identity WHERE channel = 'webchat'")[0][0]
    fixed = {"class": "digest", "member_id": member, "channel": "wecom", "state": "due", "due_at": now, "made_at": now}
    told = {"member_id": member, "kind": "identity_bound", "facts": FACTS, "made_at": now}

    def unit(connection: Connection) -> None:
        rows = [{**fixed, "key": f"batches:{each}", "address": each} for each in people(count)]
        numbers = outbox.put_all(connection, rows)
        outbox.tell(connection, [{**told, "key": key} for key in numbers])
        ids = outbox.waiting_notices(connection, ["identity_bound"])[member]
        sending.compose(connection, dict(zip([row.id for row in ids], numbers.values(), strict=True)))

    with opened(data) as database:
        database.write(unit)
