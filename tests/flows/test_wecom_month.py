"""A month in WeCom: cards changed in place, text where no card fits, pictures, notices; nothing twice."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storage import outbox
from storage.evidence import evidence
from storage.inbox import inbox
from tests.flows.people import Person as Chatter
from tests.flows.wecom import App, said, wecom

pytestmark = pytest.mark.needs("node")
AT_S = 1_795_000_000


@pytest.fixture
def app(folder: Path) -> Iterator[App]:
    with wecom(folder) as found:
        yield found


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "navy").save(out, "JPEG")
    return out.getvalue()


def event(app: App, who: str, name: str, key: str = "", **fields: str) -> dict[str, Any]:
    whole = {"MsgType": "event", "Event": name, "EventKey": key, **fields}
    return dict(app.platform.send(who, whole, create=AT_S))


def statuses(answer: dict[str, Any]) -> list[int]:
    return [each["status"] for each in answer["tries"]]


def pushes(app: App, who: str) -> list[dict[str, Any]]:
    return [each for each in app.platform.shown(who) if each["by"] == "push"]


def test_a_month_from_declaring_to_points(app: App):
    member, secretary = app.bound("m03"), app.bound("m01")
    assert app.platform.verify()["ok"]
    assert not app.platform.verify(bad=True)["ok"]

    member.says("申报 志愿服务 2 学习 1", "志愿服务 2小时")
    assert member.shown["msgtype"] == "template_card"
    member.presses("确认", "已提交")
    assert member.shown["by"] == "passive", "the pressed card is the reply"
    member.presses("撤销", "志愿服务")
    member.says("草稿", "志愿服务")
    member.presses("确认", "已提交")

    secretary.says("审核", "孙柏青")
    secretary.presses("全部通过", "通过")
    member.sees("通过", "我的积分")
    assert member.shown["by"] == "push"
    member.presses("我的积分", "79")
    assert "志愿服务" in member.says("为什么 志愿服务")
    assert app.refused == []


def test_a_choice_without_a_card_is_typed(app: App):
    """A long list is text; its choices have marks, typed in any form."""
    secretary = app.bound("m01")
    for code in ("m03", "m04", "m05", "m07"):
        person: Chatter = app.people[code]
        person.say("申报 志愿服务 1 学习 1 党费 1 读书笔记 1")
        person.tap("确认")
    queue = secretary.says("审核", "16")
    assert secretary.shown["msgtype"] == "text"
    mark = next(line.split(". ")[0] for line in queue.splitlines() if ". 全部通过" in line)
    secretary.says(mark.lower(), "通过")
    assert app.refused == []


def test_a_picture_becomes_evidence(app: App):
    member = app.bound("m09")
    member.says("申报 县级表彰 1", "佐证")
    member.sends_picture(picture(), "佐证材料 1 份")
    assert [(row.kind, row.media_type) for row in app.rows(evidence)] == [("photo", "image/jpeg")]
    assert app.refused == []


def test_a_strangers_picture_is_not_fetched(app: App):
    stranger = app.colleague("nobody")
    app.platform.image("nobody", picture())
    stranger.sees()
    assert app.platform.calls("/media/get") == []


def test_what_is_not_taken_is_told_in_words(app: App):
    member = app.bound("m03")
    app.platform.send(member.address, {"MsgType": "voice", "MediaId": "x", "Format": "amr"})
    member.sees("文字")


def test_capitals_are_the_same_member(app: App):
    member = app.bound("m03")
    app.platform.text("USER-m03", "我的积分")
    member.sees("积分")


def test_a_reminder_is_pushed_and_one_press_spends_its_only_button(app: App):
    secretary, member = app.bound("m01"), app.bound("m03")
    member.says("申报 志愿服务 2", "志愿服务")
    member.presses("确认", "已提交")
    app.later(days=1)
    secretary.sees("审核")
    if len(secretary.labels) == 1:
        kept = secretary.shown
        secretary.presses("审核", "孙柏青")
        assert app.platform.cards()[kept["content"]["task_id"]]["grey"], "its only button was pressed"
    assert app.refused == []


def test_a_notice_with_several_buttons_keeps_them(app: App):
    member = app.bound("m03")
    app.notify("m03", "one")
    member.sees("已绑定")
    kept = member.shown
    assert len(member.labels) > 1
    member.presses(member.labels[0])
    assert member.shown["by"] == "push", "a notice stands as it was, and the reply is another message"
    assert not app.platform.cards()[kept["content"]["task_id"]]["grey"]
    member.presses("申报", on=kept)
    assert app.refused == []


def test_a_reply_closes_the_card_before(app: App):
    member = app.bound("m03")
    member.says("首页", "积分")
    kept = member.shown
    member.says("我的积分", "积分")
    app.until(lambda: bool(app.platform.cards()[kept["content"]["task_id"]]["grey"]))
    assert app.refused == []


@pytest.mark.parametrize("kind", ["text", "click"])
def test_what_comes_three_times_has_one_effect_and_one_answer(app: App, kind: str):
    member = app.bound("m03")
    for _ in range(3):
        if kind == "text":
            answer = app.platform.text(member.address, "申报 学习 1", msgid="9001")
        else:
            answer = event(app, member.address, "click", "我的积分")
        assert statuses(answer) == [200]
    member.sees("学习" if kind == "text" else "积分")
    member.says("首页", "积分")
    assert len(app.rows(inbox)) == 2 + len([row for row in app.rows(inbox) if row.channel != "wecom"])
    assert len(pushes(app, member.address)) == 2


def test_two_events_of_one_second_are_two(app: App):
    member = app.bound("m03")
    event(app, member.address, "click", "我的积分")
    member.sees("积分")
    event(app, member.address, "click", "本月申报")
    member.sees("本月")


def test_the_same_words_asked_twice_are_answered_twice(app: App):
    """WeCom's check of duplicates compares whole calls: two replies of the same words must not be taken for one."""
    member = app.bound("m03")
    told = {member.says("今天天气怎么样呀") for _ in range(4)}
    assert len(told) == 2, "the first, and from then on the same with the current screen"
    assert len(pushes(app, member.address)) == 4


