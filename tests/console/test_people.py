"""People on the console: invitations, roles and deputies with dates, unbinding; refusals in words, deeds on record."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.opening import Parts
from storage import members
from storage.audit import audit, unlinked
from tests.console.conftest import Browsers, csrf_in, number_of

TODAY = date(2026, 11, 22)
Post = Callable[..., Any]


@pytest.fixture
def unit(parts: Parts) -> Callable[[str], int]:
    """The number of a unit by its code."""
    units = dict(parts.database.read(lambda c: c.execute(sa.select(members.unit.c.code, members.unit.c.id)).all()))
    return lambda code: int(units[code])


def post(client: TestClient, path: str, **fields: object) -> Any:
    """Sends a form of a person's page."""
    page = re.sub(r"(/console/people/\d+).*", r"\1", path)
    csrf = csrf_in(client.get(page).text)
    return client.post(path, data={"csrf": csrf, **{name: str(value) for name, value in fields.items()}})


def deeds(parts: Parts, action: str) -> list[tuple[int, int]]:
    """Who did it, to whom."""
    both = (sa.select(t.c.actor_id, t.c.subject_id).where(t.c.action == action) for t in (audit, unlinked))
    query = sa.union_all(*both)
    return [tuple(row) for row in parts.database.read(lambda connection: connection.execute(query).all())]


def page_of(parts: Parts, code: str) -> str:
    return f"/console/people/{number_of(parts, code)}"


def test_an_administrator_gives_a_role_and_ends_it_at_once(
    parts: Parts, as_person: Browsers, unit: Callable[[str], int]
):
    administrator, member = as_person("s05"), as_person("m03")
    path = page_of(parts, "m03")
    assert member.get("/console").status_code == 403
    given = post(administrator, f"{path}/roles", role="secretary", unit=unit("water-1"), from_on=TODAY)
    assert given.headers["location"] == path
    assert member.get("/console").status_code == 200
    text = administrator.get(path).text
    role = re.search(r'name="role" value="(\d+)"', text)
    assert role
    fields = {"role": "secretary", "unit": unit("water-1"), "from_on": TODAY}
    again = post(administrator, f"{path}/roles", **fields)
    assert "已担任该职务" in again.text
    assert post(administrator, f"{path}/roles/end", role=role[1]).status_code == 303
    assert member.get("/console").status_code == 403, "from this moment on"
    assert (
        post(administrator, f"{path}/roles", role="secretary", unit=unit("water-1"), from_on=TODAY).status_code == 303
    )
    assert member.get("/console").status_code == 200, "and it may be given again on the same day"
    who = (number_of(parts, "s05"), number_of(parts, "m03"))
    assert deeds(parts, "role_given") == [who, who]
    assert deeds(parts, "role_ended") == [who]


def test_a_role_with_dates_holds_between_them(parts: Parts, as_person: Browsers, unit: Callable[[str], int]):
    administrator, member = as_person("s05"), as_person("m03")
    first, last = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    path = f"{page_of(parts, 'm03')}/roles"
    post(administrator, path, role="instructor", unit=unit("water"), from_on=first, until_on=last)
    found = []
    for _ in range(4):
        found.append(as_person("m03").get("/console").status_code)
        parts.clock.move(parts.clock.now() + timedelta(days=1))
    assert found == [403, 200, 200, 403]
    assert member.get("/console").status_code == 303, "that session is over"


@pytest.mark.parametrize(
    ("who", "role", "where", "words"),
    [
        ("s01", "administrator", "water", "不能办理这一项"),
        ("s01", "officer", "water", "不能办理这一项"),
        ("s01", "secretary", "archive-1", "没有您可以查看的内容"),
        ("s01", "committee", "city", "没有您可以查看的内容"),
        ("s05", "emperor", "water-1", "从列表中选择"),
    ],
)
def test_an_officer_appoints_only_below_himself(
    parts: Parts, as_person: Browsers, unit: Callable[[str], int], who: str, role: str, where: str, words: str
):
    answer = post(as_person(who), f"{page_of(parts, 'm03')}/roles", role=role, unit=unit(where), from_on=TODAY)
    assert answer.status_code == 422
    assert words in answer.text
    assert deeds(parts, "role_given") == []


def test_nobody_changes_his_own_roles(parts: Parts, as_person: Browsers, unit: Callable[[str], int]):
    administrator, path = as_person("s05"), page_of(parts, "s05")
    page = administrator.get(path).text
    assert f'action="{path}/roles"' not in page
    answer = post(administrator, f"{path}/roles", role="officer", unit=unit("city"), from_on=TODAY)
    assert "不能更改本人的职务" in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"from_on": "gestern"}, "请选择日期"),
        ({"from_on": ""}, "请选择日期"),
        ({"from_on": TODAY, "until_on": TODAY - timedelta(days=1)}, "核对日期"),
    ],
)
def test_dates_that_make_no_sense_are_refused_in_words(
    parts: Parts, as_person: Browsers, unit: Callable[[str], int], fields: dict[str, object], words: str
):
    path = f"{page_of(parts, 'm03')}/roles"
    answer = post(as_person("s05"), path, role="secretary", unit=unit("water-1"), **fields)
    assert answer.status_code == 422
    assert words in answer.text


def role_of(parts: Parts, code: str) -> int:
    query = sa.select(members.role.c.id).where(members.role.c.member_id == number_of(parts, code))
    return int(parts.database.read(lambda connection: connection.execute(query).scalar_one()))


