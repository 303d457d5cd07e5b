"""What Telegram may answer to a message, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.members import identity
from storage.outbox import delivery, notice, outbox
from tests.flows.telegram import Telegram, house, telegram
from tests.peers.botapi import BotApi


@pytest.fixture
def running(folder: Path) -> Iterator[Telegram]:
    with telegram(folder) as found:
        yield found


def column(house: Telegram, query: sa.Select[tuple[object]]) -> list[object]:
    return list(house.parts.database.read(lambda connection: connection.execute(query).scalars().all()))


def test_who_blocks_the_bot_gets_it_in_the_web_chat_until_he_writes_again(running: Telegram):
    member = running.bound("m03")
    before = len(running.pushed("m03"))
    running.api.fail("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    running.notify("m03", "a")
    running.until(lambda: len(running.pushed("m03")) == before + 1)
    running.notify("m03", "b")
    running.until(lambda: len(running.pushed("m03")) == before + 2)
    assert len(running.api.calls("sendMessage")) == 1, "who cannot be reached is passed over"
    member.says("帮助")
    member.sees("可以这样输入")
    running.notify("m03", "c")
    member.sees("绑定")
    assert len(running.pushed("m03")) == before + 2
    states = column(running, sa.select(notice.c.state).where(notice.c.key.in_(["a", "b", "c"])))
    assert states == ["composed"] * 3


def test_the_platform_says_who_blocked_and_who_came_back(running: Telegram):
    member = running.bound("m03")
    blocked = sa.select(identity.c.blocked_at).where(identity.c.address == str(member.id))
    member.blocks()
    running.until(lambda: column(running, blocked) != [None])
    member.blocks(False)
    running.until(lambda: column(running, blocked) == [None])


def test_a_chat_that_moved_is_moved_once(running: Telegram):
    running.api.group(-500, "一人群", running.api.person(77, "某", started=True))
    member = running.member("m03")
    change = sa.insert(identity).values(
        channel="telegram", address="-500", member_id=member, bound_at=running.parts.clock.now()
    )
    running.parts.database.write(lambda connection: connection.execute(change).rowcount)
    running.api.do("migrate", {"chat": -500, "to": -100500})
    running.notify("m03", "a")
    moved = sa.select(identity.c.address).where(identity.c.member_id == member, identity.c.channel == "telegram")
    running.until(lambda: column(running, moved) == ["-100500"])
    sent = sa.select(outbox.c.address).where(outbox.c["class"] == "urgent", outbox.c.state == "sent")
    running.until(lambda: column(running, sent.where(outbox.c.channel == "telegram")) == ["-100500"])


def test_a_chat_told_to_wait_rests_and_others_do_not(running: Telegram):
    first, second = running.bound("m03"), running.bound("m04")
    wait = {"retry_after": 2}
    running.api.fail("sendMessage", status=429, description="Too Many Requests", parameters=wait, chat=first.id)
    running.notify("m03", "a")
    running.api.called("sendMessage")
    running.notify("m04", "b")
    second.sees("绑定")
    assert first.unseen() == []
    first.sees("绑定")
    tried = [call["at"] for call in running.api.calls("sendMessage") if call["facts"]["chat_id"] == first.id]
    assert len(tried) == 2
    assert tried[1] - tried[0] >= 2


def test_what_may_have_arrived_is_not_sent_again(running: Telegram):
    member = running.bound("m03")
    running.api.fail("sendMessage", "drop")
    running.notify("m03", "a")
    member.sees("绑定")
    running.until(lambda: running.states() == {"unknown": 1})
    running.notify("m03", "b")
    member.sees("绑定")
    assert len(running.api.calls("sendMessage")) == 2


def test_what_did_not_leave_is_due_again(running: Telegram):
    running.bound("m03")
    running.api.fail("sendMessage", status=502, description="Bad Gateway")
    running.notify("m03", "a")
    running.until(lambda: bool(column(running, sa.select(delivery.c.code).where(delivery.c.code == "server_error"))))
    assert running.states() == {"due": 1}


def test_a_message_that_cannot_be_edited_is_sent_anew(running: Telegram):
    member = running.bound("m03")
    member.says("申报 学习 1")
    draft = member.sees("学习 1")
    running.api.fail("editMessageText", status=400, description="Bad Request: message can't be edited")
    member.presses(draft, "确认")
    assert member.sees("已提交", kind="message").id > draft.id


def test_an_edit_that_changes_nothing_is_done(running: Telegram):
    member = running.bound("m03")
    member.says("首页")
    home = member.sees("积分")
    running.api.fail("editMessageText", status=400, description="Bad Request: message is not modified: same")
    member.presses(home, "帮助")
    running.until(lambda: running.states() == {"sent": 2})
    assert len(running.api.calls("sendMessage")) == 1


def test_two_pollers_wait_for_one_another_and_lose_nothing(running: Telegram):
    member = running.bound("m03")
    running.api.fail("getUpdates", status=409, description="Conflict: terminated by other getUpdates request")
    member.says("帮助")
    member.sees("可以这样输入")


def test_a_pressed_button_is_answered_and_a_failure_delays_nobody(running: Telegram):
    member = running.bound("m03")
    member.says("首页")
    home = member.sees("积分")
    running.api.fail("answerCallbackQuery", status=400, description="Bad Request: query is too old")
    member.presses(home, "帮助")
    member.sees("可以这样输入", kind="edit")
    running.api.called("answerCallbackQuery")


@pytest.mark.parametrize(("kind", "state", "calls"), [("digest", "unknown", 0), ("reply", "sent", 1)])
def test_a_restart_sends_a_reply_again_and_leaves_a_notice_unknown(folder: Path, kind: str, state: str, calls: int):
    with BotApi().serving() as api:
        with house(folder, api) as found:
            member = found.bound("m03")
            member.says("帮助")
            member.sees("可以这样输入")
            found.until(lambda: found.states() == {"sent": 1})
        before = len(api.calls("sendMessage"))
        with house(folder, api) as found:
            dying = sa.update(outbox).where(outbox.c.channel == "telegram").values({"state": "sending", "class": kind})
            found.parts.database.write(lambda connection: connection.execute(dying).rowcount)
        with house(folder, api) as found:
            found.until(lambda: found.states() == {state: 1})
        assert len(api.calls("sendMessage")) - before == calls
