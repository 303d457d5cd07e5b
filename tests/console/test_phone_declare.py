"""Declaring on a phone: many lines at once, the drafts with what would count, evidence, submitting and taking back."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from starlette.testclient import TestClient

from bot.clock import Clock
from bot.opening import Parts, open_parts
from storage.declarations import line
from storage.evidence import evidence
from tests.console.conftest import csrf_in, number_of
from tests.console.phones import signed_in
from tests.flows.people import People
from tests.houses import START, Place, on_both
from tests.notices import put_notice

PAGE = "/m/declare"


@pytest.fixture
def parts(place: Place) -> Iterator[Parts]:
    """A house without a process around it."""
    found = open_parts(place.settings(), Clock(lambda: START))
    yield found
    found.close()


@pytest.fixture
def phone(parts: Parts) -> TestClient:
    """A member's phone."""
    return signed_in(parts, "m03")


def photo() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "A camera with a name"
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def codes(phone: TestClient) -> dict[str, str]:
    """Criterion's name → its code on the form."""
    pairs = re.findall(r'aria-label="([^"]+)" class="item.*?name="quantity:([^"]+)"', phone.get(PAGE).text, re.S)
    return dict(pairs)


def post(phone: TestClient, path: str = PAGE, files: Any = None, **fields: str) -> Any:
    csrf = csrf_in(phone.get(PAGE).text)
    return phone.post(path, data={"csrf": csrf, **fields}, files=files)


def fill(
    phone: TestClient, lines: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None, **more: str
) -> Any:
    """Fills in the form: name → quantity; files by name."""
    code = codes(phone)
    text = phone.get(PAGE).text
    batch = re.search(r'name="batch" value="(\d+)"', text)
    assert batch
    fields = {f"quantity:{code[name]}": many for name, many in lines.items()}
    chosen = {f"file:{code[name]}": file for name, file in (files or {}).items()}
    return post(phone, files=chosen or None, do="add", batch=more.pop("batch", batch[1]), **fields, **more)


def drafts(parts: Parts, code: str = "m03") -> list[tuple[str, str, str]]:
    """State, quantity and note of the member's lines of the month, made by himself."""
    c = line.c
    query = sa.select(c.state, c.quantity, c.note).where(c.member_id == number_of(parts, code), c.period == "2026-11")
    rows = parts.database.read(lambda connection: connection.execute(query.order_by(c.id)).all())
    return [(row.state, str(row.quantity.normalize()), row.note) for row in rows]


def submit(phone: TestClient, do: str = "submit") -> Any:
    pins = re.search(r'name="pins" value="([^"]+)"', phone.get(PAGE).text)
    assert pins
    return post(phone, "/m/submit", pins=pins[1], do=do)


@on_both
def test_several_criteria_are_drafted_checked_and_submitted(parts: Parts):
    phone = signed_in(parts, "m03")
    answer = fill(phone, {"志愿服务": "2", "学习": "1", "专题发言": "3"})
    assert answer.headers["location"] == "/m/declare?done=drafted"
    shown = phone.get("/m/declare?done=drafted").text
    assert "超过上限，按 1 分计" in shown, "the caps show before anything counts"
    assert "确认提交 3 条" in shown
    done = submit(phone)
    assert "已提交：3 条" in done.text
    assert [state for state, _, _ in drafts(parts)] == ["submitted"] * 3
    pins = re.search(r'name="pins" value="([^"]+)"', done.text)
    assert pins
    post(phone, "/m/submit", pins=pins[1], do="undo")
    assert [state for state, _, _ in drafts(parts)] == ["draft"] * 3


def test_what_is_sent_twice_stands_once(parts: Parts, phone: TestClient):
    for _ in range(2):
        answer = fill(phone, {"志愿服务": "2"}, {"志愿服务": ("a.jpg", photo())}, batch="1763773200000")
        assert answer.status_code == 303
    assert [quantity for _, quantity, _ in drafts(parts)] == ["2"]
    files = parts.database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(evidence)).scalar_one())
    assert files == 1


