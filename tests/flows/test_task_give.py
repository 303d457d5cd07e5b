"""Giving a task by hand: one line typed at once, whom it reaches is shown first, and it is issued once."""

from datetime import date
from decimal import Decimal

import pytest

from handlers.context import Refused
from handlers.tasks.audiences import Audience
from handlers.tasks.giving import Draft, IssueGiven
from handlers.tasks.visits import GiveVisit
from rules.tasks.plan import Item
from tests.flows.deciding import numbered
from tests.flows.tasking import Town, on_both_towns


@on_both_towns
def test_one_line_and_one_tap_give_a_task_to_all_branches_below(town: Town):
    officer = town.people["f1"]
    officer.say("交办 报送学习小结 3月20日")
    assert "报送学习小结" in officer.screens[0]["title"]
    assert "2 个支部：水务局第一党支部、水务局第二党支部" in officer.text
    assert "3月20日" in officer.text
    assert town.tasks() == [], "nothing is issued before it was looked at"
    officer.tap("下达")
    first, second = town.tasks()
    assert (first.unit, second.unit) == (town.units["b1"], town.units["b2"])
    assert {(t.kind, t.role, t.member, t.issuer, t.issuer_unit, t.due_on) for t in (first, second)} == {
        ("given", "secretary", None, town.members["f1"], town.units["o1"], date(2026, 3, 20))
    }
    for code in ("s1", "d1", "s2"):
        assert len(town.notices(code, "task_issued")) == 1, code
    assert town.notices("s3", "task_issued") == []
    assert len(town.deeds("task_give")) == 2


@on_both_towns
def test_what_is_issued_twice_is_issued_once(town: Town):
    to = Audience(town.units["o1"], "branch")
    draft = Draft(drawn="x", title="报送", until=date(2026, 3, 20), to=to)
    town.do("f1", IssueGiven(draft))
    answer = town.do("f1", IssueGiven(draft))
    assert isinstance(answer, Refused)
    assert len(town.tasks()) == 2
    assert len(town.notices("s1", "task_issued")) == 1


def test_what_the_line_does_not_say_is_asked(town: Town):
    officer = town.people["f1"]
    officer.say("交办")
    officer.say("整理党员名册")
    assert "整理党员名册" in officer.screens[0]["title"]
    officer.say("改天")
    assert "日期" in officer.text
    officer.say("下周五")
    assert "3月13日" in officer.text
    officer.tap("下达")
    assert [task.title for task in town.tasks()] == ["整理党员名册"] * 2


def test_lines_below_the_first_explain_the_task(town: Town):
    officer = town.people["f1"]
    officer.say("交办 报送学习小结 3月20日\n不少于八百字。\n发邮箱。")
    assert "不少于八百字。" in officer.text
    officer.tap("下达")
    assert {task.about for task in town.tasks()} == {"不少于八百字。\n发邮箱。"}


@on_both_towns
def test_a_vacant_role_is_said_before_and_waits_for_its_holder(town: Town):
    committee = town.people["c1"]
    committee.say("交办 报送总结 3月20日")
    assert "4 个支部" in committee.text
    assert "1 个单位承办岗位空缺：档案局党支部" in committee.text
    committee.tap("下达")
    assert len(town.tasks()) == 4
    committee.tap("查看办理情况")
    assert "岗位空缺 1" in str(committee.labels)


@pytest.mark.parametrize(
    ("text", "branches"), [("2", ["b2"]), ("除 1", ["b2"]), ("全部", ["b1", "b2"]), ("1、2", ["b1", "b2"])]
)
def test_branches_are_chosen_by_number(town: Town, text: str, branches: list[str]):
    officer = town.people["f1"]
    officer.say("交办 报送 3月20日")
    officer.tap("选择承办")
    officer.say(text)
    officer.tap("下达")
    assert [task.unit for task in town.tasks()] == [town.units[code] for code in branches]


@pytest.mark.parametrize("text", ["9", "0", "1 9", "除 9"])
def test_a_number_that_is_not_listed_changes_nothing(town: Town, text: str):
    officer = town.people["f1"]
    officer.say("交办 报送 3月20日")
    officer.tap("选择承办")
    officer.say(text)
    assert "没有序号" in officer.text
    assert town.tasks() == []


def test_other_kinds_of_units_are_a_tap_away(town: Town):
    committee = town.people["c1"]
    committee.say("交办 调研提纲 3月20日")
    committee.tap("选择承办")
    committee.tap("市直机关工委所属责任区")
    committee.tap("下达")
    assert [(task.unit, task.role) for task in town.tasks()] == [
        (town.units["g1"], "grid_lead"),
        (town.units["g2"], "grid_lead"),
    ]


