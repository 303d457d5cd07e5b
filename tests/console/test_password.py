"""Code and password: the same words for everybody, a rest after five wrong ones, and what a password may be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from starlette.testclient import TestClient

from bot.opening import Parts
from bot.secrets import HASHER, NOBODY
from console.auth import COOKIE, ours
from rules.passwords import LONGEST_REST, REST, check, rest_after
from tests.console.conftest import Browsers, csrf_in
from tests.console.test_link import told

GOOD = "雨伞 鲸鱼 third kettle"
WRONG = "no such password here"


@pytest.fixture
def code(as_person: Browsers) -> str:
    """The code of a secretary who has set the password GOOD."""
    client = as_person("m01")
    page = client.get("/console/me")
    fields = {"csrf": csrf_in(page.text), "fresh": GOOD, "again": GOOD}
    assert client.post("/console/me/password", data=fields).headers["location"] == "/console/me"
    return "m01"


def sign_in(client: TestClient, code: str, password: str, **more: str) -> tuple[int, str]:
    """Status, and where to or the words of the refusal."""
    csrf = csrf_in(client.get("/console/sign-in").text)
    answer = client.post("/console/sign-in", data={"csrf": csrf, "code": code, "password": password, **more})
    return answer.status_code, answer.headers.get("location") or answer.text


def test_code_and_password_open_the_console(house: TestClient, code: str):
    assert sign_in(house, code, GOOD, next="/console/people/3") == (303, "/console/people/3")
    assert house.get("/console").status_code == 200


@pytest.mark.parametrize(
    "next_path",
    [
        "//evil.example",
        "https://evil.example/console",
        "/console//evil.example",
        "/console/../chat",
        "/console\\@evil.example",
        "/consolex",
        "/console?next=//evil.example",
        "javascript:alert(1)",
        " /console",
        "/console\r\nset-cookie: a=b",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(next_path: str):
    assert ours(next_path) == "/console"


def test_a_wrong_password_and_an_unknown_code_are_told_the_same(house: TestClient, code: str):
    """m02 has no password, nobody is called m99."""
    answers = [sign_in(TestClient(house.app), each, WRONG) for each in (code, "m02", "m99", "'; drop table member; --")]
    assert {status for status, _ in answers} == {401}
    texts = {text.replace(csrf_in(text), "") for _, text in answers}
    assert len(texts) == 1
    assert "编号或密码不正确" in texts.pop()


def test_what_is_compared_for_nobody_costs_the_same():
    assert extract_parameters(NOBODY) == extract_parameters(HASHER.hash("x"))


@pytest.mark.parametrize("who", ["m01", "m99"])
def test_five_wrong_ones_let_the_account_rest(parts: Parts, house: TestClient, code: str, who: str):
    for _ in range(4):
        assert "编号或密码不正确" in sign_in(house, who, WRONG)[1]
    assert "15 分钟" in sign_in(house, who, WRONG)[1]
    assert "15 分钟" in sign_in(house, who, GOOD)[1], "not even the right one"
    parts.clock.move(parts.clock.now() + timedelta(minutes=15))
    if who == code:
        assert sign_in(house, who, GOOD) == (303, "/console")
        assert "编号或密码不正确" in sign_in(TestClient(house.app), who, WRONG)[1], "the count began anew"


def test_each_further_rest_is_twice_as_long(parts: Parts, house: TestClient, code: str):
    for _ in range(5):
        sign_in(house, code, WRONG)
    parts.clock.move(parts.clock.now() + timedelta(minutes=15))
    for _ in range(4):
        assert "编号或密码不正确" in sign_in(house, code, WRONG)[1]
    assert "30 分钟" in sign_in(house, code, WRONG)[1]


def test_the_count_is_in_the_database(parts: Parts, house: TestClient, code: str):
    """Thirty guesses at once, the right one among them, are still five."""
    csrf = csrf_in(house.get("/console/sign-in").text)
    fields = {"csrf": csrf, "code": code, "password": WRONG}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: house.post("/console/sign-in", data=fields).status_code, range(30)))
    assert sign_in(house, code, GOOD)[0] == 401


def test_the_form_needs_the_key_of_its_page(house: TestClient, code: str):
    fields = {"code": code, "password": GOOD}
    assert house.post("/console/sign-in", data=fields).status_code == 403
    csrf = csrf_in(house.get("/console/sign-in").text)
    other = TestClient(house.app, follow_redirects=False)
    assert other.post("/console/sign-in", data=fields | {"csrf": csrf}).status_code == 403
    foreign = {"origin": "https://evil.example"}
    assert house.post("/console/sign-in", data=fields | {"csrf": csrf}, headers=foreign).status_code == 403
    assert house.post("/console/sign-in", data=fields | {"csrf": csrf}).status_code == 303


def test_a_new_password_ends_other_sessions_and_is_told(
    parts: Parts, house: TestClient, as_person: Browsers, code: str
):
    assert [notice.kind for notice in told(parts, code)][-1] == "console_password"
    sign_in(house, code, GOOD)
    other = as_person(code)
    page = other.get("/console/me").text
    fresh = "另一个 unrelated 的 phrase"
    other.post("/console/me/password", data={"csrf": csrf_in(page), "fresh": fresh, "again": fresh})
    assert house.get("/console").status_code == 303
    assert other.get("/console").status_code == 200
    assert sign_in(house, code, GOOD)[0] == 401
    assert sign_in(house, code, fresh)[0] == 303


def test_who_came_in_by_password_must_know_it_to_change_it(house: TestClient, code: str):
    sign_in(house, code, GOOD)
    page = house.get("/console/me").text
    assert 'name="old"' in page
    fields = {"csrf": csrf_in(page), "fresh": WRONG, "again": WRONG}
    assert house.post("/console/me/password", data=fields).status_code == 422
    assert house.post("/console/me/password", data=fields | {"old": "guess"}).status_code == 422
    assert house.post("/console/me/password", data=fields | {"old": GOOD}).status_code == 303


def test_two_different_entries_are_refused_in_words(as_person: Browsers):
    client = as_person("m01")
    fields = {"csrf": csrf_in(client.get("/console/me").text), "fresh": GOOD, "again": GOOD + "x"}
    answer = client.post("/console/me/password", data=fields)
    assert answer.status_code == 422
    assert "两次输入不一致" in answer.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("short", "password_short"),
        ("x" * 129, "password_long"),
        ("1234567890", "password_weak"),
        ("9876543210", "password_weak"),
        ("12345678901", "password_weak"),
        ("aaaaaaaaaaaa", "password_weak"),
        ("abcdefghij", "password_weak"),
        ("qwertyuiop", "password_weak"),
        ("1qaz2wsx3edc", "password_weak"),
        ("password123", "password_weak"),
        ("Admin-20261122", "password_weak"),
        ("kx7pqkx7pq", "password_weak"),
        ("我是王立新没错没错", "password_about_you"),
        ("staff-w001-secret", "password_about_you"),
    ],
)
def test_what_is_easy_to_guess_is_refused(text: str, code: str):
    assert code in [problem.code for problem in check(text, ("王立新", "w001"))]


@pytest.mark.parametrize(
    "text", [GOOD, "correct horse battery", "七月 蓝色 水壶 三号楼", "tR4!mvQ9z#Lp", "2026 雨伞 鲸鱼 茶壶"]
)
def test_what_is_hard_to_guess_is_taken(text: str):
    assert check(text, ("王立新", "w001")) == []


def test_the_rests():
    rests = {n: rest_after(n) for n in (1, 4, 5, 6, 10, 15, 500)}
    assert rests == {1: None, 4: None, 5: REST, 6: None, 10: REST * 2, 15: REST * 4, 500: LONGEST_REST}


def test_sessions_are_listed_and_ended(house: TestClient, as_person: Browsers, code: str):
    first = as_person(code)
    sign_in(house, code, GOOD)
    page = house.get("/console/me").text
    assert page.count("/console/me/sessions/") == 3
    ends = [part.split('"')[0] for part in page.split('action="')[1:] if "sessions" in part]
    csrf = csrf_in(page)
    foreign = as_person("m02")
    stolen = foreign.post(ends[1], data={"csrf": csrf_in(foreign.get("/console/me").text)})
    assert stolen.status_code == 404, "another's session"
    assert house.post(ends[1], data={"csrf": csrf}).status_code == 303
    assert first.get("/console").status_code == 303
    assert house.post(ends[0], data={"csrf": csrf}).headers["location"] == "/console/sign-in"
    assert house.get("/console").status_code == 303


def test_signing_out_ends_the_session(house: TestClient, as_person: Browsers):
    client = as_person("m01")
    key = client.cookies[COOKIE]
    page = client.get("/console").text
    assert client.post("/console/sign-out", data={"csrf": "wrong"}).status_code == 403
    assert client.get("/console").status_code == 200
    assert client.post("/console/sign-out", data={"csrf": csrf_in(page)}).status_code == 303
    other = TestClient(house.app, follow_redirects=False)
    other.cookies.set(COOKIE, key, path="/console")
    assert other.get("/console").status_code == 303


def test_a_session_ends_when_it_is_left_alone_and_in_any_case_after_twelve_hours(parts: Parts, as_person: Browsers):
    left, used = as_person("m01"), as_person("m01")
    for _ in range(7):
        parts.clock.move(parts.clock.now() + timedelta(minutes=100))
        assert used.get("/console").status_code == 200
    assert left.get("/console").status_code == 303, "two hours without use"
    parts.clock.move(parts.clock.now() + timedelta(minutes=20))
    assert used.get("/console").status_code == 303, "twelve hours"


def test_a_form_is_too_large(as_person: Browsers):
    client = as_person("m01")
    csrf = csrf_in(client.get("/console/me").text)
    answer = client.post("/console/me/password", data={"csrf": csrf, "fresh": "x" * 70_000})
    assert answer.status_code == 413
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_method_nobody_knows_is_answered_in_words(house: TestClient):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
        answer = house.request(method, "/console")
        assert answer.status_code == 405
        assert answer.headers["allow"]
