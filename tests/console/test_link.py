"""Coming in by a link from the chat: what is looked at spends nothing, what is pressed spends once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.clock import Clock
from bot.opening import Parts
from bot.secrets import hashed
from console.auth import COOKIE, DOOR
from handlers.context import Refused
from handlers.members import Invite
from handlers.signin import AskForLink, ConsoleLink
from rules.access import Actor, Grant
from rules.notices import KINDS
from screens.notices import message
from screens.texts import words
from storage import members, outbox
from storage.outbox import NoticeRow
from tests.console.conftest import Browsers, csrf_in, number_of
from tests.flows.people import People

TOKEN = "a-token-that-was-drawn-for-this-test"


def actor_of(parts: Parts, code: str) -> Actor:
    number = number_of(parts, code)
    day = parts.desk.house.today(parts.clock.now())
    found = parts.database.read(lambda connection: members.actor(connection, number, day))
    assert found is not None
    return found


def ask(parts: Parts, code: str, token: str = TOKEN) -> ConsoleLink | Refused:
    answer = parts.desk.do(actor_of(parts, code), AskForLink(token, hashed(token)), parts.clock.now())
    assert isinstance(answer, ConsoleLink | Refused)
    return answer


@pytest.fixture
def link(parts: Parts, house: TestClient) -> str:
    """A fresh link of the secretary m01."""
    answer = ask(parts, "m01")
    assert isinstance(answer, ConsoleLink)
    return f"/console/enter/{answer.token}"


def press(client: TestClient, link: str, **headers: str) -> Any:
    """Opens the page of a link and presses its button."""
    csrf = csrf_in(client.get(link).text)
    return client.post(link, data={"csrf": csrf}, headers=headers)


def told(parts: Parts, code: str) -> list[NoticeRow]:
    """What a member was told of the console."""
    number, c = number_of(parts, code), outbox.notice.c
    query = sa.select(c.id, c.member_id, c.kind, c.facts, c.made_at)
    query = query.where(c.member_id == number, c.kind.startswith("console"))
    return [NoticeRow(*row) for row in parts.database.read(lambda connection: connection.execute(query).all())]


def test_the_chat_gives_a_link_to_those_with_a_role(people: People):
    secretary = people["m01"]
    screen = secretary.say("后台")[0]
    assert "/console/enter/" in screen["link"]
    path = screen["link"][screen["link"].index("/console") :]
    client = TestClient(people.app, follow_redirects=False)
    assert press(client, path).headers["location"] == "/console"
    assert "王立新" in client.get("/console").text
    people.client.cookies.set("zhibu_persona", "m01")
    assert "/console/enter/" not in people.client.get("/chat").text, "the secret is not kept in the history"


def test_the_owner_is_told_in_the_chat_at_once(parts: Parts, house: TestClient, link: str):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130"
    press(house, link, **{"user-agent": agent})
    notices = told(parts, "m01")
    screen = message(words("zh_CN"), notices)
    assert screen.title == "您已登录管理后台"
    assert screen.lines[:2] == ("11月22日 09:00 Windows 电脑", "方式：一次性链接")
    assert KINDS[notices[0].kind], "it goes at once"


def test_a_member_without_a_role_gets_words_instead(people: People):
    member = people["m03"]
    member.say("后台")
    assert "/console" not in str(member.screens[0]["link"])
    assert "担任职务" in member.text


def test_looking_at_a_link_spends_nothing(house: TestClient, link: str):
    for _ in range(3):
        assert house.head(link).status_code == 200
        preview = house.get(link, headers={"user-agent": "TelegramBot (like TwitterBot)", "purpose": "prefetch"})
        assert preview.status_code == 200
        assert "王立新" not in preview.text, "the page does not tell whose link it is"
        assert COOKIE not in preview.cookies
    assert press(house, link).status_code == 303


def test_a_link_serves_once(house: TestClient, link: str):
    csrf = csrf_in(house.get(link).text)
    door = house.cookies[DOOR]
    assert house.post(link, data={"csrf": csrf}).status_code == 303
    house.cookies.set(DOOR, door, path="/console")
    assert house.post(link, data={"csrf": csrf}).status_code == 404
    assert TestClient(house.app).get(link).status_code == 404


def test_a_spent_an_old_and_an_unknown_link_look_the_same(house: TestClient, link: str):
    press(house, link)
    spent, unknown = house.get(link), house.get("/console/enter/never-issued")
    assert (spent.status_code, spent.text) == (unknown.status_code, unknown.text)


def test_a_link_is_over_after_ten_minutes(parts: Parts, house: TestClient, link: str):
    csrf = csrf_in(house.get(link).text)
    assert isinstance(parts.clock, Clock)
    parts.clock.move(parts.clock.now() + timedelta(minutes=10))
    assert house.get(link).status_code == 404
    assert house.post(link, data={"csrf": csrf}).status_code == 404


def test_a_new_link_ends_the_one_before(parts: Parts, house: TestClient, link: str):
    ask(parts, "m01", "another")
    assert house.get(link).status_code == 404
    assert house.get("/console/enter/another").status_code == 200


def test_a_hundred_presses_at_once_give_one_session(parts: Parts, house: TestClient, link: str):
    csrf = csrf_in(house.get(link).text)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: house.post(link, data={"csrf": csrf}).status_code, range(100)))
    assert answers.count(303) == 1, answers
    assert len(told(parts, "m01")) == 1


def test_another_browser_cannot_press_with_this_one_s_key(house: TestClient, link: str):
    csrf = csrf_in(house.get(link).text)
    other = TestClient(house.app, follow_redirects=False)
    assert other.post(link, data={"csrf": csrf}).status_code == 403, "without the cookie of the page"
    assert house.post(link, data={"csrf": csrf}, headers={"origin": "https://evil.example"}).status_code == 403
    assert house.post(link, data={"csrf": csrf}, headers={"origin": "null"}).status_code == 403
    assert house.post(link, data={"csrf": csrf}).status_code == 303, "none of it spent the link"


def test_the_cookie_is_kept_from_scripts_and_other_paths(house: TestClient, link: str):
    cookies = [each.lower() for each in press(house, link).headers.get_list("set-cookie")]
    cookie = next(each for each in cookies if each.startswith(COOKIE + "="))
    assert {"httponly", "samesite=lax", "path=/console"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie, "this house is on http"


def test_the_token_and_the_key_are_stored_as_hashes(parts: Parts, house: TestClient, link: str):
    press(house, link)
    content = parts.settings.database.read_bytes() + (parts.settings.data / "zhibu.db-wal").read_bytes()
    assert TOKEN.encode() not in content
    assert house.cookies[COOKIE].encode() not in content


def test_the_chat_and_the_console_do_not_open_one_another(house: TestClient, as_person: Browsers):
    client = as_person("m01")
    key = client.cookies[COOKIE]
    assert client.get("/chat").status_code == 401
    other = TestClient(house.app, follow_redirects=False)
    other.cookies.set("zhibu_chat", key)
    assert other.get("/chat").status_code == 401
    assert other.get("/console").status_code == 303


def test_a_new_invitation_ends_console_sessions_and_links(parts: Parts, as_person: Browsers, link: str):
    client = as_person("m01")
    assert client.get("/console").status_code == 200
    operator = Actor(0, grants=(Grant("administrator", 0, "/"),))
    parts.desk.do(operator, Invite(number_of(parts, "m01"), "t", "t-hash", "000000", "p"), parts.clock.now())
    assert client.get("/console").status_code == 303
    assert client.get(link).status_code == 404


def test_a_role_that_ends_ends_the_console_at_once(parts: Parts, house: TestClient, as_person: Browsers, link: str):
    client = as_person("m01")
    assert client.get("/console").status_code == 200
    yesterday = parts.desk.house.today(parts.clock.now()) - timedelta(days=1)
    ended = members.role.update().where(members.role.c.member_id == number_of(parts, "m01"))
    parts.database.write(lambda connection: connection.execute(ended.values(until_on=yesterday)))
    assert client.get("/console").status_code == 403
    press(house, link)
    assert house.get("/console").status_code == 403, "a link from before opens nothing"
    assert isinstance(ask(parts, "m01"), Refused)


@pytest.mark.parametrize("path", ["/console/enter/x", "/console/sign-in", "/console", "/console/nothing"])
def test_every_answer_of_the_console_carries_the_headers(house: TestClient, path: str):
    for answer in (house.get(path), house.post(path), house.put(path)):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_pages_hold_no_inline_code(house: TestClient, as_person: Browsers):
    for page in (house.get("/console/sign-in"), as_person("m01").get("/console"), as_person("m01").get("/console/me")):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page.text)
