"""Binding a Telegram account by an invitation, and ending it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.secrets import draw
from handlers.members import Invitation, Invite
from rules.access import Actor, Grant
from storage.inbox import inbox
from storage.members import role
from tests.flows.telegram import Telegram, telegram


@pytest.fixture
def house(folder: Path) -> Iterator[Telegram]:
    with telegram(folder) as found:
        found.api.called("setMyCommands", 3)
        yield found


def invited(house: Telegram, code: str, days: int = 0) -> Invitation:
    """An invitation made some days ago."""
    drawn = draw()
    operator = Actor(0, grants=(Grant("administrator", 0, "/"),))
    request = Invite(house.member(code), drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    answer = house.parts.desk.do(operator, request, house.parts.clock.now() - timedelta(days=days))
    assert isinstance(answer, Invitation)
    return answer


def nobody_else_confirms(house: Telegram) -> None:
    """Nobody holds a role that may invite, as in a house with a single person in charge."""
    gone = sa.delete(role).where(role.c.role.in_(["secretary", "officer", "administrator"]))
    house.parts.database.write(lambda connection: connection.execute(gone).rowcount)


def test_the_invitation_shows_a_link_for_telegram(house: Telegram):
    secretary = house.bound("m01")
    secretary.says("登记")
    secretary.presses(secretary.sees("登记"), "邀请")
    secretary.presses(secretary.sees("请选择成员", kind="edit"), "孙柏青")
    shown = secretary.sees("验证码", kind="edit")
    assert re.search(r"https://t\.me/\w+\?start=[\w-]{20,64}", shown.text)
    assert "/chat/enter/" in shown.text
    token = shown.text.split("start=")[1].split()[0]
    kept = house.parts.database.read(lambda connection: connection.execute(sa.select(inbox.c.reply)).scalars().all())
    assert token not in str(kept)


def test_a_stranger_is_told_how_to_get_in(house: Telegram):
    stranger = house.api.person(500, "路人", started=True)
    stranger.says("/start")
    assert "邀请" in stranger.sees("书记").text


def test_the_secretary_confirms_and_the_member_begins(house: Telegram):
    invitation = invited(house, "m03")
    secretary, member = house.bound("m01"), house.api.person(500, "小孙", started=True)
    member.says(f"/start {invitation.token}")
    waiting = member.sees("确认")
    assert "孙*青" in waiting.text
    assert "孙柏青" not in waiting.text
    asked = secretary.sees("孙柏青", "小孙")
    member.says("首页")
    assert "提醒书记" in member.sees("还没有确认").text
    member.says(f"/start {invitation.token}")
    member.sees("确认")
    secretary.presses(asked, "确认绑定")
    secretary.sees("已绑定")
    welcome = member.sees("绑定")
    member.presses(welcome, "我的积分")
    member.sees("积分")
    assert [shown for shown in secretary.unseen() if "申请" in shown.text] == [], "the same request disturbs once"
    secretary.presses(asked, "拒绝")
    secretary.sees("已经处理过")
    stored = house.parts.database.read(lambda connection: connection.execute(sa.select(inbox.c.said)).scalars().all())
    assert invitation.token not in str(stored)


def test_a_refused_account_stays_a_stranger_and_the_invitation_good(house: Telegram):
    invitation = invited(house, "m03")
    secretary, other = house.bound("m01"), house.api.person(500, "某人", started=True)
    other.says(f"/start {invitation.token}")
    secretary.presses(secretary.sees("某人"), "拒绝")
    secretary.sees("未绑定")
    other.sees("确认")
    other.says(f"/start {invitation.token}")
    other.sees("未获确认")
    other.says("我的积分")
    other.sees("邀请")
    member = house.api.person(501, "小孙", started=True)
    member.says(f"/start {invitation.token}")
    secretary.presses(secretary.sees("小孙"), "确认绑定")
    member.sees("绑定", "今后")


def test_nobody_confirms_his_own_account(house: Telegram):
    invitation = invited(house, "m01")
    own, chief = house.bound("m01"), house.api.person(500, "另一部手机", started=True)
    chief.says(f"/start {invitation.token}")
    chief.sees("确认")
    house.until(lambda: house.states().get("due", 0) == 0)
    assert [shown for shown in own.unseen() if "申请" in shown.text] == []


@pytest.mark.parametrize("token", ["expired", "nosuchtoken", "x" * 90])
def test_a_token_that_is_over_gets_plain_words(house: Telegram, token: str):
    given = invited(house, "m03", days=8).token if token == "expired" else token
    stranger = house.api.person(500, "路人", started=True)
    stranger.says(f"/start {given}")
    stranger.sees("已失效")


def test_a_second_account_takes_the_place_of_the_first(house: Telegram):
    first, secretary = house.bound("m03"), house.bound("m01")
    invitation = invited(house, "m03")
    second = house.api.person(500, "新手机", started=True)
    second.says(f"/start {invitation.token}")
    secretary.presses(secretary.sees("新手机"), "确认绑定")
    second.sees("今后")
    first.says("我的积分")
    first.sees("邀请")


def test_a_bound_account_is_not_bound_to_another(house: Telegram):
    member = house.bound("m03")
    member.says(f"/start {invited(house, 'm04').token}")
    member.sees("已绑定他人")
    member.says(f"/start {invited(house, 'm03').token}")
    member.sees("已经绑定为您本人")


def test_where_nobody_else_confirms_the_pin_does_in_five_tries(house: Telegram):
    nobody_else_confirms(house)
    invitation = invited(house, "m01")
    wrong = "000000" if invitation.pin != "000000" else "111111"
    chief = house.api.person(500, "书记", started=True)
    chief.says(f"/start {invitation.token}")
    chief.sees("6 位验证码")
    chief.says("什么？")
    chief.sees("6 位验证码")
    chief.says(wrong)
    chief.sees("4")
    chief.says(invitation.pin)
    chief.sees("今后")
    chief.says("我的积分")
    chief.sees("积分")
    said = house.parts.database.read(lambda connection: connection.execute(sa.select(inbox.c.said)).scalars().all())
    assert invitation.pin not in str(said)


def test_five_wrong_pins_end_the_invitation(house: Telegram):
    nobody_else_confirms(house)
    invitation = invited(house, "m01")
    wrong = "000000" if invitation.pin != "000000" else "111111"
    chief = house.api.person(500, "书记", started=True)
    chief.says(f"/start {invitation.token}")
    chief.sees("6 位验证码")
    for left in (4, 3, 2, 1, 0):
        chief.says(wrong)
        chief.sees(str(left))
    chief.says(invitation.pin)
    chief.sees("已失效")


def test_a_member_ends_his_binding_and_notices_go_to_the_web_chat(house: Telegram):
    member = house.bound("m03")
    before = len(house.pushed("m03"))
    member.says("解绑")
    member.presses(member.sees("解除账号绑定"), "解除 Telegram")
    member.sees("已解除", kind="edit")
    member.says("我的积分")
    member.sees("邀请")
    house.notify("m03", "a")
    house.until(lambda: len(house.pushed("m03")) == before + 1)
    house.people["m03"].say("解绑")
    assert "没有绑定其他账号" in house.people["m03"].text
