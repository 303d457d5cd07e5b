"""What happens to members when Telegram, the way to it, or an update is not as it should be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from storage import deliveries, inbox
from tests.flows.telegram import Telegram, telegram
from tests.houses import START
from tests.peers.driving import Person
from tests.peers.wire import posted

DECLARE = "申报 志愿服务 {}"
MOST_S = 20.0


@pytest.fixture(params=["polling", "webhook"])
def house(folder: Path, request: pytest.FixtureRequest) -> Iterator[Telegram]:
    with telegram(folder, request.param) as found:
        yield found


@pytest.fixture
def polling(folder: Path) -> Iterator[Telegram]:
    with telegram(folder, "polling") as found:
        yield found


@pytest.fixture
def webhook(folder: Path) -> Iterator[Telegram]:
    with telegram(folder, "webhook") as found:
        yield found


def parked(house: Telegram) -> int:
    return house.parts.database.read(inbox.parked)


def move_when_settled(house: Telegram, state: str) -> None:
    """Moves the clock once some reply has this state; nothing tells when a result is stored, so it is looked for."""
    end = monotonic() + MOST_S
    while not house.parts.database.read(deliveries.counts).get(state):
        assert monotonic() < end, house.parts.database.read(deliveries.counts)
        sleep(0.01)
    house.parts.clock.move(START + timedelta(minutes=1))


def drafted(member: Person, hours: int = 2) -> Any:
    member.says(DECLARE.format(hours))
    return member.sees(f"志愿服务 {hours}小时")


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"message_id": "seven"}},
        {"message": {"message_id": 7, "date": 0, "chat": {"id": "x"}}},
        {"callback_query": {"id": 5}},
        {"message": 7},
    ],
    ids=["no chat", "wrong chat", "no sender", "no message"],
)
def test_an_update_that_cannot_be_read_is_parked_and_the_next_goes_on(house: Telegram, update: dict[str, Any]):
    member = house.bound("m03")
    house.api.inject(update, member.chat, checked=False)
    assert drafted(member)
    house.api.settled()
    assert parked(house) == 1


def test_a_backlog_is_answered_in_the_order_of_each_chat(house: Telegram):
    people = [house.bound(code) for code in ("m03", "m04", "m05", "m06")]
    house.api.do("pause", {"paused": True})
    for hours in range(1, 6):
        for person in people:
            person.says(DECLARE.format(hours))
    house.api.do("pause", {"paused": False})
    for person in people:
        for hours in range(1, 6):
            assert f"志愿服务 {hours}小时" in person.sees(most_s=30).text
    assert all(person.unseen() == [] for person in people)


def test_an_update_that_comes_again_has_one_effect(webhook: Telegram):
    member = webhook.bound("m03")
    update = {
        "update_id": 900_001,
        "message": {
            "message_id": 1,
            "date": int(START.timestamp()),
            "chat": {"id": member.id, "type": "private", "first_name": "孙"},
            "from": {"id": member.id, "is_bot": False, "first_name": "孙"},
            "text": DECLARE.format(2),
        },
    }
    shown = []
    for _ in range(2):
        webhook.api.inject(update, member.chat)
        shown.append(member.sees("志愿服务 2小时"))
    assert shown[0].buttons == shown[1].buttons
    assert len([label for label in shown[1].labels if "志愿服务" in label]) == 1


def test_a_button_pressed_twice_at_once_submits_once(house: Telegram):
    member = house.bound("m03")
    draft = drafted(member)
    house.api.do("pause", {"paused": True})
    for _ in range(2):
        member.presses(draft, "确认提交")
    house.api.do("pause", {"paused": False})
    member.sees("已提交：1 条")
    house.api.settled()
    member.says("记录")
    member.sees()
    pending = house.people["m01"].say("审核")
    assert sum("志愿服务" in line for screen in pending for line in screen["lines"]) == 1


def test_an_edit_that_got_lost_is_made_again(polling: Telegram):
    member = polling.bound("m03")
    draft = drafted(member)
    polling.api.fail("editMessageText", "lose")
    member.presses(draft, "确认提交")
    polling.api.called("editMessageText")
    move_when_settled(polling, "due")
    assert member.sees("已提交：1 条", kind="edit").id == draft.id


def test_a_reply_that_got_no_answer_is_not_sent_twice(polling: Telegram):
    member = polling.bound("m03")
    polling.api.fail("sendMessage", "drop")
    drafted(member)
    move_when_settled(polling, "unknown")
    drafted(member, 3)
    assert sum("请核对" in each.text and "3小时" not in each.text for each in member.sees_now()) == 1


def test_a_reply_refused_by_a_broken_server_comes_later(polling: Telegram):
    member = polling.bound("m03")
    polling.api.fail("sendMessage", status=502, description="Bad Gateway")
    member.says(DECLARE.format(2))
    polling.api.called("sendMessage")
    move_when_settled(polling, "due")
    member.sees("志愿服务 2小时")


def test_a_reply_that_must_wait_comes_once_and_others_do_not_wait(polling: Telegram):
    slow, other = polling.bound("m03"), polling.bound("m04")
    wait: dict[str, Any] = {
        "status": 429,
        "description": "Too Many Requests: retry after 2",
        "parameters": {"retry_after": 2},
    }
    polling.api.fail("sendMessage", chat=slow.chat, **wait)
    slow.says(DECLARE.format(2))
    polling.api.called("sendMessage")
    drafted(other)
    slow.sees("志愿服务 2小时")
    order = [(each["facts"]["chat_id"], each["status"]) for each in polling.api.calls("sendMessage")]
    assert order == [(slow.chat, 429), (other.chat, 200), (slow.chat, 200)]


def test_a_press_that_cannot_be_answered_is_handled_all_the_same(house: Telegram):
    member = house.bound("m03")
    draft = drafted(member)
    gone = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    house.api.fail("answerCallbackQuery", status=400, description=gone)
    member.presses(draft, "确认提交")
    member.sees("已提交：1 条", kind="edit")


def test_polls_go_on_after_another_poller_and_a_broken_server(polling: Telegram):
    member = polling.bound("m03")
    address = f"{polling.api.base_url}{polling.api.token}/getUpdates"
    with ThreadPoolExecutor(1) as pool:
        rival = pool.submit(posted, address, b'{"timeout": 5}')
        assert drafted(member)  # the rival's poll is ended by ours, or ends ours, which then asks again
        rival.result()
    polling.api.fail("getUpdates", status=502, description="Bad Gateway")
    polling.api.fail("getUpdates", "drop")
    assert drafted(member, 3)


def test_a_webhook_set_by_another_program_is_taken_away(polling: Telegram):
    member = polling.bound("m03")
    posted(f"{polling.api.base_url}{polling.api.token}/setWebhook", b'{"url": "https://zhibu.example/elsewhere"}')
    assert drafted(member)


def test_a_post_without_the_secret_is_refused_and_kept_nowhere(webhook: Telegram):
    before = webhook.parts.database.read(inbox.count)
    for secret in (b"", b"wrong", "a-sécret".encode()):
        headers = [(b"x-telegram-bot-api-secret-token", secret)] if secret else []
        assert webhook.client.post("/hooks/telegram", content=b'{"update_id": 1}', headers=headers).status_code == 403
    assert webhook.parts.database.read(inbox.count) == before
