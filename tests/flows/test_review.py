"""Reviewing: one queue, numbers of the screen shown, reasons, and who may not."""

import pytest

from tests.flows.people import People, Person
from tests.houses import on_both


def declared(people: People, *codes: str, text: str = "申报 志愿服务 2") -> None:
    for code in codes:
        people[code].say(text)
        people[code].tap("确认")


def numbered(person: Person) -> list[str]:
    return [line for line in person.screens[0]["lines"] if line[0].isdigit()]


@on_both
def test_all_but_the_numbers_named_are_approved_and_those_are_asked_next(people: People):
    declared(people, "m03", "m04", "m05", "m07", "m08", "m09", "m10")
    secretary = people["m01"]
    secretary.say("审核")
    third, seventh = numbered(secretary)[2], numbered(secretary)[6]
    secretary.say("全部通过 除 3 7")
    assert "5 条" in secretary.text
    assert third.split()[1] in secretary.screens[0]["title"]
    secretary.tap("驳回")
    secretary.tap("数量")
    assert seventh.split()[1] in secretary.screens[0]["title"]
    secretary.tap("通过")
    assert "没有" in secretary.text
    assert "没有" in secretary.say("审核")[0]["title"]


def test_lines_that_came_later_are_not_touched(people: People):
    declared(people, "m03", "m04")
    secretary = people["m01"]
    secretary.say("审核")
    declared(people, "m05")
    secretary.say("全部通过")
    assert "2 条" in secretary.text
    secretary.say("审核")
    assert [line.split()[1] for line in numbered(secretary)] == ["陈知远"]


@pytest.mark.parametrize("text", ["全部通过 除 0", "全部通过 除 9", "全部通过 除 1 99"])
def test_a_number_not_on_the_list_stops_everything(people: People, text: str):
    declared(people, "m03", "m04")
    secretary = people["m01"]
    secretary.say("审核")
    secretary.say(text)
    assert "通过" not in secretary.screens[0]["title"]
    secretary.say("审核")
    assert len(numbered(secretary)) == 2


def test_numbers_without_a_list_show_the_list_first(people: People):
    declared(people, "m03", "m04")
    secretary = people["m01"]
    secretary.say("首页")
    secretary.say("全部通过 除 1")
    assert len([line for screen in secretary.screens for line in screen["lines"] if line[0].isdigit()]) == 2
    secretary.say("审核")
    assert len(numbered(secretary)) == 2


@pytest.mark.parametrize("decision", ["退回", "驳回"])
def test_return_and_reject_need_a_reason_which_the_member_reads(people: People, decision: str):
    declared(people, "m03")
    secretary = people["m01"]
    secretary.say("审核")
    secretary.tap("逐条")
    secretary.tap(decision)
    people["m02"].say("审核")
    assert "孙柏青" in people["m02"].text, "without a reason nothing is decided"
    secretary.say("佐证不清楚")
    assert any("佐证不清楚" in line for line in people["m03"].inbox()[-1]["lines"])
    assert decision in people["m03"].inbox()[-1]["title"]


@on_both
def test_a_late_tap_on_a_decided_line_is_refused_with_words(people: People):
    declared(people, "m03")
    first, second = people["m01"], people["m02"]
    first.say("审核")
    second.say("审核")
    second.tap("逐条")
    first.tap("全部通过")
    second.tap("驳回")
    assert "已通过（" in second.text, "the state it has, and who decided it"
    assert "王立新" in second.text
    second.say("审核")
    assert people["m03"].say("我的积分")[0]["title"].count("78.5") == 1


def test_nobody_sees_his_own_lines_in_his_queue(people: People):
    declared(people, "m01", "m02")
    people["m01"].say("审核")
    assert [line.split()[1] for line in numbered(people["m01"])] == ["赵雅琴"]
    people["m02"].say("审核")
    assert [line.split()[1] for line in numbered(people["m02"])] == ["王立新"]


@on_both
def test_the_only_secretary_s_lines_go_to_the_officer(people: People):
    declared(people, "m21", "m22")
    people["m21"].say("审核")
    assert [line.split()[1] for line in numbered(people["m21"])] == ["黄秋萍"]
    people["s01"].say("审核")
    assert [line.split()[1] for line in numbered(people["s01"])] == ["林致诚"]


@on_both
def test_a_deputy_reviews_but_neither_himself_nor_his_principal(people: People):
    declared(people, "m41", "m43", "m44")
    people["m43"].say("审核")
    assert [line.split()[1] for line in numbered(people["m43"])] == ["范景行"]
    people["m41"].say("审核")
    assert {line.split()[1] for line in numbered(people["m41"])} == {"姜若兰", "范景行"}
    people["s02"].say("审核")
    assert [line.split()[1] for line in numbered(people["s02"])] == ["丁慧芝"]


def test_a_secretary_sees_only_the_own_branch(people: People):
    declared(people, "m22", "m44")
    assert "没有" in people["m01"].say("审核")[0]["title"]
    people["m01"].say("情况")
    assert "第二党支部" not in people["m01"].text


def test_a_member_may_not_review(people: People):
    people["m03"].say("审核")
    assert "书记" in people["m03"].text
    people["m03"].say("登记")
    assert "书记" in people["m03"].text


@on_both
def test_what_should_be_looked_at_is_flagged(people: People):
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    declared(people, "m03", text="申报 志愿服务 20")
    for code in ("m04", "m05"):
        people[code].say("申报 学习 1")
        people[code].send("证明.pdf", pdf)
        people[code].tap("确认")
    secretary = people["m01"]
    secretary.say("审核")
    lines = numbered(secretary)
    assert any("上限" in line and "平常" in line for line in lines), lines
    assert sum("佐证材料以前用过" in line for line in lines) == 2, lines


def test_the_queue_shows_twenty_at_first_and_keeps_its_numbers(people: People):
    for number in range(3, 20):
        if number != 6:
            declared(people, f"m{number:02d}", text="申报 志愿服务 1 学习 1")
    secretary = people["m01"]
    secretary.say("审核")
    assert len(numbered(secretary)) == 20
    secretary.tap("下一页")
    assert numbered(secretary)[0].startswith("21.")
    secretary.say("全部通过 除 22")
    assert "31 条" in secretary.text


def test_the_reviewer_opens_the_evidence(people: People):
    people["m04"].say("申报 学习 1")
    people["m04"].send("证明.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")
    people["m04"].tap("确认")
    secretary = people["m01"]
    secretary.say("审核")
    secretary.tap("逐条")
    link = secretary.screens[0]["link"]
    path = "/" + link.split("/", 3)[3]
    people.client.cookies.set("zhibu_persona", "m01")
    seen = people.client.get(path)
    assert seen.content.startswith(b"%PDF")
    assert "attachment" in seen.headers["content-disposition"]
    assert seen.headers["x-content-type-options"] == "nosniff"
    people.client.cookies.set("zhibu_persona", "m22")
    assert people.client.get(path).status_code == 404


def test_the_reviewer_finds_all_files_of_a_line(people: People):
    member, secretary = people["m04"], people["m01"]
    member.say("申报 学习 1")
    for name in ("一.pdf", "二.pdf"):
        member.send(name, b"%PDF-1.4\n%" + name.encode() + b"\ntrailer<<>>\n%%EOF")
    member.tap("确认")
    secretary.say("审核")
    secretary.tap("逐条")
    people.client.cookies.set("zhibu_persona", "m01")
    page = people.client.get("/" + secretary.screens[0]["link"].split("/", 3)[3]).text
    assert "一.pdf" in page
    assert "二.pdf" in page
