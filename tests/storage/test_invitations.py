"""A personal link and the session it opens."""

from datetime import timedelta

import sqlalchemy as sa

from storage import invitations
from tests.storage.sample import NOW, Sample

LATER = NOW + timedelta(days=1)


def invite(connection: sa.Connection, token_hash: str, who: int) -> None:
    values = {"token_hash": token_hash, "member_id": who, "pin_hash": "p", "issued_by": None, "issued_at": NOW}
    invitations.replace(connection, values | {"expires_at": LATER, "attempts": 0, "used_at": None})


def test_a_new_invitation_ends_the_ones_of_the_member_before(connection: sa.Connection, sample: Sample):
    invite(connection, "a", sample.wang)
    invite(connection, "b", sample.li)
    invite(connection, "c", sample.wang)
    found = {name: invitations.find(connection, name) for name in "abc"}
    assert {name: row and row.member for name, row in found.items()} == {"a": None, "b": sample.li, "c": sample.wang}


def test_wrong_pins_are_counted_and_a_used_invitation_says_so(connection: sa.Connection, sample: Sample):
    invite(connection, "a", sample.wang)
    invite(connection, "b", sample.li)
    invitations.count_attempt(connection, "a")
    invitations.count_attempt(connection, "a")
    invitations.spend(connection, "a", NOW)
    first, second = invitations.find(connection, "a"), invitations.find(connection, "b")
    assert first is not None
    assert second is not None
    assert (first.attempts, first.used_at, first.expires_at) == (2, NOW, LATER)
    assert (second.attempts, second.used_at) == (0, None)


def test_a_session_is_open_until_it_expires_or_is_closed(connection: sa.Connection, sample: Sample):
    invitations.open_session(connection, "k", sample.wang, NOW, LATER)
    invitations.open_session(connection, "l", sample.li, NOW, LATER)
    assert invitations.session_member(connection, "k", LATER - timedelta(seconds=1)) == sample.wang
    assert invitations.session_member(connection, "k", LATER) is None
    assert invitations.session_member(connection, "unknown", NOW) is None
    invitations.close_session(connection, "k")
    assert invitations.session_member(connection, "k", NOW) is None
    assert invitations.session_member(connection, "l", NOW) == sample.li
