"""承诺 in chat: made in three steps, kept in one tap, seen by the branch, never too many."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from handlers.context import Refused
from handlers.tasks.mine import ShownTask, ShowTask
from handlers.tasks.promises import MOST_OPEN, Promises, TypePromiseDay
from handlers.tasks.reporting import TaskDone
from storage.tasks import rows
from tests.flows.people import Person
from tests.flows.tasking import Town, on_both_towns


def promise(town: Town, code: str = "m11", title: str = "每月走访一户困难群众", day: str = "月底") -> Person:
    person = town.people[code]
    person.say("承诺")
    person.tap("作出承诺")
    person.say(title)
    person.say(day)
    return person


@on_both_towns
def test_a_promise_is_a_title_and_a_day(town: Town):
    person = promise(town)
    assert person.screens[0]["title"] == "已作出承诺：每月走访一户困难群众"
    (task,) = town.tasks()
    assert (task.kind, task.member, task.unit) == ("promise", town.members["m11"], town.units["b1"])
    assert (task.due_on, task.state, task.issuer_unit) == (date(2026, 3, 31), "open", town.units["b1"])
    assert task.key.startswith("promise:")
    assert len(task.key) > 20
    assert [row["action"] for row in town.deeds("task_promise")] == ["task_promise"]
    assert [row["kind"] for row in town.notices() if row["kind"].startswith("task")] == []


@pytest.mark.parametrize("title", ["申报材料按月整理", "公告 栏每周更新", "考勤不迟到"])
def test_a_promise_may_begin_like_a_command(town: Town, title: str):
    promise(town, title=title)
    assert [task.title for task in town.tasks()] == [title]


def test_the_day_is_a_tap_away(town: Town):
    person = town.people["m11"]
    person.say("承诺")
    person.tap("作出承诺")
    person.say("读完一本党史")
    person.tap("年底")
    assert [task.due_on for task in town.tasks()] == [date(2026, 12, 31)]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("没有日子", "“没有日子”无法识别为日期"),
        ("2026-03-01", "三年内"),
        ("2030-01-01", "三年内"),
        ("本周日", ""),
        ("今天", ""),
    ],
)
def test_a_day_that_cannot_be_is_told_and_asked_again(town: Town, day: str, told: str):
    person = promise(town, day=day)
    if told:
        assert told in person.text
        assert town.tasks() == []
        person.say("月底")
    assert len(town.tasks()) == 1


@pytest.mark.parametrize("title", ["长" * 201, "\u200b"])
def test_a_title_that_cannot_be_is_told_and_asked_again(town: Town, title: str):
    person = town.people["m11"]
    person.say("承诺")
    person.tap("作出承诺")
    person.say(title)
    assert town.tasks() == []
    person.say("承诺以后")
    person.say("月底")
    assert [task.title for task in town.tasks()] == ["承诺以后"]


@on_both_towns
def test_the_branch_sees_who_keeps_what(town: Town):
    promise(town, "m11", "甲")
    promise(town, "m11", "乙", "3月10日")
    promise(town, "m12", "丙", "3月10日")
    promise(town, "m21", "别的支部")
    kept, late, missed, _ = town.tasks()
    town.do("m11", TaskDone(kept.id))
    town.at("2026-03-12")
    town.do("m11", TaskDone(late.id))
    promise(town, "s1", "丁")
    person = town.people["m13"]
    person.say("承诺")
    assert person.screens[0]["lines"] == ["还没有。"]
    person.tap("支部公开承诺")
    assert person.screens[0]["title"] == "公开承诺：水务局第一党支部"
    assert person.screens[0]["lines"] == [
        "已兑现 1、逾期兑现 1、未兑现 1、进行中 1",
        "1. 马一二；丙；3月10日前；未兑现",
        "2. 沈书记；丁；3月31日前；进行中",
        "3. 马一一；甲；3月31日前；已兑现",
        "4. 马一一；乙；3月10日前；逾期兑现",
    ]
    assert not [label for label in person.labels if label[0].isdigit()], "only one's own are opened"
    assert isinstance(town.ask("m13", ShowTask(missed.id)), Refused)
    person.tap("我的承诺")
    assert person.screens[0]["title"] == "我的承诺"


def test_the_secretary_may_look_at_one(town: Town):
    promise(town)
    assert isinstance(town.ask("s1", ShowTask(town.tasks()[0].id)), ShownTask)
    assert isinstance(town.ask("s2", ShowTask(town.tasks()[0].id)), Refused)


def test_it_stands_among_ones_tasks_and_is_kept_in_one_tap(town: Town):
    promise(town)
    person = town.people["m11"]
    person.say("任务")
    assert "申请延期" not in person.labels, "a promise is not extended"
    person.tap("完成")
    (task,) = town.tasks()
    assert (task.state, task.done_on) == ("done", town.today)
    person.say("承诺")
    assert person.screens[0]["lines"] == ["已兑现 1", "1. 每月走访一户困难群众；3月31日前；已兑现"]
    person.say("1")
    assert person.screens[0]["title"] == "任务：每月走访一户困难群众"


def test_help_for_a_promise_is_asked_of_the_secretary(town: Town):
    promise(town)
    person = town.people["m11"]
    person.say("任务")
    person.tap("需要协助")
    person.say("联系不上村里")
    assert [row["kind"] for row in town.notices("s1") if row["kind"].startswith("task")] == ["task_help"]


def test_ten_a_page(town: Town):
    for number in range(12):
        promise(town, title=f"第{number}项")
    person = town.people["m11"]
    person.say("承诺")
    assert len(person.screens[0]["lines"]) == 11
    person.tap("下一页")
    assert person.screens[0]["lines"][1:] == ["11. 第1项；3月31日前；进行中", "12. 第0项；3月31日前；进行中"]


@on_both_towns
def test_at_most_twenty_are_open_even_when_two_devices_promise_at_once(town: Town):
    due = date(2026, 3, 31)
    same = {"kind": "promise", "period": "2026-03", "title": "一项", "unit_id": town.units["b1"], "terms": {}}
    same |= {"member_id": town.members["m11"], "issuer_unit_id": town.units["b1"], "issued_at": town.now, "due_on": due}
    some = [{**same, "key": f"promise:{number}"} for number in range(MOST_OPEN - 1)]
    town.write(lambda connection: rows.add_all(connection, some))
    with ThreadPoolExecutor(4) as pool:
        asked = [TypePromiseDay("又一项", "月底", f"key{number}") for number in range(4)]
        answers = list(pool.map(lambda request: town.do("m11", request), asked))
    assert sum(isinstance(each, ShownTask) for each in answers) == 1
    assert town.ask("m11", Promises()).tally == {"open": MOST_OPEN}
    person = town.people["m11"]
    person.say("承诺")
    person.tap("作出承诺")
    assert "最多 20 项" in person.text