def test_a_photo_loses_its_metadata_and_a_note_stays_with_the_line(parts: Parts, phone: TestClient):
    code = codes(phone)["志愿服务"]
    answer = fill(phone, {"志愿服务": "2"}, {"志愿服务": ("a.jpg", photo())}, **{f"note:{code}": "社区清扫"})
    assert answer.status_code == 303
    assert drafts(parts) == [("draft", "2", "社区清扫")]
    stored = parts.database.read(lambda c: c.execute(sa.select(evidence.c.stored)).scalar_one())
    assert b"A camera with a name" not in (parts.settings.data / stored).read_bytes()


WRONG = {
    "no number": ({"志愿服务": "很多"}, "请填数字"),
    "not finite": ({"志愿服务": "NaN"}, "请填数字"),
    "too many": ({"志愿服务": "9999"}, "志愿服务"),
    "nothing": ({}, "还没有填写内容"),
    "one of two": ({"学习": "1", "志愿服务": "0.3"}, "志愿服务"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(parts: Parts, phone: TestClient, wrong: str):
    lines, told = WRONG[wrong]
    answer = fill(phone, lines)
    assert answer.status_code == 422
    assert told in answer.text
    for many in lines.values():
        assert f'value="{many}"' in answer.text
    assert drafts(parts) == [], "all or nothing"


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"", b"MZ" + bytes(64)])
def test_a_file_that_is_none_of_those_taken_stores_nothing(parts: Parts, phone: TestClient, content: bytes):
    answer = fill(phone, {"志愿服务": "1"}, {"志愿服务": ("../../x.jpg", content)})
    assert answer.status_code == (303 if not content else 422), "an empty field of a form is no file"
    assert bool(drafts(parts)) == (not content)


def test_searching_without_a_script_keeps_what_was_typed(phone: TestClient):
    code = codes(phone)
    answer = post(phone, do="find", text="zyfw", **{f"quantity:{code['学习']}": "4"})
    hidden = dict(re.findall(r'aria-label="([^"]+)" class="item[^>]*?"( hidden)?>', answer.text))
    assert not hidden["志愿服务"], "found by its initials"
    assert not hidden["学习"], "filled in"
    assert hidden["心得体会"]
    assert 'value="4"' in answer.text


@on_both
def test_a_line_is_changed_proved_and_deleted(parts: Parts):
    phone = signed_in(parts, "m03")
    fill(phone, {"志愿服务": "2"})
    number = re.findall(r'action="/m/lines/(\d+)"', phone.get(PAGE).text)[0]
    assert post(phone, f"/m/lines/{number}", do="change", quantity="1,5").status_code == 303
    assert post(phone, f"/m/lines/{number}", do="prove", note="签到表").status_code == 303
    assert post(phone, f"/m/lines/{number}", do="prove", files={"photo": ("b.jpg", photo())}).status_code == 303
    assert drafts(parts) == [("draft", "1.5", "签到表")]
    for do, more in (("change", {"quantity": "x"}), ("prove", {}), ("nothing", {})):
        assert post(phone, f"/m/lines/{number}", do=do, **more).status_code == 422
    assert post(phone, f"/m/lines/{number}", do="drop").status_code == 303
    assert [state for state, _, _ in drafts(parts)] == ["withdrawn"]


def test_another_s_line_cannot_be_touched(parts: Parts, phone: TestClient):
    fill(phone, {"志愿服务": "2"})
    number = re.findall(r'action="/m/lines/(\d+)"', phone.get(PAGE).text)[0]
    page = phone.get(PAGE).text
    pins = re.search(r'name="pins" value="([^"]+)"', page)
    assert pins
    other = signed_in(parts, "m21")
    for do, more in (("change", {"quantity": "9"}), ("drop", {}), ("prove", {"note": "x"}), ("reopen", {})):
        assert post(other, f"/m/lines/{number}", do=do, **more).status_code == 422
    for do in ("submit", "drop", "undo"):
        post(other, "/m/submit", pins=pins[1], do=do)
    assert drafts(parts) == [("draft", "2", "")]


