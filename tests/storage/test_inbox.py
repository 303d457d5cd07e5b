"""A message is answered once; buttons and questions belong to one address."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage import inbox
from storage.inbox import DialogRow
from tests.storage.sample import NOW

LATER = NOW + timedelta(hours=1)
REPLY = [{"title": "申报", "lines": ["学习 2 次"], "choices": [{"label": "确认", "token": "abc"}]}]


def message(external_id: str = "1", channel: str = "webchat", address: str = "a", **changed: Any) -> dict[str, Any]:
    values = {
        "channel": channel,
        "external_id": external_id,
        "address": address,
        "member_id": None,
        "said": {"text": "申报"},
        "reply": REPLY,
        "state": "done",
        "error": None,
        "received_at": NOW,
    }
    return values | changed


def button(text: str, address: str = "a", channel: str = "webchat", **changed: Any) -> dict[str, Any]:
    values = {
        "token": text,
        "channel": channel,
        "address": address,
        "position": 0,
        "label": text,
        "kind": "Home",
        "args": {},
        "pushed": False,
        "state": "live",
        "expires_at": LATER,
    }
    return values | changed


def question(kind: str = "Declare", expires_at: datetime = LATER) -> DialogRow:
    return DialogRow(kind, {"line": 1, "tags": ["a"]}, "quantity", "number", expires_at)


def state_of(connection: sa.Connection, text: str) -> str | None:
    return connection.execute(sa.select(inbox.token.c.state).where(inbox.token.c.token == text)).scalar()


def test_a_message_seen_before_has_the_reply_it_was_given(connection: sa.Connection):
    inbox.keep(connection, message("7"))
    assert inbox.reply_to(connection, "webchat", "7") == REPLY


@pytest.mark.parametrize(("channel", "external_id"), [("webchat", "8"), ("telegram", "7"), ("webchat", "")])
def test_a_new_message_has_no_reply(connection: sa.Connection, channel: str, external_id: str):
    inbox.keep(connection, message("7"))
    assert inbox.reply_to(connection, channel, external_id) is None


def test_the_database_refuses_to_keep_a_message_twice(connection: sa.Connection):
    inbox.keep(connection, message("7"))
    inbox.keep(connection, message("7", channel="telegram"))
    with (
        pytest.raises(sa.exc.IntegrityError, match=r"inbox\.channel, inbox\.external_id|uq_inbox_channel_external_id"),
        connection.begin_nested(),
    ):
        inbox.keep(connection, message("7", address="b", reply=[]))
    assert inbox.count(connection) == 2


def test_parked_messages_are_counted(connection: sa.Connection):
    inbox.keep(connection, message("1"))
    inbox.keep(connection, message("2", state="parked", error="ValueError: no"))
    assert (inbox.parked(connection), inbox.count(connection)) == (1, 2)


def test_a_conversation_is_the_newest_messages_of_one_address_oldest_first(connection: sa.Connection):
    for number in range(5):
        inbox.keep(connection, message(f"{number}", said={"text": f"{number}"}))
    inbox.keep(connection, message("b", address="b"))
    inbox.keep(connection, message("c", channel="telegram"))
    assert [row.said["text"] for row in inbox.conversation(connection, "webchat", "a", 3)] == ["2", "3", "4"]
    assert [row.reply for row in inbox.conversation(connection, "webchat", "b", 3)] == [REPLY]
    assert inbox.conversation(connection, "webchat", "c", 3) == []


def test_the_last_reply_is_the_one_the_address_saw_last(connection: sa.Connection):
    assert inbox.last_reply(connection, "webchat", "a") == []
    inbox.keep(connection, message("1", reply=[{"title": "old"}]))
    inbox.keep(connection, message("2", reply=[{"title": "new"}]))
    inbox.keep(connection, message("3", reply=None))
    inbox.keep(connection, message("4", address="b", reply=[{"title": "other"}]))
    assert inbox.last_reply(connection, "webchat", "a") == [{"title": "new"}]


def test_an_address_is_asked_one_question_at_a_time(connection: sa.Connection):
    inbox.put_dialog(connection, "webchat", "a", question("Declare"))
    inbox.put_dialog(connection, "webchat", "b", question("Review"))
    inbox.put_dialog(connection, "webchat", "a", question("Record"))
    assert inbox.dialog_of(connection, "webchat", "a") == question("Record")
    assert inbox.dialog_of(connection, "webchat", "b") == question("Review")
    inbox.put_dialog(connection, "webchat", "a", None)
    assert inbox.dialog_of(connection, "webchat", "a") is None
    assert inbox.dialog_of(connection, "webchat", "b") == question("Review")


@pytest.mark.parametrize(("channel", "address"), [("webchat", "b"), ("telegram", "a"), ("", "")])
def test_a_button_works_only_for_the_address_it_was_given_to(connection: sa.Connection, channel: str, address: str):
    inbox.issue(connection, [button("abc")])
    assert inbox.token_of(connection, "webchat", "a", "abc") is not None
    assert inbox.token_of(connection, channel, address, "abc") is None


def test_a_button_keeps_the_request_behind_it(connection: sa.Connection):
    args = {"pins": [[1, 1], [2, 3]], "reason": "", "line": None}
    inbox.issue(connection, [button("abc", kind="ApproveAll", args=args)])
    row = inbox.token_of(connection, "webchat", "a", "abc")
    assert row is not None
    assert (row.kind, row.args, row.state, row.expires_at) == ("ApproveAll", args, "live", LATER)


def test_a_pressed_button_is_spent_and_stays_so(connection: sa.Connection):
    inbox.issue(connection, [button("abc"), button("def"), button("ghi", address="b")])
    inbox.replace_keyboard(connection, "webchat", "a", "abc")
    inbox.replace_keyboard(connection, "webchat", "a", "def")
    assert [state_of(connection, text) for text in ("abc", "def", "ghi")] == ["used", "replaced", "live"]


def test_a_button_of_a_notice_is_not_spent(connection: sa.Connection):
    inbox.issue(connection, [button("abc", pushed=True)])
    inbox.replace_keyboard(connection, "webchat", "a", "abc")
    assert state_of(connection, "abc") == "live"


def test_a_button_is_issued_once(connection: sa.Connection):
    inbox.issue(connection, [button("abc")])
    with pytest.raises(sa.exc.IntegrityError):
        inbox.issue(connection, [button("abc", address="b")])


def test_a_new_keyboard_ends_the_one_before_and_nothing_else(connection: sa.Connection):
    inbox.issue(
        connection,
        [
            button("old"),
            button("used", state="used"),
            button("pushed", pushed=True),
            button("other", address="b"),
            button("elsewhere", channel="telegram"),
        ],
    )
    inbox.replace_keyboard(connection, "webchat", "a")
    inbox.issue(connection, [button("second", position=1), button("first", position=0)])
    states = {text: state_of(connection, text) for text in ("old", "used", "pushed", "other", "elsewhere", "first")}
    assert states == {
        "old": "replaced",
        "used": "used",
        "pushed": "live",
        "other": "live",
        "elsewhere": "live",
        "first": "live",
    }
    assert [row.token for row in inbox.live_tokens(connection, "webchat", "a")] == ["first", "second"]


def test_what_expired_is_forgotten(connection: sa.Connection):
    inbox.issue(connection, [button("old", expires_at=NOW - timedelta(seconds=1)), button("now", expires_at=NOW)])
    inbox.put_dialog(connection, "webchat", "a", question(expires_at=NOW - timedelta(seconds=1)))
    inbox.put_dialog(connection, "webchat", "b", question(expires_at=NOW))
    assert inbox.forget_expired(connection, NOW) == 2
    assert [state_of(connection, text) for text in ("old", "now")] == [None, "live"]
    assert inbox.dialog_of(connection, "webchat", "a") is None
    assert inbox.dialog_of(connection, "webchat", "b") is not None
