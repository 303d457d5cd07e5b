"""A whole month as member, secretary, officer and committee, through the chat alone."""

from handlers.ledger.check import Verify
from rules.access import SYSTEM
from tests.flows.people import People
from tests.houses import on_both

pytestmark = on_both


def test_a_month_from_opening_to_closing(people: People):
    member, secretary = people["m03"], people["m01"]
    opened = member.inbox()[-1]
    assert opened["kind"] == "period_opened"
    assert "2026年11月" in opened["title"]

    before = member.say("我的积分")[0]["title"]
    member.say("申报 志愿服务 2 学习 1")
    assert "志愿服务 2小时" in member.text
    assert "学习 1次" in member.text
    member.tap("确认")
    assert "2 条" in member.text
    assert member.say("我的积分")[0]["title"] == before, "nothing counts before it is approved"

    secretary.say("审核")
    assert "孙柏青 志愿服务 2小时" in secretary.text
    secretary.say("全部通过 除 1")
    assert "志愿服务" in secretary.screens[0]["title"], "the excepted line is asked next"
    secretary.tap("退回")
    secretary.say("请补充服务时间")
    returned = [item for item in member.inbox() if item["kind"] == "lines_decided"]
    assert [("通过" in item["title"], "退回" in item["title"]) for item in returned] == [(True, False), (False, True)]
    assert any("请补充服务时间" in line for line in returned[-1]["lines"])

    member.post(token=returned[-1]["choices"][0]["token"])
    assert "志愿服务" in member.text, "a returned line opens again in one tap"
    member.tap("确认")
    secretary.say("审核")
    secretary.tap("全部通过")
    assert "77.5" in before
    assert "79" in member.say("我的积分")[0]["title"]

    committee = people["s04"]
    committee.say("情况")
    assert "水务局第一党支部" in committee.text
    assert "档案馆党支部" in committee.text

    assert people.clock("2026-12-06T09:00").status_code == 200
    closed = [item for item in secretary.inbox() if item["kind"] == "digest" or item["kind"] == "period_closed"]
    assert any("2026年11月" in line for item in closed for line in (item["title"], *item["lines"]))
    assert people.parts.desk.ask(SYSTEM, Verify(), people.parts.clock.now()).problems == ()


def test_an_undecided_line_of_a_closed_month_counts_in_the_month_of_its_decision(people: People):
    member, secretary = people["m03"], people["m01"]
    member.say("申报 志愿服务 2")
    member.tap("确认")
    people.clock("2026-12-07T10:00")
    secretary.say("审核")
    secretary.tap("全部通过")
    member.say("为什么 志愿服务")
    assert "\n12月 志愿服务 2小时" in member.text


def test_a_usual_month_takes_three_taps_and_no_typing(people: People):
    member = people["m03"]
    token = next(c["token"] for c in member.inbox()[-1]["choices"] if c["label"] == "和上月一样")
    member.taps += 1
    member.post(token=token)
    member.tap("确认")
    assert "已提交" in member.text
    assert member.taps <= 3
    assert member.typed == 0


def test_fifty_lines_are_reviewed_in_three_actions(people: People):
    for number in range(3, 20):
        member = people[f"m{number:02d}"]
        if number == 6:
            continue
        member.say("申报 志愿服务 1 学习 1 党费 1 读书笔记 1")
        member.tap("确认")
    secretary = people["m01"]
    secretary.say("审核")
    assert "64" in secretary.screens[0]["title"]
    assert sum(line[0].isdigit() for line in secretary.screens[0]["lines"]) == 20
    secretary.tap("全部通过")
    actions = secretary.taps + 1
    assert "64" in secretary.text
    assert actions <= 3
    assert "没有" in people["m02"].say("审核")[0]["title"], "the other reviewer has nothing left"
