"""Plans are published once, previewed, listed, ended; a period is issued by hand, or refused with every reason."""

from datetime import date

import pytest

from handlers.tasks import issuing
from handlers.tasks.issuing import IssuedPeriod, IssuePeriod
from handlers.tasks.previewing import IssuePreview, PreviewIssue
from handlers.tasks.publishing import EndPlan, ListPlans, PublishPlan
from tests.flows.issuing import MEETING, by_operator, codes, obligation, publish, run
from tests.flows.tasking import Town, on_both_towns
from tests.flows.town import HEAD, PLAN


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
