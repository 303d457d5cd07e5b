"""When the machine fails: words, nothing lost, and the sender's next message goes on."""

import pytest

from handlers import desk
from handlers.ledger.points import MyPoints
from handlers.overview import Status
from rules.access import SYSTEM
from tests.flows.people import People


def facts(people: People) -> dict[str, object]:
    found: dict[str, object] = people.parts.desk.ask(SYSTEM, Status(), people.parts.clock.now()).facts
    return found


def test_a_message_that_breaks_its_handler_is_kept_and_answered(people: People, monkeypatch: pytest.MonkeyPatch):
    def broken(_context: object, _request: object) -> object:
        raise ZeroDivisionError("planted")

    member = people["m03"]
    monkeypatch.setitem(desk.REQUESTS, MyPoints, broken)
    member.say("我的积分", id="x1")
    assert "ZeroDivision" not in member.text
    assert "您的消息已保存" in member.text
    assert facts(people)["parked"] == 1
    first = member.screens
    assert member.say("我的积分", id="x1") == first, "the same message is not parked twice"
    assert facts(people)["parked"] == 1
    member.say("申报 学习 1")
    member.tap("确认")
    assert "已提交" in member.text


def test_a_full_disk_is_said_in_words_and_passes(people: People):
    """The database may not grow by a single page until space is back."""
    database = people.parts.database
    member = people["m03"]

    def limit(pages: int) -> None:
        database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages}").fetchall())

    pages = database.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    limit(pages)
    said = 0
    while "再发" not in member.text or not said:
        said += 1
        member.say("申报 志愿服务 2 " + "学习 1 " * 150, id=f"full{said}")
        assert said < 200, "the disk never got full"
    limit(1_000_000)
    member.say("申报 志愿服务 2", id=f"full{said}")
    assert any(label.startswith("确认") for label in member.labels), "the same message is handled once there is room"


def test_an_unreadable_request_gets_a_screen(people: People):
    for body in (b"", b"not json", b'{"persona": 3}', b"[]", b'{"persona": "m03", "text": null}'):
        answer = people.client.post("/chat/api/messages", content=body)
        assert answer.status_code == 200
        assert answer.json()["screens"][0]["title"]
    assert people["nobody"].say("申报")
    assert people["m03"].post(token="nosuchtoken")
