"""A month in the Official Account: marks and menu lines, pictures, notices by whichever way is open, nothing twice."""

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storage.evidence import evidence
from storage.inbox import inbox
from storage.outbox import outbox
from tests.flows.wechat import SUBSCRIBE, TEMPLATE, Account, house, wechat
from tests.peers.wxplatform import Platform

pytestmark = pytest.mark.needs("node")


@pytest.fixture
def account(folder: Path) -> Iterator[Account]:
    with wechat(folder, wechat_template=f"{TEMPLATE}:thing1,thing2,time3") as found:
        yield found


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "navy").save(out, "JPEG")
    return out.getvalue()


def test_a_month_from_declaring_to_points(account: Account):
    member, secretary = account.bound("m03"), account.bound("m01")
    assert account.platform.verify()["ok"]

    draft = member.says("申报 志愿服务 2 学习 1")
    assert "志愿服务 2小时" in draft
    done = member.chooses("确认", draft, str.lower)
    assert "已提交" in done
    assert "撤销" in done
    assert "志愿服务" in member.chooses("撤销", done), "the draft is there again"

    draft = member.says("申报")
    draft = member.clicks("草稿")
    done = member.chooses("确认", draft)
    assert "已提交" in done

    queue = secretary.clicks("审核")
    assert "孙柏青" in queue
    assert "通过" in secretary.chooses("全部通过", queue)

    told = member.sees("通过", "list")
    assert (told["by"], told["msgtype"]) == ("push", "msgmenu")
    points = member.presses("我的积分")
    assert "79" in points
    assert "志愿服务" in member.says("为什么 志愿服务")
    assert account.refused == []


def test_a_picture_becomes_evidence(account: Account):
    member = account.bound("m09")
    assert "佐证" in member.says("申报 县级表彰 1")
    assert "佐证材料 1 份" in member.sends_picture(picture())
    assert [(row.kind, row.media_type) for row in account.rows(evidence)] == [("photo", "image/jpeg")]
    assert account.refused == []


def test_a_strangers_picture_is_not_fetched(account: Account):
    stranger = account.follower("oNobody")
    assert "邀请" in stranger.sends_picture(picture())
    assert account.platform.calls("/media/get") == []


def test_a_reminder_goes_by_the_window_and_later_by_the_template(account: Account):
    member = account.bound("m03")
    member.says("首页")
    assert account.window("m03") == 5
    account.notify("m03", "one")
    assert member.sees("已绑定")["msgtype"] in ("msgmenu", "text")
    account.until(lambda: account.window("m03") == 4)
    account.later(hours=49)
    account.notify("m03", "two")
    by_template = member.sees(TEMPLATE)
    data = by_template["content"]["data"]
    assert set(data) == {"thing1", "thing2", "time3"}
    assert all(0 < len(each["value"]) <= 20 and "\n" not in each["value"] for each in data.values())
    assert account.refused == []


def test_the_sixth_message_goes_by_the_template_before_the_platform_refuses_it(account: Account):
    member = account.bound("m03")
    member.says("首页")
    for number in range(6):
        account.notify("m03", f"notice {number}")
        account.until(partial(reached, account, number))
    assert [each["path"].rsplit("/", 2)[1] for each in sent(account)] == ["custom"] * 5 + ["template"]
    assert account.refused == []


def reached(account: Account, number: int) -> bool:
    return len(sent(account)) > number


def sent(account: Account) -> list[dict[str, Any]]:
    return [each for each in account.platform.calls("/send") if each["body"]["touser"] == account.bound("m03").address]


def test_a_window_that_the_platform_shut_is_told_once_and_the_next_way_taken(account: Account):
    member = account.bound("m03")
    member.says("首页")
    account.platform.fault("/custom/send", errcode=45015)
    account.notify("m03", "one")
    member.sees(TEMPLATE)
    assert account.window("m03") == 0
    assert len(sent(account)) == 2


def test_a_consent_is_counted_once_and_used_before_the_template(folder: Path):
    with wechat(folder, wechat_template=TEMPLATE, wechat_subscribe=f"{SUBSCRIBE}:thing1,date2") as account:
        member = account.bound("m03")
        row = {"TemplateId": SUBSCRIBE, "SubscribeStatusString": "accept", "PopupScene": "1"}
        event = {"MsgType": "event", "Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": [row]}}
        account.platform.consents(member.address, SUBSCRIBE)
        for _ in range(2):
            answer = account.platform.send(member.address, event, create=1_795_000_000)
            assert [each["status"] for each in answer["tries"]] == [200]
        account.notify("m03", "one")
        assert member.sees(SUBSCRIBE)["msgtype"] == "subscribe"
        account.notify("m03", "two")
        assert member.sees(TEMPLATE)["msgtype"] == "template"
        assert account.refused == []


def test_without_any_way_nothing_is_called_and_the_notice_goes_elsewhere(folder: Path):
    with wechat(folder) as account:
        account.bound("m03")
        before = len(account.people["m03"].inbox())
        account.notify("m03", "one")
        account.until(lambda: len(account.people["m03"].inbox()) > before)
        assert account.platform.calls("/send") == []