def test_a_press_of_an_old_card_says_so_and_shows_what_is_current(app: App):
    member = app.bound("m03")
    member.says("申报 志愿服务 2", "志愿服务")
    old = member.shown["content"]
    member.presses("确认", "已提交")
    key, task = old["button_list"][0]["key"], old["task_id"]
    answer = event(app, member.address, "template_card_event", key, TaskId=task, ResponseCode="RC-of-long-ago")
    assert statuses(answer) == [200]
    card = said({"msgtype": "template_card", "content": answer["reply"]})
    assert "已经" in card
    assert "已提交" in card, "what is current stands below"
    assert app.refused == []


def test_a_code_that_is_used_or_old_makes_a_new_message(app: App):
    secretary, member = app.bound("m01"), app.bound("m03")
    member.says("申报 志愿服务 2", "志愿服务")
    member.presses("确认", "已提交")
    secretary.says("审核", "孙柏青")
    app.platform.fault("update_template_card", errcode=42014, times=5)
    secretary.presses("全部通过", "通过")
    member.sees("通过")
    assert app.platform.violations() == []


def test_who_opens_the_app_is_greeted_once(app: App):
    member = app.bound("m03")
    event(app, member.address, "enter_agent")
    member.sees()
    app.platform.send(member.address, {"MsgType": "event", "Event": "enter_agent", "EventKey": ""}, create=AT_S + 60)
    member.says("我的积分", "积分")
    assert len(pushes(app, member.address)) == 2


def test_who_has_left_is_bound_no_more_and_who_is_renamed_stays(app: App):
    app.bound("m03")
    app.bound("m04")
    number = app.whose("user-m04")
    event(app, "sys", "change_contact", ChangeType="delete_user", UserID="USER-m03")
    event(app, "sys", "change_contact", ChangeType="update_user", UserID="user-m04", NewUserID="Wang.New")
    assert app.whose("user-m03") is None
    assert (app.whose("user-m04"), app.whose("wang.new")) == (None, number)


def test_a_member_without_licence_is_told_elsewhere(app: App):
    app.bound("m03")
    app.platform.config(unlicensed=["user-m03"])
    before = len(app.people["m03"].inbox())
    app.notify("m03", "one")
    app.until(lambda: len(app.people["m03"].inbox()) > before)


def test_the_menu_is_set_once_and_its_lines_are_what_could_be_typed(app: App):
    app.until(lambda: bool(app.platform.calls("/menu/create")))
    (call,) = app.platform.calls("/menu/create")
    assert len(call["body"]["button"]) == 3
    member = app.bound("m03")
    event(app, member.address, "click", call["body"]["button"][1]["sub_button"][0]["key"])
    member.sees("积分")
    assert app.refused == []


def test_a_secret_is_shown_with_its_picture_and_kept_nowhere(app: App):
    secretary = app.bound("m01")
    secretary.says("登记", "邀请")
    secretary.presses("邀请", "孙柏青")
    mark = next(line.split(". ")[0] for line in secretary.text.splitlines() if "孙柏青" in line)
    app.platform.text(secretary.address, mark)
    secretary.sees("https://zhibu.example/")
    link = next(line for line in secretary.text.splitlines() if line.startswith("https://"))
    token = link.rpartition("/")[2]
    while secretary.shown["msgtype"] != "image":
        secretary.sees()
    bodies = [row.body for row in app.rows(outbox.outbox)] + [row.reply for row in app.rows(inbox)]
    assert token
    assert token not in str(bodies), "it stands in no row"
    assert app.refused == []
