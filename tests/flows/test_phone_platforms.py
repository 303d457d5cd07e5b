"""Signing in with WeChat and WeCom, and an invitation's code, against the stand-in of the platforms."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.clock import Clock
from bot.opening import Parts, open_parts
from bot.router import Router
from bot.scenes import scene_of
from bot.secrets import draw
from bot.tencent.api import Api
from bot.tencent.tokens import Key, Tokens, WeChatKey, WeComKey
from bot.wechat.edge import meaning
from console.phone import app as phone
from handlers.members import Invite
from rules.access import OPERATOR
from tests.console.conftest import number_of
from tests.console.phones import bind, office
from tests.houses import START, Place
from tests.peers.wxplatform import IDS, SECRET, Kind, Platform

pytestmark = pytest.mark.needs("node")
ACCOUNTS = {"wechat": "oMember-of-the-account", "wecom": "m03"}


@pytest.fixture
def parts(place: Place) -> Iterator[Parts]:
    """A house without a process around it."""
    found = open_parts(place.settings(), Clock(lambda: START))
    yield found
    found.close()


@pytest.fixture(params=["wechat", "wecom"])
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    kind: Kind = request.param
    with Platform(kind).serving() as found:
        found.at(START)
        yield found


def api_of(parts: Parts, platform: Platform) -> Api:
    """The account's client, as the house has it."""
    key: Key = WeChatKey(IDS["wechat"], SECRET) if platform.kind == "wechat" else WeComKey(IDS["wecom"], SECRET)
    tokens = Tokens(platform.kind, parts.database, key, parts.clock)
    return Api(platform.kind, platform.address, tokens, parts.clock)


@pytest.fixture
def browser(parts: Parts, platform: Platform) -> Iterator[TestClient]:
    """A browser on a phone; its house has the one platform."""
    api = api_of(parts, platform)

    @asynccontextmanager
    async def opened(_app: Starlette) -> AsyncIterator[None]:
        await api.open()
        yield
        await api.close()

    desk = office(parts, wechat=api) if platform.kind == "wechat" else office(parts, wecom=api)
    routes = phone.routes(desk)
    with TestClient(Starlette(routes=routes, lifespan=opened), follow_redirects=False) as client:
        yield client


def back(browser: TestClient, platform: Platform, code: str) -> Any:
    """To the platform's page and back with a code."""
    asked = browser.get(f"/m/in/{platform.kind}?page=points").headers["location"]
    state = parse_qs(urlsplit(asked).query)["state"][0]
    return browser.get(f"/m/in/{platform.kind}/back", params={"code": code, "state": state})


def test_a_member_signs_in_and_his_code_serves_once(parts: Parts, platform: Platform, browser: TestClient):
    bind(parts, platform.kind, ACCOUNTS[platform.kind], "m03")
    code = platform.login(ACCOUNTS[platform.kind].upper() if platform.kind == "wecom" else ACCOUNTS[platform.kind])
    assert back(browser, platform, code).headers["location"] == "/m/points"
    assert "孙柏青" in browser.get("/m/points").text
    browser.cookies.clear()
    assert back(browser, platform, code).status_code == 401


def test_a_stranger_a_forged_code_and_a_platform_that_fails_read_the_same(
    parts: Parts, platform: Platform, browser: TestClient
):
    shown = {back(browser, platform, platform.login("nobody-known-here")).text, back(browser, platform, "forged").text}
    platform.fault("/sns/oauth2/access_token" if platform.kind == "wechat" else "/auth/getuserinfo", status=502)
    shown.add(back(browser, platform, platform.login(ACCOUNTS[platform.kind])).text)
    assert len(shown) == 1
    assert "怎么进入" in shown.pop()


@pytest.mark.parametrize("platform", ["wechat"], indirect=True)
def test_the_code_of_an_invitation_arrives_as_that_invitation(parts: Parts, platform: Platform):
    drawn = draw()
    invite = Invite(number_of(parts, "m03"), drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    parts.desk.do(OPERATOR, invite, START)

    async def asked() -> str | None:
        api = api_of(parts, platform)
        await api.open()
        try:
            return await scene_of(api.call, drawn.token, timedelta(days=7))
        finally:
            await api.close()

    assert asyncio.run(asked()) == f"http://weixin.qq.com/q/{drawn.token}"
    body = platform.calls("/qrcode/create")[0]["body"]
    assert body["expire_seconds"] == 7 * 86_400
    scanned = {"MsgType": "event", "Event": "subscribe", "FromUserName": "oNew", "CreateTime": "1"}
    inbound = meaning(scanned | {"EventKey": f"qrscene_{body['action_info']['scene']['scene_str']}"}).inbound
    assert inbound is not None
    router = Router(parts.desk, parts.clock, "zh_CN", "https://zhibu.example")
    assert "孙*青" in str(asyncio.run(router.receive(inbound)))


@pytest.mark.parametrize("platform", ["wechat"], indirect=True)
def test_where_the_platform_refuses_there_is_no_code(parts: Parts, platform: Platform):
    platform.fault("/qrcode/create", errcode=48001)

    async def asked() -> str | None:
        api = api_of(parts, platform)
        await api.open()
        try:
            return await scene_of(api.call, "T" * 32, timedelta(days=7))
        finally:
            await api.close()

    assert asyncio.run(asked()) is None
