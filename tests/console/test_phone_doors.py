"""The four ways into the phone pages, and everything that opens nothing."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.clock import Clock
from bot.opening import Parts, open_parts
from bot.secrets import hashed
from bot.vouching import telegram_user
from console.phone.session import COOKIE, DOOR
from handlers.context import Refused
from handlers.identities.accounts import Unbind
from handlers.members import Invite
from handlers.phones import AskForPhoneLink, PhoneLink
from rules.access import OPERATOR
from storage import phones
from tests.console.conftest import acting, csrf_in, number_of
from tests.console.phones import BOT_TOKEN, Said, bind, init_data, pages, signed_in
from tests.flows.people import People
from tests.houses import START, Place

TOKEN = "a-token-that-was-drawn-for-this-test"
OUTSIDE = "MicroMessenger/8.0"


@pytest.fixture
def parts(place: Place) -> Iterator[Parts]:
    """A house without a process around it."""
    found = open_parts(place.settings(), Clock(lambda: START))
    yield found
    found.close()


def ask(parts: Parts, code: str, token: str = TOKEN) -> PhoneLink | Refused:
    answer = parts.desk.do(acting(parts, code), AskForPhoneLink("points", token, hashed(token)), parts.clock.now())
    assert isinstance(answer, PhoneLink | Refused)
    return answer


@pytest.fixture
def link(parts: Parts) -> str:
    assert isinstance(ask(parts, "m03"), PhoneLink)
    return f"/m/in/link/{TOKEN}"


def press(client: TestClient, link: str, **headers: str) -> Any:
    return client.post(link, data={"csrf": csrf_in(client.get(link).text)}, headers=headers)


def sessions(parts: Parts) -> int:
    query = sa.select(sa.func.count()).select_from(phones.phone_session)
    return int(parts.database.read(lambda connection: connection.execute(query).scalar_one()))


def test_the_chat_gives_a_link_that_is_not_kept(people: People):
    member = people["m03"]
    member.say("申报")
    screen = member.tap("打开表单")[0]
    path = screen["link"][screen["link"].index("/m/in/link/") :]
    phone = TestClient(people.client.app, follow_redirects=False)
    assert press(phone, path).headers["location"] == "/m/declare"
    assert "孙柏青" in phone.get("/m/declare").text
    people.client.cookies.set("zhibu_persona", "m03")
    assert "/m/in/link/" not in people.client.get("/chat").text


def test_who_does_not_declare_gets_words_instead_of_a_link(parts: Parts):
    answer = ask(parts, "s05")
    assert isinstance(answer, Refused)
    assert answer.problems[0].code == "not_declaring"


def test_looking_at_a_link_opens_nothing(parts: Parts, link: str):
    phone = pages(parts)
    for _ in range(3):
        assert phone.head(link).status_code == 200
        preview = phone.get(link, headers={"user-agent": "TelegramBot (like TwitterBot)", "purpose": "prefetch"})
        assert preview.status_code == 200
        assert "孙柏青" not in preview.text, "the page does not tell whose link it is"
    assert COOKIE not in phone.cookies
    assert sessions(parts) == 0
    assert press(phone, link).headers["location"] == "/m/points"


def test_a_link_serves_once_and_of_a_hundred_presses_one(parts: Parts, link: str):
    phone = pages(parts)
    csrf, door = csrf_in(phone.get(link).text), phone.cookies[DOOR]

    def pressed(_: int) -> int:
        other = TestClient(phone.app, follow_redirects=False)
        other.cookies.set(DOOR, door, path="/m")
        return int(other.post(link, data={"csrf": csrf}).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(pressed, range(100)))
    assert answers.count(303) == 1, answers
    assert set(answers) == {303, 404}
    assert sessions(parts) == 1


def test_a_spent_an_old_and_an_unknown_link_look_the_same(parts: Parts, link: str):
    phone = pages(parts)
    fresh = phone.get("/m/in/link/never-issued")
    csrf = csrf_in(phone.get(link).text)
    assert isinstance(parts.clock, Clock)
    parts.clock.move(parts.clock.now() + timedelta(minutes=10))
    old = phone.get(link)
    assert (old.status_code, old.text) == (fresh.status_code, fresh.text) == (404, fresh.text)
    assert phone.post(link, data={"csrf": csrf}).status_code == 404
    assert sessions(parts) == 0


def test_another_browser_cannot_press_with_this_one_s_key(parts: Parts, link: str):
    phone = pages(parts)
    csrf = csrf_in(phone.get(link).text)
    other = TestClient(phone.app, follow_redirects=False)
    assert other.post(link, data={"csrf": csrf}).status_code == 403, "without the cookie of the page"
    for origin in ("https://evil.example", "null"):
        assert phone.post(link, data={"csrf": csrf}, headers={"origin": origin}).status_code == 403
    assert phone.post(link, data={"csrf": csrf}).status_code == 303, "none of it spent the link"


def test_the_cookie_is_the_phone_s_alone(parts: Parts, link: str):
    answer = press(pages(parts, address="https://zhibu.example"), link)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}="))
    found = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/m", "secure"} <= found


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


@pytest.mark.parametrize("path", ["/m/in/wechat", "/m/in/wecom/back?code=1&state=2", "/m/in/nothing"])
def test_a_platform_that_is_not_set_up_leads_to_how_to_come_in(parts: Parts, path: str):
    assert pages(parts).get(path).status_code == 404


def mini_app(phone: TestClient, data: str) -> Any:
    csrf = csrf_in(phone.get("/m/in/telegram?page=points").text)
    return phone.post("/m/in/telegram", data={"csrf": csrf, "data": data, "page": "points"})


def test_a_mini_app_sends_a_member_in(parts: Parts):
    bind(parts, "telegram", "4711", "m03")
    phone = pages(parts)
    assert mini_app(phone, init_data(4711, START)).headers["location"] == "/m/points"
    assert "孙柏青" in phone.get("/m/points").text


MINUTES = timedelta(minutes=1)
WRONG_DATA = {
    "another bot's": init_data(4711, START, token="999:other"),
    "another user's": init_data(4712, START).replace("4712", "4711"),
    "too old": init_data(4711, START - 10 * MINUTES - timedelta(seconds=1)),
    "of tomorrow": init_data(4711, START + 1440 * MINUTES),
    "without a date": init_data(4711, START, auth_date=""),
    "with a strange date": init_data(4711, START, auth_date="\u00b2\u00b3"),
    "without a user": init_data(4711, START, user=""),
    "with a strange user": init_data(4711, START, user="[1]"),
    "without a hash": "auth_date=1&user=%7B%7D",
    "with a strange hash": init_data(4711, START).partition("hash=")[0] + "hash=%E5%AD%97",
    "nothing": "",
    "somebody unknown": init_data(999, START),
}


@pytest.mark.parametrize("wrong", WRONG_DATA)
def test_data_that_is_not_telegram_s_opens_nothing(parts: Parts, wrong: str):
    bind(parts, "telegram", "4711", "m03")
    answer = mini_app(pages(parts), WRONG_DATA[wrong])
    assert answer.status_code == 401
    assert sessions(parts) == 0


def test_an_empty_field_belongs_to_what_is_signed():
    data = init_data(4711, START, photo_url="")
    assert telegram_user(BOT_TOKEN, data, START) == "4711"
    assert telegram_user(BOT_TOKEN, data.replace("photo_url=&", ""), START) is None


def test_mini_app_data_needs_the_form_of_this_browser(parts: Parts):
    bind(parts, "telegram", "4711", "m03")
    answer = pages(parts).post("/m/in/telegram", data={"data": init_data(4711, START)})
    assert answer.status_code == 403


def test_a_session_ends_after_two_hours_and_with_what_it_stood_on(parts: Parts):
    now = parts.clock.now()
    ends = {
        "time": lambda: parts.clock.move(now + timedelta(hours=2)),
        "a new invitation": lambda: parts.desk.do(OPERATOR, Invite(number_of(parts, "m03"), "t", "h", "1", "p"), now),
        "unbinding": lambda: parts.desk.do(acting(parts, "m03"), Unbind("webchat"), now),
    }
    for name in ("a new invitation", "unbinding", "time"):
        if name == "time":
            bind(parts, "webchat", f"m{number_of(parts, 'm03')}", "m03")
        phone = signed_in(parts, "m03")
        assert phone.get("/m/points").status_code == 200
        ends[name]()
        assert phone.get("/m/points").status_code == 401, name


def test_signing_out_ends_the_session(parts: Parts):
    phone = signed_in(parts, "m03")
    csrf = csrf_in(phone.get("/m/points").text)
    assert phone.post("/m/leave").status_code == 403
    assert phone.post("/m/leave", data={"csrf": csrf}).status_code == 200
    assert sessions(parts) == 0


def test_phone_console_and_chat_do_not_open_one_another(people: People):
    key = "one-key-in-three-cookies"
    client = TestClient(people.client.app, follow_redirects=False)
    for name, path in (("zhibu_phone", "/m"), ("zhibu_console", "/console"), ("zhibu_chat", "/chat")):
        client.cookies.set(name, key, path=path)
    answer = TestClient(people.client.app, follow_redirects=False).get("/demo/phone?persona=m03")
    phone_key = answer.cookies[COOKIE]
    client.cookies.set("zhibu_console", phone_key, path="/console")
    assert client.get("/console").status_code == 303
    assert client.get("/m/points").status_code == 401


@pytest.mark.parametrize("path", ["/m/declare", "/m/in/link/x", "/m/in/telegram", "/m/nothing", "/m"])
def test_every_answer_carries_the_headers(parts: Parts, path: str):
    phone = pages(parts)
    for answer in (phone.get(path), phone.post(path), phone.put(path)):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"


def test_a_door_takes_little(parts: Parts, link: str):
    phone = pages(parts)
    csrf = csrf_in(phone.get(link).text)
    for path in (link, "/m/in/telegram"):
        assert phone.post(path, data={"csrf": csrf, "data": "x" * 70_000}).status_code == 413
