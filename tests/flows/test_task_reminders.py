"""Who is reminded of which task on which day: each in the one digest, late ones in steps that go up, nobody twice."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from handlers.calendars import SetDays
from handlers.context import Refused
from handlers.tasks.auditing import AuditReminders
from handlers.tasks.reminding import RemindTasks
from rules.tasks.plan import Step, Terms
from scheduler.jobs import JOBS
from storage import absences, outbox
from tests.flows.carrying import settle
from tests.flows.tasking import ZONE, Town, on_both_towns
from tests.houses import looking

STEPS = (Step(1, "self"), Step(3, "officer"), Step(10, "committee", times=2, every=7))
TERMS = Terms(remind=(3, 0), overdue=STEPS)


def run(town: Town, job: Any = None) -> int:
    """One job, until it has no more to do."""
    request, done = job or RemindTasks(), 0
    while request is not None:
        ran = town.do("", request)
        done, request = done + ran.done, (ran.then or request) if ran.more else None
    return done


def tick(town: Town, day: str, hour: int = 9) -> None:
    """All jobs at a local time, as the scheduler runs them when it starts."""
    moment = datetime.combine(date.fromisoformat(day), time(hour), ZONE).astimezone(UTC)
    town.people.clock(moment.isoformat())


def wake(town: Town, day: str, hour: int = 9) -> None:
    """A house that was down until a local time runs all its jobs once."""
    town.at(day, hour)
    for job in JOBS:
        run(town, job.request)


def digests(town: Town) -> list[tuple[str, str]]:
    """(who, day) of each digest made so far that tells of tasks."""
    names = {number: code for code, number in town.members.items()}
    query = (
        sa.select(outbox.outbox.c.key)
        .join(outbox.notice, outbox.notice.c.outbox_id == outbox.outbox.c.id)
        .where(outbox.outbox.c["class"] == "digest", outbox.notice.c.kind.in_(("task_due", "away_waiting")))
        .group_by(outbox.outbox.c.id, outbox.outbox.c.key)
        .order_by(outbox.outbox.c.id)
    )
    with looking(town.parts) as connection:
        keys = connection.execute(query).scalars().all()
    return [(names[int(key.split(":")[1])], key.split(":")[2]) for key in keys]


def told(town: Town) -> list[tuple[str, str, str]]:
    """(day, who, step) of each reminder that became part of a digest."""
    names = {number: code for code, number in town.members.items()}
    query = (
        sa.select(outbox.notice.c.key, outbox.notice.c.member_id, outbox.outbox.c.key)
        .join(outbox.outbox, outbox.outbox.c.id == outbox.notice.c.outbox_id)
        .where(outbox.notice.c.key.like("task:%"), outbox.outbox.c["class"] == "digest")
    )
    with looking(town.parts) as connection:
        rows = connection.execute(query).all()
    return sorted((key.split(":")[2], names[who], each.split(":", 3)[3].rsplit(":", 1)[0]) for each, who, key in rows)


def waiting(town: Town, kind: str = "") -> set[str]:
    names = {number: code for code, number in town.members.items()}
    return {names[row["member_id"]] for row in town.notices(kind=kind) if row["state"] == "waiting"}


@on_both_towns
def test_a_task_is_reminded_of_before_on_and_after_its_day_and_goes_up_with_a_limit(town: Town):
    town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    day = date(2026, 3, 3)
    while day < date(2026, 5, 1):
        tick(town, day.isoformat())
        day += timedelta(days=1)
    assert told(town) == [
        ("2026-03-06", "s2", "before:3"),  # the 8th is a Sunday: the Friday before
        ("2026-03-11", "s2", "due"),
        ("2026-03-12", "s2", "late:1:1:self"),
        ("2026-03-16", "f1", "late:3:1:officer"),  # the 14th is a Saturday
        ("2026-03-23", "c1", "late:10:1:committee"),
        ("2026-03-30", "c1", "late:10:2:committee"),
    ]


def test_nothing_is_left_twice_whatever_the_clock_does(town: Town):
    town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    town.at("2026-03-11")
    assert run(town) == 1  # of the two that have come the later one
    before = len(town.notices())
    run(town)
    assert len(town.notices()) == before


def test_before_the_hour_of_gathering_nobody_is_reminded(town: Town):
    town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    town.at("2026-03-11", 6)
    assert run(town) == 0


def test_after_ten_years_each_hears_of_a_task_once(town: Town):
    town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    wake(town, "2036-03-12")
    assert [(who, step) for _, who, step in told(town)] == [
        ("c1", "late:10:2:committee"),
        ("f1", "late:3:1:officer"),
        ("s2", "late:1:1:self"),
    ]
    assert len(digests(town)) == len(set(digests(town)))


def test_after_a_day_without_a_house_everybody_has_exactly_one_digest(town: Town):
    for unit in ("b1", "b2", "b3"):
        town.give(unit, role="secretary", due="2026-03-05", terms=TERMS)
        town.give(unit, role="secretary", due="2026-03-06", terms=TERMS)
    wake(town, "2026-03-06", 10)
    assert sorted(digests(town)) == [(who, "2026-03-06") for who in ("d1", "s1", "s2", "s3")]


def test_what_is_done_meanwhile_is_not_told_and_nobody_gets_an_empty_digest(town: Town):
    task = town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    town.at("2026-03-11", 7)
    run(town)
    assert waiting(town, "task_due") == {"s2"}
    settle(town, task.id, state="reported", reported_at=town.now)
    wake(town, "2026-03-11")
    assert digests(town) == []


def test_a_task_that_was_extended_is_reminded_of_by_its_new_day(town: Town):
    task = town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    wake(town, "2026-03-11", 7)
    assert waiting(town, "task_due") == {"s2"}
    settle(town, task.id, due_on=date(2026, 3, 18))
    wake(town, "2026-03-12")
    assert told(town) == []
    wake(town, "2026-03-18")
    assert [(day, who, step) for day, who, step in told(town)] == [("2026-03-18", "s2", "due")]


def test_who_has_asked_for_more_time_is_not_told_that_it_is_late(town: Town):
    task = town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    settle(town, task.id, wanted_on=date(2026, 3, 20))
    wake(town, "2026-03-12")
    assert told(town) == []
    settle(town, task.id, wanted_on=None)
    wake(town, "2026-03-13")
    assert [step for _, _, step in told(town)] == ["late:1:1:self"]


def test_who_is_away_is_spared_and_his_deputy_hears(town: Town):
    town.give("b2", member="m21", due="2026-03-11", terms=TERMS)
    away = {"member_id": town.members["m21"], "from_on": date(2026, 3, 9), "until_on": date(2026, 3, 20)}
    row = {**away, "deputy_id": town.members["m22"], "made_at": town.now}
    town.write(lambda connection: absences.begin(connection, row))
    wake(town, "2026-03-11")
    assert digests(town) == [("m22", "2026-03-11")]
    town.people.clock("2026-03-11T10:00")  # it is sent, too
    assert any("报送材料" in str(item) for item in town.people["m22"].inbox())


def test_nobody_hears_as_superior_of_what_he_carries_himself(town: Town):
    town.give("o1", role="officer", due="2026-03-11", terms=TERMS)
    tick(town, "2026-03-16")
    assert [who for _, who, step in told(town) if step.endswith("officer")] == ["l1"]


def test_a_vacant_role_passes_on_to_who_looks_after_the_units_above(town: Town):
    terms = Terms(overdue=(Step(1, "secretary"),))
    town.give("b4", member="m41", due="2026-03-11", terms=terms)
    tick(town, "2026-03-12")
    assert [who for _, who, step in told(town) if step == "late:1:1:secretary"] == ["f3"]


def test_who_has_just_said_that_he_is_on_it_is_asked_again_at_the_next_step_only(town: Town):
    task = town.give("b2", role="secretary", due="2026-06-30", terms=Terms(still=7))
    settle(town, task.id, stance="doing", stance_at=town.now + timedelta(days=3))
    tick(town, "2026-03-09")
    assert told(town) == []
    tick(town, "2026-03-16")
    assert [step for _, _, step in told(town)] == ["still:2"]


def test_holidays_are_quiet_and_a_saturday_that_is_worked_counts(town: Town):
    # 2026-02-15 to 23 were holidays; Labour Day is 1 to 5 May 2026, Saturday 9 May is worked
    town.give("b2", role="secretary", due="2026-04-30", terms=TERMS)
    town.give("b3", role="secretary", due="2026-05-12", terms=TERMS)
    day = date(2026, 4, 28)
    while day < date(2026, 5, 10):
        tick(town, day.isoformat())
        day += timedelta(days=1)
    days = [each for each, _, _ in told(town)]
    assert not [each for each in days if "2026-05-01" <= each <= "2026-05-05"]
    assert ("2026-05-09", "s3", "before:3") in told(town)


def test_what_must_be_told_cannot_be_muted(town: Town):
    for code, compulsory in (("m21", True), ("m22", False)):
        town.give("b2", member=code, due="2026-03-11", terms=Terms(compulsory=compulsory))
        member = town.members[code]
        town.write(lambda connection, member=member: absences.set_mute(connection, member, "task_due", town.now))
    wake(town, "2026-03-11")
    assert [who for who, _ in digests(town)] == ["m21"]


@on_both_towns
def test_a_unit_sets_days_off_and_worked_that_hold_for_all_below_it(town: Town):
    assert not isinstance(town.do("f1", SetDays(town.units["o1"], "2026-03-06 休 建党纪念\n2026-03-07 班")), Refused)
    town.give("b2", role="secretary", due="2026-03-10", terms=TERMS)
    town.give("b3", role="secretary", due="2026-03-10", terms=Terms(remind=(4,)))
    tick(town, "2026-03-06")
    tick(town, "2026-03-07")
    assert told(town) == [("2026-03-06", "s3", "before:4"), ("2026-03-07", "s2", "before:3")]


def test_a_line_that_is_no_day_refuses_all_of_them(town: Town):
    refused = town.do("f1", SetDays(town.units["o1"], "2026-03-06 休\n2026-02-30 休\n节日"))
    assert isinstance(refused, Refused)
    assert [(each.code, each.facts["line"]) for each in refused.problems] == [
        ("calendar_line_unclear", 2),
        ("calendar_line_unclear", 3),
    ]
    assert isinstance(town.do("f1", SetDays(town.units["o2"], "2026-03-06 休")), Refused)


def test_the_auditor_finds_a_reminder_that_was_never_left(town: Town):
    town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    wake(town, "2026-03-11")
    assert town.notices("a1", "not_sent") == []
    query = sa.delete(outbox.notice).where(outbox.notice.c.kind == "task_due")
    town.write(lambda connection: connection.execute(query))
    run(town, AuditReminders())
    assert [row["facts"] for row in town.notices("a1", "not_sent")] == [{"found": {"reminders": 1}}]


def test_who_is_asked_to_verify_is_reminded_once_after_three_days_worked(town: Town):
    task = town.give("b2", role="secretary", due="2026-03-11", terms=TERMS)
    settle(town, task.id, state="reported", reported_at=town.now, reported_by=town.members["s2"])  # a Monday
    wake(town, "2026-03-05")
    assert town.notices(kind="task_reported") == []
    wake(town, "2026-03-06")
    wake(town, "2026-03-09")
    assert [row["member_id"] for row in town.notices(kind="task_reported")] == [town.members["c1"]]


def test_a_year_that_is_not_known_follows_weekdays_until_its_days_are_pasted(town: Town):
    for day in ("2027-12-01", "2027-12-02"):
        wake(town, day)
    unknown = [row for row in town.notices("a1", "calendar_unknown") if row["facts"]["year"] == 2028]
    assert len(unknown) == 1
    town.give("b2", role="secretary", due="2028-01-01", terms=Terms(remind=(1,)))  # a Saturday
    town.do("a1", SetDays(town.units["jw"], "2027-12-31 休\n2028-01-01 休 元旦"))
    wake(town, "2027-12-30")
    assert [each for each in told(town) if each[1] == "s2"] == [("2027-12-30", "s2", "before:1")]
    wake(town, "2028-12-01")
    assert {row["facts"]["year"] for row in town.notices("a1", "calendar_unknown")} >= {2028, 2029}
