"""Options, ranges, matters and nested categories: declared by tapping, recorded, and scored as they were kept."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from handlers.context import Refused
from handlers.ledger.check import Verified, Verify
from handlers.ledger.points import MyPoints, Points
from handlers.periods import Publish
from handlers.publication import PublicationSheet, ShowPublication
from rules.access import SYSTEM
from tests.console.test_publication import unit
from tests.console.test_review import actor
from tests.flows.people import People, Person
from tests.houses import looking, on_both

TEXT = (Path(__file__).parent / "options.yaml").read_text("utf-8")


def publish(people: People, *changes: tuple[str, str]) -> None:
    """The small rulebook, for the first branch, in force at once."""
    parts, text = people.parts, TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    answer = parts.desk.do(SYSTEM, Publish(text, unit(parts, "water-1"), date(2026, 1, 1), {}), parts.clock.now())
    assert not isinstance(answer, Refused), answer


@pytest.fixture
def member(people: People) -> Person:
    publish(people)
    return people["m05"]


def points(people: People, code: str = "m05") -> Points:
    found = people.parts.desk.ask(actor(people.parts, code), MyPoints(), people.parts.clock.now())
    assert isinstance(found, Points), found
    return found


def declared(people: People, text: str, code: str = "m05") -> None:
    """A line of text, confirmed and approved."""
    people[code].say(text)
    people[code].tap("确认")
    people["m01"].say("审核")
    people["m01"].tap("全部通过")


def lines(people: People) -> list[tuple[str, str | None, str | None, int]]:
    with looking(people.parts) as connection:
        rows = connection.execute(
            sa.text("SELECT criterion, option, matter, points FROM line WHERE version_id > 1 ORDER BY id")
        )
        return [tuple(row) for row in rows]


def verified(people: People) -> None:
    found = people.parts.desk.ask(SYSTEM, Verify(), people.parts.clock.now())
    assert isinstance(found, Verified)
    assert found.problems == ()


@on_both
def test_an_option_takes_taps_and_no_typing(people: People):
    publish(people)
    member = people["m05"]
    member.say("申报")
    typed = member.typed
    for label in ("荣誉", "书刊", "文章", "确认"):
        member.tap(label)
    assert (member.taps, member.typed) == (4, typed)
    assert "书刊 文章 1次" in member.text
    assert lines(people) == [("H3", "文章", None, 20_000)]


def test_how_many_is_asked_where_there_may_be_several(member: Person):
    member.say("申报")
    for label in ("荣誉", "稿件", "地方媒体", "2篇"):
        member.tap(label)
    assert "稿件 地方媒体 2篇" in member.text
    assert "+2" in member.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("申报 稿件 中央媒体", ["稿件 中央媒体 1篇"]),
        ("申报 稿件 中央媒体 2", ["稿件 中央媒体 2篇"]),
        ("申报 稿件中央媒体2", ["稿件 中央媒体 2篇"]),
        ("申报 稿件 中央媒体 两篇 服务群众 3", ["稿件 中央媒体 2篇", "服务群众 3小时"]),
        ("申报 稿件 中央媒体 稿件 地方媒体 2", ["稿件 中央媒体 1篇", "稿件 地方媒体 2篇"]),
        ("申报 稿件 中央媒体 1 稿件 中央媒体 2", ["稿件 中央媒体 3篇"]),
        ("申报 酌情加分 2.5", ["酌情加分 2.5分"]),
    ],
)
def test_an_option_may_be_typed_after_the_name(member: Person, text: str, shown: list[str]):
    member.say(text)
    for each in shown:
        assert each in member.text, member.text
    assert member.labels[0].startswith("确认")


@pytest.mark.parametrize("text", ["申报 稿件", "申报 稿件 2", "申报 稿件 县级"])
def test_an_option_that_is_not_clear_is_asked(people: People, member: Person, text: str):
    member.say(text)
    assert {"中央媒体", "地方媒体"} <= {label.split(" ")[1] if " " in label else label for label in member.labels}
    assert not lines(people)


def test_what_is_clear_is_drafted_while_the_rest_is_asked(member: Person):
    member.say("申报 服务群众 2 稿件 2")
    assert "服务群众 2小时" in member.text
    member.tap("稿件 地方媒体 2篇")
    assert "稿件 地方媒体 2篇" in member.text
    assert member.labels[0].startswith("确认提交 2 条")


@pytest.mark.parametrize("points", ["0", "4.5", "-1", "1.234"])
def test_points_outside_their_range_are_refused_with_its_bounds(people: People, member: Person, points: str):
    member.say("申报")
    member.tap("尽责")
    member.tap("酌情加分")
    member.say(points)
    assert "1" in member.screens[0]["lines"][0]
    assert "4" in member.screens[0]["lines"][0]
    assert not lines(people)
    member.say("3.5")
    assert lines(people) == [("D1", None, None, 35_000)]


def test_a_range_typed_without_points_asks_for_them(people: People, member: Person):
    member.say("申报 酌情加分")
    assert not lines(people)
    member.tap("2分")
    assert lines(people) == [("D1", None, None, 20_000)]


@on_both
def test_one_matter_counts_once_and_is_a_tap_away_the_second_time(people: People):
    publish(people)
    member = people["m05"]
    member.say("申报 嘉奖 市级")
    assert not lines(people), "the matter is asked before anything is drafted"
    member.say("抗洪\n抢险\u202e")
    member.tap("确认")
    member.say("申报 嘉奖 省级")
    member.tap("抗洪 抢险")
    member.tap("确认")
    assert lines(people) == [("H2", "市级", "抗洪 抢险", 30_000), ("H2", "省级", "抗洪 抢险", 50_000)]
    people["m01"].say("审核")
    assert "嘉奖 市级 “抗洪 抢险”" in people["m01"].text
    people["m01"].tap("全部通过")
    honour = next(each for each in points(people).figures if each.code == "honour")
    assert (honour.posted, honour.counted) == (Decimal(8), Decimal(5))
    verified(people)


def test_the_screens_tell_of_points_that_are_known_only_together(people: People, member: Person):
    member.say("申报 汇报 1")
    assert "+0" not in member.text
    assert "汇报 1次" in member.text
    member.tap("确认")
    people["m01"].say("审核")
    people["m01"].tap("全部通过")
    told = member.inbox()[-1]
    assert told["kind"] == "lines_decided"
    assert any(line.startswith("汇报 1次") for line in told["lines"])
    duty = next(each for each in points(people).figures if each.code == "duty")
    assert (duty.posted, duty.over, duty.standing) == (Decimal(1), Decimal(0), Decimal(-6))


def test_the_same_as_last_month_has_its_options_and_leaves_matters_out(people: People, member: Person):
    member.say("申报 稿件 地方媒体 2 嘉奖 市级")
    member.tap("嘉奖 市级")
    member.say("抗洪")
    member.tap("确认")
    people.clock("2026-12-02T09:00")
    member.say("和上月一样")
    assert "稿件 地方媒体 2篇" in member.text
    assert "嘉奖" not in member.text


def test_a_matter_may_not_be_longer_than_a_line_keeps(people: People, member: Person):
    member.say("申报 嘉奖 市级")
    member.say("长" * 201)
    assert "200" in member.text
    assert not lines(people)


def test_options_of_one_criterion_are_lines_of_their_own(people: People, member: Person):
    member.say("申报 稿件 中央媒体 1 稿件 地方媒体 2")
    member.tap("确认")
    assert [row[1] for row in lines(people)] == ["中央媒体", "地方媒体"]


def test_a_changed_quantity_keeps_its_option(people: People, member: Person):
    member.say("申报 稿件 中央媒体 1")
    member.tap("修改")
    member.tap("修改数量")
    member.say("2")
    assert lines(people) == [("H1", "中央媒体", None, 60_000)]


def test_a_secretary_is_asked_the_same(people: People, member: Person):
    secretary = people["m01"]
    secretary.say("登记")
    for label in ("登记加分或扣分", member_name(people), "通报批评", "点名"):
        secretary.tap(label)
    secretary.say("未到会")
    secretary.say("三次未到会")
    assert "通报批评 点名 “未到会” 1次" in secretary.text
    secretary.tap("确认")
    assert lines(people) == [("D4", "点名", "未到会", -20_000)]
    told = people["m05"].inbox()[-1]
    assert any("通报批评 点名 “未到会”" in line for line in told["lines"])


def member_name(people: People) -> str:
    return actor(people.parts, "m05").name


@on_both
def test_what_all_entries_are_worth_together_is_figured_and_stands_the_check(people: People):
    publish(people)
    for text in ("申报 汇报 1", "申报 服务群众 10", "申报 稿件 中央媒体 1", "申报 酌情加分 2"):
        declared(people, text)
    for reason in ("第一次", "第二次", "第三次"):
        secretary = people["m01"]
        secretary.say("登记")
        for label in ("登记加分或扣分", member_name(people), "迟交材料", "1次"):
            secretary.tap(label)
        secretary.say(reason)
        secretary.tap("确认")
    found = points(people)
    counted = {each.code: each.counted for each in found.figures}
    # act: 5 + 3, of which the pool leaves 6; duty: 2 + 1 − 3 quarters × 2 − (0 + 1 + 3)
    assert counted == {"act": Decimal(6), "honour": Decimal(1), "duty": Decimal(-7)}
    assert found.total == Decimal(59)
    verified(people)
    people.clock("2026-12-31T09:00")
    verified(people)


def test_the_sheet_of_the_month_has_nested_categories_and_sums_them_once(people: People, member: Person):
    for text in ("申报 稿件 中央媒体 1", "申报 服务群众 2"):
        declared(people, text)
    parts = people.parts
    sheet = parts.desk.ask(actor(parts, "m01"), ShowPublication(unit(parts, "water-1"), "2026-11"), parts.clock.now())
    assert isinstance(sheet, PublicationSheet)
    assert sheet.categories == ("作为", "荣誉", "尽责")
    row = next(row for row in sheet.rows if row.code == "m05")
    assert (row.by_category, row.subtotal) == ((Decimal(4), Decimal(3), Decimal(0)), Decimal(4))


def test_why_opens_an_outer_category_with_all_within(people: People, member: Person):
    for text in ("申报 稿件 中央媒体 1", "申报 服务群众 2"):
        declared(people, text)
    member.say("为什么 作为")
    assert "稿件 中央媒体 1篇" in member.text
    assert "服务群众 2小时" in member.text


@on_both
def test_entries_keep_their_points_when_a_new_version_drops_or_changes_their_criterion(people: People):
    publish(people)
    declared(people, "申报 稿件 中央媒体 1")
    declared(people, "申报 服务群众 2")
    before = points(people).total
    gone = next(line for line in TEXT.splitlines() if "code: H1" in line) + "\n"
    publish(people, ('version: "1"', 'version: "2"'), (gone, ""), ("points: 0.5}", "points: 2}"))
    assert points(people).total == before
    declared(people, "申报 服务群众 1")
    assert points(people).total == before + 2
    assert {each.code: each.counted for each in points(people).figures}["honour"] == Decimal(3)
    verified(people)
