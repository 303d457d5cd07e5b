"""任务 in chat: what is mine in the order of its due days, and one task with what can be done."""

from datetime import date
from decimal import Decimal

import pytest

from handlers.context import Refused
from handlers.tasks.mine import ShownTask, ShowTask
from handlers.tasks.reporting import TaskDone
from rules.tasks.plan import Figure, Item, Terms
from storage import members
from tests.flows.carrying import opened, settle
from tests.flows.people import Person
from tests.flows.tasking import Town, on_both_towns


def listed(person: Person) -> list[str]:
    return [line for line in person.screens[0]["lines"] if line[:1].isdigit()]


def part(town: Town, parent: int, member: str, **more: object) -> None:
    town.give("b1", member=member, kind="part", parent_id=parent, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["任务", "我的任务", "tasks", "/tasks"])
def test_nothing_to_do_is_said_calmly(town: Town, word: str):
    town.people["m11"].say(word)
    assert town.people["m11"].screens[0]["title"] == "您目前没有待办任务"
    assert town.people["m11"].labels == ["承诺", "首页"]


@on_both_towns
def test_today_and_overdue_stand_first_then_this_week_then_later_then_what_is_verified(town: Town):
    for title, due in (("四", "2026-03-30"), ("三", "2026-03-08"), ("二", "2026-03-02"), ("一", "2026-02-28")):
        town.give("b1", due=due, title=f"任务{title}")
    settle(town, town.give("b1", due="2026-01-31", title="任务五").id, state="reported")
    person = opened(town)
    assert person.screens[0]["lines"] == [
        "今天和逾期：",
        "1. 任务一；已逾期 2 天",
        "2. 任务二；今天截止",
        "本周：",
        "3. 任务三；还有 6 天",
        "以后：",
        "4. 任务四；还有 28 天",
        "待核实：",
        "5. 任务五；已报送，待核实",
    ]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, "还有 18 天"),
        ({"stance": "doing"}, "正在办"),
        ({"stance": "help"}, "需要协助"),
        ({"state": "returned", "reason": "照片不清楚"}, "退回（照片不清楚）"),
        ({"wanted_on": date(2026, 3, 25)}, "已申请延期至3月25日"),
    ],
)
def test_a_line_says_how_a_task_stands(town: Town, values: dict[str, object], shown: str):
    settle(town, town.give("b1").id, **values)
    town.give("b1", title="另一项")
    assert any(shown in line for line in listed(opened(town)))


def test_the_unit_is_said_when_there_is_more_than_one(town: Town):
    town.give("b1", title="一")
    town.give("b2", title="二", member="s1")
    assert listed(opened(town)) == ["1. 一；水务局第一党支部；还有 18 天", "2. 二；水务局第二党支部；还有 18 天"]


def test_a_single_task_opens_at_once(town: Town):
    town.give("b1", title="只有一项", about="请按附件要求办理。\n一式两份。")
    person = opened(town)
    assert person.screens[0]["title"] == "任务：只有一项"
    assert person.screens[0]["lines"][:2] == ["请按附件要求办理。", "一式两份。"]


@pytest.mark.parametrize("typed", ["2", "二", "2."])
def test_typing_a_number_opens_that_task(town: Town, typed: str):
    for name in "甲乙丙":
        town.give("b1", title=f"任务{name}")
    opened(town).say(typed)
    assert town.people["s1"].screens[0]["title"] == "任务：任务乙"


def test_ten_a_page_and_numbers_go_on(town: Town):
    for number in range(1, 24):
        town.give("b1", title=f"第{number}件")
    person = opened(town)
    assert len(listed(person)) == 10
    person.tap("换一页（1/3）")
    assert listed(person)[0].startswith("11. 第11件")
    person.say("12")
    assert person.screens[0]["title"] == "任务：第12件"
    opened(town).tap("换一页（1/3）")
    person.tap("换一页（2/3）")
    assert len(listed(person)) == 3
    person.say("4")
    assert person.screens[0]["title"] == "列表已更新", "a number of another page opens nothing"


