"""Breaking a task down: to everybody or chosen members, reported once all parts are over, parts taken back."""

from datetime import date

import pytest

from handlers.context import Refused
from handlers.tasks.breaking import IssueParts, Split, TakeBackPart
from handlers.tasks.deciding import DecideTask
from rules.tasks.plan import Terms
from storage.tasks.rows import TaskRow
from tests.flows.deciding import numbered, reported
from tests.flows.tasking import Town, on_both_towns


def parts(town: Town) -> list[TaskRow]:
    return [task for task in town.tasks() if task.kind == "part"]


def split(town: Town, *chosen: str, by: str = "s1", **more: object) -> TaskRow:
    """A task of the first branch, broken down."""
    task = town.give("b1")
    numbers = tuple(town.members[code] for code in chosen)
    town.do(by, IssueParts(Split((task.id, task.edition), numbers, **more)))  # type: ignore[arg-type]
    return town.task(task.id)


@on_both_towns
def test_a_secretary_breaks_a_task_down_to_everybody(town: Town):
    task = town.give("b1", title="报送学习小结")
    secretary = town.people["s1"]
    secretary.say("任务分解")
    secretary.tap("1.")
    assert "下达 5 人" in secretary.text
    assert parts(town) == [], "nothing is issued before it was looked at"
    secretary.tap("下达（5）")
    assert "0/5" in secretary.text
    found = parts(town)
    assert {part.member for part in found} == {town.members[code] for code in ("s1", "d1", "m11", "m12", "m13")}
    assert {(p.parent, p.unit, p.issuer, p.issuer_unit, p.due_on, p.title) for p in found} == {
        (task.id, task.unit, town.members["s1"], task.unit, task.due_on, "报送学习小结")
    }
    assert len(town.notices("m11", "task_issued")) == 1
    assert town.notices("s1", "task_issued") == [], "he knows"


def test_members_are_chosen_by_number_and_an_earlier_day_is_set(town: Town):
    town.give("b1")
    secretary = town.people["s1"]
    secretary.say("任务分解")
    secretary.tap("1.")
    secretary.tap("选择人员")
    names = [line.split(" ", 1)[1] for line in numbered(secretary)]
    chosen = [names.index(name) + 1 for name in ("马一一", "马一三")]
    secretary.say(f"{chosen[0]} {chosen[1]}")
    secretary.tap("改期")
    secretary.say("3月30日")
    assert "3月20日" in secretary.text, "no part is due after the task"
    secretary.say("3月10日")
    secretary.tap("下达（2）")
    assert [(part.member, part.due_on) for part in parts(town)] == [
        (town.members["m11"], date(2026, 3, 10)),
        (town.members["m13"], date(2026, 3, 10)),
    ]


@on_both_towns
def test_the_task_is_reported_once_all_its_parts_are_over(town: Town):
    task = split(town, "m11", "m12")
    first, second = parts(town)
    secretary = town.people["s1"]
    reported(town, first, "m11")
    town.do("s1", DecideTask((first.id, town.task(first.id).edition), "verify"))
    secretary.say("任务")
    assert "1/2" in secretary.text.replace(" ", "") or "2" in secretary.text
    assert not [label for label in secretary.labels if label.startswith("完成")]
    town.do("s1", TakeBackPart((second.id, second.edition)))
    assert town.task(second.id).state == "cancelled"
    assert len(town.notices("m12", "task_decided")) == 1
    reported(town, task, "s1")
    assert town.task(task.id).state == "reported"


def test_a_report_before_the_parts_are_over_is_refused_with_words(town: Town):
    from handlers.tasks.reporting import TaskDone

    task = split(town, "m11")
    answer = town.do("s1", TaskDone(task.id))
    assert [problem.code for problem in answer.problems] == ["task_parts_open"]


@on_both_towns
def test_a_double_tap_breaks_down_once(town: Town):
    task = town.give("b1")
    wanted = IssueParts(Split((task.id, task.edition), (town.members["m11"],)))
    town.do("s1", wanted)
    assert isinstance(town.do("d1", wanted), Refused)
    assert len(parts(town)) == 1


def test_who_has_a_part_is_not_offered_another_until_it_is_taken_back(town: Town):
    task = split(town, "m11")
    (part,) = parts(town)
    town.people["s1"].say("任务")
    town.people["s1"].tap("分解情况")
    town.people["s1"].tap("继续分解")
    assert "马一一" not in str(numbered(town.people["s1"]))
    town.do("s1", TakeBackPart((part.id, part.edition)))
    again = town.task(task.id)
    town.do("s1", IssueParts(Split((again.id, again.edition), (town.members["m11"],))))
    assert [each.state for each in parts(town)] == ["cancelled", "open"]


def test_a_part_that_nobody_verifies_and_his_own_are_done_when_they_are_done(town: Town):
    split(town, "s1", "m11")
    split(town, "m12", verify="nobody")
    verify = {part.member: part.terms and part.terms["verify"] for part in parts(town)}
    assert verify == {town.members["s1"]: "nobody", town.members["m11"]: "issuer", town.members["m12"]: "nobody"}


def test_a_part_asks_what_the_task_asks(town: Town):
    task = town.give("b1", terms=Terms(evidence="required", compulsory=True))
    town.do("s1", IssueParts(Split((task.id, task.edition), (town.members["m11"],))))
    (part,) = parts(town)
    assert part.terms is not None
    assert (part.terms["evidence"], part.terms["compulsory"], part.terms["posts"]) == ("required", True, None)


@pytest.mark.parametrize("code", ["m11", "s2", "f1", "c1"])
def test_only_who_carries_the_task_breaks_it_down(town: Town, code: str):
    task = town.give("b1")
    assert isinstance(town.do(code, IssueParts(Split((task.id, task.edition)))), Refused)
    assert parts(town) == []


@pytest.mark.parametrize("code", ["m11", "m12", "s2", "f1"])
def test_nobody_else_takes_a_part_back(town: Town, code: str):
    split(town, "m11")
    (part,) = parts(town)
    assert isinstance(town.do(code, TakeBackPart((part.id, part.edition))), Refused)
    assert town.task(part.id).state == "open"


def test_a_deputy_breaks_down_and_verifies_what_his_principal_may(town: Town):
    split(town, "m11", by="d1")
    (part,) = parts(town)
    reported(town, part, "m11")
    town.people["d1"].say("核实")
    town.people["d1"].say("全部核实")
    assert town.task(part.id).state == "done"


def test_what_members_of_other_branches_are_is_not_chosen(town: Town):
    task = town.give("b1")
    answer = town.do("s1", IssueParts(Split((task.id, task.edition), (town.members["m21"],))))
    assert isinstance(answer, Refused)
    assert parts(town) == []
