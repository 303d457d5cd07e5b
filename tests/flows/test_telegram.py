"""Telegram from end to end, by polling and by webhook."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from storage.evidence import evidence
from storage.inbox import inbox, reply_to
from tests.flows.telegram import SECRET, Telegram, telegram

HEADER = "x-telegram-bot-api-secret-token"


@pytest.fixture(params=["polling", "webhook"])
def house(folder: Path, request: pytest.FixtureRequest) -> Iterator[Telegram]:
    with telegram(folder, request.param) as found:
        yield found


@pytest.fixture
def webhook(folder: Path) -> Iterator[Telegram]:
    with telegram(folder, "webhook") as found:
        found.api.called("setWebhook")
        yield found


@pytest.fixture
def anywhere(installed: Path) -> Iterator[Telegram]:
    """A house whose rows may stand on a server."""
    with telegram(installed, "webhook") as found:
        yield found


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "navy").save(out, "JPEG")
    return out.getvalue()


def rows(house: Telegram, table: sa.Table) -> list[Any]:
    return list(house.parts.database.read(lambda connection: connection.execute(sa.select(table)).all()))


def text_update(number: int, chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "某"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "某"},
            "from": person,
            "text": text,
        },
    }


def test_a_month_is_walked_by_typing_and_by_buttons(house: Telegram):
    walk(house)


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_a_month_is_walked_on_a_server_too(anywhere: Telegram):
    walk(anywhere)


def walk(house: Telegram) -> None:
    member, secretary = house.bound("m03"), house.bound("m01")
    member.says("申报 志愿服务 2")
    draft = member.sees("志愿服务 2")
    member.presses(draft, "确认")
    done = member.sees("已提交", kind="edit")
    assert done.id == draft.id, "the draft's message became the answer"
    secretary.says("审核")
    queue = secretary.sees("孙柏青")
    secretary.presses(queue, "全部通过")
    secretary.sees("通过", kind="edit")
    pushed = member.sees("通过", kind="message")
    member.presses(pushed, "我的积分")
    points = member.sees(kind="message")
    assert points.id > pushed.id, "a notice stays as it is"


def test_every_step_by_buttons_stays_in_one_message(house: Telegram):
    member = house.bound("m03")
    member.says("/declare")
    shown = member.sees("申报")
    for label, words in (("政治合格", "政治合格"), ("学习", "学习")):
        member.presses(shown, label)
        after = member.sees(words, kind="edit")
        assert after.id == shown.id
        shown = after
    member.says("2")
    draft = member.sees("学习 2")
    assert draft.id > shown.id, "what is typed gets a message of its own"


def test_a_photo_becomes_evidence_and_its_caption_is_read_too(house: Telegram):
    member = house.bound("m09")
    member.says("申报 县级表彰 1")
    member.sees("佐证")
    member.sends_photo(photo(), caption="我的积分")
    member.sees("佐证材料 1 份")
    member.sees("积分")
    assert [(row.kind, row.media_type) for row in rows(house, evidence)] == [("photo", "image/jpeg")]


def test_a_document_that_is_not_taken_is_refused_in_words(house: Telegram):
    member = house.bound("m09")
    member.sends_document(b"MZ not a picture", "假.jpg")
    member.sees("Excel")
    assert rows(house, evidence) == []


def test_a_strangers_file_is_not_fetched(house: Telegram):
    stranger = house.api.person(77, "路人", started=True)
    stranger.sends_photo(photo())
    stranger.sees("邀请")
    assert house.api.calls("getFile") == []


def test_what_is_no_text_photo_or_file_gets_words(house: Telegram):
    member = house.bound("m03")
    said = house.api.do("text", {"chat": member.chat, "person": member.id, "text": "帮助"})
    member.sees("可以这样输入")
    sticker = text_update(900_001, member.id, "")
    del sticker["update_id"], sticker["message"]["text"]
    sticker["message"]["location"] = {"latitude": 31.2, "longitude": 121.5}
    house.api.inject(sticker, chat=member.id)
    member.sees("请发送文字")
    member.edits(said["message_id"], "申报 学习 1")
    member.sees("重新发送")


def test_commands_are_words_and_their_menu_is_set_once(house: Telegram):
    member = house.bound("m03")
    member.says("/my_points@Some_bot")
    member.sees("积分")
    house.api.called("setMyCommands", 3)
    languages = [call["facts"].get("language_code", "") for call in house.api.calls("setMyCommands")]
    assert languages == ["", "zh", "en"]


def test_a_group_is_refused_once_and_nothing_of_it_is_kept(house: Telegram):
    member = house.bound("m03")
    (in_group,) = house.api.group(-500, "支部群", member)
    before = len(rows(house, inbox))
    in_group.says("/start@some_bot")
    in_group.sees("私聊")
    in_group.says("/my_points@some_bot")
    house.api.settled()
    member.says("帮助")
    member.sees("可以这样输入")
    assert in_group.unseen() == []
    assert len(rows(house, inbox)) == before + 1


def test_an_update_that_cannot_be_read_is_parked_and_stops_nobody(house: Telegram):
    member = house.bound("m03")
    poison = text_update(910_000, member.id, "x")
    del poison["update_id"]
    poison["message"]["text"] = {"not": "a text"}
    number = house.api.inject(poison, chat=member.id, checked=False)
    member.says("帮助")
    member.sees("可以这样输入")
    (row,) = [row for row in rows(house, inbox) if row.state == "parked"]
    assert (row.external_id, row.address) == (str(number), str(member.id))
    assert json.loads(row.said["raw"])["update_id"] == number


def test_the_same_update_has_one_effect_and_one_reply(webhook: Telegram):
    member = webhook.bound("m03")
    update = text_update(5, member.id, "申报 学习 1")
    answers = [webhook.client.post("/hooks/telegram", json=update, headers={HEADER: SECRET}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["method"] == "sendMessage"
    assert len([row for row in rows(webhook, inbox) if row.external_id == "5"]) == 1


def test_the_webhook_asks_for_its_secret(webhook: Telegram):
    update = text_update(6, 7, "帮助")
    for headers in ({}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}):
        assert webhook.client.post("/hooks/telegram", json=update, headers=headers).status_code == 403
    big = b"x" * (1024 * 1024 + 1)
    assert webhook.client.post("/hooks/telegram", content=big, headers={HEADER: SECRET}).status_code == 413
    assert [row for row in rows(webhook, inbox) if row.channel == "telegram"] == []


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "many", ""])
def test_a_length_that_is_none_is_refused(webhook: Telegram, length: str):
    headers = {HEADER: SECRET, "content-length": length}
    assert webhook.client.post("/hooks/telegram", content=b"{}", headers=headers).status_code == 413


@pytest.mark.parametrize("body", [b"{not json", b"[" * 200_000, b"\xff\xfe", b""], ids=["json", "deep", "text", "none"])
def test_a_body_that_is_no_json_is_parked_once(webhook: Telegram, body: bytes):
    for _ in range(2):
        answer = webhook.client.post("/hooks/telegram", content=body, headers={HEADER: SECRET})
        assert (answer.status_code, answer.content) == (200, b"")
    (row,) = [row for row in rows(webhook, inbox) if row.state == "parked"]
    assert row.external_id.startswith("raw:")


def test_a_full_disk_makes_telegram_send_again(webhook: Telegram):
    database, member = webhook.parts.database, webhook.bound("m03")

    def limit(pages: int) -> None:
        database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages}").fetchall())

    limit(database.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one()))
    number, status = 100, 200
    while status == 200:
        number += 1
        update = text_update(number, member.id, "申报 " + "学习 1 " * 200)
        status = webhook.client.post("/hooks/telegram", json=update, headers={HEADER: SECRET}).status_code
        assert number < 400, "the disk never got full"
    assert status == 503
    limit(1_000_000)
    answer = webhook.client.post("/hooks/telegram", json=update, headers={HEADER: SECRET})
    assert answer.status_code == 200
    assert database.read(lambda c: reply_to(c, "telegram", str(number)))


def test_an_old_button_says_so_and_shows_what_is_current(house: Telegram):
    member = house.bound("m03")
    member.says("申报 学习 1")
    draft = member.sees("学习 1")
    member.says("帮助")
    member.sees("可以这样输入")
    member.presses(draft, "确认")
    old = member.sees("未作任何改动", kind="edit")
    assert "可以这样输入" in old.text
