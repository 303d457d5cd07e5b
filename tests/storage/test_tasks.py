"""Tasks as rows: added once a key, changed once an edition, found by who carries them; plans and whom they fall on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from storage import members
from storage.tasks import audience, plans, rows
from storage.tasks.audience import Page
from storage.tasks.rows import TaskRow
from tests.storage.sample import (
    DAY,
    NOW,
    TOMORROW,
    YESTERDAY,
    Sample,
    add_member,
    add_unit,
    appoint,
    join,
)


def values(sample: Sample, key: str = "given:1", **changed: Any) -> dict[str, Any]:
    found = {
        "key": key,
        "kind": "given",
        "period": "2026-03",
        "title": "报送材料",
        "unit_id": sample.first,
        "role": "secretary",
        "issuer_unit_id": sample.committee,
        "issued_at": NOW,
        "due_on": DAY,
    }
    return found | changed


def add(connection: sa.Connection, sample: Sample, key: str = "given:1", **changed: Any) -> int:
    return rows.add_all(connection, [values(sample, key, **changed)])[key]


def publish(connection: sa.Connection, sample: Sample, **changed: Any) -> int:
    found = {
        "plan": "beats",
        "version": "1",
        "unit_id": sample.committee,
        "text": "text",
        "text_hash": "hash",
        "from_on": DAY,
        "published_at": NOW,
    }
    return plans.add(connection, found | changed)


def carried(connection: sa.Connection, member: int, *posts: tuple[int, str], **more: Any) -> list[int]:
    return [row.id for row in rows.of_carrier(connection, member, posts, more.pop("states", ("open",)), **more)]


def test_a_key_is_added_once(connection: sa.Connection, sample: Sample):
    first = rows.add_all(connection, [values(sample, "a"), values(sample, "b")])
    again = rows.add_all(connection, [values(sample, "b", title="anders"), values(sample, "c"), values(sample, "c")])
    assert (set(first), set(again)) == ({"a", "b"}, {"c"})
    assert rows.get_all(connection, first.values())[first["b"]].title == "报送材料"
    assert rows.known(connection, ["a", "b", "c", "d"]) == {"a", "b", "c"}
    assert rows.add_all(connection, []) == {}


def test_a_task_is_read_as_it_was_written_with_its_units(connection: sa.Connection, sample: Sample):
    number = add(connection, sample, figure=Decimal("2.5"), terms={"verify": "nobody"})
    row = rows.get(connection, number)
    assert isinstance(row, TaskRow)
    assert (row.unit, row.unit_name, row.path) == (sample.first, "first", "/1/2/")
    assert (row.issuer, row.issuer_unit, row.issuer_path) == (None, sample.committee, "/1/")
    assert (row.state, row.stance, row.edition, row.member, row.role) == ("open", "", 1, None, "secretary")
    assert (row.figure, row.terms, row.due_on, row.issued_at) == (Decimal("2.5"), {"verify": "nobody"}, DAY, NOW)
    assert rows.get(connection, number + 1) is None


def test_who_carries_it_has_it_himself_or_by_a_role_in_its_unit(connection: sa.Connection, sample: Sample):
    own = add(connection, sample, "own", member_id=sample.wang, role="")
    first = add(connection, sample, "first")
    second = add(connection, sample, "second", unit_id=sample.second)
    add(connection, sample, "of the committee", unit_id=sample.committee, role="committee")
    assert carried(connection, sample.wang) == [own]
    assert carried(connection, sample.wang, (sample.first, "secretary")) == [own, first]
    assert carried(connection, sample.li, (sample.first, "secretary"), (sample.second, "secretary")) == [first, second]
    assert carried(connection, sample.li, (sample.committee, "secretary"), (sample.first, "committee")) == []


def test_what_is_named_for_another_is_not_the_holders(connection: sa.Connection, sample: Sample):
    add(connection, sample, "handed over", member_id=sample.wang)
    assert carried(connection, sample.li, (sample.first, "secretary")) == []


def test_they_come_by_due_date_in_the_states_asked_for_and_no_more_than_asked(
    connection: sa.Connection, sample: Sample
):
    mine = {"member_id": sample.wang, "role": ""}
    late = add(connection, sample, "late", **mine, due_on=TOMORROW)
    soon = add(connection, sample, "soon", **mine, due_on=YESTERDAY)
    done = add(connection, sample, "done", **mine, state="done")
    assert carried(connection, sample.wang) == [soon, late]
    assert carried(connection, sample.wang, most=1) == [soon]
    assert carried(connection, sample.wang, states=("done", "open")) == [soon, done, late]


def test_the_slower_of_two_changes_nothing(connection: sa.Connection, sample: Sample):
    number = add(connection, sample)
    assert rows.change(connection, number, 1, {"state": "reported"})
    assert not rows.change(connection, number, 1, {"state": "cancelled"})
    row = rows.get(connection, number)
    assert row is not None
    assert (row.state, row.edition) == ("reported", 2)


def test_many_change_together_but_those_that_stand_differently(connection: sa.Connection, sample: Sample):
    first, second, third, fourth = (add(connection, sample, key) for key in "abcd")
    rows.change(connection, second, 1, {"stance": "doing"})
    rows.change(connection, third, 1, {"state": "reported"})
    pins = [(first, 1), (second, 2), (third, 2), (fourth, 7)]
    assert rows.change_all(connection, pins, ("open",), {"state": "waived"}) == {first, second}
    found = rows.get_all(connection, [first, second, third, fourth])
    assert [found[each].state for each in (first, second, third, fourth)] == ["waived", "waived", "reported", "open"]
    assert [found[number].edition for number in (first, second)] == [2, 3]


def test_the_parts_of_tasks_are_found_by_their_parents(connection: sa.Connection, sample: Sample):
    parent, other = add(connection, sample, "parent"), add(connection, sample, "other")
    parts = [add(connection, sample, f"part:{n}", parent_id=parent, kind="part") for n in range(2)]
    assert [row.id for row in rows.parts_of(connection, [parent, other])] == parts


def test_events_are_kept_in_order(connection: sa.Connection, sample: Sample):
    number, other = add(connection, sample, "a"), add(connection, sample, "b")
    event = {
        "task_id": number,
        "at": NOW,
        "by_id": sample.wang,
        "deed": "report",
        "text": "好",
        "facts": {"figure": "3"},
    }
    rows.note_all(connection, [event, {"task_id": other, "at": NOW, "by_id": None, "deed": "issue"}])
    rows.note_all(connection, [{"task_id": number, "at": NOW, "by_id": None, "deed": "posted"}])
    rows.note_all(connection, [])
    events = rows.events_of(connection, number)
    told = [(row.deed, row.by, row.text, row.facts) for row in events]
    assert told == [("report", sample.wang, "好", {"figure": "3"}), ("posted", None, "", None)]


def test_an_item_that_is_scored_again_is_replaced(connection: sa.Connection, sample: Sample):
    number = add(connection, sample)
    given = {"note": "", "by_id": sample.wang, "at": NOW}
    rows.put_marks(connection, number, [{**given, "item": item, "points": Decimal(3)} for item in ("hear", "read")])
    rows.put_marks(connection, number, [{**given, "item": "read", "points": Decimal("4.5")}])
    rows.put_marks(connection, number, [])
    found = rows.marks_of(connection, [number])
    assert {row.item: row.points for row in found[number]} == {"hear": Decimal(3), "read": Decimal("4.5")}


def test_the_newest_version_is_in_force_until_its_last_day(connection: sa.Connection, sample: Sample):
    first = publish(connection, sample)
    second = publish(connection, sample, version="2", from_on=TOMORROW)
    other = publish(connection, sample, plan="other")
    assert [row.id for row in plans.in_force(connection, YESTERDAY)] == []
    assert [row.id for row in plans.in_force(connection, DAY)] == [first, other]
    assert [row.id for row in plans.in_force(connection, TOMORROW)] == [second, other]
    assert [row.id for row in plans.live(connection, DAY)] == [first, other, second]
    plans.end(connection, second, TOMORROW)
    after = TOMORROW + timedelta(days=1)
    assert [row.id for row in plans.in_force(connection, after)] == [other], "the older one does not come back"
    newest = plans.newest(connection, "beats")
    assert newest is not None
    assert (newest.id, newest.until) == (second, TOMORROW)
    assert plans.newest(connection, "none") is None


def test_a_version_is_published_once(connection: sa.Connection, sample: Sample):
    number = publish(connection, sample)
    assert plans.find(connection, "beats", "1") == (number, "hash")
    assert plans.find(connection, "beats", "2") is None
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        publish(connection, sample)


@pytest.mark.parametrize(
    ("reached", "ended", "next_from", "expected"),
    [
        (None, None, None, (True, None)),
        (DAY, None, None, (True, None)),
        (None, TOMORROW, None, (True, TOMORROW)),
        (DAY, TOMORROW, None, (True, TOMORROW)),
        (TOMORROW, TOMORROW, None, (False, None)),
        (DAY, None, TOMORROW, (False, None)),
        (YESTERDAY, None, TOMORROW, (True, DAY)),
        (None, None, DAY, (False, None)),
        (None, YESTERDAY, None, (False, None)),
    ],
)
def test_a_version_stands_until_it_is_issued_to_its_end(
    connection: sa.Connection,
    sample: Sample,
    reached: date | None,
    ended: date | None,
    next_from: date | None,
    expected: tuple[bool, date | None],
):
    number = publish(connection, sample, until_on=ended)
    plans.reach(connection, number, reached, "one:2026-03:7")
    if next_from is not None:
        publish(connection, sample, version="2", from_on=next_from)
    found = [row for row in plans.standing(connection, TOMORROW) if row.id == number]
    assert bool(found) == expected[0]
    assert [(row.last, row.through, row.cursor) for row in found] == [(expected[1], reached, "one:2026-03:7")] * len(
        found
    )


def test_what_of_a_plan_has_tasks_whatever_version_issued_it(connection: sa.Connection, sample: Sample):
    first, second = publish(connection, sample), publish(connection, sample, version="2")
    other = publish(connection, sample, plan="other")
    for key, plan, obligation in (
        ("a", first, "one"),
        ("b", first, "one"),
        ("c", second, "two"),
        ("d", other, "three"),
    ):
        add(connection, sample, key, plan_id=plan, obligation=obligation)
    assert plans.issued(connection, "beats") == {"one:2026-03", "two:2026-03"}
    assert plans.issued(connection, "beats", but=second) == {"one:2026-03"}


def test_units_of_a_kind_are_called_page_by_page(connection: sa.Connection, sample: Sample):
    everywhere = Page("/1/", DAY)
    assert [one.unit for one in audience.units(connection, everywhere, "branch")] == [sample.first, sample.second]
    assert [one.unit for one in audience.units(connection, Page("/1/3/", DAY), "branch")] == [sample.second]
    assert [one.unit for one in audience.units(connection, everywhere, "committee")] == [sample.committee]
    after = audience.units(connection, Page("/1/", DAY, sample.first, 1), "branch")
    assert [(one.number, one.unit_name, one.member) for one in after] == [(sample.second, "second", None)]


def test_a_closed_unit_is_called_no_more(connection: sa.Connection, sample: Sample):
    closed = sa.update(members.unit).where(members.unit.c.id == sample.second)
    connection.execute(closed.values(closed_on=YESTERDAY))
    assert [one.unit for one in audience.units(connection, Page("/1/", DAY), "branch")] == [sample.first]
    assert [one.member for one in audience.people(connection, Page("/1/", DAY), "branch", ())] == [
        sample.wang,
        sample.li,
    ]


def test_members_are_called_who_are_there_that_day_of_the_classes_asked_for(connection: sa.Connection, sample: Sample):
    gone, coming, staff = (add_member(connection, name) for name in ("gone", "coming", "staff"))
    join(connection, gone, sample.first, end=YESTERDAY)
    join(connection, coming, sample.first, start=TOMORROW)
    join(connection, staff, sample.committee)
    connection.execute(sa.update(members.member).where(members.member.c.id == sample.li).values({"class": "other"}))

    def called(page: Page, kind: str = "branch", *classes: str) -> list[int | None]:
        return [one.member for one in audience.people(connection, page, kind, classes)]

    assert called(Page("/1/", DAY)) == [sample.wang, sample.li, sample.zhao]
    assert called(Page("/1/2/", DAY), "branch", "member") == [sample.wang]
    assert called(Page("/1/", DAY), "branch", "member", "other") == [sample.wang, sample.li, sample.zhao]
    assert called(Page("/1/", TOMORROW))[-1] == coming
    assert called(Page("/1/", DAY), "committee") == [staff]
    first = audience.people(connection, Page("/1/", DAY, most=2), "branch", ())
    rest = audience.people(connection, Page("/1/", DAY, first[-1].number, 2), "branch", ())
    assert [one.member for one in (*first, *rest)] == [sample.wang, sample.li, sample.zhao]


def test_holders_are_called_themselves_in_whatever_unit(connection: sa.Connection, sample: Sample):
    deep = add_unit(connection, "deep", "organisation", sample.committee, "/1/9/")
    appoint(connection, sample.wang, "secretary", sample.first)
    appoint(connection, sample.li, "officer", deep)
    appoint(connection, sample.zhao, "secretary", sample.second, end=YESTERDAY)
    found = audience.holders(connection, Page("/1/", DAY), ("secretary", "officer"))
    assert [(one.member, one.unit) for one in found] == [(sample.wang, sample.first), (sample.li, deep)]
