"""催办 and the state of all: counts with names a tap away, bulk decisions, and reminding by hand once a day."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from handlers.context import Refused
from handlers.tasks.deciding import DecideTask
from handlers.tasks.many import DecideTasks
from handlers.tasks.state import ShowState, TaskStates
from handlers.tasks.urging import PreviewUrging, UrgeTasks
from storage import members
from storage.tasks import rows
from storage.tasks.rows import TaskRow
from tests.flows.deciding import numbered, reported
from tests.flows.tasking import Town, on_both_towns


def given(town: Town, code: str = "c1", line: str = "报送总结 3月20日") -> list[TaskRow]:
    """What somebody gave in one line to all below."""
    before = {task.id for task in town.tasks()}
    town.people[code].say(f"交办 {line}")
    town.people[code].tap("下达")
    return [task for task in town.tasks() if task.id not in before]


def unbound(town: Town, code: str) -> None:
    row = members.identity
    mine = row.c.member_id == town.members[code]
    town.write(lambda connection: connection.execute(sa.update(row).where(mine).values(unbound_at=town.now)))


@on_both_towns
def test_the_issuer_sees_how_all_stands_and_who_it_is(town: Town):
    first, second, third, fourth = given(town)
    reported(town, first, "s1")
    done = reported(town, second, "s2")
    town.do("c1", DecideTask((done.id, done.edition), "verify"))
    town.write(lambda connection: rows.change(connection, third.id, third.edition, {"stance": "help"}))
    town.at("2026-03-21")
    committee = town.people["c1"]
    committee.say("任务情况")
    (line,) = numbered(committee)
    for words in ("报送总结", "共 4 项", "完成 1", "待核实 1", "未完成 2", "逾期 2", "需协助 1", "岗位空缺 1"):
        assert words in line, line
    committee.tap("1.")
    committee.tap("逾期 2")
    assert ["林业局党支部" in line or "档案局党支部" in line for line in numbered(committee)] == [True, True]
    committee.tap("需协助 1")
    (line,) = numbered(committee)
    assert "林业局党支部" in line
    assert fourth.unit == town.units["b4"]


@pytest.mark.parametrize(("code", "units"), [("c1", 4), ("l1", 3), ("f1", 2), ("f2", 1), ("s1", 1), ("i1", 4)])
def test_everybody_sees_the_units_he_looks_after(town: Town, code: str, units: int):
    first = given(town)
    (counts,) = town.do(code, TaskStates()).rows
    assert counts.total == units
    seen = next(task for task in first if code not in ("f2",) or task.unit == town.units["b3"])
    assert len(town.do(code, ShowState(seen.id)).tasks) == units


def test_a_member_sees_no_state(town: Town):
    given(town)
    assert isinstance(town.do("m11", TaskStates()), Refused)


def test_given_twice_with_the_same_title_stands_apart(town: Town):
    given(town)
    town.at("2026-03-03")
    given(town)
    assert [row.total for row in town.do("c1", TaskStates()).rows] == [4, 4]


def test_parts_and_promises_stand_with_their_members(town: Town):
    town.give("b1", "m11", kind="part", issuer_unit_id=town.units["b1"])
    town.give("b1", "m11", kind="promise", issuer_unit_id=town.units["b1"])
    assert town.do("c1", TaskStates()).rows == ()


@on_both_towns
def test_extending_for_all_but_some_asks_until_when_and_why_and_tells_them(town: Town):
    tasks = given(town)
    committee = town.people["c1"]
    committee.say("任务情况")
    committee.tap("1.")
    committee.tap("延期")
    committee.say("除 2")
    committee.say("4月10日")
    assert all(town.task(task.id).due_on == date(2026, 3, 20) for task in tasks), "not without a reason"
    committee.say("与上级会议合并")
    dues = [town.task(task.id).due_on for task in tasks]
    assert dues == [date(2026, 4, 10), date(2026, 3, 20), date(2026, 4, 10), date(2026, 4, 10)]
    assert len(town.notices("s1", "task_decided")) == 1
    assert town.notices("s2", "task_decided") == []


@pytest.mark.parametrize(("label", "state"), [("免除", "waived"), ("取消任务", "cancelled")])
def test_some_are_waived_or_cancelled_by_their_numbers(town: Town, label: str, state: str):
    tasks = given(town)
    committee = town.people["c1"]
    committee.say("任务情况")
    committee.tap("1.")
    committee.tap(label)
    committee.say("1 3")
    committee.say("不涉及")
    assert [town.task(task.id).state for task in tasks] == [state, "open", state, "open"]


@pytest.mark.parametrize("code", ["f1", "l1", "s1", "m11"])
def test_who_did_not_issue_them_decides_about_none(town: Town, code: str):
    tasks = given(town)
    pins = tuple((task.id, task.edition) for task in tasks)
    answer = town.do(code, DecideTasks(tasks[0].id, "waive", pins, "all", reason="因故"))
    assert isinstance(answer, Refused)
    assert {town.task(task.id).state for task in tasks} == {"open"}


@on_both_towns
def test_urging_shows_whom_it_reaches_and_how_before_anybody_is_told(town: Town):
    tasks = given(town)
    reported(town, tasks[1], "s2")
    unbound(town, "s3")
    committee = town.people["c1"]
    committee.say("催办")
    committee.tap("1.")
    assert "催办 3 人：沈书记、戴代理、施书记" in committee.text
    assert "经网页聊天通知 2 人" in committee.text
    assert "没有绑定账号" in committee.text
    assert "施书记" in committee.text.split("通知不到", 1)[1]
    assert "1 项任务承办岗位空缺" in committee.text
    assert town.notices(kind="task_urged") == []
    committee.tap("立即催办（3 人）")
    assert {row["member_id"] for row in town.notices(kind="task_urged")} == {
        town.members[code] for code in ("s1", "d1", "s3")
    }
    (item,) = [item for item in town.people["s1"].inbox() if item["kind"] == "task_urged"]
    assert "报送总结" in item["title"]
    assert any("陈工委" in line for line in item["lines"])


@on_both_towns
def test_once_a_day_a_task_and_person(town: Town):
    (task, *_) = given(town)
    town.do("c1", UrgeTasks(task.id))
    again = town.do("c1", UrgeTasks(task.id))
    assert [problem.code for problem in again.problems] == ["urged_today"]
    assert len(town.notices("s1", "task_urged")) == 1
    preview = town.do("c1", PreviewUrging(task.id))
    assert (preview.people, preview.today) == (0, 4)
    town.at("2026-03-03")
    town.do("c1", UrgeTasks(task.id))
    assert len(town.notices("s1", "task_urged")) == 2


@pytest.mark.parametrize("code", ["f1", "l1", "s2", "m11"])
def test_nobody_urges_for_others(town: Town, code: str):
    task = given(town)[0]
    assert isinstance(town.do(code, UrgeTasks(task.id)), Refused)
    assert isinstance(town.do(code, PreviewUrging(task.id)), Refused)
    assert town.notices(kind="task_urged") == []


def test_the_overdue_alone_may_be_urged(town: Town):
    tasks = given(town)
    first = tasks[0]
    town.do("c1", DecideTask((first.id, first.edition), "extend", reason="因故", until="2026-04-30"))
    town.at("2026-03-21")
    town.do("c1", UrgeTasks(first.id, "overdue"))
    assert {row["member_id"] for row in town.notices(kind="task_urged")} == {town.members[c] for c in ("s2", "s3")}


def test_announcements_are_urged_by_the_same_word(town: Town):
    secretary = town.people["s1"]
    secretary.say("公告 明天开会\n二楼会议室。")
    secretary.tap("确认发送")
    town.people["m11"].say("收到")
    secretary.say("催办")
    assert "明天开会" in secretary.text
    secretary.tap("1.")
    assert "催办 3 人：" in secretary.text
    assert "马一一" not in secretary.text
    secretary.tap("立即催办")
    told = town.notices(kind="announcement_urged")
    assert {row["member_id"] for row in told} == {town.members[code] for code in ("d1", "m12", "m13")}
    secretary.say("催办")
    secretary.tap("1.")
    assert "今天已全部催办过" in secretary.text


def test_nothing_to_urge_is_said(town: Town):
    town.people["c1"].say("催办")
    assert "没有需要催办" in town.people["c1"].text


@pytest.mark.parametrize("code", ["m11", "i1"])
def test_who_issues_nothing_urges_nothing(town: Town, code: str):
    town.people[code].say("催办")
    assert "只有" in town.people[code].text


def test_a_task_urged_is_compulsory_when_its_terms_are(town: Town):
    from rules.tasks.plan import Terms

    task = town.give("b1", terms=Terms(compulsory=True))
    town.do("c1", UrgeTasks(task.id))
    (told, _) = town.notices(kind="task_urged")
    facts: Any = told["facts"]
    assert facts["compulsory"] is True