def test_who_carries_what_sees_it_and_nobody_else(town: Town):
    town.give("b1", title="书记的")
    town.give("b1", member="m11", title="党员的")
    assert "书记的" in opened(town, "s1").text
    assert "书记的" in opened(town, "d1").text, "the deputy"
    assert "您代理沈书记承办" in town.people["d1"].text
    assert "党员的" in opened(town, "m11").text
    assert "没有待办" in opened(town, "m12").text
    assert "没有待办" in opened(town, "s2").text


def test_one_task_says_what_is_asked_by_whom_and_until_when(town: Town):
    terms = Terms(evidence="required", figure=Figure("走访户数", "户", Decimal(1), Decimal(100)))
    town.give("b1", due="2026-03-21", terms=terms)
    person = opened(town)
    assert person.screens[0]["lines"] == [
        "要求：走访户数（户），1 至 100；照片或文件（必须）",
        "3月21日截止；还有 19 天；当天非工作日，此前最后一个工作日为3月20日",
        "交办和核实：市直机关工委",
        "水务局第一党支部 沈书记、戴代理",
    ]
    assert person.labels == ["完成", "正在办", "需要协助", "申请延期", "我的任务"]


def test_one_task_has_at_most_six_buttons_whatever_its_state(town: Town):
    sheet = Terms(sheet=(Item("a", "听汇报", Decimal(10)),))
    for terms in (Terms(), sheet, Terms(verify="nobody")):
        for values in (
            {},
            {"state": "reported"},
            {"state": "returned"},
            {"state": "done", "done_on": date(2026, 3, 2)},
        ):
            task = town.give("b1", terms=terms)
            settle(town, task.id, **values)
            person = opened(town)
            assert len(person.labels) <= 6, person.labels
            settle(town, task.id, state="cancelled")


def test_the_progress_of_parts_is_shown_and_reporting_waits_for_them(town: Town):
    whole = town.give("b1")
    part(town, whole.id, "m11")
    part(town, whole.id, "m12")
    settle(town, town.tasks()[-1].id, state="done")
    person = opened(town)
    assert "已分解：2 项中完成 1 项" in person.text
    assert "完成" not in person.labels


def test_the_home_screen_counts_what_is_open(town: Town):
    person = town.people["m11"]
    person.say("首页")
    assert not [label for label in person.labels if label.startswith("任务")]
    for _ in range(3):
        town.give("b1", member="m11")
    settle(town, town.give("b1", member="m11").id, state="reported")
    person.say("首页")
    assert "任务（3）" in person.labels
    person.tap("任务（3）")
    assert person.screens[0]["title"] == "我的任务"


def test_the_help_says_what_can_be_typed(town: Town):
    town.people["m11"].say("帮助")
    assert "任务：" in town.people["m11"].text
    assert "承诺：" in town.people["m11"].text


def test_who_looks_after_a_unit_may_look_but_not_report(town: Town):
    task = town.give("b1", issuer_unit_id=town.units["o1"])
    shown = town.ask("f1", ShowTask(task.id))
    assert isinstance(shown, ShownTask)
    assert shown.can == ("decide",)
    assert isinstance(town.ask("s2", ShowTask(task.id)), Refused)
    refused = town.do("f1", TaskDone(task.id))
    assert [problem.code for problem in refused.problems] == ["task_not_yours"]
    assert [problem.code for problem in town.do("s2", TaskDone(task.id)).problems] == ["no_such_task"]


@pytest.mark.parametrize("text", ["<b>标题</b>", "{title} %s", "=1+1", "长" * 200, "标题\u202e倒着"])
def test_hostile_titles_are_shown_as_text(town: Town, text: str):
    town.give("b1", title=text)
    town.give("b1", title="二")
    person = opened(town)
    plain = text.replace("\u202e", "")
    assert any(plain in line for line in listed(person))
    person.say("1")
    assert plain in person.screens[0]["title"]


def test_it_is_english_for_who_reads_english(town: Town):
    table = members.member
    query = table.update().where(table.c.id == town.members["s1"]).values(locale="en")
    town.write(lambda connection: connection.execute(query))
    town.give("b1", due="2026-03-02", title="one")
    town.give("b1", title="two")
    person = opened(town)
    assert person.screens[0]["lines"] == ["Today and overdue:", "1. one; due today", "Later:", "2. two; 18 days left"]
    person.say("2")
    assert person.labels == ["Mark done", "On it", "Need help", "More time", "My tasks"]
