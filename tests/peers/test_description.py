"""What the emulator refuses: parameters that the description does not know, texts and keyboards that do not fit."""

import asyncio
from typing import Any

import pytest

from tests.peers import description
from tests.peers.botapi import BotApi
from tests.peers.entities import Unparsable, parsed
from tests.peers.limits import Gate, Limits, windows_over
from tests.peers.wire import posted

ANN = 1001
FAMILY = "\N{MAN}‍\N{WOMAN}"


@pytest.fixture(scope="module")
def api() -> BotApi:
    api = BotApi()
    asyncio.run(api.control.people([ANN]))
    return api


def called(api: BotApi, method: str, facts: dict[str, Any]) -> dict[str, Any]:
    return asyncio.run(api.call(method, facts, {}, "http")).body


def button(**action: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "确认", **action}]]}


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("sendMessage", {"chat_id": ANN, "text": "您" * 4096}),
    ("sendMessage", {"chat_id": str(ANN), "text": "您好", "disable_notification": "true"}),
    ("sendMessage", {"chat_id": ANN, "text": f"<b>{'您' * 4096}</b>", "parse_mode": "HTML"}),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": button(callback_data="字" * 21 + "a")}),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": '{"inline_keyboard": []}'}),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": button(url="https://zhibu.example/m")}),
    ("sendChatAction", {"chat_id": ANN, "action": "typing"}),
    ("setMyCommands", {"commands": '[{"command": "start", "description": "开始"}]', "language_code": "zh"}),
    ("setMyCommands", {"commands": [{"command": "start", "description": "x"}], "scope": {"type": "all_group_chats"}}),
]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"chat_id": ANN}, "message text is empty"),
    ("sendMessage", {"chat_id": ANN, "text": " \n"}, "message text is empty"),
    ("sendMessage", {"chat_id": ANN, "text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ("sendMessage", {"text": "您好"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": ANN, "text": "您" * 4097}, "message is too long"),
    ("sendMessage", {"chat_id": ANN, "text": "\N{GRINNING FACE}" * 2049}, "message is too long"),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "txt": 1}, "txt: sendMessage has no such parameter"),
    ("sendMessage", {"chat_id": ANN, "text": 5}, "text: is not of type String"),
    ("sendMessage", {"chat_id": ANN, "text": "<b>您好", "parse_mode": "HTML"}, "can't parse entities: Can't find end"),
    ("sendMessage", {"chat_id": ANN, "text": "3 < 5", "parse_mode": "HTML"}, "can't parse entities: Unsupported start"),
    ("sendMessage", {"chat_id": ANN, "text": "*x*", "parse_mode": "MarkdownV2"}, "can't parse entities: unsupported"),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": button(callback_data="字" * 22)}, "BUTTON_DATA"),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": button(callback_data="")}, "BUTTON_DATA_INVALID"),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": button()}, "must have exactly one action"),
    (
        "sendMessage",
        {"chat_id": ANN, "text": "您好", "reply_markup": button(url="http://localhost/m")},
        "Wrong HTTP URL",
    ),
    (
        "sendMessage",
        {"chat_id": ANN, "text": "您好", "reply_markup": button(web_app={"url": "http://a.b"})},
        "Only HTTPS",
    ),
    ("sendMessage", {"chat_id": ANN, "text": "您好", "reply_markup": button(data="x")}, "data: there is no such field"),
    (
        "sendMessage",
        {"chat_id": ANN, "text": "您好", "reply_markup": {"inline_keyboard": [{"text": "x", "callback_data": "y"}]}},
        "is not a list",
    ),
    (
        "sendMessage",
        {"chat_id": ANN, "text": "您好", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "tg://x"}]] * 101}},
        "reply markup is too long",
    ),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "字" * 201}, "text: 201 characters, allowed are 0-200"),
    ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "start", "description": ""}]}, "0 characters, allowed are 1-256"),
    ("setWebhook", {"url": "https://zhibu.example", "secret_token": "口令"}, "unallowed characters"),
    ("sendPhoto", {"chat_id": ANN, "photo": "file1", "caption": "字" * 1025}, "message caption is too long"),
    ("sendVoice", {"chat_id": ANN, "voice": "file1"}, "sendVoice is not emulated"),
]


@pytest.mark.parametrize(("method", "facts"), RIGHT, ids=range(len(RIGHT)))
def test_a_valid_call_is_taken(api: BotApi, method: str, facts: dict[str, Any]):
    assert called(api, method, facts)["ok"]


@pytest.mark.parametrize(("method", "facts", "words"), WRONG, ids=[each[2] for each in WRONG])
def test_an_invalid_call_is_refused_and_kept_as_a_violation(
    api: BotApi, method: str, facts: dict[str, Any], words: str
):
    before = len(api.ledger.violations)
    answer = called(api, method, facts)
    assert answer["error_code"] == 400
    assert words in answer["description"]
    assert len(api.ledger.violations) == before + 1


