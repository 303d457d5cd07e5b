"""WeCom accounts without an invitation: asked for by name, confirmed by the secretary, ended by the employer."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.process import Server
from bot.channel import Inbound, Rendered
from bot.clock import Clock
from bot.opening import Parts, open_parts
from bot.router import Router
from bot.secrets import draw, hashed
from handlers.context import Refused
from handlers.identities.accounts import AccountRemoved, MoveAddress
from handlers.identities.binding import BindingDecided, ConfirmBinding, RefuseBinding
from handlers.identities.vouched import MOST_A_DAY
from handlers.members import Invite
from handlers.phones import EnterFromChannel, FindPhoneSession
from rules.access import OPERATOR, SYSTEM
from screens.notices import message
from screens.texts import words
from storage import audit, identities, members, outbox
from storage.identities import binding
from storage.outbox import NoticeRow
from tests.console.conftest import acting, number_of
from tests.houses import START, Place, on_both
from tests.peers.wxplatform import Platform

NUMBERS = count(1)


@pytest.fixture
def parts(place: Place) -> Iterator[Parts]:
    """A house without a process around it."""
    found = open_parts(place.settings(), Clock(lambda: START))
    yield found
    found.close()


class Account:
    """A WeCom account as the edge hands its messages on."""

    def __init__(self, parts: Parts, name: str) -> None:
        self.parts, self.name = parts, name
        self.router = Router(parts.desk, parts.clock, "zh_CN", "https://zhibu.example")
        self.screens: list[Rendered] = []

    def says(self, text: str = "", token: str = "") -> str:
        inbound = Inbound("wecom", self.name, f"w{next(NUMBERS)}", text=text, token=token)
        self.screens = asyncio.run(self.router.receive(inbound))
        return "\n".join(line for screen in self.screens for line in (screen["title"], *screen["lines"]))

    def presses(self, label: str) -> str:
        choices = [choice for screen in self.screens for choice in screen["choices"]]
        return self.says(token=next(each["token"] for each in choices if label in each["label"]))

    def asks(self) -> str:
        self.says("你好")
        return self.presses("申请绑定")


def notices(parts: Parts, code: str, kind: str) -> list[NoticeRow]:
    number, c = number_of(parts, code), outbox.notice.c
    query = sa.select(c.id, c.member_id, c.kind, c.facts, c.made_at).where(c.member_id == number, c.kind == kind)
    rows = parts.database.read(lambda connection: connection.execute(query.order_by(c.id)).all())
    return [NoticeRow(*row) for row in rows]


def asked(parts: Parts, code: str = "m01") -> list[NoticeRow]:
    return notices(parts, code, "binding_asked")


def bound_to(parts: Parts, account: str) -> int | None:
    return parts.database.read(lambda connection: members.bound_member(connection, "wecom", account))


def decide(parts: Parts, who: str, request: ConfirmBinding | RefuseBinding) -> BindingDecided | Refused:
    answer = parts.desk.do(acting(parts, who), request, parts.clock.now())
    assert isinstance(answer, BindingDecided | Refused)
    return answer


def confirmed(parts: Parts, code: str = "m03") -> Account:
    """The account of a member of the first branch, confirmed."""
    account = Account(parts, code)
    account.asks()
    answer = decide(parts, "m01", ConfirmBinding(asked(parts)[-1].facts["binding"]))
    assert isinstance(answer, BindingDecided)
    return account


@on_both
def test_the_secretary_confirms_an_account_named_after_a_member(parts: Parts):
    account = confirmed(parts)
    assert bound_to(parts, "m03") == number_of(parts, "m03")
    assert "积分" in account.says("我的积分")
    shown = message(words("zh_CN"), asked(parts)[:1])
    assert "孙柏青" in shown.title
    assert any("由单位在企业微信中分配" in line for line in shown.lines)


@pytest.mark.parametrize("typed", ["1", "\uff11", "一", "申请绑定"])
def test_the_offer_is_taken_by_its_number_or_its_words(parts: Parts, typed: str):
    account = Account(parts, "m03")
    account.says("你好")
    assert "已收到您的申请" in account.says(typed)
    assert len(asked(parts)) == 1


def test_a_number_before_the_offer_was_seen_asks_for_nothing(parts: Parts):
    assert "还没有绑定" in Account(parts, "m03").says("1")
    assert asked(parts) == []


@on_both
def test_everybody_is_told_the_same_whether_there_is_such_a_member_or_not(parts: Parts):
    """Named after a member, after nobody, after a member in other letters, refused before, and too often today."""
    refused = Account(parts, "m04")
    refused.asks()
    decide(parts, "m01", RefuseBinding(asked(parts)[-1].facts["binding"]))
    often = Account(parts, "m05")
    told = {refused.asks(), Account(parts, "m03").asks(), Account(parts, "nobody-here").asks()}
    told |= {often.asks() for _ in range(MOST_A_DAY + 2)}
    assert len(told) == 1, told
    greeted = {account.says("你好") for account in (refused, often, Account(parts, "nobody-here"))}
    assert len(greeted) == 1, greeted


def test_a_name_in_capitals_is_the_same_member(parts: Parts):
    raised = sa.update(members.member).where(members.member.c.code == "m03").values(code="M03")
    parts.database.write(lambda connection: connection.execute(raised).rowcount)
    Account(parts, "m03").asks()
    assert len(asked(parts)) == 1


def test_a_name_that_two_members_share_but_for_capitals_asks_nobody(parts: Parts):
    values = {"code": "M03", "name": "另一人", "class": "full"}
    parts.database.write(lambda connection: members.insert(connection, members.member, values))
    Account(parts, "m03").asks()
    assert asked(parts) == []


def test_the_same_request_disturbs_once_and_a_refused_one_not_again(parts: Parts):
    account = Account(parts, "m03")
    for _ in range(2):
        account.asks()
    assert len(asked(parts)) == 1
    decide(parts, "m01", RefuseBinding(asked(parts)[0].facts["binding"]))
    assert isinstance(parts.clock, Clock)
    parts.clock.move(parts.clock.now() + timedelta(days=1))
    account.asks()
    assert len(asked(parts)) == 1
    assert bound_to(parts, "m03") is None


def test_requests_are_counted_by_the_day(parts: Parts):
    """What is counted is the request, not the member: a stranger's are counted as well."""
    account = Account(parts, "m03-typo")
    for _ in range(MOST_A_DAY):
        account.asks()
    renamed = sa.update(members.member).where(members.member.c.code == "m03").values(code="m03-typo")
    parts.database.write(lambda connection: connection.execute(renamed).rowcount)
    account.asks()
    assert asked(parts) == [], "the fourth of a day"
    assert isinstance(parts.clock, Clock)
    parts.clock.move(parts.clock.now() + timedelta(days=1))
    account.asks()
    assert len(asked(parts)) == 1


