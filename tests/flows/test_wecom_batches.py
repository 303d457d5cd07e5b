"""Equal notices go out in one call, whose recipients are refused one by one, and which nobody sees twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import members, outbox
from storage.batches import batch
from storage.engine import Connection
from tests.flows.wecom import App, house, wecom
from tests.peers.wxplatform import Platform

pytestmark = pytest.mark.needs("node")
CODES = [f"m{number:02d}" for number in range(3, 20)]


@pytest.fixture
def app(folder: Path) -> Iterator[App]:
    with wecom(folder) as found:
        yield found


def notify_all(app: App, codes: list[str]) -> None:
    """The same notice for several members, made in one unit."""
    for code in codes:
        app.bound(code)

    def tell(connection: Connection) -> None:
        numbers = [members.member_by_code(connection, code) for code in codes]
        fixed = {"kind": "identity_bound", "facts": {"channel": "wecom", "declares": True}}
        now = app.parts.clock.now()
        rows = [{**fixed, "member_id": each, "key": f"told:{each}", "made_at": now} for each in numbers]
        outbox.tell(connection, rows)

    app.parts.database.write(tell)


def calls(app: App) -> list[dict[str, Any]]:
    return [each["body"] for each in app.platform.calls("/message/send")]


def test_equal_notices_are_one_call_and_a_row_for_each_member(app: App):
    notify_all(app, CODES)
    app.until(lambda: app.states() == ["sent"] * len(CODES))
    (call,) = calls(app)
    assert call["touser"].split("|") == [f"user-{code}" for code in CODES]
    attempts = [row for row in app.rows(outbox.delivery) if row.channel == "wecom"]
    assert [row.result for row in attempts] == ["sent"] * len(CODES), "the ledger is each person's"


def test_a_button_of_a_batch_works_for_each_who_got_it_and_for_nobody_else(app: App):
    notify_all(app, CODES[:3])
    for code in CODES[:3]:
        member = app.bound(code)
        member.sees("已绑定")
        member.presses("申报", "申报")
    key = member.shown["content"].get("task_id", "x@r1-1")
    stranger = app.colleague("nobody")
    app.platform.event("nobody", "template_card_event", key.split("@")[0], TaskId=key, ResponseCode="RC")
    assert "申报" not in stranger.sees().splitlines()[0]


def test_those_refused_are_told_elsewhere_one_by_one(app: App):
    app.platform.config(users=[f"user-{code}" for code in CODES[:-3]], unlicensed=["user-m03"])
    lost = [*CODES[-3:], "m03"]
    before = {code: len(app.people[code].inbox()) for code in CODES}
    notify_all(app, CODES)
    app.until(lambda: "sending" not in app.states() and "due" not in app.states())
    app.until(lambda: all(len(app.people[code].inbox()) == before[code] + (code in lost) for code in CODES))
    assert sorted(app.states()) == ["failed"] * 4 + ["sent"] * (len(CODES) - 4)
    assert len(calls(app)) == 1


def test_a_call_whose_answer_is_lost_is_made_again_as_it_was(app: App):
    app.platform.fault("/message/send", drop=True)
    notify_all(app, CODES)
    app.until(lambda: [row.code for row in app.rows(outbox.delivery)].count("connection_lost") == len(CODES))
    app.later(minutes=5)
    app.until(lambda: app.states() == ["sent"] * len(CODES))
    first, again = calls(app)
    assert first == again
    assert all(len(app.platform.shown(f"user-{code}")) == 1 for code in CODES)


def test_a_process_that_died_before_the_result_was_stored_tells_nobody_twice(folder: Path):
    with Platform("wecom").serving() as platform:
        with house(folder, platform) as app:
            notify_all(app, CODES)
            app.until(lambda: app.states() == ["sent"] * len(CODES))
            now = app.parts.clock.now()
        with house(folder, platform, now) as app:
            c = outbox.outbox.c
            # as a kill between the call and its result leaves it; meanwhile one of them has been unbound
            unsettled = sa.update(outbox.outbox).where(c.channel == "wecom").values(state="due", settled_at=None)
            gone = sa.update(outbox.outbox).where(c.address == "user-m05").values(state="cancelled")
            app.parts.database.write(
                lambda connection: [connection.execute(each).rowcount for each in (unsettled, gone)]
            )
            app.until(lambda: sorted(app.states()) == ["cancelled"] + ["sent"] * (len(CODES) - 1))
            first, again = calls(app)
            assert first == again
            assert all(len(platform.shown(f"user-{code}")) == 1 for code in CODES)
            assert len(app.rows(batch)) == 1
