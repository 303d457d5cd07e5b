"""How the emulator posts to a webhook: secret, order in a chat, again until 2xx, the method in the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.peers.botapi import BotApi
from tests.peers.delivery import Patience
from tests.peers.driving import Driver, Person, remote
from tests.peers.wire import posted

ANN, BEN = 1001, 1002
SECRET = "s" * 16


@dataclass
class Hook:
    """A bot that echoes in its answer, and refuses what it is told to refuse."""

    refuse: int = 0
    seen: list[str] = field(default_factory=list)
    tries: int = 0
    lock: Lock = field(default_factory=Lock)

    async def take(self, request: Request) -> Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
        message = (await request.json())["message"]
        with self.lock:
            self.tries += 1
            if self.tries <= self.refuse:
                return JSONResponse({}, 500)
            self.seen.append(message["text"])
        return JSONResponse(
            {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": f"回 {message['text']}"}
        )


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def api(hook: Hook) -> Iterator[Driver]:
    app = Starlette(routes=[Route("/hook", hook.take, methods=["POST"])])
    with TestClient(app) as client, BotApi(patience=Patience(webhook_again=0.01)).serving() as driver:
        driver.deliver_to(client)
        call(driver, "setWebhook", url="https://zhibu.example/hook", secret_token=SECRET)
        yield driver


@pytest.fixture
def ann(api: Driver) -> Person:
    return api.person(ANN, "赵晨")


def call(api: Driver, method: str, **facts: object) -> Any:
    return posted(f"{api.base_url}{api.token}/{method}", json.dumps(facts).encode())


def test_the_method_in_the_answer_is_carried_out(api: Driver, ann: Person):
    update = ann.says("一")
    assert ann.sees().text == "回 一"
    assert api.acknowledged[update][0] == "200"
    assert [each["via"] for each in api.calls("sendMessage")] == ["webhook"]


def test_an_update_is_posted_until_it_is_taken_and_the_next_waits(api: Driver, ann: Person, hook: Hook):
    hook.refuse = 3
    ann.says("一")
    ann.says("二")
    api.settled()
    assert (hook.seen, hook.tries) == (["一", "二"], 5)


def test_nobody_learns_of_an_error_of_the_method_in_the_answer(api: Driver, ann: Person):
    api.fail("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    ann.says("一")
    api.called("sendMessage")
    assert ann.unseen() == []


def test_what_waited_while_held_back_arrives_in_order(api: Driver, ann: Person, hook: Hook):
    api.do("pause", {"paused": True})
    for number in range(5):
        ann.says(str(number))
    assert hook.seen == []
    api.do("pause", {"paused": False})
    api.settled()
    assert hook.seen == ["0", "1", "2", "3", "4"]


def test_removing_the_webhook_keeps_what_waits_for_polls(api: Driver, ann: Person, hook: Hook):
    hook.refuse = 10**6
    update = ann.says("一")
    call(api, "deleteWebhook")
    assert [each["update_id"] for each in call(api, "getUpdates")["result"]] == [update]


def test_the_same_verbs_work_over_http(api: Driver, hook: Hook):
    far = remote(api.address, api.token)
    ben = far.person(BEN, "钱明")
    ben.says("二")
    assert ben.sees().text == "回 二"
    assert far.violations == []
    with pytest.raises(ValueError, match="no control is called"):
        far.do("nonsense", {})


def test_a_webhook_of_another_machine_needs_https(api: Driver):
    answer = call(api, "setWebhook", url="http://zhibu.example/hook")
    assert answer["description"] == "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
