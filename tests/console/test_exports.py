"""What was taken away is told in the words of the screen: filters by their labels, things by their names."""

import csv
import io
from collections.abc import Callable
from itertools import product
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.opening import Parts
from console.exports import LISTINGS
from handlers.exports import RecordExport
from handlers.publication import ShowPublication
from screens.filters import FILTERS, narrowed_words
from screens.lists import table_of
from screens.texts import words
from storage.members import member, unit
from storage.naming import Thing
from tests.console.conftest import Browsers, acting, announce, csrf_in
from tests.console.test_data import take, text_of

Units = Callable[[str], str]


@pytest.fixture
def units(parts: Parts) -> Units:
    """The number of a unit by its code, as a form has it."""
    found = dict(parts.database.read(lambda c: c.execute(sa.select(unit.c.code, unit.c.id)).all()))
    return lambda code: str(found[code])


def about(book: openpyxl.Workbook) -> list[tuple[object, ...]]:
    """What a file says of itself, below the instant and who made it."""
    return list(book.worksheets[-1].iter_rows(min_row=4, values_only=True))


def test_a_file_says_its_filters_as_the_form_shows_them(as_person: Browsers, units: Units):
    client = as_person("s01")
    fields = {"period": "2026-10", "unit": units("water-1"), "state": "approved", "source": "member", "sort": "oldest"}
    page = client.get("/console/declarations").text
    book = take(client, "/console/declarations", list="lines", criterion="C01", **fields)
    assert about(book) == [
        ("月份或年份", "2026-10"),
        ("单位", "水务局第一党支部"),
        ("状态", "已通过"),
        ("积分标准", "志愿服务"),
        ("来源", "本人申报"),
        ("排序", "最早的在前"),
    ]
    for label, value in about(book)[1:]:
        assert f"<span>{label}</span>" in page
        assert str(value) in page
    told = "；".join(f"{label}：{value}" for label, value in about(book))
    assert told in text_of(client.get("/console/exports").text)
    assert f"筛选：{told.replace('；', '、')}" in text_of(as_person("s04").get("/console/trail?action=export").text)


def test_the_sheet_and_the_recipients_of_an_announcement_are_named(parts: Parts, as_person: Browsers, units: Units):
    number = announce(parts, "m01")
    client = as_person("m01")
    sheet = take(client, "/console/exports", list="publication", unit=units("water-1"), period="2026-10")
    assert about(sheet) == [("支部", "水务局第一党支部"), ("月份", "2026-10")]
    book = take(client, "/console/exports", list="recipients", announcement=str(number), state="silent")
    assert about(book) == [("公告", "材料报送"), ("状态", "未确认")]
    page = text_of(client.get("/console/exports").text)
    assert "公告：材料报送；状态：未确认" in page
    assert "支部：水务局第一党支部；月份：2026-10" in page


def test_an_old_record_is_still_shown_though_its_things_are_gone(parts: Parts, as_person: Browsers):
    actor, now = acting(parts, "m01"), parts.clock.now()
    for kind, facts in (
        ("lines", (("unit", "987654321"), ("state", "thrown"), ("criterion", "gone"), ("former", "x"))),
        ("a list of former days", (("unit", "12"),)),
    ):
        parts.desk.do(actor, RecordExport(kind, "csv", facts, 7), now)
    page = text_of(as_person("m01").get("/console/exports").text)
    assert "单位：987654321 号；状态：thrown；积分标准：gone；其他：x csv 7" in page
    assert "其他 其他：12 csv 7" in page


def test_filters_are_told_in_the_language_of_who_reads_them(parts: Parts, as_person: Browsers, units: Units):
    number = acting(parts, "m01").member
    parts.database.write(lambda c: c.execute(sa.update(member).where(member.c.id == number).values(locale="en")))
    client = as_person("m01")
    book = take(client, "/console/ledger", list="entries", unit=units("water-1"), period="2026-10")
    assert about(book) == [("Month or year", "2026-10"), ("Unit", "水务局第一党支部")]
    assert "Month or year: 2026-10; Unit: 水务局第一党支部" in text_of(client.get("/console/exports").text)


def test_every_choice_of_every_form_has_its_words():
    for locale in ("zh_CN", "en"):
        say = words(locale)
        for kind, filters in FILTERS.items():
            for name, each in filters.items():
                for value, word in each.words.items():
                    told = narrowed_words(say, kind, {name: value}, {})
                    assert told == [(each.label(say), word(say))]
            thing = {("unit", "4"): Thing("林业局")}
            if "unit" in filters:
                assert narrowed_words(say, kind, {"unit": "4"}, thing)[0][1] == "林业局"


@pytest.mark.usefixtures("house")
def test_no_table_has_two_columns_of_one_heading(parts: Parts):
    announced, now = str(announce(parts, "m01")), parts.clock.now()
    asked = {"period": "2026-10", "announcement": announced}
    answers: dict[str, Any] = {
        kind: parts.desk.ask(acting(parts, "s04"), listing.query(dict.fromkeys(FILTERS[kind], "") | asked, 0), now)
        for kind, listing in LISTINGS.items()
    }
    branch = acting(parts, "m01").unit
    answers["publication"] = parts.desk.ask(acting(parts, "m01"), ShowPublication(branch or 0, "2026-10"), now)
    assert set(answers) == set(FILTERS)
    for locale, (kind, answer) in product(("zh_CN", "en"), answers.items()):
        titles = [column.title for column in table_of(words(locale), answer).columns]
        assert len(titles) > 4
        assert {title for title in titles if titles.count(title) > 1} == set(), (kind, locale)


def test_the_numbers_of_members_lines_and_entries_have_headings_of_their_own(as_person: Browsers):
    client = as_person("m01")
    for kind, page, own in (("lines", "/console/declarations", "条目编号"), ("entries", "/console/ledger", "台账编号")):
        heads = headings(client, page, kind)
        assert "成员" in heads
        assert [head for head in heads if "编号" in head] == ["成员编号", own]


def headings(client: TestClient, page: str, kind: str) -> list[str]:
    fields = {"csrf": csrf_in(client.get(page).text), "form": "csv", "list": kind, "period": "2026-10"}
    answer = client.post("/console/exports/make", data=fields)
    return next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
