"""Lists of lines, entries, messages and deeds: what fits, in order, a page at a time, found in an index."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from storage import audit, declarations, deliveries, ledger, lists, members, months, outbox
from storage.lists import Filter
from tests.storage.sample import DAY, NOW, Sample, add_line, entry_of

NOVEMBER = "2026-11"


@pytest.fixture
def lines(connection: sa.Connection, sample: Sample) -> list[int]:
    """Seven lines of two members in two months; the last is a draft."""
    made = []
    for index in range(6):
        who = sample.wang if index % 2 else sample.li
        period = NOVEMBER if index < 4 else "2026-10"
        state = ("approved", "submitted", "returned", "approved", "approved", "rejected")[index]
        facts = {"period": period, "state": state, "points": Decimal(index), "note": f"{index} % _/ Ab"}
        made.append(add_line(connection, sample, who, **facts))
    return [*made, add_line(connection, sample, sample.wang, period=NOVEMBER, state="draft")]


def shown(connection: sa.Connection, narrowed: Filter, sort: str = "newest") -> list[int]:
    total = lists.count_lines(connection, narrowed)
    found = [line.id for line in lists.page_of_lines(connection, narrowed, sort, range(total))]
    assert len(found) == total
    return found


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({}, [5, 4, 3, 2, 1, 0]),
        ({"first": NOVEMBER, "last": NOVEMBER}, [3, 2, 1, 0]),
        ({"first": "2026-01", "last": "2026-10"}, [5, 4]),
        ({"states": ("approved",)}, [4, 3, 0]),
        ({"criterion": "study"}, [5, 4, 3, 2, 1, 0]),
        ({"criterion": "other"}, []),
        ({"source": "organisation"}, []),
        ({"text": "2 % _/ aB"}, [2]),
        ({"text": "%"}, [5, 4, 3, 2, 1, 0]),
        ({"text": "x"}, []),
        ({"units": ()}, []),
        ({"members": ()}, []),
    ],
)
def test_a_filter_leaves_what_fits(connection, lines, asked, fits):
    assert shown(connection, Filter(**asked)) == [lines[index] for index in fits]


def test_units_and_members_narrow_a_list(connection, sample, lines):
    assert len(shown(connection, Filter(units=(sample.first,)))) == 6
    assert shown(connection, Filter(units=(sample.second,))) == []
    assert shown(connection, Filter(members=(sample.wang,))) == [lines[5], lines[3], lines[1]]


def test_lines_are_sorted_by_age_and_by_points(connection, lines):
    assert shown(connection, Filter(), "oldest") == lines[:6]
    assert shown(connection, Filter(), "most") == list(reversed(lines[:6]))


def test_pages_follow_one_another_without_gap_or_repeat(connection, lines):
    pages = [lists.page_of_lines(connection, Filter(), "newest", range(start, start + 2)) for start in (0, 2, 4)]
    assert [line.id for page in pages for line in page] == list(reversed(lines[:6]))


def test_what_is_carried_forward_is_the_sum_of_the_pages_before(connection, sample, lines):
    rows = [
        entry_of(sample, line, sample.li, period=NOVEMBER, points=Decimal(index + 1))
        for index, line in enumerate(lines[:4])
    ]
    ledger.post(connection, rows)
    wanted = Filter(first=NOVEMBER, last=NOVEMBER)
    assert lists.sum_of_entries(connection, wanted) == (4, Decimal(10))
    assert [lists.carried(connection, wanted, "oldest", before) for before in range(5)] == [0, 1, 3, 6, 10]
    page = lists.page_of_entries(connection, wanted, "oldest", range(1, 3))
    assert [row.points for row in page] == [2, 3]


def test_a_member_is_found_by_code_or_part_of_the_name(connection, sample):
    assert lists.find_members(connection, "wang", 5) == [sample.wang]
    assert lists.find_members(connection, "an", 5) == [sample.wang]
    assert lists.find_members(connection, "a", 1) == [sample.wang]
    assert lists.find_members(connection, "%", 5) == []


def test_a_month_is_counted_unit_by_unit(connection, sample, lines):
    ledger.post(connection, [entry_of(sample, lines[0], sample.li, period=NOVEMBER)])
    found = months.counts(connection, [sample.first, sample.second], NOVEMBER, DAY)
    assert found[sample.first] == months.MonthCounts(
        2, 2, (("approved", 2), ("returned", 1), ("submitted", 1)), Decimal(2)
    )
    assert found[sample.second] == months.MonthCounts(1)


def message(connection: sa.Connection, key: str, who: int, state: str, made_at: datetime = NOW) -> int:
    row = {"key": key, "class": "digest", "member_id": who, "channel": "webchat", "address": "a", "state": state}
    return outbox.put_all(connection, [row | {"due_at": made_at, "made_at": made_at}])[key]


def test_messages_are_narrowed_to_units_states_and_days(connection, sample):
    first = message(connection, "a", sample.wang, "sent")
    second = message(connection, "b", sample.zhao, "failed", NOW + timedelta(days=1))

    def fits(**asked: Any) -> list[int]:
        narrowed = deliveries.Filter(DAY, **asked)
        total = deliveries.count(connection, narrowed)
        found = [row.id for row in deliveries.page(connection, narrowed, range(total))]
        assert len(found) == total
        return found

    assert fits() == [second, first]
    assert fits(units=(sample.first,)) == [first]
    assert fits(state="failed") == [second]
    assert fits(kind="reply") == []
    assert fits(since=NOW, until=NOW + timedelta(hours=1)) == [first]
    assert fits(members=(sample.zhao,)) == [second]


def test_who_has_no_address_or_whose_newest_message_failed_is_not_reached(connection, sample):
    for who in (sample.wang, sample.li):
        members.bind(connection, "webchat", f"m{who}", who, NOW)
    message(connection, "a", sample.wang, "failed")
    message(connection, "b", sample.wang, "sent")
    last = message(connection, "c", sample.li, "failed")
    found = deliveries.unreached(connection, None, DAY)
    assert [(row.member, row.bound, row.message) for row in found] == [
        (sample.li, True, last),
        (sample.zhao, False, None),
    ]
    assert [row.member for row in deliveries.unreached(connection, (sample.second,), DAY)] == [sample.zhao]


def test_deeds_are_narrowed_to_actor_action_row_and_time(connection):
    audit.record(connection, 7, [audit.Deed("approve", "line", 1, {"reason": ""})], NOW)
    audit.record(connection, 8, [audit.Deed("export", "member", 8, {"rows": 3}, behalf=7)], NOW + timedelta(days=1))

    def fits(**asked: Any) -> list[tuple[int, str]]:
        narrowed = audit.Filter(**asked)
        total = audit.count_of(connection, narrowed)
        rows = audit.page(connection, narrowed, range(total))
        return [(row.actor, row.action) for row in rows]

    assert fits() == [(8, "export"), (7, "approve")]
    assert fits(actors=(7,)) == [(7, "approve")]
    assert fits(action="export") == [(8, "export")]
    assert fits(subject=("line", 1)) == [(7, "approve")]
    assert fits(since=NOW + timedelta(hours=1)) == [(8, "export")]
    assert fits(until=NOW + timedelta(hours=1)) == [(7, "approve")]
    assert audit.page(connection, audit.Filter(action="export"), range(1))[0].facts == {"rows": 3}
    everything = audit.page(connection, audit.Filter(), range(2))
    if connection.dialect.name != "sqlite":
        assert audit.link(connection, 1) == 1, "the other waits"
    assert [row for number in (0, 1) for row in audit.page(connection, audit.Filter(), range(number, number + 1))] == [
        everything[0],
        replace(everything[1], id=1),
    ]


def plan(connection: sa.Connection, table: sa.Table, conditions: list[sa.ColumnElement[bool]]) -> str:
    """How SQLite counts; what PostgreSQL does depends on how many rows there are."""
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    return " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))


MONTH: dict[str, Any] = {"first": NOVEMBER, "last": NOVEMBER}
planned = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@planned
@pytest.mark.parametrize("more", [{}, {"states": ("returned",)}, {"criterion": "study"}, {"source": "member"}])
def test_the_lines_of_a_month_are_counted_in_one_index(connection, more):
    found = plan(connection, declarations.line, lists._line_conditions(Filter(**MONTH, **more)))
    assert "COVERING INDEX ix_line_list (period=?" in found


@planned
def test_a_text_is_looked_for_in_the_index_of_notes(connection):
    found = plan(connection, declarations.line, lists._line_conditions(Filter(**MONTH, text="x")))
    assert "ix_line_note (period=?" in found


@planned
def test_the_entries_of_a_month_are_counted_in_one_index(connection):
    found = plan(connection, ledger.entry, lists._entry_conditions(Filter(**MONTH)))
    assert "COVERING INDEX ix_entry_list (period=?" in found


@planned
def test_deeds_of_a_row_and_of_a_week_are_found_in_an_index(connection):
    assert "ix_audit_subject" in plan(connection, audit.audit, audit._conditions(audit.Filter(subject=("line", 1))))
    at: sa.ColumnElement[int] = sa.literal_column("at")
    assert "COVERING INDEX ix_audit_at" in plan(connection, audit.audit, [at >= 1, at < 2])
