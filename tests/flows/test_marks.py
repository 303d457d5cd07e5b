"""The marks of choices: typed in any form they mean what was shown with them, and never act on what was not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import marks
from screens.screen import Prompt, Screen
from tests.flows.people import People


def wide(text: str) -> str:
    """In full width, as Chinese keyboards type it."""
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("1", "1"),
        (wide("1"), "1"),
        ("一", "1"),
        ("1.", "1"),
        (wide("1."), "1"),
        ("1、", "1"),
        ("(1)", "1"),
        ("①", "1"),
        (" 十 ", "10"),
        ("两", "2"),
        ("01", "1"),
        ("a", "A"),
        (wide("A"), "A"),
        ("A.", "A"),
        ("aa", "AA"),
        ("1次", ""),
        ("1 2", ""),
        ("1.5", ""),
        ("-1", ""),
        ("确认", ""),
        ("home", ""),
        ("1000", ""),
        ("", ""),
    ],
)
def test_a_mark_is_read_in_any_form(typed: str, mark: str):
    assert marks.typed(typed) == mark


@given(position=st.integers(0, 26 * 27 - 2))
def test_every_mark_is_read_as_itself_and_no_two_are_equal(position: int):
    shown = marks.mark(position, letters=True)
    assert marks.typed(shown) == shown == marks.typed(shown.lower())
    assert shown != marks.mark(position + 1, letters=True)
    if position < 999:
        assert marks.typed(marks.mark(position, letters=False)) == str(position + 1)


@pytest.mark.parametrize(
    ("screen", "letters"),
    [
        (Screen("首页", ("一", "2 个")), False),
        (Screen("审核", ("1. 孙柏青",)), True),
        (Screen("多少", prompt=Prompt(None, "quantity", "number")), True),
        (Screen("考勤", prompt=Prompt(None, "words", "marks")), True),
        (Screen("事由", prompt=Prompt(None, "reason")), False),
    ],
)
def test_letters_stand_where_numbers_mean_something_else(screen: Screen, letters: bool):
    assert marks.lettered([Screen("前"), screen]) is letters


def shown(people: People, code: str) -> dict[str, str]:
    """Mark → label on the screens a person sees."""
    choices = [choice for screen in people[code].screens for choice in screen["choices"]]
    return {choice["mark"]: choice["label"] for choice in choices}


def mark_of(people: People, code: str, label: str) -> str:
    return next(mark for mark, each in shown(people, code).items() if each.startswith(label))


@pytest.mark.parametrize("form", ["{0}", "{0}.", "（{0}）", "{1}", "{2}", "label"])
def test_a_choice_is_taken_by_its_mark_in_any_form(people: People, form: str):
    member = people["m03"]
    member.say("首页")
    mark = mark_of(people, "m03", "我的积分")
    spelt = " 一二三四五六七八九"[int(mark)]
    member.say("我的积分" if form == "label" else form.format(mark, wide(mark), spelt))
    assert "积分" in member.screens[0]["title"]
    assert "列表已更新" not in member.text


@pytest.mark.parametrize("typed", ["{}", "{}.", "lower", "wide"])
def test_where_a_quantity_is_asked_letters_choose_and_a_number_is_the_answer(people: People, typed: str):
    member = people["m03"]
    member.say("申报")
    member.tap("政治合格")
    member.tap("学习")
    mark = mark_of(people, "m03", "3次")
    assert mark.isalpha()
    member.say({"lower": mark.lower(), "wide": wide(mark)}.get(typed, typed.format(mark)))
    assert "学习 3次" in member.text


def test_a_number_is_the_quantity_that_is_asked(people: People):
    member = people["m03"]
    member.say("申报")
    member.tap("政治合格")
    member.tap("学习")
    member.say("2")
    assert "学习 2次" in member.text


def test_in_the_queue_a_number_is_a_line_and_a_letter_a_choice(people: People):
    member, secretary = people["m03"], people["m01"]
    member.say("申报 志愿服务 2 学习 1")
    member.tap("确认")
    secretary.say("审核")
    mark = mark_of(people, "m01", "全部通过")
    secretary.say("一")
    assert "志愿服务" in secretary.screens[0]["title"]
    secretary.say("审核")
    secretary.say(mark)
    assert "2" in secretary.text
    assert people["m01"].say("审核")[0]["title"].count("没有") == 1


@pytest.mark.parametrize("number", ["99", wide("99."), "0"])
def test_a_number_that_stands_nowhere_acts_on_nothing_and_shows_the_list_again(people: People, number: str):
    member = people["m03"]
    member.say("首页")
    before = shown(people, "m03")
    member.say(number)
    assert "列表已更新" in member.screens[0]["title"]
    assert shown(people, "m03") == before, "the same choices with the same marks"
    member.say(mark_of(people, "m03", "我的积分"))
    assert "积分" in member.screens[0]["title"]


def test_a_mark_of_a_list_that_was_replaced_does_not_act(people: People):
    member = people["m03"]
    member.say("申报 学习 1")
    confirm = mark_of(people, "m03", "确认")
    member.say("为什么")
    member.say("帮助")
    old = str(len(shown(people, "m03")) + int(confirm) if confirm.isdigit() else 98)
    member.say(old)
    assert "列表已更新" in member.screens[0]["title"]
    assert "已提交" not in member.text


def test_a_number_without_any_list_leads_home(people: People):
    secretary = people["m01"]
    secretary.say("首页")
    people["m03"].say("7")
    assert "列表已更新" in people["m03"].screens[0]["title"]
    assert shown(people, "m03"), "the home screen's choices"


def test_choices_of_several_screens_are_counted_through(people: People):
    member = people["m03"]
    member.say("申报 学习 1")
    marks_shown = list(shown(people, "m03"))
    letters = marks_shown[0].isalpha()
    assert marks_shown == [marks.mark(n, letters=letters) for n in range(len(marks_shown))]


def test_what_is_pushed_has_no_marks(people: People):
    pushed = people["m03"].inbox()[-1]
    assert pushed["choices"]
    assert all(set(choice) == {"label", "token"} for choice in pushed["choices"])
