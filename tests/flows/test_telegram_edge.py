"""The edge of Telegram without a wire: what updates mean, how screens are drawn, what errors become."""

import inspect
from typing import Any

import httpx
import msgspec
import pytest
from pydantic import SecretStr
from telegram import error as errors

from bot.channel import Inbound
from bot.config import Settings
from bot.telegram import draw, edge
from bot.telegram.client import mapped
from bot.telegram.menu import menus
from bot.webchat import COMMANDS
from screens.texts import words

say = words("zh_CN")
PERSON = {"id": 7, "is_bot": False, "first_name": "小", "last_name": "孙"}
PRIVATE, GROUP = {"id": 7, "type": "private"}, {"id": -5, "type": "group"}


def message(chat: dict[str, Any] = PRIVATE, **given: Any) -> dict[str, Any]:
    return {"message_id": 3, "date": 1, "chat": chat, "from": PERSON, **given}


def meaning(**given: Any) -> edge.Meaning:
    return edge.meaning(edge.read({"update_id": 9, **given}))


def screen(title: str = "题", lines: tuple[str, ...] = (), choices: tuple[str, ...] = ()) -> dict[str, Any]:
    some = [{"label": label, "token": f"t{number:09}"} for number, label in enumerate(choices)]
    return {"title": title, "lines": list(lines), "choices": some, "image": None, "link": None}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("申报 学习 1", "申报 学习 1"),
        ("/start", "start"),
        ("/my_points", "my points"),
        ("/my_points@Zhibu_bot", "my points"),
        ("/declare@Zhibu_bot 学习 1", "declare 学习 1"),
        ("/帮助", "帮助"),
    ],
)
def test_what_is_typed(typed: str, meant: str):
    (inbound,) = meaning(message=message(text=typed)).inbounds
    assert inbound == Inbound("telegram", "7", "9", text=meant, name="小 孙")


def test_an_invitation_s_token_is_hashed_at_the_door():
    (inbound,) = meaning(message=message(text="/start abcDEF_-09")).inbounds
    assert len(inbound.invitation) == 64
    assert "abcDEF" not in str(inbound)


@pytest.mark.parametrize(
    ("data", "token", "edit"), [("a:abc", "abc", "3"), ("a:abc+", "abc", ""), ("", "?", "3"), ("x" * 64, "x" * 16, "3")]
)
def test_a_press_says_which_message_may_be_replaced(data: str, token: str, edit: str):
    found = meaning(callback_query={"id": "q", "from": PERSON, "message": message(), "data": data})
    (inbound,) = found.inbounds
    assert (inbound.token, inbound.edit, inbound.address, found.press) == (token, edit, "7", "q")


def test_a_photo_is_its_largest_size_and_the_caption_comes_after():
    sizes = [{"file_id": f"f{side}", "width": side, "height": side, "file_size": side} for side in (90, 800, 320)]
    found = meaning(message=message(photo=sizes, caption=" 学习 1 "))
    assert found.fetch == edge.Fetch("f800", "", 800)
    assert [(each.external_id, each.text) for each in found.inbounds] == [("9", ""), ("9:text", "学习 1")]


@pytest.mark.parametrize(("given", "code"), [({"sticker": {}}, "kind_not_taken"), ({"voice": {}}, "kind_not_taken")])
def test_other_kinds_get_words(given: dict[str, Any], code: str):
    (inbound,) = meaning(message=message(**given)).inbounds
    assert [problem.code for problem in inbound.problems] == [code]


def test_who_blocks_and_who_comes_back():
    def changed(chat: dict[str, Any], status: str) -> edge.Meaning:
        return meaning(my_chat_member={"chat": chat, "from": PERSON, "new_chat_member": {"status": status}})

    assert changed(PRIVATE, "kicked").reach == ("7", False)
    assert changed(PRIVATE, "member").reach == ("7", True)
    assert changed(GROUP, "member").group == "-5"
    assert changed(GROUP, "left") == edge.Meaning()


def test_groups_are_only_told():
    assert meaning(message=message(GROUP, text="我的积分")) == edge.Meaning(group="-5")
    press = {"id": "q", "from": PERSON, "message": message(GROUP), "data": "a:x"}
    assert meaning(callback_query=press) == edge.Meaning(press="q", group="-5")


@pytest.mark.parametrize("raw", [{}, [], None, {"update_id": "x"}, {"update_id": 1, "message": {"chat": 5}}])
def test_what_cannot_be_read_is_an_error(raw: Any):
    with pytest.raises(msgspec.ValidationError):
        edge.read(raw)
    assert edge.poison(msgspec.json.encode(raw)).raw


def test_everything_people_wrote_is_escaped():
    text = draw.text([screen("<b>&", ("<a href='x'>",))], say, "https://zhibu.example")
    assert text == "<b>&lt;b&gt;&amp;</b>\n&lt;a href='x'&gt;"


