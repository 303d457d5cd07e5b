"""The emulator against a client that was not written for it: python-telegram-bot."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any, TypeVar

import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from tests.peers.botapi import BotApi
from tests.peers.driving import Driver, Person, Shown
from tests.peers.wire import posted

T = TypeVar("T")
ANN, BEN, GROUP = 1001, 1002, -500
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("确认", callback_data="a:1")]])


@pytest.fixture
def api() -> Iterator[Driver]:
    with BotApi().serving() as driver:
        yield driver


@pytest.fixture
def ann(api: Driver) -> Person:
    return api.person(ANN, "赵晨", started=True)


def with_bot(api: Driver, use: Callable[[Bot], Awaitable[T]]) -> T:
    async def used() -> T:
        async with Bot(api.token, base_url=api.base_url, base_file_url=api.base_file_url) as bot:
            return await use(bot)

    return asyncio.run(used())


def sent(api: Driver, text: str = "您好", **more: Any) -> Message:
    return with_bot(api, lambda bot: bot.send_message(ANN, text, **more))


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (400, 300)).save(kept, "PNG")
    return kept.getvalue()


def test_updates_come_again_until_an_offset_confirms_them(api: Driver, ann: Person):
    first, second = ann.says("/start bind_9f3"), ann.says("二")

    async def poll(bot: Bot) -> list[list[int]]:
        polls = [await bot.get_updates(), await bot.get_updates(), await bot.get_updates(offset=second)]
        return [[each.update_id for each in poll] for poll in polls]

    assert with_bot(api, poll) == [[first, second], [first, second], [second]]
    assert {number: how for number, (how, _) in api.acknowledged.items()} == {first: "offset"}


def test_a_long_poll_ends_when_somebody_writes(api: Driver, ann: Person):
    async def poll(bot: Bot) -> str | None:
        polling = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.to_thread(ann.says, "/help@zhibu_emulated_bot 一")
        (update,) = await polling
        assert update.message is not None
        assert update.message.entities[0].length == len("/help@zhibu_emulated_bot")
        return update.message.text

    assert with_bot(api, poll) == "/help@zhibu_emulated_bot 一"


def test_of_two_polls_the_older_ends_with_a_conflict(api: Driver):
    with ThreadPoolExecutor(1) as pool:
        older = pool.submit(posted, f"{api.base_url}{api.token}/getUpdates", b'{"timeout": 5}')
        while not older.done():
            assert with_bot(api, lambda bot: bot.get_updates()) == ()
    assert older.result()["description"].startswith("Conflict: terminated by other getUpdates request")


def test_no_polls_while_a_webhook_is_set(api: Driver):
    with_bot(api, lambda bot: bot.set_webhook("http://127.0.0.1:9/hook", secret_token="s" * 16))
    with pytest.raises(Conflict, match="webhook is active"):
        with_bot(api, lambda bot: bot.get_updates())
    with_bot(api, lambda bot: bot.delete_webhook())
    assert with_bot(api, lambda bot: bot.get_updates()) == ()


def test_only_the_kinds_of_updates_that_were_asked_for_are_made(api: Driver, ann: Person):
    with_bot(api, lambda bot: bot.get_updates(allowed_updates=["message"]))
    ann.blocks()
    ann.blocks(False)
    heard = ann.says("在")
    assert [each.update_id for each in with_bot(api, lambda bot: bot.get_updates())] == [heard]


def test_a_message_with_a_button_is_pressed_and_changed_in_place(api: Driver, ann: Person):
    message = sent(api, "<b>积分</b> &lt;3&gt;", parse_mode="HTML", reply_markup=KEYBOARD)
    shown = ann.sees("积分 <3>")
    assert (shown.labels, shown.rows) == (("确认",), (1,))
    ann.presses(shown, "确认")

    async def answer(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        query = update.callback_query
        assert query is not None
        assert (query.data, query.from_user.id, query.message) == ("a:1", ANN, message)
        await query.answer("好的")
        await query.edit_message_text("完成")

    with_bot(api, answer)
    assert ann.sees(kind="toast").text == "好的"
    changed = ann.sees(kind="edit")
    assert (changed.id, changed.text, changed.labels) == (message.id, "完成", ())
    assert [each.text for each in ann.sees_now()] == ["完成"]
    assert api.violations == []


def test_an_old_button_can_be_pressed_as_it_was_seen(api: Driver, ann: Person):
    message = sent(api, reply_markup=KEYBOARD)
    stale = ann.sees("您好")
    with_bot(api, lambda bot: bot.edit_message_text("完成", ANN, message.id))
    ann.presses(stale, "确认")
    (update,) = with_bot(api, lambda bot: bot.get_updates())
    assert update.callback_query is not None
    assert update.callback_query.data == "a:1"


def test_a_press_is_answered_once_and_not_too_late(api: Driver, ann: Person):
    sent(api, reply_markup=KEYBOARD)
    shown = ann.sees("您好")
    for _ in range(2):
        ann.presses(shown, "确认")
    first, second = (each.callback_query for each in with_bot(api, lambda bot: bot.get_updates()))
    assert first is not None
    assert second is not None
    with_bot(api, lambda bot: bot.answer_callback_query(first.id))
    with pytest.raises(BadRequest, match="too old"):
        with_bot(api, lambda bot: bot.answer_callback_query(first.id))
    api.do("expire", {})
    with pytest.raises(BadRequest, match="too old"):
        with_bot(api, lambda bot: bot.answer_callback_query(second.id))


def test_files_go_both_ways(api: Driver, ann: Person):
    ann.sends_photo(picture(), caption="佐证")
    ann.sends_document(b"%PDF-1.7", "证明.pdf", "application/pdf")

    async def fetch(bot: Bot) -> list[bytes]:
        photo, document = [each.message for each in await bot.get_updates()]
        assert photo is not None
        assert document is not None
        assert document.document is not None
        assert (photo.caption, document.document.file_name) == ("佐证", "证明.pdf")
        files = [await photo.photo[-1].get_file(), await document.document.get_file()]
        found = [bytes(await each.download_as_bytearray()) for each in files]
        await bot.send_photo(ANN, found[0], caption="收到")
        await bot.send_document(ANN, found[1], filename="回执.pdf")
        return found

    assert with_bot(api, fetch) == [picture(), b"%PDF-1.7"]
    seen = [ann.sees("收到"), ann.sees()]
    assert seen[0].raw["photo"][-1]["width"] == 400
    assert seen[1].raw["document"]["file_name"] == "回执.pdf"
    assert api.violations == []


def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(api: Driver, ann: Person):
    (inside,) = api.group(GROUP, "支部群", ann)
    assert inside.says("大家好") == 0
    inside.says("/points@zhibu_emulated_bot")
    (update,) = with_bot(api, lambda bot: bot.get_updates())
    assert update.effective_chat is not None
    assert update.effective_user is not None
    assert (update.effective_chat.id, update.effective_user.id) == (GROUP, ANN)


def test_a_group_that_migrated_is_refused_with_its_new_id(api: Driver, ann: Person):
    api.group(GROUP, "支部群", ann)
    api.do("migrate", {"chat": GROUP, "to": -1001})
    with pytest.raises(ChatMigrated) as refused:
        with_bot(api, lambda bot: bot.send_message(GROUP, "您好"))
    assert refused.value.new_chat_id == -1001
    told = [each.message for each in with_bot(api, lambda bot: bot.get_updates())]
    assert [(each.migrate_to_chat_id, each.migrate_from_chat_id) for each in told if each] == [
        (-1001, None),
        (None, GROUP),
    ]


def test_who_blocked_the_bot_or_never_started_it_is_not_written_to(api: Driver, ann: Person):
    api.person(BEN, "钱明")
    for chat, words in ((BEN, "can't initiate"), (ANN, "blocked")):
        ann.blocks()
        with pytest.raises(Forbidden, match=words):
            with_bot(api, lambda bot, chat=chat: bot.send_message(chat, "您好"))  # type: ignore[misc]
    (update, *_) = with_bot(api, lambda bot: bot.get_updates())
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"


@pytest.mark.parametrize(
    ("fault", "raised", "arrives"),
    [
        ({"kind": "hang", "seconds": 5}, TimedOut, True),
        ({"kind": "drop"}, NetworkError, True),
        ({"kind": "lose"}, NetworkError, False),
        ({"status": 502, "description": "Bad Gateway"}, NetworkError, False),
    ],
    ids=["answered too late", "breaks after it was done", "breaks before", "5xx"],
)
def test_trouble_on_order(api: Driver, ann: Person, fault: dict[str, Any], raised: type[Exception], arrives: bool):
    api.fail("sendMessage", **fault)
    with pytest.raises(raised):
        sent(api, read_timeout=0.3)
    if arrives:
        ann.sees("您好")
    sent(api, "再来")
    ann.sees("再来")
    assert [each.text for each in ann.sees_now()] == (["您好", "再来"] if arrives else ["再来"])


def test_a_flood_answer_names_the_seconds(api: Driver, ann: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    api.do("limit", {"burst": 2, "chat_s": 60})
    sent(api)
    sent(api)
    with pytest.raises(RetryAfter) as refused:
        sent(api)
    wait = refused.value.retry_after
    assert isinstance(wait, timedelta)
    assert timedelta(seconds=1) <= wait <= timedelta(seconds=60)
    assert len(ann.sees_now()) == 2


def test_another_token_is_refused(api: Driver):
    async def use() -> None:
        async with Bot("4242:other", base_url=api.base_url):
            raise AssertionError("the bot came in")

    with pytest.raises(InvalidToken):
        asyncio.run(use())


def test_shown_tells_what_a_button_lacks():
    with pytest.raises(AssertionError, match="no button has 确认"):
        Shown("message", 1, "您好", (("取消", "a:2"),), (1,), {}).data("确认")
