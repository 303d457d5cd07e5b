"""A claim is checked right before a message goes; what a process left behind is taken over, in doubt or not."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.outcome import ALWAYS, NEVER, sent_again
from storage import going, outbox
from storage.going import Left
from storage.kinds import EPOCH
from storage.lease import Owner
from storage.outbox import OutboxRow
from tests.storage.sample import NOW, Sample
from tests.storage.test_outbox import MINUTE, attempts, message

ONE, OTHER = Owner(1), Owner(2)
HOUR = timedelta(hours=1)


def claimed(connection: sa.Connection, sample: Sample, many: int = 1, owner: Owner = ONE) -> list[OutboxRow]:
    outbox.put_all(connection, [message(sample.wang, f"k{number}") for number in range(many)])
    return outbox.claim(connection, NOW, many, owner=owner)


def stands_still(connection: sa.Connection) -> None:
    """As if the claims' time had gone by."""
    connection.execute(sa.update(outbox.outbox).values(claimed_until=EPOCH))


def taken_over(connection: sa.Connection) -> None:
    going.release(connection, going.left(connection), NOW)


def column(connection: sa.Connection, name: str) -> list[Any]:
    return list(connection.execute(sa.select(outbox.outbox.c[name]).order_by(outbox.outbox.c.id)).scalars())


def test_what_is_claimed_may_go_once(connection: sa.Connection, sample: Sample):
    rows = claimed(connection, sample, 3)
    assert going.go(connection, rows[:2], ONE) == {rows[0].id, rows[1].id}
    assert going.go(connection, rows, ONE) == {rows[2].id}
    assert going.left(connection) == [], "their time has not run out"


def test_a_claim_that_ran_out_lets_nothing_go_though_nobody_took_it(connection: sa.Connection, sample: Sample):
    rows = claimed(connection, sample)
    stands_still(connection)
    assert going.go(connection, rows, ONE) == set()


def test_who_lost_a_claim_lets_nothing_go(connection: sa.Connection, sample: Sample):
    rows = claimed(connection, sample)
    stands_still(connection)
    taken_over(connection)
    assert going.go(connection, rows, ONE) == set(), "due again"
    again = outbox.claim(connection, NOW, 1, owner=OTHER)
    assert going.go(connection, rows, ONE) == set(), "another's"
    assert going.go(connection, again, OTHER) == {rows[0].id}


def test_the_same_process_that_claimed_anew_lets_its_old_claim_not_go(connection: sa.Connection, sample: Sample):
    old = claimed(connection, sample)
    stands_still(connection)
    taken_over(connection)
    new = outbox.claim(connection, NOW, 1, owner=ONE)
    assert going.go(connection, old, ONE) == set()
    going.put_back(connection, old, ONE)
    assert column(connection, "state") == ["sending"]
    assert going.go(connection, new, ONE) == {new[0].id}


def test_what_never_went_is_due_again_as_if_it_had_not_been_tried(connection: sa.Connection, sample: Sample):
    went, waiting = claimed(connection, sample, 2)
    going.go(connection, [went], ONE)
    stands_still(connection)
    assert [(row.id, row.went) for row in going.left(connection)] == [(went.id, True), (waiting.id, False)]
    taken_over(connection)
    assert column(connection, "tried_at") == [NOW, None]
    assert column(connection, "state") == ["due", "due"]


def test_what_went_may_be_left_unknown_and_its_sender_still_says_what_became_of_it(
    connection: sa.Connection, sample: Sample
):
    (row,) = claimed(connection, sample)
    going.go(connection, [row], ONE)
    stands_still(connection)
    going.leave_unknown(connection, going.left(connection), NOW)
    assert column(connection, "state") == ["unknown"]
    assert outbox.claim(connection, NOW + HOUR, 1, owner=OTHER) == []
    outbox.settle(connection, row, "sent", "", NOW + MINUTE, None)
    assert column(connection, "state") == ["sent"]
    assert attempts(connection) == [(1, "unknown", "restart"), (1, "sent", "")]


def test_a_late_result_does_not_settle_another_s_attempt(connection: sa.Connection, sample: Sample):
    (row,) = claimed(connection, sample)
    stands_still(connection)
    taken_over(connection)
    (again,) = outbox.claim(connection, NOW, 1, owner=OTHER)
    outbox.settle(connection, row, "failed", "late", NOW, None)
    assert column(connection, "state") == ["sending"]
    outbox.settle(connection, again, "sent", "", NOW, None)
    assert column(connection, "state") == ["sent"]


@pytest.mark.parametrize("owner", [Owner(), ONE])
def test_what_was_left_in_doubt_is_due_when_its_sender_knows_better(
    connection: sa.Connection, sample: Sample, owner: Owner
):
    rows = claimed(connection, sample, owner=owner)
    if owner.number:
        going.go(connection, rows, owner)
        stands_still(connection)
        going.leave_unknown(connection, going.left(connection), NOW)
    going.put_back(connection, rows, owner)
    found = [column(connection, name) for name in ("state", "attempts", "tried_at", "going_at", "settled_at")]
    assert found == [["due"], [0], [None], [None], [None]]


def test_who_is_alone_notes_neither_claims_nor_what_is_on_its_way(connection: sa.Connection, sample: Sample):
    claimed(connection, sample, owner=Owner())
    assert (column(connection, "claimed_until"), column(connection, "claimed_by")) == ([None], [None])
    assert [row.went for row in going.left(connection)] == [True]


@pytest.mark.parametrize(
    ("went", "kind", "recognised", "again"),
    [
        (True, "digest", NEVER, False),
        (True, "digest", 3 * HOUR, False),
        (True, "digest", 5 * HOUR, True),
        (True, "digest", ALWAYS, True),
        (True, "reply", NEVER, True),
        (False, "digest", NEVER, True),
    ],
)
def test_what_may_have_arrived_is_sent_again_only_where_nobody_sees_it_twice_or_somebody_waits(
    went: bool, kind: str, recognised: timedelta, again: bool
):
    row = Left(1, kind, 1, "wecom", 1, NOW - 4 * HOUR, went)
    assert sent_again(row, recognised, NOW) is again
