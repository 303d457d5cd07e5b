"""Notices: one digest a person and day, reminders only for those who have not declared, late once, never twice."""

from handlers.overview import Status
from rules.access import SYSTEM
from tests.flows.people import People, Person
from tests.houses import on_both


def days(person: Person) -> list[str]:
    return [item["at"][:16] for item in person.inbox()]


@on_both
def test_reminders_go_out_7_3_1_days_before_and_on_the_day_to_those_who_have_not_declared(people: People):
    idle, diligent = people["m03"], people["m04"]
    diligent.say("申报 学习 1")
    diligent.tap("确认")
    people.clock("2026-12-01T00:00")
    got = [(item["at"][:16], item["kind"]) for item in idle.inbox()]
    # 29 November is a Sunday: the step of one day before moves to Friday the 27th, where the step of three days is
    assert got == [
        ("2026-11-22T09:00", "period_opened"),
        ("2026-11-23T08:30", "declare_reminder"),
        ("2026-11-27T08:30", "declare_reminder"),
        ("2026-11-30T08:30", "declare_reminder"),
    ]
    assert days(diligent) == ["2026-11-22T09:00"]


@on_both
def test_the_secretary_s_queue_comes_in_the_digest_while_something_waits(people: People):
    people["m04"].say("申报 学习 1")
    people["m04"].tap("确认")
    secretary = people["m02"]
    people.clock("2026-11-23T08:30")
    last = secretary.inbox()[-1]
    assert last["kind"] == "digest", "own reminder and queue are one message"
    assert any("1 条" in line for line in last["lines"])
    secretary.say("审核")
    secretary.tap("全部通过")
    secretary.say("申报 学习 1")
    secretary.tap("确认")
    people["m01"].say("审核")
    people["m01"].tap("全部通过")
    before = len(secretary.inbox())
    people.clock("2026-11-26T08:30")
    assert len(secretary.inbox()) == before, "nothing waits, nothing is sent"


def test_a_new_month_opens_by_itself(people: People):
    people.clock("2026-12-01T08:30")
    opened = people["m03"].inbox()[-1]
    assert "2026年12月" in opened["title"]
    assert opened["at"].startswith("2026-12-01T08:30")


@on_both
def test_nobody_gets_two_digests_a_day_however_often_the_clock_moves(people: People):
    for minute in range(0, 60, 7):
        people.clock(f"2026-11-23T08:{minute:02d}")
    people.clock("2026-11-23T23:59")
    for code in ("m01", "m02", "m03", "m21", "s01", "s05"):
        digests = [item["at"][:10] for item in people[code].inbox() if item["kind"] != "lines_decided"]
        assert len(digests) == len(set(digests)), code


def test_the_clock_never_goes_back(people: People):
    assert people.clock("2026-11-22T08:00").status_code == 409
    assert people.clock("garbage").status_code == 400
    assert people.clock("2026-11-22T10:00").json()["now"].startswith("2026-11-22T10:00")


@on_both
def test_a_member_without_an_address_is_on_the_list_of_those_not_reached(people: People):
    people["m01"].say("情况")
    assert "郭守礼" in people["m01"].text


def test_a_leap_of_ten_years_does_not_flood(people: People):
    people.clock("2036-12-01T09:00")
    facts = people.parts.desk.ask(SYSTEM, Status(), people.parts.clock.now()).facts
    assert facts["outbox"].get("due", 0) == 0
    assert len(people["m03"].inbox()) <= 200
