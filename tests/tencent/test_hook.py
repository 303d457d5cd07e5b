"""The door a platform posts to: tries share one job, nobody waits for another sender, nothing is answered unstored."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from benchmarks.sealing import WECHAT, WECOM, Seal, written
from benchmarks.sealing import Account as There
from bot.tencent.envelope import Account, Envelope
from bot.tencent.hook import MOST_OF_ONE, Hook
from bot.tencent.xml import Fields
from storage.engine import Busy, Closed

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass
class House:
    """A door with somebody behind it who takes his time."""

    there: There = WECHAT
    patience_s: float = 0.2
    tries_s: float = 0.6
    taken: list[str] = field(default_factory=list)
    late: list[tuple[str, str]] = field(default_factory=list)
    work: Callable[[str], Awaitable[str | None]] | None = None

    async def take(self, fields: Fields) -> Fields | None:
        self.taken.append(fields["Content"])
        said = await self.work(fields["Content"]) if self.work is not None else fields["Content"]
        return None if said is None else {"ToUserName": fields["FromUserName"], "MsgType": "text", "Content": said}

    async def too_late(self, fields: Fields, reply: Fields) -> None:
        self.late.append((fields["FromUserName"], reply["Content"]))

    @asynccontextmanager
    async def open(self):
        envelope = Envelope(Account(self.there.channel, self.there.token, self.there.aes_key, self.there.id))
        self.hook = Hook("/hook", envelope, self.take, self.too_late, lambda: NOW, self.patience_s, self.tries_s)
        transport = httpx.ASGITransport(Starlette(routes=self.hook.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://zhibu.example") as client:
            self.client = client
            yield self

    async def post(self, content: str, number: int = 1, sender: str = "li") -> tuple[int, str | None]:
        """Status, and the text of the reply; None when there is none."""
        seal = Seal(self.there)
        told = {"FromUserName": sender, "MsgType": "text", "Content": content, "MsgId": number}
        sealed = seal.closed(written(told))
        body = written({"ToUserName": self.there.id, "Encrypt": sealed})
        answer = await self.client.post(f"/hook?{seal.query(sealed, NOW.timestamp())}", content=body.encode())
        return answer.status_code, seal.opened(answer.content)["Content"] if answer.content else None

    @property
    def held(self) -> int:
        return len(self.hook._jobs) + len(self.hook._turns)


@pytest.mark.parametrize("there", [WECHAT, WECOM], ids=["wechat", "wecom"])
def test_a_message_is_answered_sealed(there: There):
    async def scene() -> None:
        async with House(there).open() as house:
            assert await house.post("在吗") == (200, "在吗")
            await asyncio.sleep(0)
            assert house.held == 0

    asyncio.run(scene())


def test_no_reply_is_an_empty_answer():
    async def nothing(_content: str) -> None:
        return None

    async def scene() -> None:
        async with House(work=nothing).open() as house:
            assert await house.post("在吗") == (200, None)

    asyncio.run(scene())


def test_three_tries_share_one_job_and_the_one_that_waits_long_enough_gets_the_answer():
    async def slowly(content: str) -> str:
        await asyncio.sleep(0.5)
        return content

    async def scene() -> None:
        async with House(work=slowly).open() as house:
            statuses = [await house.post("一"), await house.post("一"), await house.post("一")]
            assert statuses == [(503, None), (503, None), (200, "一")]
            assert house.taken == ["一"]
            await asyncio.sleep(0.7)
            assert (house.late, house.held) == ([], 0)

    asyncio.run(scene())


def test_tries_at_the_same_time_get_the_same_answer():
    async def scene() -> None:
        async with House().open() as house:
            found = await asyncio.gather(*[house.post("一") for _ in range(5)])
            assert found == [(200, "一")] * 5
            assert house.taken == ["一"]

    asyncio.run(scene())


def test_a_reply_that_no_try_could_carry_is_pushed_once():
    async def slowly(content: str) -> str:
        await asyncio.sleep(0.3)
        return content

    async def scene() -> None:
        async with House(work=slowly).open() as house:
            assert await house.post("一") == (503, None)
            await asyncio.sleep(0.5)
            assert house.late == [("li", "一")]
            assert house.held == 0

    asyncio.run(scene())


def test_what_takes_longer_than_all_tries_is_pushed_when_it_is_done():
    async def slowly(content: str) -> str:
        await asyncio.sleep(0.8)
        return content

    async def scene() -> None:
        async with House(work=slowly).open() as house:
            assert await house.post("一") == (503, None)
            await asyncio.sleep(0.9)
            assert house.late == [("li", "一")]
            assert house.held == 0

    asyncio.run(scene())


@pytest.mark.parametrize("error", [Busy("busy"), Closed("closed")], ids=["busy", "closed"])
def test_what_could_not_be_stored_is_asked_for_again(error: Exception):
    async def scene() -> None:
        async with House().open() as house:

            async def first_not(content: str) -> str:
                if len(house.taken) == 1:
                    raise error
                return content

            house.work = first_not
            assert await house.post("一") == (503, None)
            assert await house.post("一") == (200, "一")
            assert house.taken == ["一", "一"]

    asyncio.run(scene())


def test_a_mistake_of_ours_answers_without_words_and_is_logged(capfd: pytest.CaptureFixture[str]):
    async def broken(_content: str) -> str:
        raise KeyError("our own")

    async def scene() -> None:
        async with House(work=broken).open() as house:
            assert await house.post("一") == (503, None)
            assert house.held == 0

    asyncio.run(scene())
    assert "message not handled" in "".join(capfd.readouterr())


def test_one_sender_s_messages_are_handled_in_order_and_others_do_not_wait_for_him():
    async def scene() -> None:
        done, gate = list[str](), asyncio.Event()

        async def work(content: str) -> str:
            if content.startswith("慢"):
                await gate.wait()
            done.append(content)
            return content

        async with House(work=work, patience_s=2).open() as house:
            first = asyncio.create_task(house.post("慢1", 1))
            await asyncio.sleep(0.01)
            second = asyncio.create_task(house.post("快2", 2))
            await house.post("别人", 3, "wang")
            assert done == ["别人"]
            gate.set()
            await asyncio.gather(first, second)
            assert done == ["别人", "慢1", "快2"]
            assert house.held == 0

    asyncio.run(scene())


def test_who_writes_without_end_is_held_back_and_others_are_served():
    async def scene() -> None:
        gate = asyncio.Event()

        async def work(content: str) -> str:
            if content != "别人":
                await gate.wait()
            return content

        async with House(work=work, patience_s=5).open() as house:
            flood = [asyncio.create_task(house.post("刷", number)) for number in range(200)]
            await asyncio.sleep(0.05)
            assert await house.post("别人", 999, "wang") == (200, "别人")
            gate.set()
            statuses = [status for status, _ in await asyncio.gather(*flood)]
            assert statuses.count(200) == MOST_OF_ONE
            assert statuses.count(503) == 200 - MOST_OF_ONE
            assert house.held == 0

    asyncio.run(scene())


BAD = {
    "too long": (b"x" * 70_000, 413),
    "not xml": (b"hello", 400),
    "plain": (b"<xml><MsgType>text</MsgType></xml>", 403),
    "nothing": (b"", 400),
}


@pytest.mark.parametrize(("body", "status"), BAD.values(), ids=BAD)
def test_what_is_no_post_of_the_platform_is_turned_away_without_words(body: bytes, status: int):
    async def scene() -> None:
        async with House().open() as house:
            for query in ("", "?timestamp=1&nonce=2&msg_signature=3&timestamp=4"):
                answer = await house.client.post(f"/hook{query}", content=body)
                assert (answer.status_code, answer.content) == (status, b"")

            async def endless():
                for _ in range(100):
                    yield b"y" * 1000

            answer = await house.client.post("/hook", content=endless())
            assert answer.status_code == 413
            answer = await house.client.post("/hook", content=body, headers={"content-length": "many"})
            assert answer.status_code == 413
            assert house.taken == []

    asyncio.run(scene())


def test_the_check_of_the_address_wants_its_echo_as_it_was():
    async def scene() -> None:
        seal = Seal(WECOM)
        async with House(WECOM).open() as house:
            sealed = seal.closed("1288432023552776189")
            query = dict(pair.split("=", 1) for pair in seal.query(sealed, NOW.timestamp()).split("&"))
            answer = await house.client.get("/hook", params={**query, "echostr": sealed})
            assert (answer.status_code, answer.text) == (200, "1288432023552776189")
            assert answer.headers["content-type"].startswith("text/plain")
            answer = await house.client.get("/hook", params={**query, "echostr": sealed[:-4]})
            assert (answer.status_code, answer.text) == (403, "")

    asyncio.run(scene())