def test_what_may_happen_to_any_bot_is_no_violation(api: BotApi):
    before = len(api.ledger.violations)
    for method, facts, words in (
        ("sendMessage", {"chat_id": 7, "text": "您好"}, "chat not found"),
        ("editMessageText", {"chat_id": ANN, "message_id": 10**6, "text": "您好"}, "message to edit not found"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("getFile", {"file_id": "none"}, "wrong file_id"),
    ):
        assert words in called(api, method, facts)["description"]
    assert len(api.ledger.violations) == before


def test_the_same_edit_twice_is_not_modified(api: BotApi):
    sent = called(api, "sendMessage", {"chat_id": ANN, "text": "一", "reply_markup": button(callback_data="a")})
    facts = {"chat_id": ANN, "message_id": sent["result"]["message_id"], "text": "二"}
    edited = called(api, "editMessageText", facts)["result"]
    assert "reply_markup" not in edited
    assert "message is not modified" in called(api, "editMessageText", facts)["description"]


def test_an_unknown_method_is_not_found_and_kept_as_a_violation():
    with BotApi().serving() as driver:
        assert posted(f"{driver.base_url}{driver.token}/sendMesage", b"{}")["error_code"] == 404
        assert driver.violations == ["sendMesage: there is no such method"]


@pytest.mark.parametrize(
    ("html", "plain", "entities"),
    [
        ("您好", "您好", []),
        ("&lt;b&gt; &amp;amp; &#128512;", "<b> &amp; \N{GRINNING FACE}", []),
        ("\N{GRINNING FACE}<b>重</b>", "\N{GRINNING FACE}重", [("bold", 2, 1)]),
        ("<b>重<i>点</i></b>", "重点", [("bold", 0, 2), ("italic", 1, 1)]),
        ('<a href="https://a.example/?x=1&amp;y">链接</a>', "链接", [("text_link", 0, 2)]),
        ("<code>A</code> \n", "A", [("code", 0, 1)]),
        ("<blockquote expandable>长</blockquote>", "长", [("blockquote", 0, 1)]),
        ("<b></b>空", "空", []),
    ],
)
def test_html_becomes_text_and_entities(html: str, plain: str, entities: list[tuple[str, int, int]]):
    text, found = parsed(html, "HTML")
    assert text == plain
    assert [(each["type"], each["offset"], each["length"]) for each in found] == entities


@pytest.mark.parametrize("html", ["<b>", "</b>", "<b><i></b></i>", "<x>", "a < b", "<span>x</span>", "<div>x</div>"])
def test_html_that_telegram_does_not_take(html: str):
    with pytest.raises(Unparsable):
        parsed(html, "HTML")


def test_length_is_counted_in_utf16_units():
    assert description.units(f"字{FAMILY}") == 6


def test_an_update_that_cannot_be_is_refused(api: BotApi):
    with pytest.raises(ValueError, match=r"message\.chat: is required"):
        asyncio.run(api.control.inject({"message": {"message_id": 1, "date": 0}}))


def test_made_updates_fit_the_description(api: BotApi):
    async def make() -> list[dict[str, Any]]:
        await api.control.text(ANN, "/start x")
        await api.control.press(ANN, 1, "a:1")
        await api.control.photo(ANN, "", 40, 30, "佐证")
        await api.control.document(ANN, "", "a.pdf", "application/pdf")
        await api.control.edit(ANN, max(api.world.chats[ANN].messages), "改")
        await api.control.block(ANN)
        await api.control.group(-1, "群")
        await api.control.migrate(-1, -1001)
        return list(api.world.pending.values())

    made = asyncio.run(make())
    assert len(made) == 8
    assert [description.wrong("Update", each) for each in made] == [[]] * 8


def passed(gate: Gate, chats: list[int], at: list[float]) -> list[int]:
    return [gate.wait("sendMessage", chat, now) for chat, now in zip(chats, at, strict=True)]


def test_a_chat_takes_a_burst_and_then_one_a_second():
    gate = Gate(Limits(burst=2))
    assert passed(gate, [1] * 5, [0, 0.1, 0.2, 0.9, 1.3]) == [0, 0, 1, 1, 0]
    assert gate.wait("sendMessage", 2, 1.3) == 0


def test_thirty_a_second_in_all_and_twenty_a_minute_in_a_group():
    gate = Gate(Limits(burst=100))
    assert passed(gate, list(range(1, 32)), [0.5] * 31) == [0] * 30 + [1]
    assert gate.wait("sendMessage", 40, 1.6) == 0
    assert passed(Gate(Limits()), [-1] * 21, [float(each) for each in range(21)]) == [0] * 20 + [40]


def test_edits_count_and_other_calls_do_not():
    gate = Gate(Limits(burst=1))
    assert gate.wait("answerCallbackQuery", 1, 0.0) == gate.wait("sendChatAction", 1, 0.0) == 0
    assert gate.wait("editMessageText", 1, 0.0) == 0
    assert gate.wait("sendMessage", 1, 0.5) == 1


@pytest.mark.parametrize(("times", "over"), [([0, 0.5, 1.0], 0), ([0, 0.4, 0.9, 1.2], 2), ([], 0)])
def test_windows_over_a_limit_are_counted(times: list[float], over: int):
    assert windows_over(times, 2, 1.0) == over
