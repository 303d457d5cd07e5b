"""The auditor finds what should have gone out and did not, and alarms administrators once a day and matter."""

from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.digest import DAY, LONG_AGO, NOW, fill
from handlers.digests import compose_digests
from handlers.unsent import SLICE, AuditDeliveries, Unsent, audit_deliveries, unsent_now
from storage import members, outbox
from storage.absences import absence, reminding
from storage.outbox import notice
from tests.storage.test_digests import at, compose

n = notice.c
LATE = time(10)


def audited(connection: sa.Connection, hour: time = LATE) -> dict[str, int]:
    """What the administrator hears: matter → how many."""
    request: Any = AuditDeliveries()
    while request is not None:
        answer = audit_deliveries(at(connection, hour), request)
        request = answer.then if answer.more else None
    found: dict[str, int] = {}
    for facts in connection.execute(sa.select(n.facts).where(n.kind == "not_sent")).scalars():
        found |= facts["found"]
    return found


@pytest.fixture
def town(connection: sa.Connection) -> sa.Connection:
    """Twenty people with a reminder each, the first of them administrator."""
    fill(connection, 20, 20)
    values = {"member_id": 1, "role": "administrator", "unit_id": 1, "from_on": LONG_AGO}
    connection.execute(sa.insert(members.role), values)
    return connection


def put(connection: sa.Connection, **values: Any) -> None:
    row = {"key": "m", "class": "urgent", "member_id": 2, "channel": "webchat", "address": "m2", "made_at": NOW}
    outbox.put_all(connection, [{**row, "state": "due", "due_at": NOW, **values}])


def test_nothing_is_told_while_all_goes_out(town: sa.Connection):
    compose(at(town))
    town.execute(sa.update(outbox.outbox).values(state="sent"))
    assert audited(town) == {}
    assert unsent_now(at(town, LATE), Unsent()) == {}


def test_people_without_a_digest_at_their_hour_are_counted_through_all_slices(connection: sa.Connection):
    fill(connection, SLICE + 20, SLICE + 20)
    connection.execute(sa.insert(reminding), {"member_id": 1, "digest_at": "12:00"})
    assert unsent_now(at(connection, time(8, 59)), Unsent()) == {}
    assert unsent_now(at(connection, time(9)), Unsent()) == {"missing": SLICE + 19}
    assert unsent_now(at(connection, time(12, 30)), Unsent()) == {"missing": SLICE + 20}


def test_a_missing_digest_is_told_once_a_day(town: sa.Connection):
    assert audited(town, time(8, 45)) == {}
    assert audited(town) == {"missing": 20}
    assert audited(town, time(11)) == {"missing": 20}
    told = town.execute(sa.select(n.member_id, n.key).where(n.kind == "not_sent")).all()
    assert [tuple(row) for row in told] == [(1, f"not-sent:missing:{DAY}:1")]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"due_at": NOW - timedelta(hours=1)}, {"due": 1}),
        ({"due_at": NOW + timedelta(minutes=60)}, {}),
        ({"state": "sending", "tried_at": NOW}, {"sending": 1}),
        ({"state": "sending", "tried_at": NOW + timedelta(minutes=85)}, {}),
        ({"state": "sent", "due_at": NOW - timedelta(days=1)}, {}),
        ({"state": "failed", "due_at": NOW - timedelta(days=1)}, {}),
    ],
)
def test_a_message_that_is_late_is_found_at_ten(town: sa.Connection, values: dict[str, Any], found: dict[str, int]):
    town.execute(sa.update(notice).values(state="composed"))
    put(town, **values)
    assert audited(town) == found


@pytest.mark.parametrize(
    ("away", "found"),
    [
        ({}, {"waiting": 1, "missing": 1}),
        ({"until_on": DAY + timedelta(days=9)}, {}),
        ({"until_on": DAY - timedelta(days=1)}, {"missing": 1}),
        ({"until_on": DAY - timedelta(days=2)}, {"waiting": 1, "missing": 1}),
        ({"until_on": DAY + timedelta(days=9), "ended_at": NOW - timedelta(days=3)}, {"waiting": 1, "missing": 1}),
    ],
)
def test_a_notice_that_waits_for_two_days_is_found_unless_its_person_is_away(town: sa.Connection, away, found):
    town.execute(sa.update(notice).where(n.member_id != 5).values(state="composed"))
    town.execute(sa.update(notice).where(n.member_id == 5).values(made_at=NOW - timedelta(days=3)))
    if away:
        values = {"member_id": 5, "from_on": LONG_AGO, "made_at": NOW, **away}
        town.execute(sa.insert(absence), values)
    assert audited(town) == found


def test_at_night_nobody_is_alarmed(town: sa.Connection):
    assert audited(town, time(22)) == {}
    assert compose_digests(at(town, time(22)), None).done == 0  # type: ignore[arg-type]
