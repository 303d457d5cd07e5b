"""One person with several accounts is told once, where it can arrive; what fails goes on, never the same way twice."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts
from bot.opening import channels as channels_of
from handlers.deliveries import ListUnreached, UnreachedPage
from handlers.digests import DispatchUrgent
from handlers.identities.accounts import Failure, GoElsewhere
from rules.access import OPERATOR, SYSTEM
from rules.reach import SHUT
from screens.deliveries import CODES, CURES, unreached_why
from screens.texts import words
from storage import members, outbox
from storage.identities import block
from storage.inbox import inbox
from storage.members import identity
from storage.platforms import consent, reply_window
from tests.houses import START, looking, on_both

LATER = START + timedelta(hours=1)
Row = dict[str, Any]


@pytest.fixture
def parts(place: Any) -> Iterator[Parts]:
    """A house with an Official Account and WeCom, neither with a template."""
    house = open_parts(place.settings(), Clock(lambda: START))
    house.desk.house.channels = {"webchat": True, "wecom": True, "wechat": False}
    yield house
    house.close()


def insert(parts: Parts, table: sa.Table, **values: Any) -> None:
    parts.database.write(lambda connection: connection.execute(sa.insert(table), values).rowcount)


def member_of(parts: Parts, code: str) -> int:
    found = parts.database.read(lambda connection: members.member_by_code(connection, code))
    assert found is not None
    return found


def bind(parts: Parts, code: str, channel: str, address: str, at: datetime = START) -> None:
    insert(parts, identity, channel=channel, address=address, member_id=member_of(parts, code), bound_at=at)


def wrote(parts: Parts, channel: str, address: str) -> None:
    facts = {"external_id": f"{channel}{address}", "said": {"text": "你好"}, "state": "done", "received_at": START}
    insert(parts, inbox, channel=channel, address=address, reply=[], **facts)


def told(parts: Parts, code: str, key: str = "one") -> list[Row]:
    """The messages of a member after an urgent notice, newest last."""
    row = {"member_id": member_of(parts, code), "kind": "identity_bound", "key": key, "made_at": START}
    facts = {"channel": "telegram", "declares": True}
    parts.database.write(lambda connection: outbox.tell(connection, [{**row, "facts": facts}]))
    parts.desk.do(SYSTEM, DispatchUrgent(), START)
    return messages(parts, code)


def messages(parts: Parts, code: str) -> list[Row]:
    c = outbox.outbox.c
    with looking(parts) as connection:
        member = members.member_by_code(connection, code)
        query = sa.select(c.id, c.channel, c.address, c.state).where(c.member_id == member, c["class"] == "urgent")
        return [dict(row) for row in connection.execute(query.order_by(c.id)).mappings()][-3:]


def where(rows: list[Row]) -> tuple[str, str]:
    return rows[-1]["channel"], rows[-1]["state"]


def open_window(parts: Parts, address: str, remaining: int = 5, until: datetime = LATER) -> None:
    insert(parts, reply_window, channel="wechat", address=address, remaining=remaining, until=until)


def agree(parts: Parts, address: str, remaining: int) -> None:
    insert(parts, consent, channel="wechat", address=address, template="t", remaining=remaining)


Step = tuple[Callable[..., None], tuple[Any, ...]]
WECOM: Step = (bind, ("m03", "wecom", "sunbq"))
WECHAT: Step = (bind, ("m03", "wechat", "o1"))
# what stands in the rows besides the web chat → the channel that is taken
CASES: dict[str, tuple[tuple[Step, ...], str]] = {
    "the web chat alone": ((), "webchat"),
    "WeCom before it": ((WECOM,), "wecom"),
    "a window that is open": ((WECHAT, (open_window, ("o1",))), "wechat"),
    "a window that is over": ((WECHAT, (open_window, ("o1", 5, START))), "webchat"),
    "a window that is used up": ((WECHAT, (open_window, ("o1", 0))), "webchat"),
    "another's window": ((WECHAT, (open_window, ("o2",))), "webchat"),
    "a consent": ((WECHAT, (agree, ("o1", 1))), "wechat"),
    "a consent that is used up": ((WECHAT, (agree, ("o1", 0))), "webchat"),
    "a channel the house does not have": (((bind, ("m03", "telegram", "7")),), "webchat"),
    "where he wrote last": (
        (WECOM, (wrote, ("wecom", "sunbq")), WECHAT, (open_window, ("o1",)), (wrote, ("wechat", "o1"))),
        "wechat",
    ),
}


@on_both
@pytest.mark.parametrize("name", CASES)
def test_a_notice_takes_the_way_on_which_it_arrives(parts: Parts, name: str):
    steps, channel = CASES[name]
    for act, given in steps:
        act(parts, *given)
    rows = told(parts, "m03")
    assert (where(rows), len({row["id"] for row in rows if row["state"] == "due"})) == ((channel, "due"), 1)


@on_both
def test_what_fails_goes_on_until_every_way_was_tried_and_none_twice(parts: Parts):
    bind(parts, "m03", "wecom", "sunbq")
    bind(parts, "m03", "wechat", "o1")
    open_window(parts, "o1")
    seen = [told(parts, "m03")[-1]]
    for _ in range(5):
        failing = seen[-1]
        each = (failing["id"], "urgent", member_of(parts, "m03"), failing["channel"], failing["address"])
        parts.desk.do(SYSTEM, GoElsewhere((Failure(*each, blocked=False),)), START)
        newest = messages(parts, "m03")[-1]
        if newest["id"] == failing["id"]:
            break
        seen.append(newest)
    assert [row["channel"] for row in seen] == ["wecom", "wechat", "webchat"]


def why(parts: Parts, code: str) -> str:
    """What the list of those who are not reached says of a member, "" when he is not on it."""
    page: UnreachedPage = parts.desk.ask(OPERATOR, ListUnreached(limit=500), START)
    return next((unreached_why(words("zh_CN"), row) for row in page.rows if row.code == code), "")


def without_web(parts: Parts, code: str) -> None:
    """The member has never been in the web chat."""
    gone = sa.update(identity).where(identity.c.member_id == member_of(parts, code)).values(unbound_at=START)
    parts.database.write(lambda connection: connection.execute(gone).rowcount)


@on_both
def test_the_list_says_why_nobody_is_reached_and_what_to_do(parts: Parts):
    without_web(parts, "m03")
    bind(parts, "m03", "wechat", "o1")
    assert where(told(parts, "m03")) == ("wechat", "failed")
    assert why(parts, "m03") == "微信公众号 对方先发消息后，该渠道才允许发送；请本人给公众号发任意一句话"
    parts.database.write(lambda connection: block(connection, "wechat", ["o1"], START))
    assert where(told(parts, "m03", "two")) == ("wechat", "failed")
    assert "请本人给该账号再发一句话" in why(parts, "m03")


def test_whatever_shuts_a_way_is_said_with_what_to_do():
    assert {code for code, _ in SHUT} <= set(CODES) & set(CURES)
    assert set(CURES) <= set(CODES)


def test_who_writes_again_is_reached_again(parts: Parts):
    without_web(parts, "m03")
    bind(parts, "m03", "wechat", "o1")
    told(parts, "m03")
    open_window(parts, "o1")
    assert where(told(parts, "m03", "two")) == ("wechat", "due")
    assert why(parts, "m03") == ""


@pytest.mark.parametrize(
    ("env", "channels"),
    [
        ({}, {"webchat": True}),
        ({"telegram_token": "1:a"}, {"webchat": True, "telegram": True}),
        ({"telegram_token": "1:a", "profile": "cn-public"}, {"webchat": True}),
        (
            {"telegram_token": "1:a", "profile": "cn-public", "telegram_basis": "网信办评估2026第3号，张三，11月"},
            {"webchat": True, "telegram": True},
        ),
    ],
)
def test_the_channels_of_a_house_are_those_that_may_be_used(
    env: dict[str, Any], channels: dict[str, bool], tmp_path: Path
):
    assert channels_of(Settings(data=tmp_path, **env)) == channels
