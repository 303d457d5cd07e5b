"""A batch is formed once, tried whole, and forgotten; what was first tried too long ago is left in doubt."""

from datetime import timedelta

import sqlalchemy as sa

from bot.taking import Taking
from storage import batches, inbox, outbox, platforms, sending
from storage.lease import ALONE
from storage.outbox import Among, OutboxRow, Settled
from tests.storage.sample import NOW, Sample
from tests.storage.test_outbox import message, told

WECOM = Among(channel="wecom")
FACTS = {"channel": "wecom", "declares": True}
HOUR = timedelta(hours=1)


def put(connection: sa.Connection, member: int, addresses: list[str], **facts: object) -> None:
    """A message with one notice for each address."""
    rows = [message(member, f"b:{each}", channel="wecom", address=each) for each in addresses]
    numbers = outbox.put_all(connection, rows)
    outbox.tell(connection, [told(member, key, "identity_bound", facts={**FACTS, **facts}) for key in numbers])
    notices = outbox.waiting_notices(connection, ["identity_bound"])[member]
    sending.compose(connection, dict(zip([each.id for each in notices], numbers.values(), strict=True)))


def take(connection: sa.Connection, most: int = 15, together: int = 1000, **among: object) -> list[OutboxRow]:
    taking = Taking("zh_CN", "https://zhibu.example", ALONE, {"wecom": together} if together > 1 else {})
    return taking.take(connection, NOW, most, Among(channel="wecom", **among))  # type: ignore[arg-type]


def names(count: int) -> list[str]:
    return [f"u{number:03d}" for number in range(count)]


def test_what_is_equal_is_one_batch_whose_button_everybody_has(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, names(40))
    rows = take(connection)
    assert [row.address for row in rows] == names(40)
    (number,) = {row.batch for row in rows}
    assert number is not None
    assert batches.addresses(connection, number) == names(40)
    (key,) = {choice["token"] for row in rows for choice in (row.body or {})["choices"][:1]}
    assert inbox.token_of(connection, "wecom", "u007", key) is not None
    assert inbox.token_of(connection, "telegram", "u007", key) is None


def test_a_call_has_no_more_addresses_than_it_may(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, names(40))
    sizes = []
    while rows := take(connection, together=16):
        sizes.append(len(rows))
    assert sizes == [16, 16, 8]


def test_what_differs_goes_alone(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, ["a"])
    put(connection, sample.wang, ["b"], declares=False)
    rows = take(connection)
    assert [(row.address, row.batch) for row in rows] == [("a", None), ("b", None)]


def test_addresses_that_rest_are_left_out(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, names(5))
    assert [row.address for row in take(connection, but=("u003",))] == ["u000", "u001", "u002", "u004"]


def test_a_batch_that_is_tried_again_comes_whole_and_keeps_its_addresses(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, names(40))
    first = take(connection)
    later = [Settled(row, "failed", "connection_lost", NOW) for row in first]
    outbox.settle_all(connection, later, NOW)
    sending.move(connection, "wecom", "u001", "elsewhere")
    again = take(connection, most=3)
    assert sorted(row.id for row in again) == [row.id for row in first]
    assert {row.attempts for row in again} == {2}
    assert {repr(row.body) for row in again} == {repr(first[0].body)}
    assert batches.addresses(connection, again[0].batch or 0) == names(40)


def test_the_same_for_one_address_twice_is_sent_in_two_calls(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, names(3))
    twice = message(sample.wang, "b:again", channel="wecom", address="u001")
    numbers = outbox.put_all(connection, [twice])
    outbox.tell(connection, [told(sample.wang, "b:again", "identity_bound", facts=FACTS)])
    (note,) = outbox.waiting_notices(connection, ["identity_bound"])[sample.wang]
    sending.compose(connection, {note.id: numbers["b:again"]})
    assert [row.address for row in take(connection)] == names(3)
    assert [row.address for row in take(connection)] == ["u001"]


def test_a_card_is_closed_once_while_its_code_holds(connection: sa.Connection, sample: Sample):
    for task, address, hours in (("t1", "a", 1), ("t2", "a", 72), ("t3", "b", 72), ("t4", "a", -1)):
        values = {"channel": "wecom", "task": task, "address": address, "code": f"c{task}"}
        platforms.keep_card(connection, {**values, "expires_at": NOW + hours * HOUR})
    assert sorted(platforms.take_cards(connection, "wecom", "a", NOW, but="t2")) == ["ct1"]
    assert platforms.take_cards(connection, "wecom", "a", NOW) == ["ct2"]
    assert platforms.take_cards(connection, "wecom", "a", NOW) == []
    assert platforms.forget_cards(connection, NOW + 73 * HOUR) == 1


def test_batches_are_forgotten(connection: sa.Connection, sample: Sample):
    put(connection, sample.wang, names(2))
    take(connection)
    assert batches.forget(connection, NOW) == 0
    assert batches.forget(connection, NOW + HOUR) == 1
