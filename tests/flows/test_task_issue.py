"""Tasks come into being: plans issue what falls, once, to whom it falls on; or refuse it with every reason."""

from datetime import date
from typing import Any

import msgspec
import pytest

from bot.clock import Clock
from bot.opening import open_parts
from handlers.periods import Ran
from handlers.tasks import issuing
from handlers.tasks.issuing import IssueTasks
from handlers.tasks.publishing import PublishedPlan
from rules.access import SYSTEM
from storage import members
from tests.flows.issuing import MEETING, obligation, publish, run, told
from tests.flows.tasking import Town, on_both_towns
from tests.flows.town import HEAD, PLAN


@on_both_towns
def test_what_falls_is_issued_on_its_day_and_never_twice(town: Town):
    assert isinstance(publish(town), PublishedPlan)
    assert run(town) == 0
    town.at("2026-03-14")
    assert run(town) == 0
    town.at("2026-03-15")
    assert run(town) == 4
    assert run(town) == 0
    town.at("2026-03-16")
    assert run(town) == 0
    rows = town.tasks()
    assert {row.key for row in rows} == {
        f"duty:beats:meeting:2026-03:{town.units[code]}" for code in ("b1", "b2", "b3", "b4")
    }
    assert {(row.kind, row.title, row.role, row.member, row.due_on, row.state) for row in rows} == {
        ("duty", "支部党员大会", "secretary", None, date(2026, 3, 25), "open")
    }
    assert {(row.issuer, row.issuer_unit, row.terms) for row in rows} == {(None, town.units["jw"], None)}


@on_both_towns
def test_everybody_who_carries_it_is_told_once_deputies_too_and_a_vacant_role_nobody(town: Town):
    publish(town)
    town.at("2026-03-15")
    run(town)
    number = {row.unit: row.id for row in town.tasks()}
    expected = {("b1", "s1"), ("b1", "d1"), ("b2", "s2"), ("b3", "s3")}
    assert told(town) == {(number[town.units[unit]], who) for unit, who in expected}
    (notice,) = town.notices("d1", "task_issued")
    task = number[town.units["b1"]]
    assert notice["key"] == f"issued:{task}:{town.members['d1']}"
    facts = {"task": task, "title": "支部党员大会", "unit": "水务局第一党支部", "due": "2026-03-25", "left": 10}
    assert notice["facts"] == facts


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("{units: branch}", {"b1", "b2", "b3", "b4"}),
        ("{units: grid, by: grid_lead}", {"g1", "g2"}),
        ("{units: organisation, by: officer}", {"o1", "o2", "o3"}),
        ("{units: organisation, by: officer, under: g1}", {"o1", "o2"}),
        ("{units: branch, under: o1}", {"b1", "b2"}),
        ("{units: committee, by: committee}", {"jw"}),
        ("{members: true, under: b1}", {"b1:s1", "b1:d1", "b1:m11", "b1:m12", "b1:m13"}),
        ("{members: true, classes: [probationary]}", {"b1:m13"}),
        ("{members: true, units: grid}", {"g1:l1", "g2:l2"}),
        ("{roles: [officer, grid_lead]}", {"o1:f1", "o2:f2", "o3:f3", "g1:l1", "g2:l2"}),
        ("{roles: [secretary], under: g1}", {"b1:s1", "b2:s2", "b3:s3"}),
    ],
)
def test_it_falls_on_units_members_or_holders(town: Town, audience: str, expected: set[str]):
    assert isinstance(publish(town, obligation(f"for: {audience}")), PublishedPlan)
    town.at("2026-03-15")
    assert run(town) == len(expected)
    unit = {number: code for code, number in town.units.items()}
    who = {number: code for code, number in town.members.items()}
    assert {f"{unit[row.unit]}:{who[row.member]}" if row.member else unit[row.unit] for row in town.tasks()} == expected
    assert all(bool(row.role) == (row.member is None) for row in town.tasks())


def test_only_who_is_a_member_that_day_is_given_it(town: Town):
    publish(town, obligation("for: {members: true, under: b4}"))
    table, gone = members.membership, town.members["m41"]

    def move(connection: Any) -> None:
        connection.execute(table.update().where(table.c.member_id == gone).values(until_on=date(2026, 3, 14)))

    town.write(move)
    town.at("2026-03-15")
    run(town)
    assert [row.member for row in town.tasks()] == [town.members["m42"]]


@on_both_towns
def test_a_house_that_was_down_issues_late_once_and_what_is_too_old_lapses(town: Town):
    publish(town)
    run(town)
    town.at("2026-06-20")
    assert run(town) == 8, "May's and June's: March's and April's were due more than 31 days ago"
    assert {(row.period, row.due_on.isoformat()) for row in town.tasks()} == {
        ("2026-05", "2026-05-25"),
        ("2026-06", "2026-06-25"),
    }
    (deed,) = town.deeds("tasks_lapsed")
    facts = msgspec.json.decode(deed["facts"])
    assert facts == {"obligation": "meeting", "period": "2026-03", "last": "2026-04", "count": 2}
    assert run(town) == 0
    assert len(town.deeds("tasks_lapsed")) == 1


