"""Verifying reports: one queue, all but some numbers, reasons where needed, extensions, and who may not."""

from datetime import date

import pytest

from handlers.context import Refused
from handlers.tasks.deciding import DecideTask
from rules.tasks.plan import Terms
from storage.tasks import rows
from tests.flows.deciding import asks_more_time, numbered, reported
from tests.flows.tasking import Town, on_both_towns
from tests.houses import looking


def of_o1(town: Town, *branches: str, **more: object) -> list[rows.TaskRow]:
    """Open tasks that the officer of o1 gave to branches."""
    issued = {"issuer_unit_id": town.units["o1"], "issuer_id": town.members["f1"]}
    return [town.give(branch, **issued, **more) for branch in branches]  # type: ignore[arg-type]


@on_both_towns
def test_all_but_the_numbers_named_are_verified_and_those_are_asked_next(town: Town):
    given = [*of_o1(town, "b1", "b1", "b1", title="第一"), *of_o1(town, "b2", "b2", title="第二")]
    for task in given:
        reported(town, task, "s1" if task.unit == town.units["b1"] else "s2")
    officer = town.people["f1"]
    officer.say("核实")
    assert len(numbered(officer)) == 5, officer.screens
    officer.say("全部核实 除 2 5")
    assert [town.task(task.id).state for task in given] == ["done", "reported", "done", "done", "reported"]
    assert "水务局第一党支部" in officer.screens[0]["title"]
    officer.tap("退回")
    assert "原因" in officer.text
    assert town.task(given[1].id).state == "reported", "without a reason nothing is decided"
    officer.say("缺签到表")
    assert town.task(given[1].id).state == "returned"
    assert "水务局第二党支部" in officer.screens[0]["title"], "the next one is asked"
    officer.tap("核实属实")
    assert town.task(given[4].id).state == "done"
    assert "没有" in officer.say("核实")[0]["title"]


@on_both_towns
def test_a_verified_task_is_done_on_the_day_it_was_reported(town: Town):
    (task,) = of_o1(town, "b1")
    reported(town, task, "s1")
    town.at("2026-03-05")
    town.people["f1"].say("核实")
    town.people["f1"].say("全部通过")
    done = town.task(task.id)
    assert (done.state, done.done_on, done.settled_by) == ("done", date(2026, 3, 2), town.members["f1"])
    with looking(town.parts) as connection:
        assert [event.deed for event in rows.events_of(connection, task.id)] == ["report", "verify"]


@pytest.mark.parametrize("text", ["全部核实 除 0", "全部核实 除 9", "全部验收 除 1 99"])
def test_a_number_not_on_the_list_stops_everything(town: Town, text: str):
    tasks = of_o1(town, "b1", "b2")
    reported(town, tasks[0], "s1")
    reported(town, tasks[1], "s2")
    officer = town.people["f1"]
    officer.say("核实")
    officer.say(text)
    assert {town.task(task.id).state for task in tasks} == {"reported"}


def test_numbers_without_a_list_show_the_list_first(town: Town):
    (task,) = of_o1(town, "b1")
    reported(town, task, "s1")
    officer = town.people["f1"]
    officer.say("首页")
    officer.say("全部核实 除 1")
    assert len(numbered(officer)) == 1
    assert town.task(task.id).state == "reported"
    officer.say("1")
    assert "水务局第一党支部" in officer.screens[0]["title"], "a number opens what stands there"


def test_a_report_that_came_later_is_not_touched(town: Town):
    first, second = of_o1(town, "b1", "b2")
    reported(town, first, "s1")
    officer = town.people["f1"]
    officer.say("核实")
    reported(town, second, "s2")
    officer.say("全部核实")
    assert (town.task(first.id).state, town.task(second.id).state) == ("done", "reported")


@on_both_towns
def test_a_late_tap_and_a_double_tap_move_nothing(town: Town):
    (task,) = of_o1(town, "b1")
    shown = reported(town, task, "s1")
    pin = (shown.id, shown.edition)
    town.do("f1", DecideTask(pin, "verify"))
    before = len(town.deeds("task_verify"))
    town.do("f1", DecideTask(pin, "verify"))
    town.do("f1", DecideTask(pin, "return", reason="晚了"))
    assert town.task(task.id).state == "done"
    assert len(town.deeds("task_verify")) == before == 1
    assert town.deeds("task_return") == []
    assert len(town.notices("s1", "task_decided")) == 1


