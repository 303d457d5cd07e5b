"""Tasks of who left, moved or lost a role: found by the day, told once, handed over to another member or waived."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from handlers.context import Refused
from handlers.tasks.handing import HandOver, Orphans, TellOrphaned
from storage import members
from tests.flows.deciding import numbered
from tests.flows.tasking import Town, on_both_towns


def leaves(town: Town, code: str, on: str = "2026-03-02", to: str = "") -> None:
    """The membership of somebody ends the day before; or he goes to another unit."""
    last = date.fromordinal(date.fromisoformat(on).toordinal() - 1)

    def end(connection: Any) -> None:
        row = members.membership
        mine = row.c.member_id == town.members[code]
        connection.execute(sa.update(row).where(mine).values(until_on=last))
        if to:
            since = {"member_id": town.members[code], "unit_id": town.units[to], "from_on": date.fromisoformat(on)}
            members.insert(connection, row, since)

    town.write(end)


def loses_roles(town: Town, code: str) -> None:
    row = members.role
    mine = row.c.member_id == town.members[code]
    town.write(lambda connection: connection.execute(sa.update(row).where(mine).values(until_on=date(2026, 3, 1))))


def orphaned(town: Town, code: str) -> list[int]:
    answer = town.do(code, Orphans())
    return [] if isinstance(answer, Refused) else [view.task.id for view in answer.tasks]


@on_both_towns
@pytest.mark.parametrize("to", ["", "b2"])
def test_tasks_of_who_left_or_was_moved_are_listed_and_handed_over(town: Town, to: str):
    task = town.give("b1", "m11", title="学习笔记")
    kept = town.give("b1", "m12")
    leaves(town, "m11", to=to)
    secretary = town.people["s1"]
    secretary.say("任务情况")
    secretary.tap("无人承办（1）")
    assert "马一一" in secretary.text
    secretary.tap("1.")
    names = [line.split(" ", 1)[1] for line in numbered(secretary)]
    assert "马一一" not in names
    secretary.say(str(names.index("马一二") + 1))
    after = town.task(task.id)
    assert (after.member, after.state, after.due_on) == (town.members["m12"], "open", task.due_on)
    assert town.task(kept.id) == kept
    (told,) = town.notices("m12", "task_decided")
    assert "hand_over" in str(told["facts"])
    (deed,) = town.deeds("task_hand_over")
    assert deed["actor_id"] == town.members["s1"]


def test_a_task_carried_by_a_role_follows_the_role(town: Town):
    town.give("b1")
    leaves(town, "s1")
    loses_roles(town, "s1")
    assert orphaned(town, "f1") == []


def test_what_is_over_or_reported_waits_for_nobody(town: Town):
    town.give("b1", "m11", state="done")
    town.give("b1", "m11", state="reported")
    town.give("b1", "m11", kind="promise")
    leaves(town, "m11")
    assert orphaned(town, "s1") == []


PLAN = """\
plan: own
title: 述职
version: "1"
obligations:
  - code: report
    name: 年度述职
    every: year
    due: {month: 12, day: 20}
    for: {units: organisation, roles: [officer]}
"""


@on_both_towns
def test_who_lost_the_role_a_task_was_for_carries_it_no_more_though_he_stays(town: Town):
    plan = town.plan(PLAN)
    task = town.give("o1", "f1", kind="duty", plan_id=plan, obligation="report", terms=None)
    assert orphaned(town, "c1") == []
    loses_roles(town, "f1")
    assert orphaned(town, "c1") == [task.id]


def test_a_visit_needs_an_instructor_and_no_member_of_the_unit(town: Town):
    visit = town.give("b3", "i1", kind="visit")
    assert orphaned(town, "f2") == []
    loses_roles(town, "i1")
    assert orphaned(town, "f2") == [visit.id]


@pytest.mark.parametrize(
    ("code", "sees"),
    [("s1", True), ("d1", True), ("f1", True), ("c1", True), ("s2", False), ("f2", False), ("m12", False)],
)
def test_the_list_is_for_who_gives_tasks_in_the_unit(town: Town, code: str, sees: bool):
    task = town.give("b1", "m11")
    leaves(town, "m11")
    assert orphaned(town, code) == [task.id] * sees
    if not sees:
        answer = town.do(code, HandOver((task.id, task.edition), "1"))
        assert [problem.code for problem in answer.problems] == ["no_such_task"]
        assert town.task(task.id) == task


def test_who_is_still_there_keeps_his_task(town: Town):
    task = town.give("b1", "m11")
    answer = town.do("s1", HandOver((task.id, task.edition), "1"))
    assert [problem.code for problem in answer.problems] == ["task_has_somebody"]
    assert town.task(task.id) == task


@on_both_towns
def test_two_hands_over_at_once_move_it_once(town: Town):
    task = town.give("b1", "m11")
    leaves(town, "m11")
    town.do("s1", HandOver((task.id, task.edition), "1"))
    after = town.task(task.id)
    assert isinstance(town.do("f1", HandOver((task.id, task.edition), "2")), Refused)
    assert town.task(task.id) == after


def test_who_decides_about_it_may_waive_it(town: Town):
    task = town.give("b1", "m11", issuer_unit_id=town.units["o1"])
    leaves(town, "m11")
    officer = town.people["f1"]
    officer.say("任务情况")
    officer.tap("无人承办")
    officer.tap("1.")
    officer.tap("免除")
    officer.say("人员已调出")
    assert town.task(task.id).state == "waived"


@on_both_towns
def test_the_secretary_is_told_once_of_what_is_without_anybody(town: Town):
    tasks = [town.give("b1", "m11") for _ in range(3)]
    leaves(town, "m11")
    first = town.do("", TellOrphaned())
    second = town.do("", TellOrphaned())
    town.at("2026-03-03")
    third = town.do("", TellOrphaned())
    assert (first.done, second.done, third.done) == (3, 0, 0)
    told = town.notices(kind="task_orphaned")
    assert {row["member_id"] for row in told} == {town.members["s1"], town.members["d1"]}, "his deputy, too"
    assert len(told) == 2 * len(tasks)


def test_they_are_told_again_when_the_next_one_goes_too(town: Town):
    task = town.give("b1", "m11")
    leaves(town, "m11")
    town.do("", TellOrphaned())
    position = town.do("s1", HandOver((task.id, task.edition))).people
    heir = next(place for place, person in enumerate(position, 1) if person.code == "m12")
    town.do("s1", HandOver((task.id, task.edition), str(heir)))
    leaves(town, "m12")
    assert town.do("", TellOrphaned()).done == 1


def test_without_a_secretary_the_officer_above_is_told(town: Town):
    town.give("b4", "m41")
    leaves(town, "m41")
    town.do("", TellOrphaned())
    assert {row["member_id"] for row in town.notices(kind="task_orphaned")} == {town.members["f3"]}
