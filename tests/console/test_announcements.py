"""The console's pages of announcements: what was sent in sight, and who has confirmed."""

import re

import pytest

from bot.opening import Parts
from handlers.announcements.receiving import ConfirmAnnouncement
from tests.console.conftest import Browsers, acting, announce
from tests.console.test_data import take, text_of, total_of
from tests.houses import looking

ROLL = "/console/announcements/1"


@pytest.fixture
def announced(parts: Parts) -> Parts:
    """A branch's announcement, confirmed by two."""
    number = announce(parts, "m01", "关于召开支部党员大会的通知\n明天下午三点。\n\n请带学习笔记。")
    for code in ("m03", "m05"):
        parts.desk.do(acting(parts, code), ConfirmAnnouncement(number), parts.clock.now())
    return parts


def test_an_announcement_is_listed_with_its_confirmations(announced: Parts, as_person: Browsers):
    page = as_person("m01").get("/console/announcements").text
    assert 'href="/console/announcements/1"' in page
    with looking(announced) as connection:
        people = connection.exec_driver_sql("SELECT count(*) FROM announcement_recipient").scalar()
    assert f"{people} 2 有效" in text_of(page)
    assert ROLL not in as_person("m21").get("/console/announcements").text, "another branch's is out of sight"
    assert ROLL in as_person("s01").get("/console/announcements").text, "the officer above looks after it too"


def test_the_roll_says_who_has_confirmed_and_who_has_not(announced: Parts, as_person: Browsers):
    client = as_person("m01")
    with looking(announced) as connection:
        query = "SELECT count(*) FROM announcement_recipient WHERE confirmed_at IS NULL"
        silent = connection.exec_driver_sql(query).scalar()
    whole = client.get(ROLL).text
    assert "请带学习笔记。" in whole
    assert total_of(client.get(f"{ROLL}?state=confirmed").text) == 2
    assert total_of(client.get(f"{ROLL}?state=silent").text) == silent
    assert total_of(whole) == silent + 2
    assert client.get(f"{ROLL}?state=nonsense").status_code == 422
    assert client.get("/console/announcements/99").status_code == 404


def test_the_roll_is_the_file(announced: Parts, as_person: Browsers):
    client = as_person("m01")
    shown = re.findall(r'class="lead-cell"[^>]*>([^<]+)<', client.get(f"{ROLL}?state=silent").text)
    book = take(client, ROLL, list="recipients", announcement="1", state="silent")
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == shown
    assert len(shown) > 5
    listed = take(client, "/console/announcements", list="announcements").worksheets[0]
    assert listed.cell(2, 2).value == "关于召开支部党员大会的通知"
