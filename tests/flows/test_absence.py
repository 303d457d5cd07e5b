"""离岗: digests wait, who stands in hears what is due, deadlines do not move, and 销假 ends it."""

from datetime import date

import pytest

from tests.flows.people import People
from tests.houses import on_both

pytestmark = on_both


def digests(people: People, code: str) -> list[str]:
    """When notices of the day came."""
    return [item["at"][:16] for item in people[code].inbox() if item["kind"] in ("digest", "declare_reminder")]


def lines(people: People, code: str) -> str:
    return "\n".join(text for item in people[code].inbox() for text in (item["title"], *item["lines"]))


def test_digests_wait_until_the_day_after_the_last_one_and_come_as_one(people: People):
    member = people["m03"]
    member.say("离岗")
    member.say("12月5日")
    member.tap("不设代理人")
    assert "您离岗至12月5日" in member.text
    before = len(member.inbox())
    people.clock("2026-12-05T23:59")
    assert len(member.inbox()) == before
    assert digests(people, "m04")[-1].startswith("2026-11-30"), "others hear the last day"
    people.clock("2026-12-06T12:00")
    (back,) = member.inbox()[before:]
    assert (back["at"][:16], back["kind"]) == ("2026-12-06T08:30", "period_opened"), "November is over"


@pytest.mark.parametrize("said", ["离岗 三天", "请假：3天", "离岗2026-11-24", "/away until 11-24"])
def test_one_message_is_enough(people: People, said: str):
    member = people["m03"]
    member.say(said)
    assert "离岗至11月24日" in member.text
    member.tap("不设代理人")
    people.clock("2026-11-26T00:00")
    assert digests(people, "m03") == ["2026-11-25T08:30"], "Monday's reminder comes when he is back"


def test_back_early_by_word_and_a_second_absence_takes_the_place_of_the_first(people: People):
    member = people["m03"]
    member.say("离岗 10天")
    member.tap("不设代理人")
    member.say("离岗 2天")
    member.tap("不设代理人")
    member.say("离岗")
    assert "您离岗至11月23日" in member.text
    member.say("销假")
    assert "您已销假" in member.text
    member.say("销假")
    assert "目前没有离岗登记" in member.text
    people.clock("2026-11-23T09:00")
    assert digests(people, "m03") == ["2026-11-23T08:30"]


def test_who_stands_in_hears_what_is_due_in_his_own_digest(people: People):
    secretary, deputy = people["m01"], people["m02"]
    people["m03"].say("申报 学习 1")
    people["m03"].tap("确认")
    secretary.say("离岗 12月3日")
    secretary.say("查无此人")
    assert "本支部没有这位成员" in secretary.text
    secretary.say("离岗 12月3日")
    secretary.tap("赵雅琴")
    assert "代理人：赵雅琴" in secretary.text
    assert "请您代理" in lines(people, "m02")
    before = len(secretary.inbox())
    people.clock("2026-11-23T12:00")
    assert len(secretary.inbox()) == before
    said = deputy.inbox()[-1]["lines"]
    assert any("离岗至12月3日" in line for line in said)
    assert "- 待您审核" in said


def test_the_secretary_records_it_for_a_member_who_hears_of_it(people: People):
    secretary = people["m01"]
    secretary.say("离岗 孙柏青 5天")
    assert "孙柏青离岗至11月26日" in secretary.text
    secretary.tap("不设代理人")
    assert "孙柏青离岗至11月26日" in secretary.text
    assert "由" in lines(people, "m03")
    assert "您离岗至11月26日" in lines(people, "m03")
    people.clock("2026-11-24T09:00")
    assert digests(people, "m03") == []
    people["m03"].say("销假")
    people.clock("2026-11-25T09:00")
    (back,) = digests(people, "m03")
    assert back.startswith("2026-11-24"), "at the next half hour"


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        ("m04", "离岗 孙柏青 5天", "无法识别日期"),
        ("m21", "离岗 孙柏青 5天", "也不是您所负责的成员"),
        ("m03", "离岗 随便", "无法识别日期"),
        ("m03", "离岗 2026-11-21", "日期须在今天起"),
        ("m03", "离岗 2028-01-01", "日期须在今天起"),
        ("m03", "离岗 2月30日", "无法识别日期"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_words(people: People, code: str, said: str, words: str):
    people[code].say(said)
    assert words in people[code].text


def test_marks_of_a_meeting_are_not_taken_for_an_absence(people: People):
    people["m01"].say("请假 5 7")
    assert "离岗" not in people["m01"].text


def test_the_day_of_this_house_is_the_one_the_tests_speak_of(people: People):
    assert people.parts.desk.house.today(people.parts.clock.now()) == date(2026, 11, 22)
