"""The official account's code for an invitation: on the console's page and in the web chat; asked once it stands."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channel import DeliveryError
from bot.opening import Parts
from bot.scenes import scene_of
from bot.secrets import fresh, hashed
from console import app as console
from console.auth import COOKIE
from handlers.signin import OpenForDemo
from rules.access import SYSTEM
from storage.invitations import invitation
from tests.console.conftest import csrf_in, number_of
from tests.console.phones import office
from tests.flows.people import People

DAY = timedelta(days=1)
CODE = "http://weixin.qq.com/q/02abcDEF"


@dataclass
class Account:
    """An official account that gives codes, or says why not."""

    answer: dict[str, Any] | DeliveryError = field(default_factory=lambda: {"ticket": "gQ", "url": CODE})
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((path, body))
        if isinstance(self.answer, DeliveryError):
            raise self.answer
        return self.answer

    async def scene(self, token: str, life: timedelta) -> str | None:
        return await scene_of(self.call, token, life)


@pytest.mark.parametrize(("life", "seconds"), [(DAY, 86_400), (30 * DAY, 2_592_000), (90 * DAY, 2_592_000)])
def test_a_code_lives_no_longer_than_its_invitation_and_thirty_days(life: timedelta, seconds: int):
    account = Account()
    assert asyncio.run(account.scene("T" * 32, life)) == CODE
    path, body = account.asked[0]
    assert path == "/cgi-bin/qrcode/create"
    assert body["expire_seconds"] == seconds
    assert body["action_name"] == "QR_STR_SCENE"
    assert body["action_info"] == {"scene": {"scene_str": "T" * 32}}


REFUSALS: tuple[dict[str, Any] | DeliveryError, ...] = (
    DeliveryError("no_right", retry=False),
    {"ticket": "gQ"},
    {"url": 7},
    {"url": "javascript:alert(1)"},
    {"url": "http://x/<script>"},
)


@pytest.mark.parametrize("answer", REFUSALS, ids=str)
def test_a_platform_that_gives_none_gives_none(answer: dict[str, Any] | DeliveryError):
    assert asyncio.run(Account(answer).scene("T" * 32, DAY)) is None


@pytest.fixture
def alone(parts: Parts) -> Iterator[Parts]:
    """A house without a process around it."""
    yield parts
    parts.close()


@pytest.fixture(params=["given", "refused"])
def account(request: pytest.FixtureRequest) -> Account:
    return Account() if request.param == "given" else Account(DeliveryError("no_right", retry=False))


def test_the_console_shows_it_beside_the_link(alone: Parts, account: Account):
    parts = alone
    desk, key = office(parts, scene=account.scene), fresh()
    secretary = TestClient(Starlette(routes=console.routes(desk)), follow_redirects=False)
    parts.desk.do(SYSTEM, OpenForDemo(number_of(parts, "m01"), hashed(key)), parts.clock.now())
    secretary.cookies.set(COOKIE, key, path="/console")
    path = f"/console/people/{number_of(parts, 'm03')}"
    page = secretary.post(f"{path}/invite", data={"csrf": csrf_in(secretary.get(path).text)}).text
    token = re.search(r"/chat/enter/([\w-]{32})", page)
    assert token, "the plain link stands in either case"
    scene = account.asked[0][1]["action_info"]["scene"]["scene_str"]
    assert scene == token[1]
    kept = parts.database.read(lambda c: c.execute(sa.select(invitation.c.token_hash)).scalars().all())
    assert hashed(scene) in kept, "the scan arrives as this invitation"
    given = not isinstance(account.answer, DeliveryError)
    assert ("用微信扫这个二维码" in page, "没有给出二维码" in page) == (given, not given)
    assert page.count("<img") == 1 + given


def test_the_web_chat_shows_it_below_the_invitation(people: People, account: Account):
    app: Any = people.app
    router = next(route.endpoint.__self__ for route in app.routes if route.path == "/chat/api/messages").front.router
    router.scene = account.scene
    secretary = people["m01"]
    secretary.say("登记")
    secretary.tap("邀请")
    screens = secretary.tap("孙柏青")
    assert "/chat/enter/" in screens[0]["link"]
    given = not isinstance(account.answer, DeliveryError)
    assert screens[1]["title"] == "用于微信"
    assert bool(screens[1]["image"]) == given
    secretary.say("首页")
    assert len(account.asked) == 1, "only an invitation is worth a code"
    people.client.cookies.set("zhibu_persona", "m01")
    assert "用于微信" not in people.client.get("/chat").text, "it is shown once"
