"""When people are told: not at night, once more in the afternoon what is due that day, and late once after downtime."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from handlers.digests import DispatchUrgent
from rules.access import SYSTEM
from rules.reminding import HOURS
from scheduler.jobs import JOBS, due, instants
from storage import absences, members, outbox
from storage.engine import Connection
from storage.tasks import rows
from storage.tasks.tables import task
from tests.flows.people import People
from tests.houses import START, looking, on_both


def member(people: People, code: str) -> int:
    found = people.parts.desk.store.read(lambda connection: members.member_by_code(connection, code))
    assert found is not None
    return found


def give(people: People, due_on: date, terms: dict[str, Any] | None = None, **who: Any) -> None:
    """An open task of the first branch, carried by a member or by who holds a role there."""

    def unit(connection: Connection) -> None:
        branch = members.person(connection, member(people, "m03"), date(2026, 11, 22))
        assert branch is not None
        fixed = {"kind": "given", "period": "", "title": "报送整改清单", "issuer_unit_id": branch.unit}
        row = {**fixed, "unit_id": branch.unit, "issued_at": START, "due_on": due_on, "terms": terms, **who}
        rows.add_all(connection, [{**row, "key": f"given:{due_on}:{who}"}])

    people.parts.desk.store.write(unit)


def got(people: People, code: str, kind: str) -> list[str]:
    return [item["at"][:16] for item in people[code].inbox() if item["kind"] == kind]


@on_both
def test_a_decision_at_night_is_told_in_the_morning(people: People):
    people["m03"].say("申报 学习 1")
    people["m03"].tap("确认")
    people.clock("2026-11-22T22:30")
    people["m01"].say("审核")
    people["m01"].tap("全部通过")
    assert got(people, "m03", "lines_decided") == []
    people.clock("2026-11-23T06:59")
    assert got(people, "m03", "lines_decided") == []
    people.clock("2026-11-23T07:00")
    assert got(people, "m03", "lines_decided") == ["2026-11-23T07:00"]


def test_what_waits_for_the_morning_does_not_keep_the_sender_busy(people: People):
    people.clock("2026-11-22T23:00")
    kept = {"member_id": member(people, "m03"), "kind": "entry_reversed", "key": "k", "facts": {}, "made_at": START}
    rings = {**kept, "kind": "identity_bound", "key": "r", "facts": {"channel": "webchat", "declares": True}}

    def unit(connection: Connection) -> None:
        outbox.tell(connection, [kept, rings])

    people.parts.desk.store.write(unit)
    assert people.parts.desk.do(SYSTEM, DispatchUrgent(), people.parts.clock.now()).done == 1
    assert people.parts.desk.do(SYSTEM, DispatchUrgent(), people.parts.clock.now()).done == 0


@on_both
def test_what_is_due_today_and_open_at_three_is_told_once_more_in_one_message(people: People):
    today = date(2026, 11, 24)
    for code in ("m03", "m04", "m05", "m07"):
        give(people, today, member_id=member(people, code))
    give(people, today, role="secretary")
    give(people, date(2026, 11, 25), member_id=member(people, "m08"))
    give(people, today, {"compulsory": True}, member_id=member(people, "m09"))

    def unit(connection: Connection) -> None:
        connection.execute(sa.update(task).where(task.c.member_id == member(people, "m04")).values(state="reported"))
        for code in ("m05", "m09"):
            absences.set_mute(connection, member(people, code), "task_due", START)
        away = {"member_id": member(people, "m07"), "from_on": today, "until_on": today, "made_at": START}
        absences.begin(connection, {**away, "deputy_id": None})

    people.parts.desk.store.write(unit)
    people.clock("2026-11-24T20:00")
    told = {code: got(people, code, "urgent_due") for code in ("m01", "m03", "m04", "m05", "m07", "m08", "m09")}
    once = ["2026-11-24T15:00"]
    assert told == {"m01": once, "m03": once, "m04": [], "m05": [], "m07": [], "m08": [], "m09": once}
    (item,) = [item for item in people["m03"].inbox() if item["kind"] == "urgent_due"]
    assert item["lines"] == ["- 报送整改清单"]
    people.clock("2026-11-25T12:00")
    assert got(people, "m03", "urgent_due") == once


@pytest.mark.parametrize("days", [1, 3])
def test_after_days_down_everybody_gets_one_digest(people: People, days: int):
    """The clock leaps without a tick between: the house was down."""
    clock = people.parts.clock
    clock.move(datetime(2026, 11, 22 + days, 3, 0, tzinfo=UTC))
    people.clock(f"2026-11-{22 + days}T20:00")
    with looking(people.parts) as connection:
        query = sa.select(outbox.outbox.c.member_id, sa.func.count()).where(outbox.outbox.c.key.like("digest:%"))
        made = query.where(outbox.outbox.c.made_at > START).group_by(outbox.outbox.c.member_id)
        counts = {row[1] for row in connection.execute(made)}
    assert counts == {1}


def test_the_jobs_fall_at_the_hours_that_are_used_and_the_ticks_look_at_every_half_hour():
    zone = ZoneInfo("Asia/Shanghai")
    start, end = datetime(2026, 11, 22, 16, tzinfo=UTC), datetime(2026, 11, 23, 15, tzinfo=UTC)
    used = {moment.astimezone(zone).time() for moment in instants(start, end, zone, [HOURS[3]])}
    every = {moment.astimezone(zone).time() for moment in instants(start, end, zone)}
    assert HOURS[3] in used
    assert every >= set(HOURS)
    assert len(used) < 8
    names = [job.name for job in due(None, end, zone)]
    assert names == [job.name for job in JOBS]
    assert (
        names.index("remind") < names.index("tell_deputies") < names.index("digest") < names.index("audit_deliveries")
    )
