"""Announcements: written in chat, told to each recipient once, confirmed, reminded of, withdrawn."""

from datetime import date
from typing import Any

import pytest

from handlers.desk import Desk
from storage import announcements, members
from tests.flows.announcing import TEXT, announced, confirm, sent
from tests.flows.people import People
from tests.houses import on_both

pytestmark = on_both


def test_an_announcement_in_one_line_takes_one_more_tap_and_reaches_each_member_once(people: People):
    author = people["m01"]
    author.say(TEXT)
    assert "关于召开支部党员大会的通知" in author.text
    assert "水务局第一党支部全体人员，19 人" in author.text
    assert announced(people["m03"]) == [], "nothing is sent before it is confirmed"
    author.tap("确认发送（19 人）")
    assert author.text.startswith("已发出：关于召开支部党员大会的通知")
    assert "正在通知 19 人" in author.text
    author.tap("看送达和确认情况")
    assert "已发 19 人，送达 18 人，确认 0 人" in author.text
    (item,) = announced(people["m03"])
    assert item["title"] == "公告：关于召开支部党员大会的通知"
    assert item["lines"] == ["明天下午三点，二楼会议室。", "", "请带学习笔记。", "", "水务局第一党支部 王立新"]
    assert [choice["label"] for choice in item["choices"]] == ["收到"]
    assert announced(author) == [], "the author need not confirm his own"
    assert announced(people["m22"]) == [], "another branch"


def test_confirming_counts_once_and_the_author_sees_who_has_not(people: People):
    author, member = sent(people), people["m03"]
    confirm(member)
    assert member.text.startswith("已确认收到：关于召开支部党员大会的通知")
    confirm(member)
    assert "您已在11月22日确认过" in member.text
    people["m04"].say("收到")
    assert "已确认收到" in people["m04"].text
    author.tap("看送达和确认情况")
    assert "确认 2 人" in author.text
    left = next(line for line in author.text.splitlines() if line.startswith("未确认（17 人）"))
    assert "孙柏青" not in left
    assert "李沐川" not in left
    assert "郭守礼" in left
    assert "其中没有通知到的：郭守礼" in author.text


def test_the_text_is_asked_for_and_may_begin_like_a_command(people: People):
    author = people["m01"]
    author.say("公告")
    assert "第一行作为标题" in author.text
    author.say("申报提醒\n本月申报月底截止，请抓紧。")
    assert "请核对公告：申报提醒" in author.text
    author.tap("修改内容")
    author.say("考勤通知\n党员大会迟到的请说明。")
    assert "请核对公告：考勤通知" in author.text
    author.tap("确认发送")
    (item,) = announced(people["m03"])
    assert item["title"] == "公告：考勤通知"


def test_a_draft_is_kept_until_it_is_sent_or_cancelled(people: People):
    author = people["m01"]
    author.say("公告 第一稿")
    author.say("首页")
    author.say("公告")
    author.tap("继续：第一稿")
    assert "请核对公告：第一稿" in author.text
    author.tap("取消")
    author.say("公告")
    assert not [label for label in author.labels if label.startswith("继续")]
    assert announced(people["m03"]) == []


def test_the_same_message_twice_is_one_announcement(people: People):
    author = people["m01"]
    author.say(TEXT, id="1")
    token = author.token("确认发送")
    first = author.post(token=token, id="2")
    assert author.post(token=token, id="2") == first
    author.post(token=token, id="3")
    assert len(announced(people["m03"])) == 1
    author.say("公告")
    author.tap("已发的公告")
    assert len([label for label in author.labels if label.startswith("1. ")]) == 1
    assert not [label for label in author.labels if label.startswith("2. ")]


def test_a_member_lists_the_last_announcements_and_reads_one_again(people: People):
    sent(people, "公告 第一条\n正文一")
    sent(people, "公告 第二条\n正文二", "s01")
    member = people["m03"]
    member.say("收到")
    assert "我收到的公告" in member.text, "which of the two?"
    member.say("公告")
    assert member.screens[0]["lines"][0].startswith("1. 第二条（市水务局机关党委，")
    member.tap("2. 第一条")
    assert "正文一" in member.text
    member.tap("收到")
    assert "已确认收到：第一条" in member.text
    member.say("首页")
    assert "待确认的公告（1）" in member.labels


def test_an_officer_chooses_a_unit_below_or_a_role(people: People):
    officer = people["s01"]
    officer.say("公告 报送材料\n周五前报送。")
    assert "市水务局机关党委全体人员，40 人" in officer.text
    officer.tap("选择发给谁")
    officer.tap("市水务局机关党委各支部书记")
    assert "各支部书记，3 人" in officer.text
    officer.tap("选择发给谁")
    officer.tap("水务局第二党支部")
    assert "水务局第二党支部全体人员，20 人" in officer.text
    officer.tap("选择发给谁")
    officer.tap("市水务局机关党委")
    officer.tap("选择发给谁")
    officer.tap("市水务局机关党委各支部书记")
    officer.tap("确认发送（3 人）")
    for code in ("m01", "m02", "m21"):
        (item,) = announced(people[code])
        assert item["lines"][-1] == "市水务局机关党委 贺文博"
    assert announced(people["m03"]) == []


