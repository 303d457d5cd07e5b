"""提醒设置: the hour of one's digest, and kinds that are muted with one tap unless a unit above demands them."""

import pytest

from handlers.reminding import SetWish, typed_hour
from rules.access import Actor
from storage import members
from storage.engine import Connection
from tests.flows.people import People
from tests.houses import START, on_both


def actor(people: People, code: str) -> Actor:
    def find(connection: Connection) -> Actor | None:
        number = members.member_by_code(connection, code)
        return None if number is None else members.actor(connection, number, people.parts.desk.house.today(START))

    found = people.parts.desk.store.read(find)
    assert found is not None
    return found


def unit(people: People, code: str) -> int:
    """The unit of the role somebody holds."""
    return actor(people, code).grants[0].unit


def reminded(people: People, code: str) -> list[str]:
    return [item["at"][:16] for item in people[code].inbox() if item["kind"] == "declare_reminder"]


@on_both
def test_a_muted_kind_is_told_no_more_until_it_is_wanted_again(people: People):
    member = people["m03"]
    member.say("提醒设置")
    assert "您的每日汇总在08:30发送（按所在单位设置）" in member.text
    member.tap("关闭：申报提醒")
    assert "申报提醒：已关闭" in member.text
    people.clock("2026-11-23T09:00")
    assert (reminded(people, "m03"), len(reminded(people, "m04"))) == ([], 1)
    member.say("提醒设置")
    member.tap("恢复：申报提醒")
    people.clock("2026-11-27T09:00")
    assert reminded(people, "m03") == ["2026-11-27T08:30"]


@on_both
def test_one_chooses_one_s_hour_by_tap_or_by_word(people: People):
    member = people["m03"]
    member.say("提醒")
    member.tap("换个时间")
    member.say("九点")
    assert "整点或半点" in member.text
    member.say("提醒")
    member.tap("换个时间")
    member.say("9点半")
    assert "您的每日汇总在09:30发送" in member.text
    people.clock("2026-11-23T12:00")
    assert reminded(people, "m03") == ["2026-11-23T09:30"]
    member.say("提醒")
    member.tap("换个时间")
    member.tap("按所在单位设置")
    people.clock("2026-11-27T12:00")
    assert reminded(people, "m03")[-1] == "2026-11-27T08:30"


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("", ""),
        ("08:30", "08:30"),
        ("8:30", "08:30"),
        ("20:30", "20:30"),
        ("12点", "12:00"),
        ("7点半", "07:30"),
        ("8：30", "08:30"),
        ("06:30", None),
        ("21:00", None),
        ("8:15", None),
        ("99:00", None),
        ("早上", None),
    ],
)
def test_an_hour_is_understood_as_people_type_it(text: str, hour: str | None):
    assert typed_hour(text) == hour


@on_both
def test_a_unit_s_hour_and_compulsory_kinds_hold_for_all_below_it(people: People):
    people["m03"].say("提醒设置")
    people["m03"].tap("关闭：申报提醒")
    officer = actor(people, "s01")
    wish = SetWish(unit(people, "s01"), "12:30", ("declare_reminder",))
    people.parts.desk.do(officer, wish, START)
    people.clock("2026-11-23T20:00")
    assert (reminded(people, "m03"), reminded(people, "m04")) == (["2026-11-23T12:30"], ["2026-11-23T12:30"])
    people["m03"].say("提醒设置")
    assert "申报提醒：市水务局机关党委要求必须提醒，不能关闭" in people["m03"].text
    assert not [label for label in people["m03"].labels if label.startswith(("关闭：申报提醒", "恢复：申报提醒"))]
