"""The ledger takes each thing once, and a break in it is found."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rules.scoring import Entry
from storage import ledger
from tests.storage.sample import NOW, SCHEME, Sample, add_line, add_version, entry_of


def post_line(connection: sa.Connection, sample: Sample, **changed: Any) -> int:
    """An approved line with its entry; gives the number of the entry."""
    line = add_line(connection, sample, sample.wang)
    ledger.post(connection, [entry_of(sample, line, sample.wang, **changed)])
    return newest_entry(connection)


def newest_entry(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(ledger.entry.c.id))).scalar_one())


def reverse(connection: sa.Connection, sample: Sample, number: int, **changed: Any) -> int:
    taken = ledger.posted_by_id(connection, number)
    assert taken is not None
    row = entry_of(sample, taken.line, taken.member, key=f"reversal:{number}", points=-taken.points)
    ledger.post(connection, [row | {"reverses_id": number, "period": "2026-05", "reason": "误记"} | changed])
    return newest_entry(connection)


def summary_row(sample: Sample, node: str, posted: str, counted: str) -> dict[str, Any]:
    values = {"member_id": sample.wang, "scheme": SCHEME, "year": 2026, "node": node, "updated_at": NOW}
    return values | {"posted": Decimal(posted), "counted": Decimal(counted)}


def test_the_database_refuses_to_post_the_same_thing_twice(connection: sa.Connection, sample: Sample):
    line = add_line(connection, sample, sample.wang)
    ledger.post(connection, [entry_of(sample, line, sample.wang)])
    with pytest.raises(sa.exc.IntegrityError, match=r"entry[._]key"), connection.begin_nested():
        ledger.post(connection, [entry_of(sample, line, sample.wang, points=Decimal(3))])
    assert ledger.count(connection) == 1


def test_the_database_refuses_a_second_reversal_of_the_same_entry(connection: sa.Connection, sample: Sample):
    number = post_line(connection, sample)
    back = reverse(connection, sample, number)
    assert ledger.reversal_of(connection, number) == back
    assert ledger.reversal_of(connection, back) is None
    with pytest.raises(sa.exc.IntegrityError, match=r"entry[._]key"), connection.begin_nested():
        reverse(connection, sample, number)


def test_entries_of_a_year_are_what_scoring_takes(connection: sa.Connection, sample: Sample):
    first = post_line(connection, sample)
    back = reverse(connection, sample, first)
    post_line(connection, sample, year=2025, period="2025-12")
    post_line(connection, sample, scheme="other")
    years = ledger.years_of(connection, iter([sample.wang, sample.li]), SCHEME, 2026)
    ledger.add_lines(connection, years, SCHEME, 2026, ["study"])
    found = {member: year.entries for member, year in years.items()}
    assert found == {
        sample.wang: [
            Entry(first, "study", date(2026, 3, 1), Decimal(2), quantity=Decimal(2)),
            Entry(back, "study", date(2026, 5, 1), Decimal(-2), reverses=first, quantity=Decimal(2)),
        ],
        sample.li: [],
    }


def test_an_entry_says_what_explains_it(connection: sa.Connection, sample: Sample):
    number = reverse(connection, sample, post_line(connection, sample))
    found = ledger.posted_by_id(connection, number)
    assert found is not None
    assert (found.member, found.points, found.reason, found.posted_at) == (sample.wang, Decimal(-2), "误记", NOW)
    assert ledger.posted_of_year(connection, sample.wang, SCHEME, 2026)[-1] == found
    assert ledger.posted_by_id(connection, 999) is None


def test_the_summary_is_replaced_row_by_row(connection: sa.Connection, sample: Sample):
    ledger.put_summary(connection, [summary_row(sample, "a", "1", "1"), summary_row(sample, ledger.TOTAL, "1", "61")])
    ledger.put_summary(connection, [summary_row(sample, "a", "2.5", "2"), summary_row(sample, "b", "0", "0")])
    ledger.put_summary(connection, [])
    assert ledger.summary_of(connection, sample.wang, SCHEME, 2026) == {
        "a": (Decimal("2.5"), Decimal(2)),
        "b": (Decimal(0), Decimal(0)),
        ledger.TOTAL: (Decimal(1), Decimal(61)),
    }
    assert ledger.summary_of(connection, sample.li, SCHEME, 2026) == {}


def test_years_and_members_with_an_entry_or_a_summary_are_found(connection: sa.Connection, sample: Sample):
    line = add_line(connection, sample, sample.li)
    ledger.post(connection, [entry_of(sample, line, sample.li, year=2025)])
    ledger.put_summary(connection, [summary_row(sample, "a", "1", "1")])
    assert sorted(ledger.summary_years(connection)) == [(SCHEME, 2025), (SCHEME, 2026)]
    assert ledger.members_with_figures(connection, SCHEME, 2026) == {sample.wang}
    assert ledger.members_with_figures(connection, SCHEME, 2025) == {sample.li}


def test_a_year_has_every_version_its_entries_were_posted_under(connection: sa.Connection, sample: Sample):
    second = add_version(connection, sample.committee, "2")
    post_line(connection, sample, version_id=second)
    post_line(connection, sample)
    line = add_line(connection, sample, sample.li)
    ledger.post(connection, [entry_of(sample, line, sample.li, version_id=second)])
    found = ledger.years_of(connection, [sample.wang, sample.li, sample.zhao], SCHEME, 2026)
    assert {member: year.versions for member, year in found.items()} == {
        sample.wang: {sample.version, second},
        sample.li: {second},
        sample.zhao: set(),
    }


def test_an_entry_has_what_its_line_says(connection: sa.Connection, sample: Sample):
    told = {"quantity": Decimal("1.5"), "option": "市级", "attendance": "late", "matter": "抗洪"}
    line = add_line(connection, sample, sample.wang, **told)
    ledger.post(connection, [entry_of(sample, line, sample.wang)])
    years = ledger.years_of(connection, [sample.wang], SCHEME, 2026)
    bare = years[sample.wang].entries[0]
    assert (bare.quantity, bare.option, bare.state, bare.matter) == (Decimal(1), None, None, None)
    ledger.add_lines(connection, years, SCHEME, 2026, ["no-such"])
    assert years[sample.wang].entries == [bare]
    ledger.add_lines(connection, years, SCHEME, 2026, [bare.criterion])
    (entry,) = years[sample.wang].entries
    assert (entry.quantity, entry.option, entry.state, entry.matter) == tuple(told.values())
    assert (entry.id, entry.points, entry.on) == (bare.id, bare.points, bare.on)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected", "withdrawn"])
def test_only_approved_lines_must_have_an_entry(connection: sa.Connection, sample: Sample, state: str):
    add_line(connection, sample, sample.wang, state=state)
    post_line(connection, sample)
    assert ledger.lines_without_entry(connection) == []


def test_an_approved_line_without_an_entry_is_found(connection: sa.Connection, sample: Sample):
    post_line(connection, sample)
    lost = [add_line(connection, sample, who) for who in (sample.li, sample.zhao)]
    assert ledger.lines_without_entry(connection) == lost


def test_a_sound_ledger_has_no_entries_that_differ(connection: sa.Connection, sample: Sample):
    number = post_line(connection, sample)
    post_line(connection, sample)
    reverse(connection, sample, number)
    assert ledger.entries_that_differ(connection) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET points = points + 1 WHERE id = {entry}",
        "UPDATE entry SET points = -points WHERE id = {entry}",
        "UPDATE line SET points = points + 1 WHERE id = {line}",
        "UPDATE line SET state = 'rejected' WHERE id = {line}",
        "UPDATE line SET state = 'submitted' WHERE id = {line}",
        "UPDATE entry SET member_id = {other} WHERE id = {entry}",
        "UPDATE entry SET criterion = 'help' WHERE id = {entry}",
    ],
)
def test_an_entry_that_is_not_what_its_line_says_is_found(connection: sa.Connection, sample: Sample, change: str):
    post_line(connection, sample)
    broken = post_line(connection, sample)
    posted = ledger.posted_by_id(connection, broken)
    assert posted is not None
    connection.exec_driver_sql(change.format(entry=broken, line=posted.line, other=sample.li))
    assert ledger.entries_that_differ(connection) == [broken]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET points = points + 1 WHERE id = {back}",
        "UPDATE entry SET points = -points WHERE id = {back}",
        "UPDATE entry SET points = 0 WHERE id = {back}",
        "UPDATE entry SET reverses_id = {other} WHERE id = {back}",
        "UPDATE entry SET year = 2025 WHERE id = {back}",
        "UPDATE entry SET member_id = {li} WHERE id = {back}",
    ],
)
def test_a_reversal_that_is_not_the_opposite_of_its_entry_is_found(
    connection: sa.Connection, sample: Sample, change: str
):
    back = reverse(connection, sample, post_line(connection, sample))
    line = add_line(connection, sample, sample.wang, points=Decimal(5))
    ledger.post(connection, [entry_of(sample, line, sample.wang, points=Decimal(5))])
    connection.exec_driver_sql(change.format(back=back, other=newest_entry(connection), li=sample.li))
    assert ledger.entries_that_differ(connection) == [back]
