"""The door a platform posts to, in trouble: who hangs up or sends too slowly, a house started anew, a failing job."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from benchmarks.sealing import WECHAT, Seal, written
from tests.tencent.test_hook import NOW, House

HEAD = {"type": "http", "method": "POST", "path": "/hook", "headers": [], "http_version": "1.1", "scheme": "http"}


def sealed(content: str, number: int = 1, sender: str = "li") -> tuple[bytes, bytes]:
    """Query and body of a message."""
    seal = Seal(WECHAT)
    inner = seal.closed(written({"FromUserName": sender, "MsgType": "text", "Content": content, "MsgId": number}))
    return seal.query(inner, NOW.timestamp()).encode(), written({"Encrypt": inner}).encode()


async def posted(house: House, query: bytes, told: list[Message], headers: tuple[tuple[bytes, bytes], ...] = ()) -> int:
    """The status of a post whose sender says what is told, and then nothing; 0 when there is no answer."""
    statuses: list[int] = []

    async def receive() -> Message:
        if told:
            return told.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    app = Starlette(routes=house.hook.routes())
    await app({**HEAD, "query_string": query, "headers": list(headers)}, receive, send)
    return statuses[0] if statuses else 0


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


def test_who_hangs_up_in_his_body_has_said_nothing():
    async def scene() -> None:
        query, body = sealed("一")
        async with House().open() as house:
            assert await posted(house, query, [part(body[:40], more=True), GONE]) == 400
            assert (house.taken, house.held) == ([], 0)

    asyncio.run(scene())


def test_who_sends_too_slowly_is_not_waited_for():
    async def scene() -> None:
        query, body = sealed("一")
        async with House().open() as house:
            assert await posted(house, query, [part(body[:40], more=True)]) == 408
            assert (house.taken, house.held) == ([], 0)

    asyncio.run(scene())


@pytest.mark.parametrize("length", [b"9" * 5000, b"-1", b"1e3", b"\xb2", b"", b"65537"])
def test_a_length_that_is_none_or_too_long_is_refused_unread(length: bytes):
    async def scene() -> None:
        query, body = sealed("一")
        async with House().open() as house:
            assert await posted(house, query, [part(body)], ((b"content-length", length),)) == 413
            assert house.taken == []

    asyncio.run(scene())


def test_a_reply_for_who_hung_up_is_given_to_the_next_try_or_pushed():
    async def scene() -> None:
        query, body = sealed("一")
        async with House().open() as house:
            await posted(house, query, [part(body), GONE])
            assert await house.post("一") == (200, "一")
            assert house.taken == ["一"]
            await posted(house, *gone(2))
            await asyncio.sleep(0.9)
            assert (house.taken, house.late, house.held) == (["一", "二"], [("li", "二")], 0)

    def gone(number: int) -> tuple[bytes, list[Message]]:
        query, body = sealed("二", number)
        return query, [part(body), GONE]

    asyncio.run(scene())


def test_a_try_after_the_house_was_started_anew_gets_the_stored_reply():
    stored: dict[str, str] = {}

    async def once(content: str) -> str:
        return stored.setdefault(content, f"{content} {len(stored)}")

    async def scene() -> None:
        async with House(work=once).open() as before:
            assert await before.post("一") == (200, "一 0")
        async with House(work=once).open() as after:
            assert await after.post("一") == (200, "一 0")
            assert after.taken == ["一"]

    asyncio.run(scene())


def test_a_try_that_comes_while_the_reply_is_pushed_is_not_answered_with_it_too():
    async def scene() -> None:
        gate = asyncio.Event()
        async with House(tries_s=0.0).open() as house:
            pushed: list[str] = []

            async def slow_push(_fields: object, reply: dict[str, str]) -> None:
                pushed.append(reply["Content"])
                await gate.wait()

            house.hook.late = slow_push
            query, body = sealed("一")
            await posted(house, query, [part(body), GONE])
            await asyncio.sleep(0.05)
            assert await house.post("一") == (200, None)
            gate.set()
            await asyncio.sleep(0.05)
            assert (pushed, house.taken, house.held) == (["一"], ["一"], 0)

    asyncio.run(scene())


@pytest.mark.parametrize("error", [TimeoutError("the job's own"), KeyError("ours"), ValueError()])
def test_a_job_that_fails_leaves_nothing_behind(error: Exception, capfd: pytest.CaptureFixture[str]):
    async def broken(_content: str) -> str:
        raise error

    async def scene() -> None:
        async with House(work=broken).open() as house:
            assert await house.post("一") == (503, None)
            await asyncio.sleep(0.05)
            assert (house.held, house.late) == (0, [])

    asyncio.run(scene())
    told = "".join(capfd.readouterr())
    assert told.count("message not handled") == 1
    assert "never retrieved" not in told


def test_a_push_that_fails_is_logged_and_leaves_nothing_behind(capfd: pytest.CaptureFixture[str]):
    async def scene() -> None:
        async with House(tries_s=0.0).open() as house:

            async def broken(_fields: object, _reply: object) -> None:
                raise KeyError("ours")

            house.hook.late = broken
            query, body = sealed("一")
            await posted(house, query, [part(body), GONE])
            await asyncio.sleep(0.05)
            assert house.held == 0

    asyncio.run(scene())
    assert "reply not pushed" in "".join(capfd.readouterr())


def test_what_is_refused_is_not_logged(capfd: pytest.CaptureFixture[str]):
    async def scene() -> None:
        query, body = sealed("一")
        async with House().open() as house:
            signed = query.replace(b"msg_signature=", b"msg_signature=\xe7\xad\xbe")
            for bad in (b"", query.replace(b"nonce=", b"nonce=0"), signed, b"%ff=%00&=&&"):
                assert await posted(house, bad, [part(body)]) == 403
            assert await posted(house, query, [part(body.replace(b"Encrypt", b"Crypt"))]) == 403
            assert await posted(house, query, [part(b"\xff\xfe")]) == 400

    asyncio.run(scene())
    assert "".join(capfd.readouterr()) == ""


def test_order_holds_for_a_sender_however_his_name_is_written():
    async def scene() -> None:
        gate, done = asyncio.Event(), list[str]()

        async def work(content: str) -> str:
            if content == "一":
                await gate.wait()
            done.append(content)
            return content

        async with House(work=work, patience_s=5).open() as house:
            first = asyncio.create_task(house.post("一", 1, "ZhangSan"))
            await asyncio.sleep(0.05)
            second = asyncio.create_task(house.post("二", 2, "zhangsan"))
            await asyncio.sleep(0.05)
            assert done == []
            gate.set()
            await asyncio.gather(first, second)
            assert done == ["一", "二"]

    asyncio.run(scene())


def test_many_senders_at_once_are_bounded_and_leave_no_tables_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.tencent.hook.MOST_JOBS", 100)

    async def scene() -> None:
        gate = asyncio.Event()

        async def work(content: str) -> str:
            await gate.wait()
            return content

        async with House(work=work, patience_s=20).open() as house:
            posts = [sealed("一", number, f"stranger-{number}") for number in range(400)]
            flood = [asyncio.create_task(posted(house, query, [part(body)])) for query, body in posts]
            await asyncio.sleep(0.5)
            assert house.held == 200
            gate.set()
            statuses = await asyncio.gather(*flood)
            assert (statuses.count(200), statuses.count(503)) == (100, 300)
            await asyncio.sleep(0)
            assert house.held == 0

    asyncio.run(scene())
