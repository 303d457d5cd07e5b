"""An announcement to many goes out in slices, goes on after a restart, and reaches nobody twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts
from bot.sender import Sender
from bot.webchat import WebChannel
from handlers.announcements.status import AnnouncementState, AnnouncementStatus, SentAnnouncements, WithdrawAnnouncement
from handlers.announcements.waves import SLICE, Spread
from handlers.announcements.writing import AnnouncementPreview, SendAnnouncement, WriteAnnouncement
from handlers.context import Refused
from rules.access import SYSTEM, Actor
from storage import members, outbox
from storage.engine import Connection
from tests.houses import START

MANY = 2 * SLICE + 100
SINCE = date(2020, 1, 1)
TODAY = date(2026, 11, 22)


def plant(connection: Connection) -> int:
    """A committee with one member who may announce, and a branch of many."""
    units = [
        {"id": 1, "code": "top", "kind": "committee", "name": "机关工委", "parent_id": None, "path": "/1/"},
        {"id": 2, "code": "branch", "kind": "branch", "name": "第一支部", "parent_id": 1, "path": "/1/2/"},
    ]
    connection.execute(sa.insert(members.unit), units)
    people = [{"id": n, "code": f"m{n:04}", "name": f"成员{n}", "class": "full"} for n in range(1, MANY + 2)]
    connection.execute(sa.insert(members.member), people)
    belongs = [{"member_id": row["id"], "unit_id": 1 if row["id"] == 1 else 2, "from_on": SINCE} for row in people]
    connection.execute(sa.insert(members.membership), belongs)
    holds = {"member_id": 1, "role": "committee", "unit_id": 1, "from_on": SINCE}
    connection.execute(sa.insert(members.role), holds)
    bound = [
        {"channel": "webchat", "address": row["code"], "member_id": row["id"], "bound_at": START} for row in people[1:]
    ]
    connection.execute(sa.insert(members.identity), bound)
    return 1


@pytest.fixture
def big(tmp_path: Path) -> Iterator[Parts]:
    parts = open_parts(Settings(data=tmp_path), Clock(lambda: START))
    parts.database.write(plant)
    yield parts
    parts.close()


def boss(parts: Parts) -> Actor:
    found = parts.database.read(lambda connection: members.actor(connection, 1, TODAY))
    assert found is not None
    return found


def begun(parts: Parts) -> int:
    """Writes and sends an announcement; one slice of its recipients is told by that."""
    answer = parts.desk.do(boss(parts), WriteAnnouncement("标题\n正文", key="form:1"), START)
    assert isinstance(answer, AnnouncementPreview)
    assert answer.recipients == MANY
    parts.desk.do(boss(parts), SendAnnouncement(answer.draft.id), START)
    return answer.draft.id


def standing(parts: Parts, number: int) -> AnnouncementState:
    answer = parts.desk.ask(boss(parts), AnnouncementStatus(number), START)
    assert isinstance(answer, AnnouncementState)
    return answer


def sender(parts: Parts) -> Sender:
    return Sender(parts.desk, parts.clock, {"webchat": WebChannel()}, "zh_CN", "http://localhost")


def messages(parts: Parts) -> Counter[tuple[int, str]]:
    """Member and kind of what was delivered."""
    c = outbox.outbox.c
    query = sa.select(c.member_id, c.body).where(c.state == "sent")
    return parts.database.read(
        lambda connection: Counter((row.member_id, row.body["kind"]) for row in connection.execute(query))
    )


def test_a_restart_between_slices_loses_nobody_and_tells_nobody_twice(big: Parts, tmp_path: Path):
    number = begun(big)
    assert standing(big, number).standing.told == SLICE
    assert big.desk.do(SYSTEM, Spread(), START).done == 1
    assert standing(big, number).standing.told == 2 * SLICE
    big.close()
    again = open_parts(Settings(data=tmp_path), Clock(lambda: START))
    asyncio.run(sender(again).drain())
    told = messages(again)
    assert len(told) == MANY
    assert set(told.values()) == {1}
    assert {kind for _, kind in told} == {"announcement"}
    found = standing(again, number)
    assert (found.standing.told, found.standing.reached) == (MANY, MANY)
    assert again.desk.do(SYSTEM, Spread(), START).done == 0
    again.close()


def test_who_joins_after_sending_is_not_told_by_a_later_slice(big: Parts):
    number = begun(big)

    def welcome(connection: Connection) -> None:
        values = {"code": "new", "name": "新成员", "class": "full"}
        newcomer = members.insert(connection, members.member, values)
        joined = {"member_id": newcomer, "unit_id": 2, "from_on": date(2026, 11, 23)}
        members.insert(connection, members.membership, joined)

    big.database.write(welcome)
    asyncio.run(sender(big).drain())
    assert standing(big, number).standing.told == MANY


def test_withdrawn_while_being_sent_the_rest_hears_nothing_at_all(big: Parts):
    number = begun(big)
    big.desk.do(boss(big), WithdrawAnnouncement(number, confirmed=True), START)
    asyncio.run(sender(big).drain())
    assert messages(big) == Counter(), "the first slice was told, but nothing had left yet"
    found = standing(big, number)
    assert found.standing.told == SLICE
    assert not found.may_urge


def test_withdrawn_after_some_messages_left_only_their_recipients_hear_of_it(big: Parts):
    number = begun(big)
    asyncio.run(sender(big).drain())
    big.desk.do(boss(big), WithdrawAnnouncement(number, confirmed=True), START)
    big.desk.do(boss(big), WithdrawAnnouncement(number, confirmed=True), START)
    asyncio.run(sender(big).drain())
    told = messages(big)
    assert set(told.values()) == {1}
    assert len([kind for _, kind in told if kind == "announcement_withdrawn"]) == MANY


def test_a_form_sent_twice_is_one_announcement(big: Parts):
    number = begun(big)
    answer = big.desk.do(boss(big), WriteAnnouncement("标题\n正文", key="form:1"), START)
    assert isinstance(answer, AnnouncementState)
    assert answer.row.id == number
    listed = big.desk.ask(boss(big), SentAnnouncements(everything=True), START)
    assert [row.number for row in listed.rows] == [number]


def test_nobody_else_s_key_opens_an_announcement(big: Parts):
    begun(big)
    other = replace(boss(big), member=2)
    answer = big.desk.do(other, WriteAnnouncement("标题\n正文", key="form:1"), START)
    assert isinstance(answer, Refused)
    assert answer.problems[0].code == "announcement_unknown"