def test_a_deputy_stands_in_until_it_is_ended(parts: Parts, as_person: Browsers):
    officer, path = as_person("s01"), page_of(parts, "m01")
    fields = {"role": role_of(parts, "m01"), "deputy": "m07", "from_on": TODAY, "until_on": TODAY + timedelta(days=9)}
    assert post(officer, f"{path}/deputies", **fields).status_code == 303
    deputy = as_person("m07")
    assert deputy.get("/console").status_code == 200
    assert "何启明" in officer.get(path).text
    number = re.search(r'name="deputy" value="(\d+)"', officer.get(path).text)
    assert number
    assert post(officer, f"{path}/deputies/end", deputy=number[1]).status_code == 303
    assert deputy.get("/console").status_code == 403
    assert len(deeds(parts, "deputy_named")) == len(deeds(parts, "deputy_ended")) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deputy": "m01"}, "没有此编号"),
        ({"deputy": "m42"}, "没有此编号"),
        ({"deputy": "nobody"}, "没有此编号"),
        ({"deputy": "s01"}, "不能更改本人的职务"),
        ({"until_on": ""}, "请选择日期"),
        ({"until_on": TODAY + timedelta(days=400)}, "最长"),
        ({"until_on": TODAY - timedelta(days=1)}, "最长"),
    ],
)
def test_who_cannot_be_a_deputy(parts: Parts, as_person: Browsers, change: dict[str, object], words: str):
    """m42 is in another organisation, so he is as unknown as nobody."""
    fields = {"role": role_of(parts, "m01"), "deputy": "m07", "from_on": TODAY, "until_on": TODAY + timedelta(days=9)}
    answer = post(as_person("s01"), f"{page_of(parts, 'm01')}/deputies", **fields | change)
    assert answer.status_code == 422
    assert words in answer.text


def test_an_unbound_account_knows_nobody_any_more(parts: Parts, house: TestClient, as_person: Browsers):
    administrator, path = as_person("s05"), page_of(parts, "m01")
    secretary = as_person("m01")
    number = re.search(r'name="identity" value="(\d+)"', administrator.get(path).text)
    assert number
    assert post(administrator, f"{page_of(parts, 'm03')}/unbind", identity=number[1]).status_code == 422, "not his"
    assert post(administrator, f"{path}/unbind", identity=number[1]).status_code == 303
    bound = parts.database.read(lambda c: members.bound_member(c, "webchat", f"m{number_of(parts, 'm01')}"))
    assert bound is None
    assert secretary.get("/console").status_code == 303, "his sessions ended"
    assert deeds(parts, "unbind") == [(number_of(parts, "s05"), number_of(parts, "m01"))]


def test_an_invitation_is_shown_once_and_opens_the_chat(parts: Parts, house: TestClient, as_person: Browsers):
    secretary, path = as_person("m01"), page_of(parts, "m06")
    page = post(secretary, f"{path}/invite").text
    link = re.search(r"/chat/enter/[\w-]+", page)
    pin = re.search(r'class="pin">(\d{6})<', page)
    assert link
    assert pin
    assert "data:image/svg+xml;base64," in page
    assert link[0] not in secretary.get(path).text
    csrf = csrf_in(house.get(link[0]).text)
    assert house.post(link[0], data={"csrf": csrf, "pin": pin[1]}).status_code == 303
    assert "已凭邀请进入" in secretary.get(path).text


def test_addresses_are_not_shown_in_full(parts: Parts, as_person: Browsers):
    number = number_of(parts, "m03")
    address = "oX7-openid-of-a-phone-91"
    now = parts.clock.now()
    parts.database.write(lambda connection: members.bind(connection, "wechat", address, number, now))
    page = as_person("m01").get(page_of(parts, "m03")).text
    assert "微信公众号" in page
    assert address not in page
    assert "o…91" in page


def test_the_web_chat_has_no_address_of_its_own_to_show(parts: Parts, as_person: Browsers):
    number, now = number_of(parts, "m01"), parts.clock.now()
    parts.database.write(lambda connection: members.bind(connection, "webchat", f"m{number}", number, now))
    page = as_person("s05").get(page_of(parts, "m01")).text
    assert re.search(r'>网页聊天</td><td data-label="渠道地址" class="blank">—</td>', page)
    assert "…</td>" not in page


def test_names_with_markup_are_shown_as_text(parts: Parts, as_person: Browsers):
    number, name = number_of(parts, "m03"), "<img src=x onerror=alert(1)>‮"
    change = members.member.update().where(members.member.c.id == number).values(name=name)
    parts.database.write(lambda connection: connection.execute(change))
    secretary = as_person("m01")
    for path in (page_of(parts, "m03"), "/console/people", "/console/people?text=%22%3E%3Cscript%3E"):
        page = secretary.get(path).text
        assert "<img src=x" not in page
        assert "<script>" not in page


def test_the_start_names_what_waits_by_role(parts: Parts, as_person: Browsers):
    secretary, administrator = as_person("m01").get("/console").text, as_person("s05").get("/console").text
    assert "水务局第一党支部" in secretary
    assert "未收到最近一条消息" in secretary
    assert "已申报" not in administrator, "an administrator does not see points"
    assert "尚未绑定账号" in administrator


def test_pages_of_a_long_list(parts: Parts, as_person: Browsers):
    committee = as_person("s04")
    first, second = committee.get("/console/people").text, committee.get("/console/people?page=2").text
    assert "第 1–50 条，共" in first
    assert "下一页" in first
    assert "上一页" in second
    for odd in ("0", "-1", "x", "99999999999999999999", "\uff11", "1e3"):
        assert committee.get(f"/console/people?page={odd}").status_code == 200
    assert committee.get("/console/people?page=999999").status_code == 200
    assert committee.get("/console/people?unit=9999999999999999999999&role=x&reached=y").status_code == 200
