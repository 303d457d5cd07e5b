"""Files and words of a report in chat: asked for, joined to it, kept with it, opened by who may."""

from datetime import date
from decimal import Decimal

from handlers.context import Refused
from handlers.declarations.proof import ListTaskEvidence, OpenEvidence
from handlers.tasks.deciding import DecideTask
from handlers.tasks.mine import ShownTask
from handlers.tasks.reporting import AddTaskFile, TaskDone
from rules.tasks.plan import Figure, Terms
from storage.evidence import Filed, evidence
from storage.tasks.rows import TaskRow
from tests.flows.carrying import code_of, deeds, files, opened, settle
from tests.flows.tasking import Town, on_both_towns
from tests.flows.test_evidence import photo

FIGURE = Figure("走访户数", "户", Decimal(1), Decimal(100))
PROOF = Terms(evidence="required")
FILED = Filed("photo", "现场.jpg", "image/jpeg", "a" * 64, "evidence/aa/a.jpg", 1)


def returned(town: Town, task: TaskRow, reason: str = "照片不清楚") -> None:
    """As who decides does it."""
    town.do("c1", DecideTask((task.id, town.task(task.id).edition), "return", reason=reason))
    assert town.task(task.id).state == "returned"


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
