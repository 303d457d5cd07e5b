"""What a carrier says before a task is done: on it, need help, more time."""

from datetime import date

import pytest

from tests.flows.carrying import opened, settle
from tests.flows.tasking import Town, on_both_towns


def test_on_it_is_noted_and_tells_nobody(town: Town):
    task = town.give("b1")
    opened(town).tap("正在办")
    assert town.task(task.id).stance == "doing"
    assert town.task(task.id).stance_at == town.now
    assert [row["kind"] for row in town.notices() if row["kind"].startswith("task")] == []
    assert "正在办" not in town.people["s1"].labels


@pytest.mark.parametrize("reason", ["缺少场地", "申报表格没有收到", ""])
def test_need_help_tells_who_decides_at_once_with_the_reason(town: Town, reason: str):
    task = town.give("b1")
    person = opened(town)
    person.tap("需要协助")
    if reason:
        person.say(reason)
    else:
        person.tap("直接请求协助")
    assert "已请求协助" in person.text
    assert town.task(task.id).stance == "help"
    (notice,) = town.notices("c1", "task_help")
    assert town.notices(kind="task_help") == [notice]
    assert notice["facts"]["reason"] == reason


@on_both_towns
@pytest.mark.parametrize(
    ("typed", "until"),
    [("3天", date(2026, 3, 23)), ("下周五", None), ("3月27日", date(2026, 3, 27)), ("月底", date(2026, 3, 31))],
)
def test_more_time_is_asked_with_a_day_and_a_reason(town: Town, typed: str, until: date | None):
    task = town.give("b1")
    person = opened(town)
    person.tap("申请延期")
    person.say(typed)
    if until is None:
        assert "原截止日为3月20日" in person.text
        person.say("3月27日")
    person.say("材料还没有收齐")
    asked = town.task(task.id)
    assert (asked.wanted_on, asked.wanted_reason) == (until or date(2026, 3, 27), "材料还没有收齐")
    assert asked.due_on == task.due_on, "it is not decided"
    assert [row["kind"] for row in town.notices("c1")] == ["more_time_asked"]
    assert "申请延期" not in person.labels


@pytest.mark.parametrize("typed", ["随便", "2026-02-30", "3月1日之类", "😀", "99999天", "4000天"])
def test_a_day_that_is_not_understood_leaves_the_question_standing(town: Town, typed: str):
    task = town.give("b1")
    person = opened(town)
    person.tap("申请延期")
    person.say(typed)
    assert "无法识别为日期" in person.text
    person.say("3月25日")
    person.tap("需等待")
    assert town.task(task.id).wanted_on == date(2026, 3, 25)


def test_more_time_is_asked_until_the_due_day_and_once_at_a_time(town: Town):
    task = town.give("b1", due="2026-03-02")
    person = opened(town)
    person.tap("申请延期")
    person.tap("延长 7 天，至3月9日")
    token = person.token("其他紧急工作")
    settle(town, task.id, wanted_on=date(2026, 3, 4))
    person.post(token=token)
    assert "正等待答复" in person.text
    settle(town, task.id, wanted_on=None)
    town.at("2026-03-03")
    assert "申请延期" not in opened(town).labels


def test_more_time_beyond_a_year_is_refused(town: Town):
    town.give("b1")
    person = opened(town)
    person.tap("申请延期")
    person.say("2027-12-01")
    assert "最多可申请延期 366 天" in person.text


def test_a_button_of_a_task_that_was_cancelled_meanwhile_says_so(town: Town):
    task = town.give("b1")
    person = opened(town)
    tokens = [person.token(label) for label in ("正在办", "需要协助", "申请延期")]
    settle(town, task.id, state="cancelled")
    for token in tokens[:1]:
        person.post(token=token)
        assert "任务状态已变为" in person.text
