"""A process that stood still sends nothing that another may have sent since."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.channel import DeliveryError, Pace, Rendered
from bot.clock import Clock
from bot.sender import Sender
from storage import outbox
from storage.kinds import EPOCH
from storage.outbox import Among, OutboxRow
from tests.houses import START
from tests.storage.racing import Two

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)
MANY = 5


class Slow:
    """A platform that shows twice what is sent twice."""

    name = "slow"
    pace: Pace | None = None

    def __init__(self, sent: list[str], *, idempotent: bool = False) -> None:
        self.sent, self.idempotent = sent, idempotent

    async def send(self, address: str, body: Rendered) -> None:
        """Nothing is said of who sent it."""
        self.sent.append(address)


def senders(two: Two, sent: list[str], **kind: Any) -> list[Sender]:
    clock = Clock(lambda: START + timedelta(minutes=1))
    body: Rendered = {"title": "t", "lines": [], "choices": [], "image": None, "link": None}
    fixed = {"class": "digest", "member_id": None, "channel": "slow", "state": "due", "due_at": START, "made_at": START}
    rows = [{**fixed, "key": f"slow{each}", "address": f"a{each}", "body": body} for each in range(MANY)]
    two.first.database.write(lambda connection: outbox.put_all(connection, rows))
    return [Sender(parts.desk, clock, {"slow": Slow(sent, **kind)}, "zh_CN", "") for parts in (two.first, two.second)]


def stands_still(two: Two) -> None:
    over = sa.update(outbox.outbox).where(outbox.outbox.c.state == "sending").values(claimed_until=EPOCH)
    two.first.database.write(lambda connection: connection.execute(over))


def states(two: Two) -> list[str]:
    c = outbox.outbox.c
    return two.ask(sa.select(c.state).where(c.channel == "slow").order_by(c.id))


async def claimed(sender: Sender) -> list[OutboxRow]:
    rows = await sender._claimed(MANY, Among(channel="slow"))
    assert len(rows) == MANY
    return rows


def test_what_it_had_claimed_and_another_took_over_is_sent_by_that_one_alone(two: Two):
    sent: list[str] = []
    one, other = senders(two, sent)

    async def run() -> None:
        rows = await claimed(one)
        stands_still(two)
        await other._take_over()
        assert await other.drain() == MANY
        assert await one._one_by_one(rows) == []
        assert [await one._send([row]) for row in rows] == [[]] * MANY

    asyncio.run(run())
    assert sorted(sent) == [f"a{each}" for each in range(MANY)]
    assert states(two) == ["sent"] * MANY


def test_what_was_checked_long_ago_does_not_go_and_is_due_again(two: Two):
    sent: list[str] = []
    one, other = senders(two, sent)

    async def run() -> None:
        rows = await claimed(one)
        mine, _ = await one._going(rows)
        assert mine == rows
        stands_still(two)
        await other._take_over()
        assert states(two) == ["unknown"] * MANY, "another cannot know that nothing went"
        with capture_logs():
            assert await one._call(mine, until=0.0) == []
        await one._put_back(mine)

    asyncio.run(run())
    assert sent == []
    assert states(two) == ["due"] * MANY


def test_what_may_have_gone_is_sent_again_only_where_nobody_sees_it_twice(two: Two):
    sent: list[str] = []
    one, other = senders(two, sent, idempotent=True)

    async def run() -> None:
        await one._going(await claimed(one))
        stands_still(two)
        await other._take_over()
        await other.drain()

    asyncio.run(run())
    assert len(sent) == MANY
    assert states(two) == ["sent"] * MANY


def test_a_late_failure_sends_nothing_another_way_when_another_has_tried_since(two: Two):
    sent: list[str] = []
    one, other = senders(two, sent)
    member = two.actor("m03").member
    two.first.database.write(lambda c: c.execute(sa.update(outbox.outbox).values(member_id=member)))

    async def run() -> None:
        rows = await claimed(one)
        stands_still(two)
        await other._take_over()
        await other.drain()
        await one._settled([(row, DeliveryError("blocked", retry=False, blocked=True)) for row in rows])

    asyncio.run(run())
    assert states(two) == ["sent"] * MANY
    assert two.ask(sa.select(outbox.outbox.c.id).where(outbox.outbox.c.key.startswith("again:"))) == []
