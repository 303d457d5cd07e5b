"""A restart goes on where it was; downtime gives each reminder once."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.app import build
from bot.clock import Clock
from bot.opening import open_parts
from storage.outbox import notice, outbox
from tests.flows.people import People
from tests.houses import START, Place, on_both

pytestmark = on_both


class House:
    """The same data, opened again and again, each time at some instant."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.client: TestClient | None = None

    def open(self, now: datetime = START) -> People:
        parts = open_parts(self.place.settings(), Clock(lambda: now))
        self.client = TestClient(build(parts, demo=True))
        self.client.__enter__()
        return People(self.client, parts)

    def close(self) -> None:
        if self.client is not None:
            self.client.__exit__(None, None, None)
            self.client = None


@pytest.fixture
def house(place: Place):
    found = House(place)
    yield found
    found.close()


def test_a_dialog_and_its_buttons_live_through_a_restart(house: House):
    people = house.open()
    people["m03"].say("申报")
    people["m03"].tap("政治合格")
    people["m03"].tap("学习")
    tokens = people["m03"].screens
    house.close()
    people = house.open()
    people["m03"].screens = tokens
    people["m03"].say("2")
    assert "学习 2次" in people["m03"].text
    people["m03"].tap("确认")
    assert "已提交" in people["m03"].text


def test_the_same_id_gives_the_same_reply_after_a_restart(house: House):
    people = house.open()
    people["m03"].say("申报 志愿服务 2")
    token = people["m03"].token("确认")
    first = people["m03"].post(token=token, id="once")
    house.close()
    people = house.open()
    assert people["m03"].post(token=token, id="once") == first
    people["m01"].say("审核")
    assert people["m01"].text.count("孙柏青") == 1


def test_six_days_of_downtime_give_one_digest_and_the_missed_steps_lapse(house: House):
    people = house.open()
    before = len(people["m03"].inbox())
    house.close()
    people = house.open(datetime(2026, 11, 28, 2, 0, tzinfo=UTC))
    got = people["m03"].inbox()[before:]
    assert [item["kind"] for item in got] == ["declare_reminder"]
    states = (
        sa.select(notice.c.state, sa.func.count()).where(notice.c.kind == "declare_reminder").group_by(notice.c.state)
    )
    counts = {row[0]: row[1] for row in people.parts.database.read(lambda c: c.execute(states).all())}
    assert counts["lapsed"] == 2 * counts["composed"], "of the steps 7, 3 and 1 the newest is told, the others lapse"
    house.close()
    people = house.open(datetime(2026, 11, 28, 9, 0, tzinfo=UTC))
    assert len(people["m03"].inbox()) == before + 1


def test_before_the_hour_of_the_digest_nothing_is_sent(house: House):
    people = house.open()
    before = len(people["m03"].inbox())
    house.close()
    people = house.open(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    assert len(people["m03"].inbox()) == before


def test_what_was_being_sent_when_the_process_died_is_sent_once(house: House):
    people = house.open()
    people["m03"].say("申报 学习 1")
    people["m03"].tap("确认")
    people["m01"].say("审核")
    people["m01"].tap("全部通过")
    before = people["m03"].inbox()
    gone = {"state": "sending", "claimed_until": None}  # its claim ran out
    dying = sa.update(outbox).where(outbox.c.key.startswith("urgent:")).values(gone)
    assert people.parts.database.write(lambda c: c.execute(dying).rowcount) == 1
    house.close()
    people = house.open()
    for _ in range(200):
        if len(people["m03"].inbox()) == len(before):
            break
    assert people["m03"].inbox() == before
