"""Composing digests: one a person and day, slice by slice; what was done or told anew meanwhile is left out."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.digest import DAY, NOW, ZONE, fill
from handlers.context import Context, House
from handlers.digests import SLICE, ComposeDigests, compose_digests, digest_hours
from handlers.periods import Ran
from rules.access import SYSTEM
from storage import outbox
from storage.absences import absence, mute, reminding
from storage.outbox import notice
from storage.tasks.tables import task

n, o = notice.c, outbox.outbox.c


def at(connection: sa.Connection, hour: time = time(8, 30), day: date = DAY) -> Context:
    return Context(connection, SYSTEM, datetime.combine(day, hour, ZONE), House(ZONE))


def compose(context: Context) -> int:
    """Slice by slice, as the scheduler does; gives how many digests were made."""
    made = 0
    request: Any = ComposeDigests()
    while request is not None:
        answer: Ran = compose_digests(context, request)
        made, request = made + answer.done, answer.then if answer.more else None
    return made


def states(connection: sa.Connection) -> dict[str, str]:
    """Kind → what became of the notice."""
    return {row.kind: row.state for row in connection.execute(sa.select(n.kind, n.state))}


def tell(connection: sa.Connection, member: int, kind: str, **facts: Any) -> None:
    row = {"member_id": member, "kind": kind, "key": f"{kind}:{facts}", "facts": facts, "made_at": NOW}
    outbox.tell(connection, [row])


def test_everybody_gets_one_digest_however_many_slices_and_runs_it_takes(connection: sa.Connection):
    people = SLICE * 2 + 20
    fill(connection, people, people * 2)
    assert compose(at(connection)) == people
    assert compose(at(connection, time(20, 30))) == 0
    assert connection.execute(sa.select(sa.func.count(o.member_id.distinct()), sa.func.count())).one() == (
        people,
        people,
    )
    mine = sa.select(sa.func.count()).where(n.state == "composed", n.outbox_id == o.id, n.member_id == o.member_id)
    assert connection.execute(mine).scalar_one() == people * 2


def test_what_comes_after_the_digest_of_a_day_waits_for_the_next(connection: sa.Connection):
    fill(connection, 20, 20)
    assert compose(at(connection)) == 20
    tell(connection, 3, "period_closed", period="2026-10")
    assert compose(at(connection, time(12))) == 0
    assert compose(at(connection, time(8), DAY + timedelta(days=1))) == 0, "not before his hour"
    assert compose(at(connection, time(8, 30), DAY + timedelta(days=1))) == 1
    assert states(connection)["period_closed"] == "composed"


@pytest.mark.parametrize(("hour", "made"), [(time(6, 59), 0), (time(7), 20), (time(20, 59), 20), (time(21), 0)])
def test_nobody_is_told_outside_waking_hours_even_after_a_day_without_the_house(connection, hour, made):
    fill(connection, 20, 20)
    connection.execute(sa.insert(reminding), {"unit_id": 1, "digest_at": "07:00"})
    assert compose(at(connection, hour)) == made


def test_the_hour_of_a_person_goes_before_that_of_his_unit(connection: sa.Connection):
    fill(connection, 40, 40)
    own = [{"member_id": 1, "digest_at": "20:00"}, {"member_id": 2, "digest_at": ""}]
    connection.execute(sa.insert(reminding), own)
    connection.execute(sa.insert(reminding), [{"unit_id": 2, "digest_at": "12:30"}])
    assert digest_hours(at(connection), None) == ("08:30", "12:30", "20:00")  # type: ignore[arg-type]
    made = {hour: compose(at(connection, hour)) for hour in (time(8, 30), time(12), time(12, 30), time(19), time(20))}
    assert made == {time(8, 30): 20, time(12): 0, time(12, 30): 19, time(19): 0, time(20): 1}


def test_who_is_away_gets_one_digest_of_what_is_still_needed_on_his_first_day_back(connection: sa.Connection):
    fill(connection, 20, 60)
    values = {"member_id": 5, "from_on": DAY, "until_on": DAY + timedelta(days=2), "made_at": NOW}
    connection.execute(sa.insert(absence), values)
    assert compose(at(connection)) == 19
    connection.execute(sa.update(task).where(task.c.id == 5).values(state="done"))
    assert [compose(at(connection, day=DAY + timedelta(days=days))) for days in (1, 2, 3, 4)] == [0, 0, 1, 0]
    kept = connection.execute(sa.select(n.state, n.facts).where(n.member_id == 5).order_by(n.id)).all()
    assert [(state, facts["left"]) for state, facts in kept] == [("dropped", 0), ("composed", -3), ("composed", -3)]


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("task_issued", {}, True),
        ("task_issued", {"state": "reported"}, False),
        ("task_due", {"state": "returned"}, True),
        ("task_due", {"state": "done"}, False),
        ("task_due", {"due_on": DAY + timedelta(days=7)}, False),
        ("task_overdue", {"state": "waived"}, False),
        ("task_overdue", {}, True),
        ("task_still", {"state": "cancelled"}, False),
        ("task_escalated", {"state": "reported"}, False),
        ("task_escalated", {}, True),
        ("task_reported", {"state": "reported"}, True),
        ("task_reported", {"state": "done"}, False),
        ("more_time_asked", {"wanted_on": DAY}, True),
        ("more_time_asked", {}, False),
    ],
)
def test_what_is_said_of_a_task_is_told_only_while_it_is_so(connection: sa.Connection, kind, values, told):
    fill(connection, 20, 20)
    connection.execute(sa.update(notice).values(state="composed"))
    tell(connection, 7, kind, task=7, due=DAY.isoformat(), left=0)
    if values:
        connection.execute(sa.update(task).where(task.c.id == 7).values(**values))
    assert compose(at(connection)) == told
    last = connection.execute(sa.select(n.state).order_by(n.id.desc()).limit(1)).scalar_one()
    assert last == ("composed" if told else "dropped")


def test_of_several_reminders_of_one_task_only_the_newest_is_told(connection: sa.Connection):
    fill(connection, 20, 20)
    tell(connection, 1, "task_overdue", task=1, due=DAY.isoformat(), left=0)
    tell(connection, 1, "task_escalated", task=1, due=DAY.isoformat(), left=0)
    compose(at(connection))
    mine = connection.execute(sa.select(n.kind, n.state).where(n.member_id == 1).order_by(n.id)).all()
    assert [tuple(row) for row in mine] == [
        ("task_due", "lapsed"),
        ("task_overdue", "composed"),
        ("task_escalated", "composed"),
    ]


def test_a_muted_kind_is_left_out_unless_a_unit_above_demands_it(connection: sa.Connection):
    fill(connection, 40, 40)
    connection.execute(sa.insert(mute), [{"member_id": who, "kind": "task_due", "made_at": NOW} for who in (1, 21)])
    connection.execute(sa.insert(reminding), {"unit_id": 3, "digest_at": "", "compulsory": ["task_due"]})
    assert compose(at(connection)) == 39, "who has muted all there is gets no empty digest"
    found = connection.execute(sa.select(n.state).where(n.member_id.in_([1, 21])).order_by(n.member_id)).scalars()
    assert list(found) == ["muted", "composed"]


@pytest.mark.parametrize(("kind", "hour", "made"), [("task_issued", 10, 0), ("task_issued", 8, 1), ("task_due", 10, 1)])
def test_what_people_did_after_the_hour_waits_for_the_next_one(connection: sa.Connection, kind, hour, made):
    fill(connection, 20, 20)
    connection.execute(sa.update(notice).values(state="composed"))
    told = at(connection, time(hour)).now
    facts = {"task": 1, "due": DAY.isoformat(), "left": 0}
    outbox.tell(connection, [{"member_id": 1, "kind": kind, "key": "new", "facts": facts, "made_at": told}])
    assert compose(at(connection, time(20, 30))) == made
    assert compose(at(connection, time(8, 30), DAY + timedelta(days=1))) == 1 - made