@pytest.mark.parametrize("kind", ["text", "event"])
def test_what_comes_three_times_has_one_effect_and_one_answer(account: Account, kind: str):
    member = account.bound("m03")
    if kind == "text":
        answers = [member.says("申报 学习 1", msgid="9001") for _ in range(3)]
    else:
        fields = {"MsgType": "event", "Event": "CLICK", "EventKey": "申报"}
        sends = [account.platform.send(member.address, fields, create=1_795_000_000) for _ in range(3)]
        answers = [member.heard(each) for each in sends]
    assert len(set(answers)) == 1
    assert answers[0]
    assert len([row for row in account.rows(inbox) if row.address == member.address]) == 1


def test_a_reply_that_is_too_long_for_one_message_goes_on_in_the_next(account: Account):
    secretary = account.bound("m01")
    lines = [f"第 {number} 条 " + "请各位同志按时参加本月主题党日活动" * 2 for number in range(30)]
    text = "\n".join(["公告 主题党日安排", *lines])
    pieces = [secretary.says(text, msgid="501")]
    assert pieces[0] == secretary.says(text, msgid="501"), "the same piece again"
    for _ in range(2):
        assert secretary.sees("第 0 条")["by"] == "passive"
    while "取消" not in pieces[-1]:
        pushed = secretary.sees()
        assert (pushed["by"], pushed["msgtype"]) == ("push", "text")
        pieces.append(pushed["content"]["content"])
    assert len(pieces) > 1
    assert all(len(piece.encode()) <= 2000 for piece in pieces)
    assert [line for piece in pieces for line in piece.split("\n") if line.startswith("第")] == lines
    assert account.refused == []


def test_who_leaves_is_passed_over_until_he_writes_again(account: Account):
    member = account.bound("m03")
    member.says("首页")
    account.platform.event(member.address, "unsubscribe")
    before = len(account.people["m03"].inbox())
    account.notify("m03", "one")
    account.until(lambda: len(account.people["m03"].inbox()) > before)
    assert sent(account) == []
    account.platform.event(member.address, "subscribe")
    account.notify("m03", "two")
    member.sees("已绑定")


def test_a_slow_job_is_shared_by_the_tries(folder: Path):
    """The platform's patience is shorter than fetching the picture takes: one of its later tries gets the answer."""
    with Platform("wechat", timeout_ms=1000).serving() as platform, house(folder, platform) as account:
        member = account.bound("m09")
        member.says("申报 县级表彰 1")
        account.platform.fault("/media/get", wait_ms=1500)
        assert "佐证材料 1 份" in member.sends_picture(picture())
        assert [each["timeout"] for each in member.tries] == [True, False]
        assert len(account.rows(evidence)) == 1


def test_after_a_restart_a_mark_means_what_it_meant(folder: Path):
    with Platform("wechat").serving() as platform:
        with house(folder, platform) as account:
            draft = account.bound("m03").says("申报 学习 1", msgid="77")
            member, now = account.bound("m03"), account.parts.clock.now()
        with house(folder, platform, now=now) as account:
            assert member.says("申报 学习 1", msgid="77") == draft, "the answer that was stored"
            assert "已提交" in member.chooses("确认", draft)


def test_the_menu_is_set_once(folder: Path):
    with Platform("wechat").serving() as platform:
        for _ in range(2):
            with house(folder, platform) as account:
                account.bound("m03").says("首页")
                account.until(lambda: bool(platform.calls("/menu/create")))
        assert len(platform.calls("/menu/create")) == 1
        assert platform.violations() == []


def test_a_reply_that_no_try_carried_is_pushed_once(folder: Path):
    with Platform("wechat", timeout_ms=500).serving() as platform, house(folder, platform) as account:
        member = account.bound("m09")
        member.says("申报 县级表彰 1")
        account.platform.fault("/media/get", wait_ms=3000)
        assert member.sends_picture(picture()) == ""
        assert [each["timeout"] for each in member.tries] == [True] * 3
        account.until(lambda: bool(platform.calls("/custom/send")))
        (call,) = platform.calls("/custom/send")
        assert "佐证材料 1 份" in call["body"]["text"]["content"]
        assert len(account.rows(evidence)) == 1


def test_a_secret_stands_in_the_answer_alone(account: Account):
    secretary = account.bound("m01")
    shown = secretary.says("登记")
    shown = secretary.chooses("邀请", shown)
    shown = secretary.chooses("孙柏青", shown)
    link = next(line for line in shown.splitlines() if "https://zhibu.example" in line)
    token = link.rsplit("/", 1)[1]
    kept = str(account.rows(inbox)) + str(account.rows(outbox))
    assert token not in kept
    assert account.platform.calls("/send") == account.platform.calls("/upload") == []


def test_an_invitation_is_opened_by_its_code_and_confirmed_in_the_chat(account: Account):
    secretary = account.bound("m01")
    shown = secretary.chooses("邀请", secretary.says("登记"))
    shown = secretary.chooses("孙柏青", shown)
    token = next(line for line in shown.splitlines() if "https://zhibu.example" in line).rsplit("/", 1)[1]
    newcomer = account.follower("oNewcomer")
    event = account.platform.event("oNewcomer", "subscribe", f"qrscene_{token}")
    assert "确认" in newcomer.heard(event)
    secretary.sees("确认绑定")
    assert "孙柏青" in secretary.presses("确认绑定")
    newcomer.sees("已绑定")
    assert "积分" in newcomer.clicks("我的积分")
    assert account.refused == []
