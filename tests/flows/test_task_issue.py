"""Tasks come into being: plans issue what falls, once, to whom it falls on; or refuse it with every reason."""

from datetime import date
from typing import Any

import msgspec
import pytest

from handlers.context import Refused
from handlers.periods import Ran
from handlers.tasks import issuing
from handlers.tasks.issuing import IssuedPeriod, IssuePeriod, IssueTasks
from handlers.tasks.previewing import IssuePreview, PreviewIssue
from handlers.tasks.publishing import EndPlan, ListPlans, PublishedPlan, PublishPlan
from rules.access import OPERATOR
from storage import members
from tests.flows.tasking import HEAD, PLAN, Town, on_both_towns

MEETING = "  - {code: meeting, name: 支部党员大会, every: month, due: {day: 25}, lead: 10}\n"


def publish(town: Town, text: str = HEAD + MEETING, unit: str = "jw", from_on: str = "2026-03-02") -> Any:
    request = PublishPlan(text, town.units[unit], date.fromisoformat(from_on))
    return town.parts.desk.do(OPERATOR, request, town.now)


def by_operator(town: Town, request: Any) -> Any:
    return town.parts.desk.do(OPERATOR, request, town.now)


def run(town: Town) -> int:
    """The job, until it has no more to do; gives how many tasks it issued."""
    done, more = 0, True
    while more:
        ran = town.do("", IssueTasks())
        assert isinstance(ran, Ran)
        done, more = done + ran.done, ran.more
    return done


def obligation(rest: str, code: str = "one") -> str:
    return f"{HEAD}  - {{code: {code}, name: 任务甲, every: month, due: {{day: 25}}, lead: 10, {rest}}}\n"


def codes(answer: Any) -> list[str]:
    assert isinstance(answer, Refused), answer
    return [problem.code for problem in answer.problems]


def told(town: Town) -> set[tuple[int, str]]:
    who = {number: code for code, number in town.members.items()}
    return {(row["facts"]["task"], who[row["member_id"]]) for row in town.notices(kind="task_issued")}


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


def test_an_ended_plan_issues_nothing_after_its_last_day(town: Town):
    publish(town)
    answer = by_operator(town, EndPlan("beats", date(2026, 4, 14)))
    assert answer.on == date(2026, 4, 14)
    town.at("2026-04-20")
    assert run(town) == 4
    assert {row.period for row in town.tasks()} == {"2026-03"}
    assert codes(by_operator(town, EndPlan("other", town.today))) == ["plan_unknown"]


@on_both_towns
def test_the_same_text_again_changes_nothing_and_other_text_is_refused(town: Town):
    first, again = publish(town), publish(town)
    assert (first.fresh, again.fresh, again.plan) == (True, False, first.plan)
    assert codes(publish(town, HEAD + MEETING.replace("25", "26"))) == ["plan_published"]
    assert len(town.deeds("publish_plan")) == 1


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("for: {members: true, classes: [nobody]}", "task_for_nobody"),
        ("for: {units: organisation, by: secretary}", "task_role_vacant"),
        ("for: {units: branch, under: elsewhere}", "task_unit_elsewhere"),
        ("for: {units: branch, under: b4}", "task_role_vacant"),
        ("for: {units: committee, under: g1, by: committee}", "task_for_nobody"),
    ],
)
def test_what_falls_on_nobody_is_refused_before_anything_is_issued(town: Town, rest: str, code: str):
    assert codes(publish(town, obligation(rest))) == [code]
    assert town.ask("a1", ListPlans()).rows == ()


def test_only_the_committee_and_administrators_publish_and_only_below_themselves(town: Town):
    request = PublishPlan(HEAD + MEETING, town.units["o1"], town.today)
    assert codes(town.do("s1", request)) == ["not_allowed"]
    assert codes(town.do("f1", request)) == ["not_allowed"]
    assert town.do("c1", request).fresh
    assert codes(town.do("f1", IssuePeriod(1, "2026-03"))) == ["not_allowed"]
    assert codes(town.do("f1", EndPlan("beats", town.today))) == ["not_allowed"]
    assert codes(town.ask("f1", PreviewIssue("2026-03", 1))) == ["not_allowed"]