@pytest.mark.parametrize("line", ["一" * 90, "🙂" * 60, "&" * 120, "<>" * 50])
def test_what_does_not_fit_is_left_out_by_whole_lines_and_counted(line: str):
    lines = tuple(f"{number} {line}" for number in range(90))
    text = draw.text([screen(lines=lines)], say, "https://zhibu.example")
    assert draw.units(text) <= 4096
    kept, more = text.splitlines()[1:-1], text.splitlines()[-1]
    assert f"另有 {90 - len(kept)} 行" in more
    assert len(kept) >= 5
    assert all(each.startswith(f"{number} ") for number, each in enumerate(kept))


def test_short_labels_share_a_row_and_long_ones_are_shortened():
    rows = draw.keyboard(screen(choices=("通过", "退回", "驳回", "长" * 200, "x"))["choices"], pushed=False)
    assert [len(row) for row in rows] == [3, 1, 1]
    assert rows[1][0]["text"].endswith("…")
    assert all(len(each["callback_data"].encode()) <= 64 for row in rows for each in row)


def test_at_most_a_hundred_buttons():
    choices = screen(choices=tuple(f"{number}" for number in range(150)))["choices"]
    assert sum(len(row) for row in draw.keyboard(choices, pushed=True)) == 100


def test_a_reply_edits_and_a_notice_is_new():
    reply = {"screens": [screen("甲"), screen("乙", choices=("好",))], "edit": "12"}
    arguments = draw.call(reply, say, "7", "https://zhibu.example")
    assert (draw.method(arguments), arguments["message_id"]) == ("editMessageText", 12)
    assert arguments["text"] == "<b>甲</b>\n\n<b>乙</b>"
    notice = draw.call(screen(choices=("好",)), say, "7", "https://zhibu.example")
    assert draw.method(notice) == "sendMessage"
    assert notice["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "a:t000000000+"


def caused(error: Exception, cause: Exception | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.fixture
def timedelta_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def made(kind: type[errors.TelegramError]) -> errors.TelegramError:
    given = {errors.ChatMigrated: -100, errors.RetryAfter: 7}
    return kind(given.get(kind, "Words"))  # type: ignore[arg-type]


@pytest.mark.usefixtures("timedelta_seconds")
def test_every_error_of_the_library_has_its_meaning():
    kinds = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.TelegramError)]
    assert len(kinds) >= 11
    unmapped = [
        each.__name__
        for each in kinds
        if each is not errors.TelegramError and mapped(made(each)).code == "telegram_error"
    ]
    assert unmapped == []


@pytest.mark.usefixtures("timedelta_seconds")
@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (errors.Forbidden("bot was blocked by the user"), ("blocked", False, False, True)),
        (errors.BadRequest("Chat not found"), ("chat_not_found", False, False, True)),
        (errors.BadRequest("can't parse entities"), ("bad_request", False, False, False)),
        (caused(errors.TimedOut(), httpx.ReadTimeout("")), ("timed_out", False, True, False)),
        (caused(errors.TimedOut(), httpx.ConnectTimeout("")), ("not_connected", True, False, False)),
        (caused(errors.TimedOut(), httpx.PoolTimeout("")), ("not_connected", True, False, False)),
        (caused(errors.NetworkError(""), httpx.ConnectError("")), ("not_connected", True, False, False)),
        (caused(errors.NetworkError(""), httpx.ReadError("")), ("connection_lost", False, True, False)),
        (errors.NetworkError("Bad Gateway"), ("server_error", True, False, False)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_whether_it_is_tried_again(error: errors.TelegramError, facts: tuple[str, bool, bool, bool]):
    found = mapped(error)
    assert (found.code, found.retry, found.unknown, found.blocked) == facts


@pytest.mark.usefixtures("timedelta_seconds")
def test_a_wait_and_a_move_are_told_exactly():
    assert mapped(errors.RetryAfter(7)).rest_s == 7
    assert mapped(errors.ChatMigrated(-100)).moved_to == "-100"


def test_the_menu_has_the_web_chat_s_commands_in_both_languages():
    for call in menus("zh_CN"):
        assert len(call["commands"]) == len(COMMANDS)
        assert all(each["command"].replace("_", "").isalpha() for each in call["commands"])
    assert menus("zh_CN")[0]["commands"][0] == {"command": "declare", "description": "申报"}
    assert menus("en")[0]["commands"][0]["description"] == "Declare"


@pytest.mark.parametrize("secret", ["", "short", "with blanks in it!"])
def test_a_webhook_needs_a_secret(secret: str):
    with pytest.raises(ValueError, match="secret"):
        Settings(telegram_mode="webhook", telegram_secret=SecretStr(secret))
    assert Settings(telegram_mode="polling", telegram_secret=SecretStr(secret))


def test_the_token_is_not_shown_with_the_settings():
    assert "12345" not in repr(Settings(telegram_token=SecretStr("12345:abc")))
