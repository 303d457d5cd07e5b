"""Declaring: three ways, changing one's mind, evidence, and input that makes no sense."""

import pytest

from tests.flows.people import People
from tests.houses import on_both


def test_buttons_lead_from_category_to_receipt(people: People):
    member = people["m04"]
    member.say("申报")
    member.tap("发挥作用合格")
    member.tap("志愿服务")
    member.tap("2小时")
    assert "志愿服务 2小时" in member.text
    member.tap("再加一条")
    member.tap("政治合格")
    member.tap("学习")
    member.say("2次")
    assert member.labels[0].startswith("确认提交 2 条")
    member.tap("确认")
    assert "已提交" in member.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("申报 志愿服务 2 学习 1", ["志愿服务 2小时", "学习 1次"]),
        ("申报志愿服务2学习1", ["志愿服务 2小时", "学习 1次"]),
        ("申报 志愿服务，学习", ["志愿服务 1小时", "学习 1次"]),
        ("申报 志愿服务 \uff12 小时、学习 两次", ["志愿服务 2小时", "学习"]),
        ("申报 zyfw 2", ["志愿服务 2小时"]),
        ("申报 xx 2", ["学习 2次"]),
        ("申报 志原服务 3", ["志愿服务 3小时", "“志原服务”", "“志愿服务”"]),
        ("申报 集中学习 1", ["学习 1次"]),
        ("申报 志愿服务 1.5", ["志愿服务 1.5小时"]),
        ("志愿服务 2", ["志愿服务 2小时"]),
        ("申报 志愿服务 1 志愿服务 2", ["志愿服务 3小时"]),
    ],
)
def test_one_line_of_text_is_shown_before_it_counts(people: People, text: str, shown: list[str]):
    member = people["m05"]
    member.say(text)
    for each in shown:
        assert each in member.text, member.text
    assert any(label.startswith("确认") for label in member.labels)
    assert "没有" in people["m01"].say("审核")[0]["title"], "nothing is submitted yet"


def test_words_that_could_be_several_are_asked(people: People):
    member = people["m05"]
    member.say("申报 表彰 1")
    member.tap("市级表彰")
    assert "市级表彰" in member.text


@pytest.mark.parametrize(
    "text",
    [
        "申报 志愿服务 -5",
        "申报 志愿服务 0",
        "申报 志愿服务 999999999999999999999999999999999999999999",
        "申报 志愿服务 1.23",
        "申报 学习 1.5",
        "申报 根本没有的东西 2",
        "😀" * 50,
        "<script>alert(1)</script>",
        '=HYPERLINK("http://x.example","点我")',
        "申报 =HYPERLINK(1) 2",
        "\u202e\u202d反转",
        "长" * 20_000,
        "申报 " + "志愿服务 1 " * 5_000,
        "\x00\x01\x02",
        "/nosuchcommand",
        "全部通过 除 99999999999999",
        "登记",
        "",
        "   ",
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(people: People, text: str):
    member = people["m05"]
    member.say("申报 学习 1")
    draft = member.text
    screens = member.say(text)
    assert all(screen["lines"] for screen in screens)
    assert "Traceback" not in member.text
    assert "Error" not in member.text
    assert "\u202e" not in member.text
    member.say("草稿")
    assert "学习 1次" in member.text, draft
    assert people.parts.desk.store.read(parked) == 0


def parked(connection) -> int:
    from storage import inbox

    return inbox.parked(connection)


def test_html_and_formulas_are_shown_as_the_text_they_are(people: People):
    member = people["m05"]
    member.say("申报 学习 1")
    member.tap("修改")
    member.tap("补充佐证")
    member.say("<b>=HYPERLINK(1)</b>\u202e左右")
    assert "<b>=HYPERLINK(1)</b>左右" in member.text


@on_both
def test_the_same_id_gives_the_same_reply_and_one_effect(people: People):
    member = people["m07"]
    member.say("申报 志愿服务 2", id="a1")
    token = member.token("确认")
    first = member.post(token=token, id="a2")
    assert member.post(token=token, id="a2") == first
    again = member.post(token=token, id="a3")
    assert "没有重复办理" in again[0]["lines"][0]
    people["m01"].say("审核")
    assert people["m01"].text.count("何启明") == 1


@on_both
def test_an_old_button_says_so_and_offers_the_current_screen(people: People):
    member = people["m07"]
    member.say("申报 志愿服务 2")
    old = member.token("确认")
    member.say("申报 学习 1")
    live = member.token("确认")
    member.post(token=old)
    assert "以前界面上的按钮" in member.text
    assert "没有" in people["m01"].say("审核")[0]["title"], "the old button submitted nothing"
    assert member.token("确认") == live, "the current keyboard is the only live one"
    member.tap("确认")
    assert "已提交" in member.text


def test_a_token_of_somebody_else_does_nothing(people: People):
    people["m07"].say("申报 志愿服务 2")
    token = people["m07"].token("确认")
    people["m08"].post(token=token)
    assert "没有" in people["m01"].say("审核")[0]["title"]


@on_both
def test_undo_takes_back_the_whole_submission_until_five_minutes(people: People):
    member = people["m08"]
    member.say("申报 志愿服务 2 学习 1")
    member.tap("确认")
    member.tap("撤销")
    assert "没有" in people["m01"].say("审核")[0]["title"]
    member.tap("确认")
    people.clock("2026-11-22T09:06")
    member.tap("撤销")
    assert "提交后五分钟内可以撤销" in member.text
    people["m01"].say("审核")
    assert people["m01"].text.count("吴楷") == 2, "both lines stay submitted"


@on_both
def test_undo_ends_with_the_first_decision(people: People):
    member, secretary = people["m08"], people["m01"]
    member.say("申报 志愿服务 2 学习 1")
    member.tap("确认")
    secretary.say("审核")
    secretary.say("全部通过 除 2")
    member.tap("撤销")
    assert "“志愿服务”目前为“已通过”" in member.text
    assert "未作任何改动" in member.text


@on_both
def test_a_line_is_changed_or_withdrawn_before_review(people: People):
    member, secretary = people["m08"], people["m01"]
    member.say("申报 志愿服务 2 学习 1")
    member.tap("确认")
    secretary.say("审核")
    member.say("本月申报")
    member.tap("志愿服务")
    member.tap("修改数量")
    member.say("3")
    assert "3小时" in member.text
    member.say("本月申报")
    member.tap("学习")
    member.tap("撤回")
    secretary.tap("全部通过")
    assert "0 条" in secretary.text, "what changed since it was shown is not approved unseen"
    secretary.say("审核")
    assert "志愿服务 3小时" in secretary.text
    assert "学习" not in secretary.text


def test_cancel_ends_a_question_and_keeps_the_draft(people: People):
    member = people["m10"]
    member.say("申报 学习 1")
    member.tap("修改")
    member.tap("修改数量")
    member.say("取消")
    assert "1 条草稿已保留" in member.text
    member.say("草稿")
    assert "学习 1次" in member.text


def test_a_wrong_number_leaves_the_question_standing(people: People):
    member = people["m10"]
    member.say("申报")
    member.tap("政治合格")
    member.tap("学习")
    member.say("很多")
    assert any("1次" in label for label in member.labels)
    member.say("三")
    assert "学习 3次" in member.text


@on_both
def test_over_the_cap_is_said_before_it_counts(people: People):
    member = people["m10"]
    member.say("申报 志愿服务 10")
    assert "上限" in member.text