def test_drafts_that_changed_meanwhile_are_not_submitted_unseen(parts: Parts, phone: TestClient):
    fill(phone, {"志愿服务": "2"})
    page = phone.get(PAGE).text
    pins, number = re.search(r'name="pins" value="([^"]+)"', page), re.findall(r"/m/lines/(\d+)", page)[0]
    assert pins
    post(phone, f"/m/lines/{number}", do="change", quantity="3")
    assert post(phone, "/m/submit", pins=pins[1], do="submit").status_code == 422
    assert post(phone, "/m/submit", pins="1-1; drop", do="submit").status_code == 422
    assert drafts(parts) == [("draft", "3", "")]


def test_every_post_needs_the_key_of_the_session(parts: Parts, phone: TestClient):
    for path in (PAGE, "/m/lines/1", "/m/submit", "/m/notice", "/m/leave"):
        assert phone.post(path, data={"do": "add"}).status_code == 403, path
        csrf = csrf_in(phone.get(PAGE).text)
        foreign = phone.post(path, data={"csrf": csrf, "do": "add"}, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403, path


def test_points_are_the_chat_s_and_each_figure_opens(people: People):
    member = people["m03"]
    member.say("我的积分")
    total = member.screens[0]["title"]
    phone = TestClient(people.app)
    phone.get("/demo/phone?persona=m03")
    page = phone.get("/m/points").text
    assert f"<h1>{total}</h1>" in page
    for href in re.findall(r'href="(/m/points\?[^"]+)"', page):
        opened = phone.get(href.replace("&amp;", "&"))
        assert opened.status_code == 200, href
    member.say("为什么")
    why = phone.get("/m/points?why=total").text
    for each in member.screens[0]["lines"]:
        assert each.replace("“", "“") in why
    assert phone.get("/m/points?why=nothing").status_code == 404


def test_who_declares_nothing_gets_words(parts: Parts):
    phone = signed_in(parts, "s05")
    for path in (PAGE, "/m/points"):
        answer = phone.get(path)
        assert answer.status_code == 403
        assert "支部" in answer.text


def test_nobody_gets_past_the_notice_about_personal_data(place: Place):
    put_notice(place.folder)
    parts = open_parts(place.settings(), Clock(lambda: START))
    try:
        phone = signed_in(parts, "m03")
        for path in (PAGE, "/m/points"):
            assert phone.get(path).headers["location"] == "/m/notice"
        csrf = csrf_in(phone.get("/m/notice").text)
        assert phone.post(PAGE, data={"csrf": csrf, "do": "last"}).headers["location"] == "/m/notice"
        assert drafts(parts) == []
        old = phone.post("/m/notice", data={"csrf": csrf, "version": "2025-01"})
        assert old.headers["location"] == "/m/notice"
        assert phone.post("/m/notice", data={"csrf": csrf, "version": "2026-11"}).headers["location"] == PAGE
        assert phone.get(PAGE).status_code == 200
    finally:
        parts.close()


def test_pages_hold_no_inline_code(phone: TestClient):
    fill(phone, {"志愿服务": "2"})
    for path in (PAGE, "/m/points", "/m/points?why=total", "/m/in/telegram", "/m/in/nothing"):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", phone.get(path).text), path


def test_what_is_typed_is_shown_as_text(parts: Parts, phone: TestClient):
    code, hostile = codes(phone)["志愿服务"], '"><img src=x onerror=alert(1)>'
    answer = post(phone, do="find", text=hostile, **{f"note:{code}": hostile})
    assert "<img" not in answer.text
    fill(phone, {"志愿服务": "2"}, None, **{f"note:{code}": hostile})
    assert "<img" not in phone.get(PAGE).text
