"""Each message goes out once, in the right order, and its result is kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage import declarations, deliveries, going, outbox, sending
from storage.outbox import OutboxRow
from tests.storage.sample import NOW, Sample

MINUTE = timedelta(minutes=1)


def told(member: int, key: str, kind: str = "declare_reminder", **changed: Any) -> dict[str, Any]:
    return {"member_id": member, "kind": kind, "key": key, "facts": {"left": 3}, "made_at": NOW} | changed


def message(member: int, key: str, kind: str = "digest", **changed: Any) -> dict[str, Any]:
    values = {
        "key": key,
        "class": kind,
        "member_id": member,
        "channel": "webchat",
        "address": f"m{member}",
        "state": "due",
        "due_at": NOW,
        "made_at": NOW,
    }
    return values | changed


def keys(connection: sa.Connection, rows: list[OutboxRow]) -> list[str]:
    names = {row.id: row.key for row in connection.execute(sa.select(outbox.outbox.c.id, outbox.outbox.c.key))}
    return [names[row.id] for row in rows]


def claim_one(connection: sa.Connection, now: datetime = NOW) -> OutboxRow:
    (row,) = outbox.claim(connection, now, 10)
    return row


def attempts(connection: sa.Connection) -> list[tuple[int, str, str]]:
    c = outbox.delivery.c
    rows = connection.execute(sa.select(c.attempt, c.result, c.code).order_by(c.id))
    return [(row.attempt, row.result, row.code) for row in rows]


def test_a_notice_is_told_once(connection: sa.Connection, sample: Sample):
    outbox.tell(connection, [told(sample.wang, "a"), told(sample.wang, "b")])
    outbox.tell(connection, [told(sample.wang, "b"), told(sample.li, "c"), told(sample.li, "c")])
    waiting = outbox.waiting_notices(connection, ["declare_reminder"])
    assert {member: len(rows) for member, rows in waiting.items()} == {sample.wang: 2, sample.li: 1}
    assert outbox.known_keys(connection, ["a", "b", "c", "d"]) == {"a", "b", "c"}


def test_only_notices_of_the_kinds_asked_for_wait_oldest_first(connection: sa.Connection, sample: Sample):
    rows = [told(sample.wang, "a"), told(sample.wang, "b", "lines_decided"), told(sample.wang, "c", facts={"left": 1})]
    outbox.tell(connection, rows)
    (found,) = outbox.waiting_notices(connection, ["declare_reminder"]).values()
    assert [(row.kind, row.facts, row.made_at) for row in found] == [
        ("declare_reminder", {"left": 3}, NOW),
        ("declare_reminder", {"left": 1}, NOW),
    ]


@pytest.mark.parametrize("state", ["composed", "dropped", "lapsed"])
def test_a_settled_notice_waits_no_more_and_is_not_told_again(connection: sa.Connection, sample: Sample, state: str):
    outbox.tell(connection, [told(sample.wang, "a"), told(sample.wang, "b")])
    first, second = outbox.waiting_notices(connection, ["declare_reminder"])[sample.wang]
    outbox.settle_notices(connection, [first.id], state)
    outbox.tell(connection, [told(sample.wang, "a")])
    assert outbox.waiting_notices(connection, ["declare_reminder"]) == {sample.wang: [second]}


def test_a_message_knows_the_notices_it_is_made_of(connection: sa.Connection, sample: Sample):
    outbox.tell(connection, [told(sample.wang, key) for key in "abc"])
    first, second, _ = outbox.waiting_notices(connection, ["declare_reminder"])[sample.wang]
    number = outbox.put_all(connection, [message(sample.wang, "digest")])["digest"]
    outbox.settle_notices(connection, [second.id, first.id], "composed", number)
    assert outbox.notices_of(connection, [number]) == {number: [first, second]}


def test_a_message_is_put_once(connection: sa.Connection, sample: Sample):
    rows = [message(sample.wang, "a"), message(sample.li, "b")]
    numbers = outbox.put_all(connection, rows)
    assert set(numbers) == {"a", "b"}
    assert outbox.put_all(connection, rows) == {}
    assert set(outbox.put_all(connection, [*rows, message(sample.zhao, "c"), message(sample.zhao, "c")])) == {"c"}
    assert outbox.has_key(connection, ["a", "b", "c", "d"]) == {"a", "b", "c"}
    assert deliveries.counts(connection) == {"due": 3}


def test_the_database_refuses_a_message_put_twice(connection: sa.Connection, sample: Sample):
    outbox.put_all(connection, [message(sample.wang, "a")])
    row = message(sample.wang, "a") | {"attempts": 0}
    with pytest.raises(sa.exc.IntegrityError, match=r"outbox[._]key"), connection.begin_nested():
        connection.execute(sa.insert(outbox.outbox), row)


def test_replies_go_before_urgent_messages_and_these_before_digests(connection: sa.Connection, sample: Sample):
    kinds = ["bulletin", "digest", "urgent", "reply", "digest", "reply"]
    outbox.put_all(connection, [message(sample.wang, f"{n} {kind}", kind) for n, kind in enumerate(kinds)])
    first, second = outbox.claim(connection, NOW, 3), outbox.claim(connection, NOW, 10)
    assert keys(connection, first) == ["3 reply", "5 reply", "2 urgent"]
    assert keys(connection, second) == ["1 digest", "4 digest", "0 bulletin"]


def test_only_what_is_due_is_claimed_and_only_once(connection: sa.Connection, sample: Sample):
    rows = [
        message(sample.wang, "due"),
        message(sample.wang, "later", due_at=NOW + MINUTE),
        message(sample.wang, "sent", state="sent"),
        message(sample.wang, "failed", state="failed", channel=None, address=None),
    ]
    outbox.put_all(connection, rows)
    row = claim_one(connection)
    assert (keys(connection, [row]), row.member, row.channel, row.address, row.body, row.attempts) == (
        ["due"],
        sample.wang,
        "webchat",
        f"m{sample.wang}",
        None,
        1,
    )
    assert outbox.claim(connection, NOW, 10) == []
    assert keys(connection, outbox.claim(connection, NOW + MINUTE, 10)) == ["later"]


def test_every_try_sends_the_same_body(connection: sa.Connection, sample: Sample):
    outbox.put_all(connection, [message(sample.wang, "a")])
    row = claim_one(connection)
    sending.keep_bodies(connection, {row.id: {"title": "通知", "lines": ["一"]}})
    outbox.settle(connection, row, "failed", "timeout", NOW, NOW + MINUTE)
    assert claim_one(connection, NOW + MINUTE).body == {"title": "通知", "lines": ["一"]}


@pytest.mark.parametrize("result", ["sent", "failed", "unknown"])
def test_a_settled_message_is_not_sent_again(connection: sa.Connection, sample: Sample, result: str):
    outbox.put_all(connection, [message(sample.wang, "a")])
    outbox.settle(connection, claim_one(connection), result, "code", NOW, None)
    assert deliveries.counts(connection) == {result: 1}
    assert outbox.claim(connection, NOW + timedelta(days=9), 10) == []
    assert going.left(connection) == []
    assert attempts(connection) == [(1, result, "code")]


def test_a_message_that_failed_is_due_again_and_each_attempt_is_kept(connection: sa.Connection, sample: Sample):
    outbox.put_all(connection, [message(sample.wang, "a")])
    outbox.settle(connection, claim_one(connection), "failed", "timeout", NOW, NOW + MINUTE)
    assert deliveries.counts(connection) == {"due": 1}
    assert outbox.claim(connection, NOW, 10) == []
    row = claim_one(connection, NOW + MINUTE)
    assert row.attempts == 2
    outbox.settle(connection, row, "sent", "", NOW + MINUTE, None)
    assert attempts(connection) == [(1, "failed", "timeout"), (2, "sent", "")]


def test_what_was_being_sent_when_the_process_died_is_due_again(connection: sa.Connection, sample: Sample):
    outbox.put_all(connection, [message(sample.wang, "a"), message(sample.wang, "b")])
    first, _ = outbox.claim(connection, NOW, 10)
    outbox.settle(connection, first, "sent", "", NOW, None)
    (left,) = going.left(connection)
    assert left.went, "a process that is alone does not write down what is on its way"
    going.release(connection, [left], NOW)
    row = claim_one(connection)
    assert (keys(connection, [row]), row.attempts) == (["b"], 2)


def test_an_address_sees_the_newest_messages_that_reached_it_oldest_first(connection: sa.Connection, sample: Sample):
    rows = [message(sample.wang, key) for key in "abcd"] + [message(sample.li, "e")]
    numbers = outbox.put_all(connection, rows)
    for row in outbox.claim(connection, NOW, 10):
        sending.keep_bodies(connection, {row.id: {"title": "t"}})
        outbox.settle(connection, row, "failed" if row.id == numbers["b"] else "sent", "", NOW, None)
    found = deliveries.sent_to(connection, "webchat", f"m{sample.wang}", 2)
    assert [(row.id, row.kind, row.body, row.at) for row in found] == [
        (numbers[key], "digest", {"title": "t"}, NOW) for key in "cd"
    ]


@pytest.mark.parametrize(
    ("states", "unreached"),
    [
        (["failed"], True),
        (["sent", "failed"], True),
        (["failed", "sent"], False),
        (["failed", "due"], False),
        ([], False),
    ],
)
def test_who_did_not_get_the_newest_message_is_not_reached(
    connection: sa.Connection, sample: Sample, states: list[str], unreached: bool
):
    rows = [message(sample.wang, f"{number}", state=state) for number, state in enumerate(states)]
    outbox.put_all(connection, [*rows, message(sample.li, "li", state="failed")])
    assert deliveries.out_of_reach(connection, [sample.wang, sample.zhao]) == ({sample.wang} if unreached else set())


def test_more_members_may_be_asked_about_than_one_statement_can_name(connection: sa.Connection):
    everybody = range(1, 100_001)
    assert deliveries.out_of_reach(connection, everybody) == set()
    assert declarations.declared(connection, "2026-11", everybody) == set()
