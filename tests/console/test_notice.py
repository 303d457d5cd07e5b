"""The notice about personal data stands before the console, and the committee sees who has read it."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.opening import Parts
from bot.secrets import hashed
from handlers.phones import EnterFromChannel
from handlers.privacy import AcknowledgeNotice, DeclineNotice, show_notice
from rules.access import SYSTEM
from storage import members
from storage.acknowledgements import acknowledgement
from tests.console.conftest import Browsers, csrf_in, number_of
from tests.houses import looking, on_both
from tests.notices import put_notice

TITLE = "个人信息处理告知书"


@pytest.fixture
def folder(folder: Path) -> Path:
    put_notice(folder)
    return folder


def acknowledged(parts: Parts) -> list[tuple[str, str, int | None]]:
    c = acknowledgement.c
    with looking(parts) as connection:
        query = sa.select(c.channel, c.address, c.member_id).where(c.acknowledged_at.is_not(None))
        return [tuple(row) for row in connection.execute(query)]


def shown_to_a_stranger(parts: Parts, channel: str, address: str) -> None:
    notice, now = parts.desk.house.notice, parts.clock.now()
    assert notice is not None

    def show(connection: sa.Connection) -> None:
        show_notice(parts.desk.context(connection, SYSTEM, now), channel, address, notice)

    parts.database.write(show)


def bind_blocked(parts: Parts, channel: str, address: str, member: int) -> None:
    now = parts.clock.now()
    values = {"channel": channel, "address": address, "member_id": member, "bound_at": now, "blocked_at": now}
    parts.database.write(lambda connection: connection.execute(sa.insert(members.identity), values).rowcount)


@on_both
def test_every_page_leads_to_the_notice_until_it_is_read(parts: Parts, as_person: Browsers):
    client, member = as_person("s04"), number_of(parts, "s04")
    for path in ("/console", "/console/people", f"/console/people/{member}"):
        assert client.get(path).headers["location"] == "/console/notice"
    page = client.get("/console/notice").text
    assert TITLE in page
    assert "/console/people" not in page
    assert acknowledged(parts) == []
    answer = client.post("/console/notice", data={"csrf": csrf_in(page), "version": "2026-11"})
    assert answer.headers["location"] == "/console"
    assert client.get("/console/people").status_code == 200
    assert client.get("/console/notice").headers["location"] == "/console"
    assert acknowledged(parts) == [("webchat", f"m{member}", member)]
    assert client.get("/chat").status_code in (200, 401), "the chat asks for its own cookie"


def test_what_was_done_without_reading_it_is_not_done(parts: Parts, as_person: Browsers):
    client, member = as_person("s05"), number_of(parts, "m03")
    csrf = csrf_in(client.get("/console/notice").text)
    answer = client.post(f"/console/people/{member}/invite", data={"csrf": csrf})
    assert answer.headers["location"] == "/console/notice"
    for version in ("", "another"):
        client.post("/console/notice", data={"csrf": csrf, "version": version})
        assert client.get("/console").headers["location"] == "/console/notice"
    assert acknowledged(parts) == []


def test_who_does_not_agree_can_sign_out(as_person: Browsers):
    client = as_person("s04")
    csrf = csrf_in(client.get("/console/notice").text)
    assert client.post("/console/sign-out", data={"csrf": csrf}).headers["location"] == "/console/sign-in"


@on_both
def test_the_page_of_a_person_holds_the_proof_and_since_when_he_is_out_of_reach(parts: Parts, as_person: Browsers):
    member, now, notice = number_of(parts, "m03"), parts.clock.now(), parts.desk.house.notice
    assert notice is not None
    for channel, address, request in (("wecom", "sunbq", AcknowledgeNotice), ("wechat", "o1", DeclineNotice)):
        shown_to_a_stranger(parts, channel, address)
        parts.desk.do(SYSTEM, request(channel, address, notice.version), now)
        bind_blocked(parts, channel, address, member)
    client = as_person("s05")
    client.post("/console/notice", data={"csrf": csrf_in(client.get("/console/notice").text), "version": "2026-11"})
    page = client.get(f"/console/people/{member}").text
    rows = re.findall(r'<tr><td class="lead-cell">(企业微信|微信公众号)</td>.*?</tr>', page, re.DOTALL)
    assert sorted(rows) == ["企业微信"] * 2 + ["微信公众号"] * 2, "accounts and proofs"
    proofs = page.split("个人信息告知</h2>")[1].split("</section>")[0]
    assert re.findall(r'class="tag \w+">(.*?)<', proofs) == ["已阅读", "不同意"]
    assert proofs.count("2026-11</td>") == 2
    assert page.count("已停用或退出") == 2
    assert "自 11月22日 09:00 起" in page


def test_a_member_who_was_shown_nothing_yet(parts: Parts, as_person: Browsers):
    client = as_person("s05")
    client.post("/console/notice", data={"csrf": csrf_in(client.get("/console/notice").text), "version": "2026-11"})
    assert "尚未向该成员展示告知书" in client.get(f"/console/people/{number_of(parts, 'm03')}").text


def test_the_phone_pages_lead_to_it_too_and_one_tap_holds_for_the_web_chat(parts: Parts, house: TestClient):
    member, key = number_of(parts, "m03"), "a-key-of-the-phone"
    bind_blocked(parts, "wecom", "sunbq", member)
    parts.desk.do(SYSTEM, EnterFromChannel("wecom", "sunbq", hashed(key)), parts.clock.now())
    client = TestClient(house.app, follow_redirects=False)
    client.cookies.set("zhibu_phone", key, path="/m")
    for path in ("/m/declare", "/m/points"):
        assert client.get(path).headers["location"] == "/m/notice"
    page = client.get("/m/notice").text
    assert TITLE in page
    answer = client.post("/m/notice", data={"csrf": csrf_in(page), "version": "2026-11"})
    assert answer.headers["location"] == "/m/declare"
    assert client.get("/m/points").status_code == 200
    assert acknowledged(parts) == [("webchat", f"m{member}", member)]


@on_both
def test_the_committee_takes_away_who_has_read_it(parts: Parts, as_person: Browsers):
    member, now, notice = number_of(parts, "m03"), parts.clock.now(), parts.desk.house.notice
    assert notice is not None
    shown_to_a_stranger(parts, "wecom", "sunbq")
    parts.desk.do(SYSTEM, AcknowledgeNotice("wecom", "sunbq", notice.version), now)
    bind_blocked(parts, "wecom", "sunbq", member)
    shown_to_a_stranger(parts, "wechat", "o5")
    parts.desk.do(SYSTEM, DeclineNotice("wechat", "o5", notice.version), now)
    bind_blocked(parts, "wechat", "o5", number_of(parts, "m05"))
    client = as_person("s04")
    client.post("/console/notice", data={"csrf": csrf_in(client.get("/console/notice").text), "version": "2026-11"})
    path, listed = "/console/deliveries/notice", {}
    for state in ("read", "declined", "shown", "never"):
        page = client.get(path, params={"state": state}).text
        listed[state] = set(re.findall(r"/console/people/(\d+)", page))
    assert listed["read"] == {str(member), str(number_of(parts, "s04"))}
    assert listed["declined"] == {str(number_of(parts, "m05"))}
    assert (listed["shown"], len(listed["never"]) > 10) == (set(), True)
    form = {"csrf": csrf_in(client.get(path).text), "list": "proofs", "form": "csv", "state": "read"}
    file = client.post("/console/exports/make", data=form)
    assert (file.status_code, file.headers["x-rows"]) == (200, "2")
    assert "2026-11" in file.content.decode("utf-8-sig")
    assert "企业微信" in file.content.decode("utf-8-sig")
