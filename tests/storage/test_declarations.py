"""Lines change only as they were shown, and are found by member, period, batch and state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from storage import declarations
from tests.storage.sample import NOW, SCHEME, Sample, add_line


def line_of(connection: sa.Connection, number: int) -> declarations.Line:
    return declarations.by_ids(connection, [number])[number]


@pytest.mark.parametrize(
    ("edition", "states", "changes"),
    [
        (1, ("submitted",), True),
        (1, ("draft", "submitted"), True),
        (1, ("draft",), False),
        (1, (), False),
        (2, ("submitted",), False),
        (0, ("submitted",), False),
    ],
)
def test_a_line_changes_only_in_the_state_and_edition_shown(
    connection: sa.Connection, sample: Sample, edition: int, states: tuple[str, ...], changes: bool
):
    number = add_line(connection, sample, sample.wang, state="submitted")
    changed = declarations.change(connection, [(number, edition)], states, state="approved", decided_at=NOW)
    line = line_of(connection, number)
    assert changed.keys() == ({number} if changes else set())
    assert (line.state, line.edition) == (("approved", 2) if changes else ("submitted", 1))


def test_a_line_decided_meanwhile_is_missed_and_the_others_are_changed(connection: sa.Connection, sample: Sample):
    numbers = [add_line(connection, sample, sample.wang, state="submitted", edition=n) for n in (1, 1, 2)]
    pins = [(numbers[0], 1), (numbers[1], 1), (numbers[2], 2)]
    assert declarations.change(connection, pins[1:2], ("submitted",), state="rejected").keys() == {numbers[1]}
    assert declarations.change(connection, pins, ("submitted",), state="approved").keys() == {numbers[0], numbers[2]}
    assert [line_of(connection, number).state for number in numbers] == ["approved", "rejected", "approved"]


def test_a_member_has_one_declaration_of_a_period(connection: sa.Connection, sample: Sample):
    units = {sample.wang: sample.first, sample.li: sample.first}
    first = declarations.declarations_for(connection, units, SCHEME, "2026-03", NOW)
    again = declarations.declarations_for(connection, units | {sample.zhao: sample.second}, SCHEME, "2026-03", NOW)
    assert {member: again[member] for member in units} == first
    assert len(set(again.values())) == 3
    later = declarations.declarations_for(connection, units, SCHEME, "2026-04", NOW)
    assert set(later.values()) & set(again.values()) == set()


def test_lines_get_their_numbers_in_the_order_given(connection: sa.Connection, sample: Sample):
    first = line_of(connection, add_line(connection, sample, sample.wang))
    row: dict[str, Any] = {
        "declaration_id": first.declaration,
        "member_id": first.member,
        "unit_id": first.unit,
        "version_id": first.version,
        "period": first.period,
        "criterion": "study",
        "points": Decimal(1),
        "note": "",
        "source": "member",
        "recorded_by": first.member,
        "batch": 1,
        "state": "draft",
        "edition": 1,
        "created_at": NOW,
    }
    numbers = declarations.add_all(connection, [row | {"quantity": Decimal(n)} for n in (3, 1, 2)])
    assert [line_of(connection, number).quantity for number in numbers] == [3, 1, 2]


def test_the_database_refuses_a_line_recorded_twice(connection: sa.Connection, sample: Sample):
    add_line(connection, sample, sample.wang, key="meeting:1")
    add_line(connection, sample, sample.wang)
    add_line(connection, sample, sample.wang)
    with pytest.raises(sa.exc.IntegrityError, match=r"line[._]key"), connection.begin_nested():
        add_line(connection, sample, sample.li, key="meeting:1")
    assert declarations.known_keys(connection, ["meeting:1", "meeting:2"]) == {"meeting:1"}


def test_what_waits_is_of_the_units_asked_for_and_oldest_first(connection: sa.Connection, sample: Sample):
    late = add_line(connection, sample, sample.wang, state="submitted", submitted_at=NOW + timedelta(hours=1))
    early = add_line(connection, sample, sample.li, state="submitted")
    add_line(connection, sample, sample.li, state="draft")
    elsewhere = add_line(connection, sample, sample.zhao, state="submitted", unit_id=sample.second)
    assert [line.id for line in declarations.waiting(connection, [sample.first])] == [early, late]
    assert [line.id for line in declarations.waiting(connection, [sample.second])] == [elsewhere]


def test_lines_of_a_period_are_found_by_state(connection: sa.Connection, sample: Sample):
    states = ("draft", "submitted", "approved", "returned", "rejected", "withdrawn")
    numbers = {state: add_line(connection, sample, sample.wang, state=state) for state in states}
    add_line(connection, sample, sample.wang, period="2026-02")
    add_line(connection, sample, sample.li)
    found = declarations.of_period(connection, sample.wang, "2026-03")
    assert [line.id for line in found] == list(numbers.values())
    some = declarations.of_period(connection, sample.wang, "2026-03", ("approved", "draft"))
    assert [line.id for line in some] == [numbers["draft"], numbers["approved"]]
    assert declarations.state_counts(connection, [sample.first], "2026-03")[sample.first] == (
        dict.fromkeys(states, 1) | {"approved": 2}
    )


def test_drafts_made_together_are_one_batch(connection: sa.Connection, sample: Sample):
    mine = add_line(connection, sample, sample.wang, state="draft", batch=7)
    add_line(connection, sample, sample.wang, state="submitted", batch=7)
    add_line(connection, sample, sample.wang, state="draft", batch=8)
    add_line(connection, sample, sample.li, state="draft", batch=7)
    assert [line.id for line in declarations.of_batch(connection, sample.wang, 7)] == [mine]


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"state": "submitted"}, True),
        ({"state": "approved"}, True),
        ({"state": "returned"}, True),
        ({"state": "rejected"}, True),
        ({"state": "draft"}, False),
        ({"state": "withdrawn"}, False),
        ({"source": "organisation"}, False),
        ({"period": "2026-02"}, False),
    ],
)
def test_who_submitted_something_himself_has_declared(
    connection: sa.Connection, sample: Sample, changed: dict[str, str], counts: bool
):
    add_line(connection, sample, sample.wang, **changed)
    found = declarations.declared(connection, "2026-03", [sample.wang, sample.li])
    assert found == ({sample.wang} if counts else set())


def test_past_quantities_are_the_sums_of_the_twelve_months_before(connection: sa.Connection, sample: Sample):
    rows = [("2025-02", 9), ("2025-03", 1), ("2026-01", 2), ("2026-01", 3), ("2026-02", 4), ("2026-03", 9)]
    for period, quantity in rows:
        add_line(connection, sample, sample.wang, period=period, quantity=Decimal(quantity))
    add_line(connection, sample, sample.wang, period="2026-02", state="rejected")
    add_line(connection, sample, sample.wang, period="2026-02", criterion="help")
    add_line(connection, sample, sample.li, period="2026-02", quantity=Decimal("0.5"))
    found = declarations.past_quantities(connection, [sample.wang, sample.li], ["study"], "2026-03")
    assert {key: sorted(past) for key, past in found.items()} == {
        (sample.wang, "study"): [1, 4, 5],
        (sample.li, "study"): [Decimal("0.5")],
    }