def test_a_secretary_has_nobody_else_to_choose_and_a_member_may_not_announce(people: People):
    people["m01"].say("公告 甲")
    assert "选择发给谁" not in people["m01"].labels
    people["m03"].say("公告 大家好")
    assert "只有支部书记" in people["m03"].text
    people["m03"].say("公告")
    assert "还没有收到过公告" in people["m03"].text


def test_a_deputy_announces_for_the_branch_and_the_principal_looks_after_it(people: People):
    deputy, principal = sent(people, "公告 查档安排\n下周一起。", "m43"), people["m41"]
    assert "19 人" in deputy.text
    principal.say("公告")
    principal.tap("已发的公告")
    principal.tap("1. 查档安排")
    assert "姜若兰" in principal.text
    row = people.parts.desk.store.read(lambda connection: announcements.get(connection, 1))
    behalf = people.parts.desk.store.read(lambda connection: members.member_by_code(connection, "m41"))
    assert row is not None
    assert row.behalf == behalf
    people.clock("2027-01-20T09:00")
    deputy.say("公告 期满以后")
    assert "只有支部书记" in deputy.text


def test_a_stranger_to_an_announcement_sees_nothing_of_it(people: People):
    desk: Desk = people.parts.desk
    author = sent(people)
    author.tap("看送达和确认情况")
    outsider = people["m21"]
    outsider.say("公告")
    outsider.tap("已发的公告")
    assert outsider.screens[0]["lines"] == ["还没有。"]
    token = author.token("撤回公告")
    outsider.post(token=token)
    assert "关于召开" not in outsider.text
    row = desk.store.read(lambda connection: announcements.get(connection, 1))
    assert row is not None
    assert row.withdrawn_at is None


def test_who_leaves_the_branch_after_sending_stays_on_the_list_and_can_confirm(people: People):
    author, member = sent(people), people["m03"]

    def move(connection: Any) -> None:
        number = members.member_by_code(connection, "m03")
        table = members.membership
        day, after = date(2026, 11, 22), date(2026, 11, 23)
        target = next(unit.id for unit in members.units_under(connection, "/") if unit.code == "water-2")
        connection.execute(table.update().where(table.c.member_id == number).values(until_on=day))
        members.insert(
            connection,
            table,
            {"member_id": number, "unit_id": target, "from_on": after, "until_on": None},
        )

    people.parts.desk.store.submit(move).result()
    people.clock("2026-11-23T09:00")
    author.tap("看送达和确认情况")
    assert "孙柏青" in author.text
    confirm(member)
    assert "已确认收到" in member.text
    author.tap("刷新")
    assert "已发 19 人，送达 18 人，确认 1 人" in author.text
    assert "孙柏青" not in author.text


UNITS = {
    "滨湖市直机关工委",
    "第一责任区",
    "市水务局机关党委",
    "水务局第一党支部",
    "水务局第二党支部",
    "市档案馆机关党委",
    "档案馆党支部",
}
HOSTILE = (
    "<script>alert(1)</script> & <b>标题</b>",
    '=HYPERLINK("http://x","点这里")',
    "{title} %s {0}",
    "标题\u202e倒着\u2066写 👍🏽",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(people: People, text: str):
    author = people["m01"]
    author.say(f"公告 {text}\n{text}")
    author.tap("确认发送")
    (item,) = announced(people["m03"])
    plain = text.replace("\u202e", "").replace("\u2066", "")
    assert item["title"] == f"公告：{plain}"
    assert item["lines"][0] == plain
    confirm(people["m03"])
    assert plain in people["m03"].text
    people.client.cookies.set("zhibu_persona", "m03")
    page = people.client.get("/chat").text
    assert "已确认收到" in page
    assert "<script>alert" not in page


def test_too_much_text_is_refused_with_what_to_do_and_the_question_stands(people: People):
    author = people["m01"]
    author.say("公告")
    author.say("长" * 20_000)
    assert "20000" in author.text
    author.say("长" * 61)
    assert "第一行是标题，现有 61 字，最多 60 字" in author.text
    author.say("标题\n" + "长" * 1501)
    assert "1501" in author.text
    text = "\n".join("一二三四五六七八九" * 5 for _ in range(32))
    author.say("标题\n" + text)
    author.tap("确认发送")
    (item,) = announced(people["m03"])
    assert item["lines"][:-2] == text.splitlines(), "nothing is cut"
    author.say("公告 \u200b\u202e")
    assert announced(people["m03"]) == [item]


def test_a_long_list_of_those_who_have_not_confirmed_is_paged_by_twenty_and_by_unit(people: People):
    committee = sent(people, "公告 年终总结\n十二月五日前报送。", "s04")
    committee.tap("看送达和确认情况")
    assert "未确认（64 人）" in committee.text
    seen = 0
    for page in range(1, 5):
        found = [line for line in committee.screens[0]["lines"] if "：" in line and line.split("：")[0] in UNITS]
        seen += sum(len(line.split("：")[1].split("、")) for line in found)
        if page < 4:
            committee.tap(f"换一页（{page}/4）")
    assert seen == 64
    assert "其他页还有" in committee.text
