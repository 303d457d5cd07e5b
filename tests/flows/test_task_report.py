"""Reporting a task in chat: one tap, a figure; taking it back; who was faster."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from handlers.context import Refused
from handlers.tasks.mine import ShownTask
from handlers.tasks.reporting import TaskDone, WithdrawReport
from rules.tasks.plan import Figure, Item, Posting, Terms
from storage.tasks import rows
from tests.flows.carrying import code_of, deeds, files, opened, settle
from tests.flows.tasking import Town, on_both_towns
from tests.flows.test_evidence import photo

FIGURE = Figure("走访户数", "户", Decimal(1), Decimal(100))
PROOF = Terms(evidence="required")


@on_both_towns
def test_one_tap_reports_and_tells_who_verifies(town: Town):
    task = town.give("b1")
    opened(town).tap("完成")
    assert town.people["s1"].screens[0]["title"] == "已报送：报送材料"
    now = town.task(task.id)
    assert (now.state, now.reported_by, now.reported_at, now.done_on) == (
        "reported",
        town.members["s1"],
        town.now,
        None,
    )
    assert [row["kind"] for row in town.notices("c1")] == ["task_reported"]
    assert deeds(town, task) == ["report"]
    assert [(row["action"], row["subject_id"]) for row in town.deeds("task_report")] == [("task_report", task.id)]


def test_one_tap_finishes_what_nobody_verifies(town: Town):
    task = town.give("b1", terms=Terms(verify="nobody"))
    opened(town).tap("完成")
    assert town.people["s1"].screens[0]["title"] == "已完成：报送材料"
    now = town.task(task.id)
    assert (now.state, now.done_on, now.settled_by) == ("done", town.today, town.members["s1"])
    assert [row for row in town.notices() if row["kind"].startswith("task")] == []


@pytest.mark.parametrize(("due", "points"), [("2026-03-02", "2"), ("2026-03-01", "-1")])
def test_what_nobody_verifies_posts_its_points_in_time_or_late(town: Town, due: str, points: str):
    town.give("b1", "m11", due=due, terms=Terms(verify="nobody", posts=Posting("T1", "T2")))
    opened(town, "m11").tap("完成")
    town.people["m11"].say("我的积分")
    assert f"累计积分：{points} 分" in town.people["m11"].text


def test_a_second_tap_changes_nothing(town: Town):
    task = town.give("b1")
    person = opened(town)
    token = person.token("完成")
    first = person.post(token=token, id="1")
    assert person.post(token=token, id="1") == first
    person.post(token=token, id="2")
    assert "没有重复办理" in person.text
    assert deeds(town, task) == ["report"]


@pytest.mark.parametrize("typed", ["20", "20户", "20.0", "二"])
def test_a_figure_that_is_asked_is_asked_for(town: Town, typed: str):
    task = town.give("b1", terms=Terms(figure=FIGURE))
    person = opened(town)
    person.tap("完成")
    assert "走访户数（户），1 至 100" in person.text
    assert town.task(task.id).state == "open"
    person.say(typed)
    assert town.task(task.id).state == "reported"
    assert town.task(task.id).figure == (Decimal(2) if typed == "二" else Decimal(20))
    assert "走访户数 2" in person.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0", "走访户数：不能少于 1户"),
        ("-3", "走访户数：不能少于 1户"),
        ("101", "走访户数：不能超过 100户"),
        ("1.234", "走访户数：请输入数字，最多两位小数"),
        ("9" * 30, "走访户数：请输入数字，最多两位小数"),
        ("很多", "“很多”不是数字"),
        ("NaN", "“NaN”不是数字"),
    ],
)
def test_a_figure_out_of_bounds_is_told_and_the_question_stands(town: Town, typed: str, told: str):
    task = town.give("b1", terms=Terms(figure=FIGURE))
    person = opened(town)
    person.tap("完成")
    person.say(typed)
    assert told in person.text
    assert town.task(task.id).state == "open"
    person.say("5")
    assert town.task(task.id).figure == Decimal(5)


def test_what_is_declared_after_a_report_is_declared(town: Town):
    task = town.give("b1")
    person = opened(town)
    person.tap("完成")
    person.say("志愿服务 2")
    assert "志愿服务 2小时" in person.text
    assert town.task(task.id).report == ""


@pytest.mark.parametrize("way", ["tap", "type"])
def test_a_report_is_taken_back_before_it_is_verified_and_its_files_stay(town: Town, way: str):
    task = town.give("b1", terms=PROOF)
    person = opened(town)
    person.tap("完成")
    person.send("现场.jpg", photo())
    if way == "tap":
        person.tap("撤回报送")
    else:
        person.say("撤销")
    assert "报送已撤回" in person.text
    now = town.task(task.id)
    assert (now.state, now.reported_by, now.reported_at) == ("open", None, None)
    person.tap("完成")
    assert town.task(task.id).state == "reported", "the photo is there already"
    assert files(town, task) == ["现场.jpg"]


def test_what_is_verified_is_not_taken_back(town: Town):
    task = town.give("b1")
    town.do("s1", TaskDone(task.id))
    settle(town, task.id, state="done", settled_by=town.members["c1"], settled_at=town.now, done_on=town.today)
    assert code_of(town.do("s1", WithdrawReport(task.id))) == "task_closed"
    assert town.task(task.id).state == "done"


def test_parts_are_settled_first(town: Town):
    task = town.give("b1")
    first = town.give("b1", member="m11", kind="part", parent_id=task.id)
    town.give("b1", member="m12", kind="part", parent_id=task.id)
    assert code_of(town.do("s1", TaskDone(task.id))) == "task_parts_open"
    settle(town, first.id, state="done")
    assert town.do("s1", TaskDone(task.id)).problems[0].facts == {"left": 1}
    settle(town, first.id + 1, state="waived")
    assert town.do("s1", TaskDone(task.id)).task.state == "reported"


def test_an_item_sheet_is_filled_first(town: Town):
    terms = Terms(sheet=(Item("a", "听汇报", Decimal(10)), Item("b", "查资料", Decimal(20))))
    task = town.give("b1", terms=terms)
    assert town.do("s1", TaskDone(task.id)).problems[0].facts == {"left": 2}
    given = [
        {"item": item, "points": Decimal(5), "note": "", "by_id": town.members["s1"], "at": town.now} for item in "ab"
    ]
    town.write(lambda connection: rows.put_marks(connection, task.id, given))
    assert town.do("s1", TaskDone(task.id)).task.state == "reported"


@pytest.mark.parametrize("state", ["cancelled", "waived"])
def test_what_was_cancelled_meanwhile_is_not_reported(town: Town, state: str):
    task = town.give("b1")
    person = opened(town)
    settle(town, task.id, state=state, settled_by=town.members["c1"], settled_at=town.now)
    person.tap("完成")
    assert "陈工委，3月2日" in person.text
    assert town.task(task.id).state == state


def test_a_deputy_who_was_first_is_named(town: Town):
    task = town.give("b1")
    person = opened(town, "s1")
    opened(town, "d1").tap("完成")
    (row,) = town.deeds("task_report")
    assert (row["actor_id"], row["behalf_id"]) == (town.members["d1"], town.members["s1"])
    person.tap("完成")
    assert "现为“已报送，待核实”（戴代理，3月2日）" in person.text
    assert town.task(task.id).reported_by == town.members["d1"]


@on_both_towns
def test_of_two_at_the_same_moment_one_reports_and_the_other_hears_who(town: Town):
    for number in range(5):
        task = town.give("b1", title=f"任务{number}")
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda code: town.do(code, TaskDone(task.id)), ("s1", "d1")))  # noqa: B023
        won = [each for each in answers if isinstance(each, ShownTask)]
        lost = [each for each in answers if isinstance(each, Refused)]
        assert (len(won), len(lost)) == (1, 1)
        assert lost[0].problems[0].code == "task_closed"
        name = {town.members["s1"]: "沈书记", town.members["d1"]: "戴代理"}[won[0].task.reported_by or 0]
        assert lost[0].problems[0].facts["by"] == name
        assert deeds(town, task) == ["report"]


def test_reporting_late_is_possible(town: Town):
    task = town.give("b1", due="2026-02-20")
    opened(town).tap("完成")
    assert town.task(task.id).state == "reported"
