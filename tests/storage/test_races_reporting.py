"""Reporting a task, when two processes work on it: one wins, the other hears who; no file joins what was verified."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from handlers.context import Refused
from handlers.tasks.deciding import DecideTask
from handlers.tasks.mine import ShownTask
from handlers.tasks.promises import MOST_OPEN, TypePromiseDay
from handlers.tasks.reporting import AddTaskFile, TaskDone, WithdrawReport
from storage import members
from storage.evidence import Filed, evidence
from storage.tasks import rows
from storage.tasks.tables import event, task
from tests.houses import START
from tests.storage.racing import PATIENCE, Two

FILED = Filed("photo", "现场.jpg", "image/jpeg", "a" * 64, "evidence/aa/a.jpg", 1)
pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)


def given(two: Two) -> int:
    """A task of the secretary m41, whose deputy is m43; the committee issued it."""

    def add(connection: sa.Connection) -> int:
        units = {unit.code: unit for unit in members.units_under(connection, "/")}
        committee = next(unit for unit in units.values() if unit.kind == "committee")
        values: dict[str, Any] = {
            "key": "given:1:m41",
            "kind": "given",
            "period": "2026-11",
            "title": "报送材料",
            "unit_id": two.actor("m41").unit,
            "role": "secretary",
            "issuer_unit_id": committee.id,
            "terms": {},
            "issued_at": START,
            "due_on": date(2026, 11, 30),
        }
        return rows.add_all(connection, [values])["given:1:m41"]

    return int(two.first.database.submit(add).result(PATIENCE))


def deeds(two: Two, number: int) -> list[str]:
    return two.ask(sa.select(event.c.deed).where(event.c.task_id == number).order_by(event.c.id))


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].code


def test_of_two_deputies_one_reports_and_the_other_hears_who(two: Two):
    number = given(two)
    first, second = two.race((two.actor("m43"), TaskDone(number)), (two.actor("m41"), TaskDone(number)))
    assert isinstance(first, ShownTask)
    assert code_of(second) == "task_closed"
    assert second.problems[0].facts["by"] == two.actor("m43").name
    assert deeds(two, number) == ["report"]


def test_no_file_joins_a_report_that_is_being_verified(two: Two):
    number = given(two)
    shown = two.first.desk.do(two.actor("m41"), TaskDone(number), START)
    verify = (two.actor("s04"), DecideTask((number, shown.task.edition), "verify"))
    _, filed = two.race(verify, (two.actor("m41"), AddTaskFile(FILED, number)))
    assert code_of(filed) == "task_closed"
    assert two.ask(sa.select(task.c.state).where(task.c.id == number)) == ["done"]
    assert two.ask(sa.select(evidence.c.id).where(evidence.c.task_id == number)) == []


def test_what_is_taken_back_meanwhile_is_not_verified(two: Two):
    number = given(two)
    shown = two.first.desk.do(two.actor("m41"), TaskDone(number), START)
    verify = (two.actor("s04"), DecideTask((number, shown.task.edition), "verify"))
    two.race((two.actor("m41"), WithdrawReport(number)), verify)
    assert two.ask(sa.select(task.c.state).where(task.c.id == number)) == ["open"]
    assert deeds(two, number) == ["report", "withdraw"]


def test_two_devices_do_not_make_one_promise_too_many(two: Two):
    actor = two.actor("m03")
    for number in range(MOST_OPEN - 1):
        two.first.desk.do(actor, TypePromiseDay(f"第{number}项", "月底", f"key{number}"), START)
    one, other = TypePromiseDay("甲", "月底", "one"), TypePromiseDay("乙", "月底", "other")
    first, second = two.race((actor, one), (actor, other))
    assert isinstance(first, ShownTask)
    assert code_of(second) == "promises_full"