@on_both_towns
def test_a_dry_run_shows_what_would_be_issued_to_whom_and_writes_nothing(town: Town):
    preview = town.ask("a1", PreviewIssue("2026-03", text=PLAN, unit=town.units["jw"]))
    assert isinstance(preview, IssuePreview)
    meeting = [row for row in preview.rows if row.obligation == "支部党员大会"]
    assert [(row.unit_name, row.names, row.due_on, row.there) for row in meeting] == [
        ("水务局第一党支部", ("沈书记", "戴代理"), date(2026, 3, 25), False),
        ("水务局第二党支部", ("宋书记",), date(2026, 3, 25), False),
        ("林业局党支部", ("施书记",), date(2026, 3, 25), False),
        ("档案局党支部", (), date(2026, 3, 25), False),
    ]
    assert len(preview.rows) == 4
    quarter = town.ask("a1", PreviewIssue("2026-Q1", text=PLAN, unit=town.units["jw"]))
    assert {(row.obligation, row.names) for row in quarter.rows} >= {("学习心得", ("马四二",))}
    assert town.ask("a1", ListPlans()).rows == ()


@on_both_towns
def test_a_period_is_issued_by_hand_before_its_day_and_again_it_is_nothing(town: Town):
    number = publish(town).plan
    assert by_operator(town, IssuePeriod(number, "2026-05")) == IssuedPeriod(4)
    assert by_operator(town, IssuePeriod(number, "2026-05")) == IssuedPeriod(0)
    assert all(row.there for row in town.ask("a1", PreviewIssue("2026-05", number)).rows)
    town.at("2026-05-15")
    assert run(town) == 4, "April's"
    assert {row.period for row in town.tasks()} == {"2026-04", "2026-05"}


def test_a_period_is_issued_by_hand_in_slices(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(issuing, "SLICE", 3)
    number, cursor, counts = publish(town).plan, "", list[int]()
    while not counts or cursor:
        answer = by_operator(town, IssuePeriod(number, "2026-03", cursor))
        counts.append(answer.count)
        cursor = answer.cursor
    assert counts == [3, 1]


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2026-13", "task_period_unclear"),
        ("March", "task_period_unclear"),
        ("2026-02", "task_period_early"),
        ("2026-Q2", "task_nothing_falls"),
    ],
)
def test_a_period_that_cannot_be_issued_is_refused(town: Town, period: str, code: str):
    number = publish(town).plan
    assert codes(by_operator(town, IssuePeriod(number, period))) == [code]
    assert codes(by_operator(town, PreviewIssue(period, number))) == [code]


def test_a_due_date_in_the_past_is_refused_before_anything_is_issued(town: Town):
    both = HEAD + MEETING + MEETING.replace("meeting", "other").replace("25", "20")
    number = publish(town, both).plan
    town.at("2026-03-22")
    assert codes(by_operator(town, IssuePeriod(number, "2026-03"))) == ["task_due_past"]
    assert town.tasks() == []
    assert codes(by_operator(town, IssuePeriod(99, "2026-03"))) == ["plan_unknown"]


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


def test_the_plans_in_force_are_listed_with_what_falls_next(town: Town):
    publish(town, PLAN)
    (row,) = town.ask("a1", ListPlans()).rows
    assert (row.title, row.version, row.unit_name, row.until) == ("党建任务", "1", "市直机关工委", None)
    assert [(each.code, each.next.due_on.isoformat()) for each in row.duties] == [
        ("meeting", "2026-03-25"),
        ("dispatch", "2026-04-30"),
        ("notes", "2026-03-31"),
        ("report", "2026-12-20"),
    ]
    assert codes(town.ask("m11", ListPlans())) == ["not_allowed"]
