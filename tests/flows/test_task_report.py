"""Reporting a task in chat: one tap, a figure, photos, words; taking it back; who was faster."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from handlers.context import Refused
from handlers.declarations.proof import ListTaskEvidence, OpenEvidence
from handlers.tasks.deciding import DecideTask
from handlers.tasks.mine import ShownTask
from handlers.tasks.reporting import AddTaskFile, TaskDone, WithdrawReport
from rules.tasks.plan import Figure, Item, Posting, Terms
from storage.evidence import Filed, evidence
from storage.tasks import rows
from storage.tasks.rows import TaskRow
from storage.tasks.tables import task as task_table
from tests.flows.people import Person
from tests.flows.tasking import Town, on_both_towns
from tests.flows.test_evidence import photo
from tests.houses import looking

FIGURE = Figure("走访户数", "户", Decimal(1), Decimal(100))
PROOF = Terms(evidence="required")
FILED = Filed("photo", "现场.jpg", "image/jpeg", "a" * 64, "evidence/aa/a.jpg", 1)


def opened(town: Town, code: str = "s1") -> Person:
    person = town.people[code]
    person.say("任务")
    return person


def settle(town: Town, number: int, **values: object) -> None:
    query = task_table.update().where(task_table.c.id == number).values(**values)
    town.write(lambda connection: connection.execute(query))


def files(town: Town, task: TaskRow) -> list[str]:
    query = evidence.select().where(evidence.c.task_id == task.id).order_by(evidence.c.id)
    with looking(town.parts) as connection:
        return [row.name for row in connection.execute(query)]


def deeds(town: Town, task: TaskRow) -> list[str]:
    with looking(town.parts) as connection:
        return [each.deed for each in rows.events_of(connection, task.id)]


def returned(town: Town, task: TaskRow, reason: str = "照片不清楚") -> None:
    """As who decides does it."""
    town.do("c1", DecideTask((task.id, town.task(task.id).edition), "return", reason=reason))
    assert town.task(task.id).state == "returned"


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].code


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


@on_both_towns
def test_a_photo_finishes_where_evidence_is_required_and_more_of_them_join(town: Town):
    task = town.give("b1", terms=PROOF)
    person = opened(town)
    person.tap("完成")
    assert "请现在发送照片或文件" in person.text
    assert town.task(task.id).state == "open"
    for number in range(3):
        person.send(f"现场{number}.jpg", photo((80 + number, 60)))
        assert town.task(task.id).state == "reported"
    assert files(town, task) == ["现场0.jpg", "现场1.jpg", "现场2.jpg"]
    assert len(town.notices("c1", "task_reported")) == 1
    assert deeds(town, task) == ["report", "file", "file", "file"]


def test_figure_then_words_then_photo_is_one_report(town: Town):
    task = town.give("b1", terms=Terms(figure=FIGURE, evidence="required"))
    person = opened(town)
    person.tap("完成")
    person.say("12")
    person.say("申报表已随附")
    assert "已记下：申报表已随附" in person.text
    person.send("现场.jpg", photo())
    now = town.task(task.id)
    assert (now.state, now.figure, now.report) == ("reported", Decimal(12), "申报表已随附")


def test_a_file_that_is_not_taken_leaves_the_question_standing(town: Town):
    task = town.give("b1", terms=PROOF)
    person = opened(town)
    person.tap("完成")
    person.send("假.jpg", b"MZ not a picture")
    assert town.task(task.id).state == "open"
    person.send("真.jpg", photo())
    assert files(town, task) == ["真.jpg"]


def test_a_photo_with_too_many_words_leaves_the_question_standing(town: Town):
    task = town.give("b1", terms=PROOF)
    answer = town.do("s1", AddTaskFile(FILED, task.id, text="长" * 501))
    assert code_of(answer) == "text_too_long"
    assert (town.task(task.id).state, files(town, task)) == ("open", [])
    done = town.do("s1", AddTaskFile(FILED, task.id, text="现场照片"))
    assert (done.task.state, done.task.report, files(town, task)) == ("reported", "现场照片", ["现场.jpg"])


def test_at_most_fifty_files_are_one_report_and_the_question_stands(town: Town):
    task = town.give("b1")
    person = opened(town)
    person.tap("完成")
    same = {
        "member_id": town.members["s1"],
        "task_id": task.id,
        "kind": "photo",
        "name": "图",
        "media_type": "image/jpeg",
    }
    same |= {"sha256": "a" * 64, "stored": "evidence/aa/a.jpg", "size": 1, "added_at": town.now}
    town.write(lambda connection: connection.execute(evidence.insert(), [same] * 50))
    person.send("又一张.jpg", photo())
    assert "最多 50 份" in person.text
    person.say("不再补充")
    assert (town.task(task.id).report, len(files(town, task))) == ("不再补充", 50)


def test_a_file_of_a_task_never_becomes_evidence_of_a_line(town: Town):
    task = town.give("b1", terms=PROOF)
    person = opened(town)
    person.tap("完成")
    person.send("现场.jpg", photo())
    person.say("申报 志愿服务 2")
    person.tap("修改")
    assert "现场.jpg" not in person.text
    assert files(town, task) == ["现场.jpg"]


def test_after_one_tap_a_photo_and_words_may_join(town: Town):
    task = town.give("b1", terms=Terms(evidence="optional"))
    person = opened(town)
    person.tap("完成")
    assert "现在发送的照片或文件" in person.text
    person.send("现场.jpg", photo())
    person.say("会议开了两个小时")
    person.say("应到二十人")
    now = town.task(task.id)
    assert (now.state, now.report) == ("reported", "会议开了两个小时\n应到二十人")
    assert files(town, task) == ["现场.jpg"]
    person.say("任务")
    person.tap("补充照片")
    person.send("签到.jpg", photo((90, 60)))
    assert files(town, task) == ["现场.jpg", "签到.jpg"]


def test_what_is_declared_after_a_report_is_declared(town: Town):
    task = town.give("b1")
    person = opened(town)
    person.tap("完成")
    person.say("志愿服务 2")
    assert "志愿服务 2小时" in person.text
    assert town.task(task.id).report == ""


def test_a_file_may_be_added_until_it_is_verified(town: Town):
    task = town.give("b1")
    person = opened(town)
    person.tap("完成")
    settle(town, task.id, state="done", done_on=date(2026, 3, 2), settled_by=town.members["c1"], settled_at=town.now)
    person.send("迟到.jpg", photo())
    assert "现为“已完成”（陈工委，3月2日）" in person.text
    assert files(town, task) == []


def test_what_nobody_verifies_takes_files_until_its_due_day(town: Town):
    task = town.give("b1", due="2026-03-04", terms=Terms(verify="nobody"))
    town.do("s1", TaskDone(task.id))
    town.at("2026-03-04")
    assert isinstance(town.do("s1", AddTaskFile(FILED, task.id)), ShownTask)
    town.at("2026-03-05")
    assert code_of(town.do("s1", AddTaskFile(FILED, task.id))) == "task_closed"
    assert files(town, task) == ["现场.jpg"]


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


@on_both_towns
def test_after_a_return_new_evidence_is_asked_or_the_old_is_kept(town: Town):
    task = town.give("b1", terms=PROOF)
    person = opened(town)
    person.tap("完成")
    person.send("一.jpg", photo())
    returned(town, task)
    opened(town)
    assert "退回（照片不清楚）" in person.text
    person.tap("完成")
    assert person.labels == ["沿用此前的材料（1 份）", "返回"]
    person.send("二.jpg", photo((90, 60)))
    assert (town.task(task.id).state, files(town, task)) == ("reported", ["一.jpg", "二.jpg"])
    returned(town, task, "户数不对")
    opened(town).tap("完成")
    person.tap("沿用此前的材料（2 份）")
    assert town.task(task.id).state == "reported"


def test_the_evidence_is_opened_by_who_may_look_at_the_task(town: Town):
    task = town.give("b1", terms=PROOF)
    opened(town).tap("完成")
    town.people["s1"].send("现场.jpg", photo())
    listed = town.ask("c1", ListTaskEvidence(task.id))
    assert [each.name for each in listed.files] == ["现场.jpg"]
    number = listed.files[0].id
    assert town.ask("c1", OpenEvidence(number)).name == "现场.jpg"
    for code in ("s2", "m12", "f2"):
        assert code_of(town.ask(code, ListTaskEvidence(task.id))) == "no_such_task"
        assert isinstance(town.ask(code, OpenEvidence(number)), Refused)


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


def test_too_many_words_are_refused(town: Town):
    task = town.give("b1")
    person = opened(town)
    person.tap("完成")
    person.say("长" * 501)
    assert "501" in person.text
    for _ in range(4):
        person.say("长" * 499)
    person.say("长" * 10)
    assert len(town.task(task.id).report) <= 2000
    assert town.task(task.id).report.count("\n") == 3


def test_reporting_late_is_possible(town: Town):
    task = town.give("b1", due="2026-02-20")
    opened(town).tap("完成")
    assert town.task(task.id).state == "reported"
