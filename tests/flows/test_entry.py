"""Outside the demo: a personal link, a PIN from the secretary, and nothing for strangers."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.app import build
from bot.opening import Parts
from bot.secrets import draw
from handlers.members import Invitation, Invite
from rules.access import Actor, Grant
from storage.members import member_by_code
from tests.flows.people import People


@pytest.fixture
def house(parts: Parts) -> Iterator[TestClient]:
    with TestClient(build(parts), follow_redirects=False) as client:
        yield client


@pytest.fixture
def invitation(parts: Parts, house: TestClient) -> Invitation:
    number = parts.database.read(lambda connection: member_by_code(connection, "m03"))
    assert number is not None
    drawn = draw()
    operator = Actor(0, grants=(Grant("administrator", 0, "/"),))
    request = Invite(number, drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    answer = parts.desk.do(operator, request, parts.clock.now())
    assert isinstance(answer, Invitation)
    return answer


def entering(house: TestClient, invitation: Invitation, pin: str) -> Any:
    """Types the PIN into the page of the link."""
    address = f"/chat/enter/{invitation.token}"
    found = re.search(r'name="csrf" value="([^"]+)"', house.get(address).text)
    return house.post(address, data={"pin": pin, "csrf": found[1] if found else ""})


@pytest.mark.parametrize(
    "path", ["/chat/api/personas", "/chat/api/inbox?persona=m03", "/demo/clock", "/chat/api/messages"]
)
def test_the_demo_s_doors_are_shut(house: TestClient, path: str):
    assert house.get(path).status_code == 404
    assert house.post(path, json={}).status_code == 404


def test_a_stranger_is_told_how_to_come_in(house: TestClient):
    answer = house.get("/chat")
    assert answer.status_code == 401
    assert "书记" in answer.text
    assert house.post("/chat/send", data={"text": "我的积分"}).status_code == 401


def test_link_and_pin_open_the_chat_once(house: TestClient, invitation: Invitation):
    page = house.get(f"/chat/enter/{invitation.token}")
    assert "孙*青" in page.text
    assert "孙柏青" not in page.text
    entered = entering(house, invitation, invitation.pin)
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = house.get("/chat")
    assert "孙柏青" in page.text
    other = TestClient(house.app)
    assert other.get(f"/chat/enter/{invitation.token}").status_code == 404, "a link serves once"


def test_a_message_needs_the_form_s_key(house: TestClient, invitation: Invitation):
    entering(house, invitation, invitation.pin)
    page = house.get("/chat").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    assert house.post("/chat/send", data={"text": "我的积分", "id": "1"}).status_code == 403
    sent = house.post("/chat/send", data={"text": "我的积分", "id": "1", "csrf": csrf[1]})
    assert sent.status_code == 303
    page = house.get("/chat").text
    assert "77.5" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token, "the choices are buttons of a form"


def test_a_pin_without_the_page_s_key_is_not_taken(house: TestClient, invitation: Invitation):
    assert house.post(f"/chat/enter/{invitation.token}", data={"pin": invitation.pin}).status_code == 403


def test_a_new_invitation_ends_the_sessions_before(house: TestClient, parts: Parts, invitation: Invitation):
    entering(house, invitation, invitation.pin)
    assert house.get("/chat").status_code == 200
    drawn = draw()
    request = Invite(invitation.person.id, drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    parts.desk.do(Actor(0, grants=(Grant("administrator", 0, "/"),)), request, parts.clock.now())
    assert house.get("/chat").status_code == 401


def test_signing_out_ends_the_session(house: TestClient, invitation: Invitation):
    entering(house, invitation, invitation.pin)
    csrf = re.search(r'name="csrf" value="([^"]+)"', house.get("/chat").text)
    assert csrf
    key = house.cookies["zhibu_chat"]
    assert house.post("/chat/leave", data={"csrf": "wrong"}).status_code == 403
    assert house.post("/chat/leave", data={"csrf": csrf[1]}).status_code == 303
    house.cookies.set("zhibu_chat", key)
    assert house.get("/chat").status_code == 401


def test_five_wrong_pins_end_the_link(house: TestClient, invitation: Invitation):
    wrong = "000000" if invitation.pin != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        answer = entering(house, invitation, wrong)
        assert str(left) in answer.text
    assert entering(house, invitation, invitation.pin).status_code == 404


def test_an_unknown_and_a_spent_link_look_the_same(house: TestClient, invitation: Invitation):
    entering(house, invitation, invitation.pin)
    spent, unknown = house.get(f"/chat/enter/{invitation.token}"), house.get("/chat/enter/nosuchlink")
    assert (spent.status_code, spent.text) == (unknown.status_code, unknown.text)


def test_pages_carry_a_strict_policy(house: TestClient):
    headers = house.get("/chat").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_secretary_s_invitation_is_shown_once_with_a_picture(people: People):
    secretary = people["m01"]
    secretary.say("登记")
    secretary.tap("邀请")
    secretary.tap("孙柏青", id="inv")
    assert re.search(r"\d{6}", secretary.text)
    assert secretary.screens[0]["image"].startswith("data:image/svg+xml;base64,")
    assert "/chat/enter/" in secretary.screens[0]["link"]
    people.client.cookies.set("zhibu_persona", "m01")
    page = people.client.get("/chat").text
    assert "/chat/enter/" not in page, "the secret is not kept in the history"


@pytest.mark.parametrize("script", [True, False])
def test_the_page_shows_an_invitation_in_the_answer_itself(people: People, script: bool):
    client = people.client
    client.cookies.set("zhibu_persona", "m01")
    headers = {"x-requested-with": "fetch"} if script else {}
    text = client.get("/chat").text
    for label in ("登记", "邀请成员", "孙柏青"):
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/chat").text)
        assert csrf
        said = {"csrf": csrf[1], "id": label, "text": "登记"}
        if label != "登记":
            token = re.search(rf'name="token" value="([^"]+)"[^>]*>\s*{label}', text)
            assert token, text
            said = {"csrf": csrf[1], "id": label, "token": token[1]}
        text = client.post("/chat/send", data=said, headers=headers).text
    assert "/chat/enter/" in text
    assert "/chat/enter/" not in client.get("/chat").text


def test_an_address_that_leads_nowhere_is_said_in_words(house: TestClient):
    assert house.get("/").headers["location"] == "/chat"
    page = house.get("/nothing/here")
    assert page.status_code == 404
    assert "没有这个页面" in page.text