@on_both_towns
def test_a_secretary_gives_to_members_of_his_branch_but_not_to_himself(town: Town):
    secretary = town.people["s1"]
    secretary.say("交办 写学习笔记 3月20日")
    assert "沈书记" not in secretary.text.split("：", 1)[1]
    secretary.tap("选择承办")
    names = [line.split(" ", 1)[1].removesuffix(" ✓") for line in numbered(secretary)]
    secretary.say(f"{names.index('马一一') + 1}")
    secretary.tap("下达")
    (task,) = town.tasks()
    assert (task.member, task.unit, task.issuer_unit) == (town.members["m11"], town.units["b1"], town.units["b1"])
    assert [row["kind"] for row in town.notices("m11") if row["kind"].startswith("task")] == ["task_issued"]


@pytest.mark.parametrize(
    ("day", "kind"), [("3月3日", "task_issued_soon"), ("3月4日", "task_issued_soon"), ("3月5日", "task_issued")]
)
def test_what_is_due_within_two_days_is_told_at_once(town: Town, day: str, kind: str):
    town.people["f1"].say(f"交办 报送 {day}")
    town.people["f1"].tap("下达")
    assert len(town.notices("s1", kind)) == 1
    told = [item for item in town.people["s1"].inbox() if item["kind"] == kind]
    assert len(told) == (kind == "task_issued_soon")


def test_a_number_is_asked_for_by_name(town: Town):
    officer = town.people["f1"]
    officer.say("交办 统计人数 3月20日")
    officer.tap("修改报送要求")
    officer.tap("须填报数字")
    officer.say("参加人数")
    assert "须填报数字：参加人数" in officer.text
    officer.tap("下达")
    assert [task.terms and task.terms["figure"]["name"] for task in town.tasks()] == ["参加人数"] * 2


def test_a_photo_or_file_may_be_required(town: Town):
    officer = town.people["f1"]
    officer.say("交办 报送照片 3月20日")
    officer.tap("修改报送要求")
    officer.tap("须附照片或文件")
    officer.tap("下达")
    assert [task.terms and task.terms["evidence"] for task in town.tasks()] == ["required"] * 2


@pytest.mark.parametrize("line", ["报送 2026-03-01", "报送 2029-03-01"])
def test_a_day_that_is_past_or_far_is_refused(town: Town, line: str):
    town.people["f1"].say(f"交办 {line}")
    assert "日期" in town.people["f1"].text
    assert town.tasks() == []


@pytest.mark.parametrize("code", ["m11", "i1", "a1"])
def test_who_looks_after_no_unit_gives_nothing(town: Town, code: str):
    town.people[code].say("交办 报送 3月20日")
    assert "交办任务" in town.people[code].text
    assert town.tasks() == []


@pytest.mark.parametrize(("code", "unit"), [("f1", "o2"), ("s1", "b2"), ("f1", "jw"), ("m11", "b1")])
def test_nobody_gives_in_units_of_others(town: Town, code: str, unit: str):
    draft = Draft("x", "报送", until=date(2026, 3, 20), to=Audience(town.units[unit], "branch"))
    assert isinstance(town.do(code, IssueGiven(draft)), Refused)
    assert town.tasks() == []


SHEET = (Item("a", "听汇报", Decimal(40), "hear"), Item("b", "查资料", Decimal(60), "check"))


@on_both_towns
def test_a_visit_is_given_to_an_instructor_with_its_sheet(town: Town):
    visit = GiveVisit(town.units["b3"], town.members["i1"], date(2026, 3, 20), SHEET, drawn="v")
    answer = town.do("f2", visit)
    task = town.task(answer.task)
    assert (task.kind, task.unit, task.member, task.issuer_unit) == (
        "visit",
        town.units["b3"],
        town.members["i1"],
        town.units["o2"],
    )
    assert len(town.notices("i1", "task_issued")) == 1
    assert isinstance(town.do("f2", visit), Refused), "the same drawn key gives it once"


@pytest.mark.parametrize(
    ("code", "changes", "problem"),
    [
        ("f1", {}, "absent"),
        ("s3", {}, "absent"),
        ("f2", {"instructor": "m31"}, "no_instructor"),
        ("f2", {"due_on": date(2026, 3, 1)}, "due_past"),
        ("f2", {"items": ()}, "sheet_unclear"),
        ("f2", {"items": (SHEET[0], SHEET[0])}, "sheet_unclear"),
        ("f2", {"items": (Item("a", "x", Decimal(0)),)}, "sheet_points"),
    ],
)
def test_a_visit_is_refused_with_words(town: Town, code: str, changes: dict[str, object], problem: str):
    values: dict[str, object] = {"instructor": "i1", "due_on": date(2026, 3, 20), "items": SHEET} | changes
    values["instructor"] = town.members[str(values["instructor"])]
    answer = town.do(code, GiveVisit(unit=town.units["b3"], drawn="v", **values))  # type: ignore[arg-type]
    assert [each.code for each in answer.problems] == [problem]
    assert town.tasks() == []