@on_both
def test_two_who_claim_one_member_are_both_shown_to_the_secretary(parts: Parts):
    drawn = draw()
    invite = Invite(number_of(parts, "m03"), drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    parts.desk.do(OPERATOR, invite, parts.clock.now())
    Account(parts, "someone").says(f"https://zhibu.example/chat/enter/{drawn.token}")
    Account(parts, "m03").asks()
    first, second = asked(parts)
    assert "另有账号" not in str(message(words("zh_CN"), [first]))
    assert "另有账号申请绑定同一成员" in str(message(words("zh_CN"), [second]))
    decide(parts, "m01", ConfirmBinding(second.facts["binding"]))
    late = decide(parts, "m01", ConfirmBinding(first.facts["binding"]))
    assert isinstance(late, Refused)
    assert late.problems[0].code == "binding_decided"
    assert bound_to(parts, "someone") is None


def test_a_link_sent_as_text_opens_the_invitation_and_is_not_kept(parts: Parts):
    drawn = draw()
    invite = Invite(number_of(parts, "m03"), drawn.token, drawn.token_hash, drawn.pin, drawn.pin_hash)
    parts.desk.do(OPERATOR, invite, parts.clock.now())
    told = Account(parts, "someone").says(f"https://zhibu.example/chat/enter/{drawn.token}")
    assert "孙*青" in told
    rows = parts.database.read(lambda c: c.exec_driver_sql("SELECT said, reply FROM inbox").all())
    assert drawn.token not in str(rows)


@pytest.mark.parametrize("who", ["m03", "m21", "m04"])
def test_nobody_else_confirms(parts: Parts, who: str):
    """The member himself, another branch's secretary, a member without a role."""
    Account(parts, "m03").asks()
    answer = decide(parts, who, ConfirmBinding(asked(parts)[0].facts["binding"]))
    assert isinstance(answer, Refused)
    assert answer.problems[0].code == "not_allowed"


def test_no_other_channel_takes_an_account_s_name_for_proof(parts: Parts):
    router = Router(parts.desk, parts.clock, "zh_CN", "https://zhibu.example")
    for channel in ("wechat", "telegram"):
        screens = asyncio.run(router.receive(Inbound(channel, "m03", f"x{next(NUMBERS)}", text="1")))
        assert screens[0]["choices"] == []
    assert asked(parts) == []


@on_both
def test_a_leaver_s_account_is_unbound_and_the_secretary_is_told(parts: Parts):
    account = confirmed(parts)
    now, key = parts.clock.now(), hashed("a phone session's key")
    parts.desk.do(SYSTEM, EnterFromChannel("wecom", "m03", key), now)
    for _ in range(2):
        parts.desk.do(SYSTEM, AccountRemoved("wecom", "m03"), now)
    assert bound_to(parts, "m03") is None
    told = notices(parts, "m01", "account_removed")
    assert [row.facts for row in told] == [{"name": "孙柏青", "channel": "wecom"}], "once"
    assert "孙柏青的企业微信账号已被单位删除。" in message(words("zh_CN"), told).lines
    assert isinstance(parts.desk.ask(SYSTEM, FindPhoneSession(key), now), Refused), "his phone page is closed"
    made = sa.union_all(*(sa.select(table.c.action) for table in (audit.audit, audit.unlinked)))
    deeds = parts.database.read(lambda c: c.execute(made).scalars().all())
    assert deeds.count("account_removed") == 1
    assert "申请绑定" in str(account.says("我的积分") and account.screens)


def test_a_request_of_a_removed_account_cannot_be_confirmed(parts: Parts):
    Account(parts, "m03").asks()
    parts.desk.do(SYSTEM, AccountRemoved("wecom", "m03"), parts.clock.now())
    assert isinstance(decide(parts, "m01", ConfirmBinding(asked(parts)[0].facts["binding"])), Refused)
    assert bound_to(parts, "m03") is None


def test_a_request_of_a_renamed_account_cannot_be_confirmed(parts: Parts):
    """Its old name may be given to somebody else tomorrow."""
    Account(parts, "m03").asks()
    parts.desk.do(SYSTEM, MoveAddress("wecom", "m03", "m03.new"), parts.clock.now())
    assert isinstance(decide(parts, "m01", ConfirmBinding(asked(parts)[0].facts["binding"])), Refused)
    assert bound_to(parts, "m03") is None


@pytest.mark.needs("node")
def test_the_offer_is_a_card_in_wecom_and_a_leaver_is_unbound_there(place: Place, tmp_path: Path):
    platform = Platform("wecom")
    with platform.serving():
        env = {f"ZHIBU_{name}".upper(): value for name, value in platform.settings().items()}
        with Server(tmp_path, "bot", "run", "--port", "{port}", data=place.folder, settings=env) as server:
            server.start()
            platform.at_bot(f"http://127.0.0.1:{server.port}")
            member, stranger = platform.person("M03"), platform.person("zhang-from-elsewhere")
            told = []
            for somebody in (member, stranger):
                somebody.says("你好")
                somebody.presses(somebody.sees("申请绑定"), "申请绑定")
                told.append(somebody.sees("已收到您的申请")["content"])
            change = {"MsgType": "event", "Event": "change_contact", "ChangeType": "delete_user", "UserID": "M03"}
            platform.send("sys", change)
    words_of = [re.findall(r"[一-鿿]+", str(content)) for content in told]
    assert words_of[0] == words_of[1]
    parts = open_parts(place.settings(), Clock(lambda: START))
    try:
        assert [row.facts["account"] for row in asked(parts)] == ["m03"]
        number = asked(parts)[0].facts["binding"]
        states = parts.database.read(lambda c: identities.binding_by_id(c, number))
        assert states is not None
        assert states.state == "lapsed", "who left cannot be confirmed any more"
    finally:
        parts.close()


def test_whoever_comes_back_may_ask_again(parts: Parts):
    confirmed(parts)
    parts.desk.do(SYSTEM, AccountRemoved("wecom", "m03"), parts.clock.now())
    assert isinstance(parts.clock, Clock)
    parts.clock.move(parts.clock.now() + timedelta(days=1))
    confirmed(parts)
    assert bound_to(parts, "m03") == number_of(parts, "m03")
    states = sa.select(binding.c.state).where(binding.c.channel == "wecom").order_by(binding.c.id)
    assert parts.database.read(lambda c: c.execute(states).scalars().all()) == ["confirmed", "confirmed"]


def test_a_member_who_unbinds_in_wecom_is_a_stranger_there(parts: Parts):
    account = confirmed(parts)
    account.says("解绑")
    account.presses("解除")
    assert bound_to(parts, "m03") is None
    assert "申请绑定" in str(account.says("首页") and account.screens)
    assert parts.database.read(lambda c: identities.channels_of(c, number_of(parts, "m03"))) == ["webchat"]