@on_both_towns
def test_ten_years_later_there_is_no_flood(town: Town):
    publish(town, PLAN)
    town.at("2036-03-20")
    count = run(town)
    assert {row.period for row in town.tasks()} <= {"2036-02", "2036-03", "2036-T1", "2036-T2", "2036-Q1"}
    assert count == len(town.tasks()) < 40
    assert {msgspec.json.decode(deed["facts"])["obligation"] for deed in town.deeds("tasks_lapsed")} == {
        "meeting",
        "dispatch",
        "notes",
        "report",
    }
    assert run(town) == 0


def test_a_clock_set_back_neither_doubles_nor_loses(town: Town):
    publish(town)
    town.at("2026-03-15")
    assert run(town) == 4
    offset = town.parts.clock._offset
    town.at("2036-03-20")
    assert run(town) == 8
    town.parts.clock._offset = offset
    assert run(town) == 0
    assert len(town.deeds("tasks_lapsed")) == 1
    town.at("2026-04-15")
    assert run(town) == 4
    assert [row.period for row in town.tasks()][-4:] == ["2026-04"] * 4


@on_both_towns
def test_many_are_issued_in_slices_each_once(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(issuing, "SLICE", 3)
    publish(town, PLAN)
    town.at("2026-03-16")
    first = town.do("", IssueTasks())
    assert first == Ran(3, more=True)
    count = 3 + run(town)
    rows = town.tasks()
    assert count == len(rows) == len({row.key for row in rows})
    by = {code: [row for row in rows if row.obligation == code] for code in ("meeting", "dispatch", "notes")}
    assert {code: len(some) for code, some in by.items()} == {"meeting": 4, "dispatch": 0, "notes": 12}
    assert {row.member for row in by["notes"]}.isdisjoint({town.members["m13"]})
    assert len(town.notices(kind="task_issued")) == 4 + 12


def test_periods_before_the_plan_and_what_was_due_before_it_was_published_are_never_asked(town: Town):
    publish(town, from_on="2026-01-01")
    assert run(town) == 0
    assert town.deeds("tasks_lapsed") == []
    town.at("2026-03-20")
    late = HEAD.replace("beats", "late") + MEETING
    publish(town, late, from_on="2026-03-20")
    run(town)
    assert {row.key.split(":")[1] for row in town.tasks()} == {"beats", "late"}, "March is not over: it is issued late"
    publish(town, late.replace("late", "april").replace('"1"', '"2"'), from_on="2026-04-01")
    run(town)
    assert {row.key.split(":")[1] for row in town.tasks()} == {"beats", "late"}


@on_both_towns
def test_a_new_version_goes_on_where_the_old_one_ends(town: Town):
    publish(town)
    publish(town, (HEAD + MEETING).replace('"1"', '"2"').replace("day: 25", "day: 27"), from_on="2026-04-10")
    town.at("2026-03-15")
    assert run(town) == 4
    town.at("2026-04-20")
    assert run(town) == 4
    town.at("2026-05-20")
    assert run(town) == 4
    dues = [row.due_on.isoformat() for row in town.tasks()]
    assert dues == ["2026-03-25"] * 4 + ["2026-04-27"] * 4 + ["2026-05-27"] * 4


def test_what_falls_when_nobody_is_left_is_kept_in_the_trail(town: Town):
    publish(town, obligation("for: {members: true, classes: [probationary]}"))
    table = members.member
    town.write(lambda connection: connection.execute(table.update().values({"class": "full"})))
    town.at("2026-03-15")
    assert run(town) == 0
    town.at("2026-03-16")
    assert run(town) == 0
    (deed,) = town.deeds("tasks_for_nobody")
    assert msgspec.json.decode(deed["facts"]) == {"obligation": "one", "period": "2026-03"}


def test_the_jobs_of_the_day_issue_it_and_the_digest_tells_of_it(town: Town):
    publish(town)
    town.people.clock("2026-03-15T09:00")
    item = town.people["d1"].inbox()[-1]
    assert item["title"] == "新任务：支部党员大会"
    assert item["lines"] == ["水务局第一党支部", "3月25日截止"]
    assert [choice["label"] for choice in item["choices"]] == ["查看：支部党员大会"]
    assert not [each for each in town.people["m11"].inbox() if "任务" in each["title"]]


def test_several_new_tasks_are_told_as_one_matter_the_first_due_first(town: Town):
    more = MEETING.replace("meeting", "report").replace("支部党员大会", "报送台账").replace("25", "21")
    publish(town, HEAD + MEETING + more.replace("lead: 10", "lead: 6"))
    town.people.clock("2026-03-15T09:00")
    item = town.people["s2"].inbox()[-1]
    assert item["title"] == "新交办任务 2 项"
    assert item["lines"] == ["水务局第二党支部 报送台账；3月21日截止", "水务局第二党支部 支部党员大会；3月25日截止"]


@pytest.mark.parametrize("town", ["postgres"], indirect=True)
def test_two_processes_issue_it_once(town: Town):
    publish(town)
    town.at("2026-03-15")
    other = open_parts(town.parts.settings, Clock(lambda: town.now))
    units = [parts.desk.submit(SYSTEM, IssueTasks(), town.now) for parts in (town.parts, other) * 4]
    assert sum(unit.result().done for unit in units) == 4
    other.close()
    assert len(town.tasks()) == 4
    assert len(town.notices(kind="task_issued")) == 4