def test_a_report_changed_since_it_was_shown_is_shown_again(town: Town):
    (task,) = of_o1(town, "b1")
    reported(town, task, "s1")
    officer = town.people["f1"]
    officer.say("核实")
    officer.say("1")

    def again(connection: object) -> None:
        assert rows.change(connection, task.id, town.task(task.id).edition, {"report": "改过的报告"})  # type: ignore[arg-type]

    town.write(again)
    officer.tap("核实属实")
    assert town.task(task.id).state == "reported"
    assert "改过的报告" in officer.text
    officer.tap("核实属实")
    assert town.task(task.id).state == "done"


@on_both_towns
def test_carriers_and_who_reported_hear_the_decision_with_its_reason_at_once(town: Town):
    (task,) = of_o1(town, "b1")
    reported(town, task, "d1")
    officer = town.people["f1"]
    officer.say("核实")
    officer.tap("逐条")
    officer.tap("退回")
    officer.say("照片看不清")
    for code in ("s1", "d1"):
        (item,) = [item for item in town.people[code].inbox() if item["kind"] == "task_decided"]
        assert "退回" in item["title"]
        assert any("照片看不清" in line for line in item["lines"])
    assert town.notices("s2", "task_decided") == []


def test_several_tasks_of_one_carrier_are_told_in_one_message(town: Town):
    for task in of_o1(town, "b1", "b1", "b1"):
        reported(town, task, "s1")
    town.people["f1"].say("核实")
    town.people["f1"].say("全部核实")
    (item,) = [item for item in town.people["s1"].inbox() if item["kind"] == "task_decided"]
    assert "3" in item["title"]


@pytest.mark.parametrize("code", ["m11", "i1", "a1"])
def test_who_decides_nothing_has_no_queue(town: Town, code: str):
    (task,) = of_o1(town, "b1")
    reported(town, task, "s1")
    assert "核实" in town.people[code].say("核实")[0]["lines"][0]
    assert numbered(town.people[code]) == []


@pytest.mark.parametrize("code", ["s1", "d1", "s2", "f2", "l2", "m11"])
@pytest.mark.parametrize("deed", ["verify", "return", "waive", "cancel", "extend"])
def test_a_task_of_others_is_no_task_by_its_number(town: Town, code: str, deed: str):
    (task,) = of_o1(town, "b1")
    shown = reported(town, task, "s1")
    answer = town.do(code, DecideTask((shown.id, shown.edition), deed, reason="因故", until="2026-03-30"))
    assert isinstance(answer, Refused)
    assert [problem.code for problem in answer.problems] == ["no_such_task"]
    assert town.task(task.id) == shown


@on_both_towns
def test_nobody_verifies_his_own_nor_does_his_deputy_so_the_officer_is_asked(town: Town):
    own = town.give("b1", "s1", issuer_unit_id=town.units["b1"], issuer_id=town.members["s1"])
    shown = reported(town, own, "s1")
    pin = (shown.id, shown.edition)
    for code in ("s1", "d1"):
        assert isinstance(town.do(code, DecideTask(pin, "verify")), Refused)
        assert numbered(town.people[code]) == [] or not town.people[code].say("核实")
    assert [row["member_id"] for row in town.notices(kind="task_reported")] == [town.members["f1"]]
    town.people["f1"].say("核实")
    town.people["f1"].say("全部核实")
    assert town.task(own.id).state == "done"


def test_a_deputy_does_not_verify_what_his_principal_reported_elsewhere(town: Town):
    task = town.give("b1", "s1", issuer_unit_id=town.units["b1"])
    shown = reported(town, task, "s1")
    town.people["d1"].say("核实")
    assert numbered(town.people["d1"]) == []
    assert isinstance(town.do("d1", DecideTask((shown.id, shown.edition), "verify")), Refused)


def test_a_deputy_verifies_for_his_principal_and_the_trail_says_so(town: Town):
    task = town.give("b1", "m11", issuer_unit_id=town.units["b1"], issuer_id=town.members["s1"])
    reported(town, task, "m11")
    town.people["d1"].say("核实")
    town.people["d1"].say("全部核实")
    (deed,) = town.deeds("task_verify")
    assert (deed["actor_id"], deed["behalf_id"]) == (town.members["d1"], town.members["s1"])


