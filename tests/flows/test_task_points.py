"""Points by themselves: a task that is done posts a criterion of the scheme to who carried it, once and for all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from handlers.context import Context
from handlers.ledger.check import Verify
from handlers.ledger.points import Why
from handlers.tasks.around import happen
from handlers.tasks.points import post_points
from handlers.tasks.publishing import PublishPlan
from rules.access import OPERATOR
from rules.tasks.plan import Posting, Terms
from storage.tasks import rows
from storage.tasks.rows import TaskRow
from tests.flows.tasking import Town, on_both_towns
from tests.flows.town import HEAD
from tests.houses import looking

POSTS = Terms(posts=Posting(done="T1", late="T2"))


def finish(town: Town, task: TaskRow, by: str, reporter: str = "") -> TaskRow:
    """Somebody verifies a report, or who carries it finishes a task that nobody verifies."""
    actor, number = town.actor(by), town.members[reporter or by]

    def unit(connection: Any) -> TaskRow:
        context = Context(connection, actor, town.now, town.parts.desk.house)
        done = happen(context, task, "finish", done_on=context.today, reported_by=number)
        assert isinstance(done, TaskRow)
        post_points(context, [done])
        return done

    done: TaskRow = town.write(unit)
    return done


def entries(town: Town, code: str, node: str = "A") -> list[tuple[str, Decimal, str, str]]:
    """The lines behind a member's figure: criterion, points, note, who decided."""
    found = town.ask(code, Why(node))
    return [(each.criterion.code, each.posted, each.note, each.reviewer) for each in found.reasons]


def history(town: Town, task: int) -> list[tuple[str, Any]]:
    with looking(town.parts) as connection:
        return [(row.deed, row.facts) for row in rows.events_of(connection, task)]


@on_both_towns
def test_done_in_time_posts_to_who_reported_it_and_tells_him_why(town: Town):
    task = town.give("b1", role="secretary", due="2026-03-02", terms=POSTS)
    finish(town, task, "f1", reporter="d1")
    assert entries(town, "d1") == [("T1", Decimal(2), "报送材料", "冯专干")]
    assert entries(town, "s1") == []
    (notice,) = town.notices("d1", "entry_recorded")
    facts = notice["facts"]
    assert (facts["name"], facts["points"], facts["note"]) == ("按时完成任务", "2", "报送材料")
    assert (facts["by"], facts["task"], facts["clause"]) == ("冯专干", task.id, "第一条")
    deeds = history(town, task.id)
    line = notice["facts"]["line"]
    posted = {"line": line, "member": town.members["d1"], "criterion": "T1", "points": "2"}
    assert deeds[-1] == ("posted", posted)
    assert town.ask("a1", Verify()).problems == ()


@on_both_towns
def test_done_late_posts_the_other_criterion(town: Town):
    task = town.give("b2", member="m21", due="2026-03-01", terms=POSTS)
    finish(town, task, "m21")
    assert entries(town, "m21") == [("T2", Decimal(-1), "报送材料", "")], "he did it himself: nobody decided it"
    assert town.notices("m21", "entry_recorded")[0]["facts"]["by"] == ""


@on_both_towns
def test_it_is_never_posted_twice(town: Town):
    done = finish(town, town.give("b2", member="m21", terms=POSTS), "m21")
    actor = town.actor("m21")

    def again(connection: Any) -> None:
        assert post_points(Context(connection, actor, town.now, town.parts.desk.house), [done, done]) == []

    town.write(again)
    assert len(entries(town, "m21")) == 1
    assert len(town.notices("m21", "entry_recorded")) == 1
    assert [deed for deed, _ in history(town, done.id)] == ["finish", "posted"]


@on_both_towns
def test_many_are_posted_together(town: Town):
    some = [town.give("b3", member=code, terms=POSTS) for code in ("m31", "m32", "m31")]
    actor = town.actor("f2")

    def unit(connection: Any) -> None:
        context = Context(connection, actor, town.now, town.parts.desk.house)
        done = [happen(context, task, "finish", done_on=context.today, reported_by=task.member) for task in some]
        post_points(context, [task for task in done if isinstance(task, TaskRow)])

    town.write(unit)
    assert (len(entries(town, "m31")), len(entries(town, "m32"))) == (2, 1)
    assert town.ask("a1", Verify()).problems == ()


@pytest.mark.parametrize(
    ("posting", "reason"),
    [
        (Posting(done="T9"), "criterion_not_there"),
        (Posting(done="T1", scheme="other"), "scheme_other"),
        (Posting(done="T4"), "criterion_judged"),
        (Posting(done="T5"), "criterion_judged"),
        (Posting(done="T6"), "criterion_judged"),
    ],
)
def test_what_cannot_be_posted_is_kept_in_the_history_and_the_task_is_done_all_the_same(
    town: Town, posting: Posting, reason: str
):
    done = finish(town, town.give("b2", member="m21", terms=Terms(posts=posting)), "m21")
    assert town.task(done.id).state == "done"
    assert entries(town, "m21") == []
    (first, (deed, facts)) = history(town, done.id)
    assert (first[0], deed, facts["reason"]) == ("finish", "not_posted", reason)


@pytest.mark.parametrize("terms", [Terms(), Terms(posts=Posting(late="T2")), Terms(posts=Posting())])
def test_a_task_that_posts_nothing_leaves_no_trace(town: Town, terms: Terms):
    done = finish(town, town.give("b2", member="m21", terms=terms), "m21")
    assert [deed for deed, _ in history(town, done.id)] == ["finish"]


def test_nothing_is_posted_before_it_is_done(town: Town):
    task, actor = town.give("b2", member="m21", terms=POSTS), town.actor("m21")

    def unit(connection: Any) -> None:
        context = Context(connection, actor, town.now, town.parts.desk.house)
        reported = happen(context, task, "report", done_on=context.today, reported_by=actor.member)
        assert isinstance(reported, TaskRow)
        assert post_points(context, [reported]) == []

    town.write(unit)
    assert entries(town, "m21") == []


def test_publishing_warns_of_criteria_that_cannot_be_posted(town: Town):
    duty = "  - {code: one, name: 任务甲, every: month, terms: {posts: {done: T1, late: T9}}}\n"
    request = PublishPlan(HEAD + duty, town.units["jw"], date(2026, 3, 2))
    answer = town.parts.desk.do(OPERATOR, request, town.now)
    assert answer.fresh
    (warning,) = answer.warnings
    assert (warning.code, warning.facts["criterion"], warning.facts["reason"]) == (
        "task_posts_nothing",
        "T9",
        "criterion_not_there",
    )


def test_the_line_opens_to_the_title_in_chat(town: Town):
    finish(town, town.give("b2", member="m21", terms=POSTS, title="报送三月台账"), "m21")
    person = town.people["m21"]
    person.say("我的积分")
    assert person.labels, person.text
    person.tap("为什么")
    assert "报送三月台账" in person.text
