"""Who belongs where, who holds which role, and who acts for him, on a given day."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from rules.access import Actor, Grant, Holder
from storage import identities, members
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
    stand_in,
)

EVER = date(2020, 1, 1)
# from, until, whether it holds on DAY
TERMS = [
    pytest.param(EVER, None, True, id="open"),
    pytest.param(EVER, YESTERDAY, False, id="ended yesterday"),
    pytest.param(EVER, DAY, True, id="ends today"),
    pytest.param(DAY, None, True, id="begins today"),
    pytest.param(TOMORROW, None, False, id="begins tomorrow"),
    pytest.param(DAY, DAY, True, id="today only"),
]


@pytest.mark.parametrize(("start", "end", "holds"), TERMS)
def test_a_member_belongs_to_a_unit_from_the_first_day_to_the_last(
    connection: sa.Connection, sample: Sample, start: date, end: date | None, holds: bool
):
    who = add_member(connection, "new")
    join(connection, who, sample.first, start, end)
    person = members.person(connection, who, DAY)
    assert (person is not None) is holds
    assert (who in [found.id for found in members.people_of(connection, sample.first, DAY)]) is holds
    assert (who in [found.id for found in members.people_under(connection, "/1/", DAY)]) is holds


def test_a_member_who_moves_belongs_to_one_unit_each_day(connection: sa.Connection, sample: Sample):
    who = add_member(connection, "mover")
    join(connection, who, sample.first, EVER, YESTERDAY)
    join(connection, who, sample.second, DAY)
    found = [members.person(connection, who, day) for day in (YESTERDAY, DAY)]
    assert [person.unit if person else None for person in found] == [sample.first, sample.second]


def test_the_same_membership_is_entered_once(connection: sa.Connection, sample: Sample):
    with pytest.raises(sa.exc.IntegrityError):
        join(connection, sample.wang, sample.first)


def test_people_below_a_path_stand_in_the_order_of_the_tree(connection: sa.Connection, sample: Sample):
    join(connection, add_member(connection, "an"), sample.first)
    join(connection, add_member(connection, "chief"), sample.committee)
    assert [person.code for person in members.people_under(connection, "/1/", DAY)] == ["an", "li", "wang", "zhao"]
    assert [person.code for person in members.people_under(connection, "/1/", DAY, "committee")] == ["chief"]
    assert [person.code for person in members.people_of(connection, sample.first, DAY)] == ["an", "li", "wang"]


def test_a_path_takes_in_what_lies_below_it_and_not_what_begins_with_the_same_digits(
    connection: sa.Connection, sample: Sample
):
    below = add_unit(connection, "below", "branch", sample.first, "/1/2/9/")
    beside = add_unit(connection, "beside", "branch", sample.committee, "/1/20/")
    join(connection, add_member(connection, "neighbour"), beside)
    assert [row.id for row in members.units_under(connection, "/1/2/")] == [sample.first, below]
    assert [row.id for row in members.units_under(connection, "/1/", "branch")] == [
        sample.first,
        below,
        beside,
        sample.second,
    ]
    assert [person.code for person in members.people_under(connection, "/1/2/", DAY)] == ["li", "wang"]


def test_units_are_found_by_number_with_their_parent(connection: sa.Connection, sample: Sample):
    found = members.units_by_ids(connection, [sample.first, sample.committee, 999])
    assert {number: (row.path, row.parent) for number, row in found.items()} == {
        sample.committee: ("/1/", None),
        sample.first: ("/1/2/", sample.committee),
    }


@pytest.mark.parametrize(("start", "end", "holds"), TERMS)
def test_a_role_is_held_from_the_first_day_to_the_last(
    connection: sa.Connection, sample: Sample, start: date, end: date | None, holds: bool
):
    appoint(connection, sample.wang, "secretary", sample.first, start, end)
    grant, holder = Grant("secretary", sample.first, "/1/2/"), Holder(sample.wang)
    assert members.grants_of(connection, sample.wang, DAY) == ((grant,) if holds else ())
    found = members.holders(connection, ("secretary",), [sample.first, sample.second], DAY)
    assert found == {sample.first: [holder] if holds else [], sample.second: []}


@pytest.mark.parametrize(("start", "end", "holds"), TERMS)
def test_a_deputy_acts_from_the_first_day_to_the_last(
    connection: sa.Connection, sample: Sample, start: date, end: date | None, holds: bool
):
    appoint(connection, sample.wang, "secretary", sample.first)
    stand_in(connection, sample.li, sample.wang, sample.first, start=start, end=end)
    grant = Grant("secretary", sample.first, "/1/2/", behalf=sample.wang)
    assert members.grants_of(connection, sample.li, DAY) == ((grant,) if holds else ())
    found = members.holders(connection, ("secretary",), [sample.first], DAY)[sample.first]
    assert found == [Holder(sample.wang), *([Holder(sample.li, deputy_of=sample.wang)] if holds else [])]


@pytest.mark.parametrize(("start", "end", "holds"), TERMS)
def test_a_deputy_acts_only_while_his_principal_holds_the_role(
    connection: sa.Connection, sample: Sample, start: date, end: date | None, holds: bool
):
    appoint(connection, sample.wang, "secretary", sample.first, start, end)
    stand_in(connection, sample.li, sample.wang, sample.first)
    assert len(members.grants_of(connection, sample.li, DAY)) == holds
    assert len(members.holders(connection, ("secretary",), [sample.first], DAY)[sample.first]) == 2 * holds


def test_a_deputy_stands_in_for_one_role_in_one_unit(connection: sa.Connection, sample: Sample):
    appoint(connection, sample.wang, "secretary", sample.first)
    appoint(connection, sample.wang, "officer", sample.committee)
    stand_in(connection, sample.li, sample.wang, sample.second)
    stand_in(connection, sample.li, sample.wang, sample.committee, "officer")
    assert members.grants_of(connection, sample.li, DAY) == (
        Grant("officer", sample.committee, "/1/", behalf=sample.wang),
    )
    found = members.holders(connection, ("secretary",), [sample.first, sample.second], DAY)
    assert found == {sample.first: [Holder(sample.wang)], sample.second: []}


def test_only_the_roles_asked_for_are_counted(connection: sa.Connection, sample: Sample):
    appoint(connection, sample.wang, "secretary", sample.first)
    appoint(connection, sample.li, "instructor", sample.first)
    found = members.holders(connection, ("secretary", "officer"), [sample.first], DAY)
    assert found == {sample.first: [Holder(sample.wang)]}


def test_an_actor_has_his_unit_and_his_roles_of_the_day(connection: sa.Connection, sample: Sample):
    appoint(connection, sample.wang, "secretary", sample.first)
    assert members.actor(connection, sample.wang, DAY) == Actor(
        sample.wang, "wang", sample.first, "/1/2/", (Grant("secretary", sample.first, "/1/2/"),), declares=True
    )
    assert members.actor(connection, add_member(connection, "stranger"), DAY) is None


def test_staff_of_the_committee_declare_nothing(connection: sa.Connection, sample: Sample):
    chief = add_member(connection, "chief")
    join(connection, chief, sample.committee)
    assert members.actor(connection, chief, DAY) == Actor(chief, "chief", sample.committee, "/1/", declares=False)


def test_an_address_is_bound_to_one_member(connection: sa.Connection, sample: Sample):
    assert members.bind(connection, "webchat", "a", sample.wang, NOW) is True
    assert members.bind(connection, "webchat", "a", sample.wang, NOW) is False
    assert members.bind(connection, "webchat", "a", sample.li, NOW) is False
    assert members.bind(connection, "telegram", "a", sample.li, NOW) is True
    assert members.bound_member(connection, "webchat", "a") == sample.wang
    assert members.bound_member(connection, "webchat", "b") is None


def test_the_database_refuses_a_second_live_binding_but_keeps_the_ended_ones(connection: sa.Connection, sample: Sample):
    members.bind(connection, "webchat", "a", sample.wang, NOW)
    second = {"channel": "webchat", "address": "a", "member_id": sample.li, "bound_at": NOW}
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        members.insert(connection, members.identity, second)
    connection.execute(sa.update(members.identity).values(unbound_at=NOW))
    assert members.bound_member(connection, "webchat", "a") is None
    assert members.bind(connection, "webchat", "a", sample.li, NOW) is True
    assert members.bound_member(connection, "webchat", "a") == sample.li


def test_a_member_is_written_to_at_the_address_bound_last(connection: sa.Connection, sample: Sample):
    members.bind(connection, "telegram", "1", sample.wang, NOW + timedelta(days=1))
    members.bind(connection, "webchat", "2", sample.wang, NOW)
    members.bind(connection, "webchat", "3", sample.li, NOW)
    found = members.addresses_of(connection, [sample.wang, sample.zhao])
    assert found == {sample.wang: ("telegram", "1")}


def test_everybody_bound_to_a_channel_can_be_reached(connection: sa.Connection, sample: Sample):
    appoint(connection, sample.zhao, "secretary", sample.second)
    for who in (sample.zhao, sample.wang):
        members.bind(connection, "webchat", f"{who}", who, NOW)
    members.bind(connection, "telegram", "li", sample.li, NOW)
    found = identities.reachable(connection, "webchat", DAY)
    assert [(person.code, person.unit_name, person.role) for person in found] == [
        ("wang", "first", "member"),
        ("zhao", "second", "secretary"),
    ]


def test_a_row_that_points_nowhere_is_refused(connection: sa.Connection, sample: Sample):
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
        join(connection, sample.wang, 999)
