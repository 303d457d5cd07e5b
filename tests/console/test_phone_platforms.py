"""The platforms' own sign-in as a way into the phone pages, and everything that opens nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.clock import Clock
from bot.opening import Parts, open_parts
from console.phone.session import DOOR
from storage import phones
from tests.console.phones import Said, bind, pages
from tests.houses import START, Place

OUTSIDE = "MicroMessenger/8.0"


@pytest.fixture
def parts(place: Place) -> Iterator[Parts]:
    """A house without a process around it."""
    found = open_parts(place.settings(), Clock(lambda: START))
    yield found
    found.close()


def sessions(parts: Parts) -> int:
    query = sa.select(sa.func.count()).select_from(phones.phone_session)
    return int(parts.database.read(lambda connection: connection.execute(query).scalar_one()))


def to_platform(phone: TestClient, channel: str, page: str = "declare") -> dict[str, str]:
    """What the platform is asked for."""
    answer = phone.get(f"/m/in/{channel}?page={page}")
    assert answer.status_code == 302
    address = urlsplit(answer.headers["location"])
    assert (address.scheme, address.netloc, address.fragment) == ("https", "open.weixin.qq.com", "wechat_redirect")
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def back(phone: TestClient, channel: str, **query: str) -> Any:
    return phone.get(f"/m/in/{channel}/back", params=query)


# channel → the account, what the platform answers, what it is asked
PLATFORMS: dict[str, tuple[str, dict[str, Any], str]] = {
    "wechat": ("oABC-openid", {"openid": "oABC-openid", "scope": "snsapi_base"}, "/sns/oauth2/access_token"),
    "wecom": ("m03", {"errcode": 0, "userid": "M03"}, "/cgi-bin/auth/getuserinfo"),
}


@pytest.fixture(params=PLATFORMS)
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def said(channel: str) -> Said:
    return Said({"code-1": PLATFORMS[channel][1]})


@pytest.fixture
def phone(parts: Parts, channel: str, said: Said) -> TestClient:
    """A phone in front of a house with the one platform; the account is m03's."""
    bind(parts, channel, PLATFORMS[channel][0], "m03")
    return pages(parts, wechat=said) if channel == "wechat" else pages(parts, wecom=said)


def test_the_platform_s_page_sends_a_member_in(channel: str, phone: TestClient, said: Said):
    asked = to_platform(phone, channel, "points")
    assert asked["redirect_uri"] == f"http://testserver/m/in/{channel}/back"
    assert asked["scope"] == "snsapi_base"
    assert re.fullmatch(r"[A-Za-z0-9]{1,128}", asked["state"])
    assert ("agentid" in asked) == (channel == "wecom")
    answer = back(phone, channel, code="code-1", state=asked["state"])
    assert answer.headers["location"] == "/m/points"
    assert said.asked == [PLATFORMS[channel][2]]
    assert "孙柏青" in phone.get("/m/points").text


def test_a_code_used_twice_opens_no_second_session(channel: str, phone: TestClient, parts: Parts):
    state = to_platform(phone, channel)["state"]
    door = phone.cookies[DOOR]
    assert back(phone, channel, code="code-1", state=state).status_code == 303
    phone.cookies.set(DOOR, door, path="/m")
    again = back(phone, channel, code="code-1", state=state)
    assert again.headers["location"] == "/m/declare", "whoever is in already goes on"
    other = TestClient(phone.app, follow_redirects=False)
    other.cookies.set(DOOR, door, path="/m")
    assert back(other, channel, code="code-1", state=state).status_code == 401
    assert sessions(parts) == 1


@pytest.mark.parametrize("wrong", ["none", "another browser", "changed", "other page", "too late", "other channel"])
def test_a_state_that_is_not_this_browser_s_is_not_even_asked_about(
    channel: str, phone: TestClient, parts: Parts, said: Said, wrong: str
):
    state = to_platform(phone, channel)["state"]
    if wrong == "none":
        state = ""
    if wrong == "another browser":
        phone.cookies.clear()
        to_platform(phone, channel)
    if wrong == "changed":
        state = state[:-1] + ("0" if state[-1] != "0" else "1")
    if wrong == "other page":
        state = ("1" if state[0] == "0" else "0") + state[1:]
    if wrong == "other channel":
        both = pages(parts, wechat=said, wecom=said)
        state = to_platform(both, {"wechat": "wecom", "wecom": "wechat"}[channel])["state"]
        phone.cookies.set(DOOR, both.cookies[DOOR], path="/m")
    if wrong == "too late":
        assert isinstance(parts.clock, Clock)
        parts.clock.move(parts.clock.now() + timedelta(minutes=11))
    assert back(phone, channel, code="code-1", state=state).status_code == 401
    assert said.asked == []
    assert sessions(parts) == 0


def test_head_asks_nothing_and_opens_nothing(channel: str, phone: TestClient, said: Said, parts: Parts):
    state = to_platform(phone, channel)["state"]
    phone.head(f"/m/in/{channel}/back", params={"code": "code-1", "state": state})
    assert said.asked == []
    assert sessions(parts) == 0


def test_an_unknown_a_foreign_and_a_refused_code_read_the_same(channel: str, phone: TestClient, said: Said):
    """Somebody bound to nobody, somebody from outside the employer, and a code the platform does not know."""
    name = "userid" if channel == "wecom" else "openid"
    said.answers |= {"stranger": {name: "somebody-else"}, "outside": {"external_userid": "wmX"}, "odd": {name: 7}}
    shown = set()
    for code in ("stranger", "outside", "odd", "invented"):
        answer = back(phone, channel, code=code, state=to_platform(phone, channel)["state"])
        assert answer.status_code == 401
        shown.add(answer.text)
    assert len(shown) == 1


def test_no_address_but_our_own_pages_follows_a_sign_in(channel: str, phone: TestClient):
    for page in ("https://evil.example", "//evil.example", "../console", "declare/../../console", ""):
        state = to_platform(phone, channel, page)["state"]
        answer = back(phone, channel, code="code-1", state=state, page="//evil.example", next="//evil.example")
        assert answer.headers.get("location", "/m/declare") == "/m/declare"


def test_inside_the_app_a_page_goes_to_its_own_platform_by_itself(channel: str, phone: TestClient):
    agent = OUTSIDE + (" wxwork/4.1" if channel == "wecom" else "")
    answer = phone.get("/m/points", headers={"user-agent": agent})
    assert answer.headers["location"] == f"/m/in/{channel}?page=points"
    assert phone.get("/m/points").status_code == 401
    assert phone.post("/m/declare", headers={"user-agent": agent}).status_code == 401