@on_both_towns
def test_an_extension_that_was_asked_for_stands_in_the_queue_and_is_not_verified_with_the_rest(town: Town):
    first, second = of_o1(town, "b1", "b2")
    reported(town, first, "s1")
    asks_more_time(town, second, "s2", "2026-03-30")
    officer = town.people["f1"]
    officer.say("核实")
    assert "延期" in numbered(officer)[0]
    officer.say("全部核实")
    assert town.task(first.id).state == "done"
    assert town.task(second.id).wanted_on == date(2026, 3, 30)
    officer.tap("同意延至")
    after = town.task(second.id)
    assert (after.due_on, after.wanted_on, after.state) == (date(2026, 3, 30), None, "open")
    with looking(town.parts) as connection:
        assert rows.events_of(connection, second.id)[-1].facts == {"from": "2026-03-20", "to": "2026-03-30"}
    (item,) = [item for item in town.people["s2"].inbox() if item["kind"] == "task_decided"]
    assert any("3月20日" in line and "3月30日" in line for line in item["lines"])


def test_an_extension_may_be_granted_to_another_day(town: Town):
    (task,) = of_o1(town, "b1")
    asks_more_time(town, task, "s1", "2026-04-30")
    officer = town.people["f1"]
    officer.say("核实")
    officer.tap("逐条")
    officer.tap("改期")
    officer.say("不知道")
    assert "日期" in officer.text
    officer.say("3月25日")
    assert town.task(task.id).due_on == date(2026, 3, 25)


def test_an_extension_is_refused_with_a_reason(town: Town):
    (task,) = of_o1(town, "b1")
    asks_more_time(town, task, "s1", "2026-04-30")
    officer = town.people["f1"]
    officer.say("核实")
    officer.tap("逐条")
    officer.tap("不同意")
    officer.say("上级已定时限")
    after = town.task(task.id)
    assert (after.due_on, after.wanted_on, after.state) == (date(2026, 3, 20), None, "open")
    assert "上级已定时限" in str(town.notices("s1", "task_decided")[0]["facts"])


@pytest.mark.parametrize(
    ("until", "code"), [("2026-03-01", "due_past"), ("2026-03-20", "due_not_later"), ("吃饭", "date_unclear")]
)
def test_an_extension_ends_on_a_day_ahead_and_later_than_it_was(town: Town, until: str, code: str):
    (task,) = of_o1(town, "b1")
    answer = town.do("f1", DecideTask((task.id, task.edition), "extend", reason="统一安排", until=until))
    assert [problem.code for problem in answer.problems] == [code]
    assert town.task(task.id) == task


def test_waiving_a_task_ends_its_parts_too(town: Town):
    (task,) = of_o1(town, "b1")
    part = town.give("b1", "m11", kind="part", parent_id=task.id, issuer_unit_id=town.units["b1"])
    town.do("f1", DecideTask((task.id, task.edition), "waive", reason="支部已合并"))
    assert (town.task(task.id).state, town.task(part.id).state) == ("waived", "cancelled")
    assert len(town.notices("m11", "task_decided")) == 1


def test_when_nobody_is_left_in_the_issuing_unit_the_nearest_above_is_asked(town: Town):
    task = town.give("b4", "m41", issuer_unit_id=town.units["b4"])
    reported(town, task, "m41")
    assert [row["member_id"] for row in town.notices(kind="task_reported")] == [town.members["f3"]]
    for code, there in (("f3", 1), ("l2", 0), ("c1", 0)):
        town.people[code].say("核实")
        assert len(numbered(town.people[code])) == there, code


def test_twenty_are_shown_and_the_numbers_run_on(town: Town):
    for task in [town.give("b1", "m11", issuer_unit_id=town.units["b1"]) for _ in range(23)]:
        reported(town, task, "m11")
    secretary = town.people["s1"]
    secretary.say("核实")
    assert len(numbered(secretary)) == 20
    secretary.tap("下一页")
    assert numbered(secretary)[0].startswith("21.")
    secretary.say("全部核实 除 22")
    assert [task.state for task in town.tasks()].count("done") == 22


def test_missing_evidence_and_lateness_stand_on_the_list(town: Town):
    tasks = of_o1(town, "b1", terms=Terms(evidence="required"), due="2026-03-03")
    town.at("2026-03-05")
    reported(town, tasks[0], "s1")
    town.people["f1"].say("核实")
    (line,) = numbered(town.people["f1"])
    assert "无佐证" in line
    assert "逾期" in line
