"""The organisation's own entries: told to the member, who may answer."""

from tests.flows.people import People
from tests.houses import on_both

pytestmark = on_both


def test_a_deduction_is_shown_posted_told_and_answered(people: People):
    secretary, member = people["m01"], people["m03"]
    before = member.say("我的积分")[0]["title"]
    secretary.say("登记")
    secretary.tap("登记加分或扣分")
    secretary.tap("孙柏青")
    label = next(each for each in secretary.labels if each not in ("返回", "首页"))
    secretary.tap(label)
    if any(each.startswith("1") for each in secretary.labels):
        secretary.tap("1")
    secretary.say("十一月三次未交学习笔记")
    assert before == member.say("我的积分")[0]["title"], "shown before it counts"
    secretary.tap("确认")
    assert before != member.say("我的积分")[0]["title"]
    told = member.inbox()[-1]
    assert told["kind"] == "entry_recorded"
    assert any("十一月三次未交学习笔记" in line for line in told["lines"])
    member.post(token=told["choices"][0]["token"])
    member.say("两次已补交")
    assert "两次已补交" in "".join(line for screen in member.say("为什么") for line in screen["lines"])
    answer = secretary.inbox()[-1]
    assert answer["kind"] == "member_answered"
    assert any("两次已补交" in line for line in answer["lines"])


def test_attendance_of_a_whole_meeting_is_one_action(people: People):
    secretary = people["m01"]
    secretary.say("考勤 党员大会 迟到 3 请假 5 7 缺席 9")
    lines = secretary.screens[0]["lines"]
    assert next(line for line in lines if line.startswith("3.")).endswith("迟到")
    assert next(line for line in lines if line.startswith("9.")).endswith("缺席")
    secretary.tap("确认")
    assert "已记入台账 19 笔" in secretary.text
    assert "不能自己审自己" in secretary.text
    late = people["m03"].inbox()[-1]
    assert late["kind"] == "entry_recorded"
    assert any("迟到" in line for line in late["lines"])
    assert all(item["kind"] != "entry_recorded" for item in people["m04"].inbox()), "presence is not news"
    secretary.say("考勤 党员大会")
    secretary.tap("确认")
    assert "今天已经登记过" in secretary.text


def test_own_attendance_waits_for_another_reviewer(people: People):
    people["m01"].say("考勤 党员大会")
    people["m01"].tap("确认")
    people["m02"].say("审核")
    assert "王立新 党员大会" in people["m02"].text
    assert "没有" in people["m01"].say("审核")[0]["title"]


def test_marks_may_be_typed_one_after_another(people: People):
    secretary = people["m01"]
    secretary.say("考勤")
    secretary.tap("党员大会")
    secretary.say("迟到 3")
    secretary.say("缺席 4")
    secretary.say("看不懂的话")
    lines = secretary.screens[-1]["lines"]
    assert next(line for line in lines if line.startswith("3.")).endswith("迟到")
    assert next(line for line in lines if line.startswith("4.")).endswith("缺席")


def test_a_member_without_a_phone_is_declared_for(people: People):
    secretary = people["m01"]
    secretary.say("登记")
    secretary.tap("代")
    while not any(label == "郭守礼" for label in secretary.labels):
        secretary.tap("更多")
    secretary.tap("郭守礼")
    secretary.tap("政治合格")
    secretary.tap("学习")
    secretary.tap("1次")
    assert "郭守礼" in secretary.text
    secretary.tap("确认")
    people["m02"].say("审核")
    assert "郭守礼 学习 1次" in people["m02"].text


def test_an_entry_is_taken_back_by_a_new_one(people: People):
    secretary, member = people["m01"], people["m03"]
    member.say("申报 志愿服务 2")
    member.tap("确认")
    secretary.say("审核")
    secretary.tap("全部通过")
    assert "78.5" in member.say("我的积分")[0]["title"]
    secretary.say("登记")
    secretary.tap("冲正")
    secretary.tap("孙柏青")
    secretary.tap("2026年11月 志愿服务")
    secretary.say("活动日期有误")
    assert "77.5" in member.say("我的积分")[0]["title"]
    assert member.inbox()[-1]["kind"] == "entry_reversed"
    member.say("为什么 志愿服务")
    assert "活动日期有误" in member.text


def test_nobody_takes_back_his_own_entries(people: People):
    secretary = people["m01"]
    before = secretary.say("我的积分")[0]["title"]
    secretary.say("登记")
    secretary.tap("冲正")
    secretary.tap("王立新")
    secretary.tap("2026年")
    assert "不能冲正本人的记录" in secretary.text
    assert people["m01"].say("我的积分")[0]["title"] == before


def test_a_wrong_attendance_is_taken_back_and_recorded_anew(people: People):
    secretary, member = people["m01"], people["m03"]
    secretary.say("考勤 党员大会 缺席 3")
    secretary.tap("确认")
    absent = member.say("我的积分")[0]["title"]
    secretary.say("登记")
    secretary.tap("冲正")
    secretary.tap("孙柏青")
    secretary.tap("2026年11月 党员大会")
    secretary.say("其实到会")
    secretary.tap("改记为：到会")
    assert member.say("我的积分")[0]["title"] != absent
    assert "78" in member.say("我的积分")[0]["title"]


def test_a_declaration_on_behalf_is_told_to_the_member(people: People):
    secretary, member = people["m01"], people["m07"]
    secretary.say("登记")
    secretary.tap("代")
    secretary.tap("何启明")
    secretary.tap("政治合格")
    secretary.tap("学习")
    secretary.tap("1次")
    secretary.tap("确认")
    told = member.inbox()[-1]
    assert told["kind"] == "declared_for"
    assert any("王立新" in line for line in told["lines"])
    member.post(token=told["choices"][0]["token"])
    assert "学习 1次" in member.text


def test_the_organisation_s_own_line_cannot_be_returned(people: People):
    people["m01"].say("考勤 党员大会")
    people["m01"].tap("确认")
    people["m02"].say("审核")
    people["m02"].tap("逐条")
    assert "退回" not in people["m02"].labels
    people["m02"].tap("通过")
    assert "没有" in people["m02"].text
