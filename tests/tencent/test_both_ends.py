"""Our hook against the stand-ins, whose cryptography and XML are others': address check, replies, tries, forgeries."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.tencent.envelope import Account, Envelope
from bot.tencent.hook import Hook
from bot.tencent.xml import Fields
from tests.peers.wire import served as listening
from tests.peers.wxplatform import AES_KEY, HOOKS, TOKEN, Platform

pytestmark = pytest.mark.needs("node")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BOTH = pytest.mark.parametrize("platform", ["wechat", "wecom"], indirect=True)
HARD = "积分 ]]> <b>&amp;</b> 😀\n第二行"


def at_bot(platform: Platform, take: Callable[[Fields], Awaitable[Fields | None]], work: Callable[[], Any]) -> Any:
    """What the platform's people see of a bot that takes messages so."""

    async def late(_fields: Fields, _reply: Fields) -> None:
        raise AssertionError("every reply was taken")

    async def go() -> Any:
        envelope = Envelope(Account(platform.kind, TOKEN, AES_KEY, platform.account))
        hook = Hook(HOOKS[platform.kind], envelope, take, late, lambda: NOW)
        async with listening(Starlette(routes=hook.routes()), 0) as address:
            platform.at_bot(address)
            platform.at(NOW)
            return await asyncio.to_thread(work)

    return asyncio.run(go())


async def echo(fields: Fields) -> Fields:
    return {
        "ToUserName": fields["FromUserName"],
        "FromUserName": fields["ToUserName"],
        "CreateTime": int(NOW.timestamp()),
        "MsgType": "text",
        "Content": fields["Content"],
    }


@BOTH
def test_the_address_is_checked(platform: Platform):
    good, bad = at_bot(platform, echo, lambda: [platform.verify(), platform.verify(bad=True)])
    assert (good["ok"], bad["ok"], bad["status"]) == (True, False, 403)


@BOTH
def test_a_text_comes_and_goes_as_it_is(platform: Platform):
    told = at_bot(platform, echo, lambda: platform.text("zhaochen", HARD))
    assert (told["fault"], told["reply"]["Content"], len(told["tries"])) == (None, HARD, 1)
    assert platform.shown("zhaochen")[-1]["by"] == "passive"
    assert platform.violations() == []


@BOTH
def test_a_false_signature_and_an_old_message_are_not_taken(platform: Platform):
    def work() -> list[list[int]]:
        wishes: list[dict[str, Any]] = [{"bad_signature": True}, {"timestamp": int(NOW.timestamp()) - 400}]
        told = [platform.text("zhaochen", "在吗", tries=1, **wish) for wish in wishes]
        return [[each["status"] for each in one["tries"]] for one in told]

    assert at_bot(platform, echo, work) == [[403], [403]]


def test_a_plain_message_to_an_account_in_safe_mode_is_not_taken(wechat: Platform):
    def work() -> list[int]:
        wechat.config(mode="plain")
        try:
            return [each["status"] for each in wechat.text("o1", "在吗", tries=1)["tries"]]
        finally:
            wechat.config(mode="safe")

    assert at_bot(wechat, echo, work) == [403]


@BOTH
def test_an_event_without_a_reply_is_taken_once(platform: Platform):
    taken: list[str] = []

    async def quiet(fields: Fields) -> None:
        taken.append(fields["Event"])

    told = at_bot(platform, quiet, lambda: platform.event("zhaochen", "CLICK", "declare"))
    assert (taken, told["reply"], [each["status"] for each in told["tries"]]) == (["CLICK"], None, [200])


def test_a_press_changes_the_card_that_was_pressed(wecom: Platform):
    async def grey(fields: Fields) -> Fields:
        to = {"ToUserName": fields["FromUserName"], "FromUserName": fields["ToUserName"], "CreateTime": 1}
        if fields["EventKey"] == "a2":
            return {**to, "MsgType": "update_button", "Button": {"ReplaceName": "已取消"}}
        card = {
            "CardType": "button_interaction",
            "MainTitle": {"Title": "第2页"},
            "ButtonList": [{"Text": "好", "Key": "a2"}],
        }
        return {**to, "MsgType": "update_template_card", "TemplateCard": card}

    wecom.do("card", card={"task_id": "t9", "button_list": [{"text": "下一页", "key": "a1"}]}, to=["zhaochen"])
    at_bot(wecom, grey, lambda: [wecom.click("zhaochen", "t9", key) for key in ("a1", "a2")])
    card = wecom.cards()["t9"]
    assert card["seen"]["zhaochen"]["main_title"] == {"title": "第2页"}
    assert card["grey"] == {"zhaochen": "已取消"}
    assert wecom.violations() == []
