"""The four ways into the phone pages, and everything that opens nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

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
from tests.console.phones import BOT_TOKEN, bind, init_data, pages, signed_in
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
    phone = TestClient(people.app, follow_redirects=False)
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
    client = TestClient(people.app, follow_redirects=False)
    for name, path in (("zhibu_phone", "/m"), ("zhibu_console", "/console"), ("zhibu_chat", "/chat")):
        client.cookies.set(name, key, path=path)
    answer = TestClient(people.app, follow_redirects=False).get("/demo/phone?persona=m03")
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
