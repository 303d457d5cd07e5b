"""The edge of WeCom without a wire: what its XML means, how screens are drawn, what is refused in an answer."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import Inbound, Rendered
from bot.tencent.xml import Fields, parsed, written
from bot.wecom import cards, draw
from bot.wecom.cards import MOST_BODY, MOST_TITLE, Edit, as_fields, narrowed, read_edit, read_task
from bot.wecom.channel import refusals
from bot.wecom.draw import MOST_BYTES, MOST_PARTS, drawn, interactive, parts, weight
from bot.wecom.edge import Meaning, meaning
from rules.problems import Problem
from screens.texts import words

SAMPLES = Path(__file__).parents[1] / "samples/wecom"
WHO, MSG, AT = "zhangsan", "23456789012345678", "1795309201"
URL = "https://zhibu.example"
NOTHING = Meaning()
say = words("zh_CN")


def heard(key: str = MSG, fetch: str = "", entered: bool = False, **given: Any) -> Meaning:
    return Meaning(Inbound("wecom", WHO, key, by_answer=False, **given), fetch, entered=entered)


def event(name: str, *more: str) -> str:
    return "\n".join(("ZhangSan", AT, name, *more))


def pressed(task: str, edit: str, code: str = "RESPONSE-code_7") -> Meaning:
    more = (f"TaskId={task}", *((f"ResponseCode={code}",) if code else ()))
    key = "\n".join(("ZhangSan", AT, "template_card_event", "AbCdEf0123", *more))
    return heard(key, token="AbCdEf0123", edit=edit)


REFUSED = heard(problems=(Problem("kind_not_taken", {}),))
MEANINGS: dict[str, Meaning] = {
    "text": heard(text="申报 学习 1"),
    "text-empty": REFUSED,
    "image": heard(fetch="media-7_a"),
    "voice": REFUSED,
    "video": REFUSED,
    "location": REFUSED,
    "link": REFUSED,
    "unheard-of": REFUSED,
    "enter-agent": heard(event("enter_agent"), text="/start", entered=True),
    "subscribe": Meaning(reach=(WHO, True)),
    "unsubscribe": Meaning(reach=(WHO, False)),
    "click": heard(event("click", "我的积分"), text="我的积分"),
    "view": NOTHING,
    "location-reported": NOTHING,
    "card-reply": pressed("AbCdEf0123@r2-17", "r2:RESPONSE-code_7"),
    "card-notice": pressed("AbCdEf0123@p1-b4", "p1:RESPONSE-code_7"),
    "card-other-task": pressed("task of somebody else", "p6:RESPONSE-code_7"),
    "card-without-code": pressed("AbCdEf0123@r2-17", "", ""),
    "card-selected": pressed("AbCdEf0123@r2-17", "r2:RESPONSE-code_7"),
    "delete-user": Meaning(removed=WHO),
    "update-user": Meaning(renamed=(WHO, "zhang.san")),
    "update-user-name": NOTHING,
    "create-user": NOTHING,
    "batch-job": NOTHING,
    "unheard-of-event": NOTHING,
}


def test_every_sample_has_its_meaning():
    assert {path.stem for path in SAMPLES.glob("*.xml")} == set(MEANINGS)


@pytest.mark.parametrize("name", MEANINGS)
def test_a_post_means(name: str):
    assert meaning(parsed((SAMPLES / f"{name}.xml").read_bytes())) == MEANINGS[name]


names = st.sampled_from(
    [
        "FromUserName",
        "Event",
        "EventKey",
        "TaskId",
        "ResponseCode",
        "Content",
        "MediaId",
        "ChangeType",
        "UserID",
        "MsgId",
    ]
)
values: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=40), st.dictionaries(st.text(max_size=5), st.text(max_size=5)), st.just([])
)


@given(st.dictionaries(names, values), st.sampled_from(["event", "text", "image", "other"]))
def test_whatever_is_posted_has_a_meaning(fields: Fields, kind: str):
    found = meaning({**fields, "MsgType": kind})
    if found.inbound is not None:
        assert found.inbound.address == found.inbound.address.lower() != ""
        assert len(found.inbound.external_id) <= 180
        assert len(found.inbound.token) <= 16


def screen(title: str = "题", lines: tuple[str, ...] = (), *labels: str, **more: Any) -> Rendered:
    choices = [{"label": label, "token": f"tok{n:07d}", "mark": str(n)} for n, label in enumerate(labels, 1)]
    return {"title": title, "lines": list(lines), "choices": choices, "image": None, "link": None, **more}


def reply(*screens: Rendered) -> Rendered:
    return {"screens": list(screens), "edit": ""}


KINDS: dict[str, tuple[Rendered, list[str]]] = {
    "a few buttons": (reply(screen("题", ("一",), "好", "否")), ["button_interaction"]),
    "six buttons": (reply(screen("题", (), *"一二三四五六")), ["button_interaction"]),
    "seven": (reply(screen("题", (), *"一二三四五六七")), ["text"]),
    "no button": (reply(screen("题", ("一",))), ["text"]),
    "a link": (reply(screen("题", ("一",), link=f"{URL}/m")), ["text_notice"]),
    "two links": (reply(screen(link=f"{URL}/a"), screen(link=f"{URL}/b")), ["text"]),
    "a picture of a link": (reply(screen(link=f"{URL}/a", image="data:")), ["text"]),
    "buttons and a link": (reply(screen("题", (), "好", link=f"{URL}/m")), ["button_interaction"]),
    "the longest title": (reply(screen("长" * MOST_TITLE, (), "好")), ["button_interaction"]),
    "too long a title": (reply(screen("长" * (MOST_TITLE + 1), (), "好")), ["text"]),
    "the longest body": (reply(screen("题", ("长" * MOST_BODY,), "好")), ["button_interaction"]),
    "too long a body": (reply(screen("题", ("长" * (MOST_BODY + 1),), "好")), ["text"]),
    "several screens": (reply(screen("甲", ("一",)), screen("乙", ("二",), "好")), ["button_interaction"]),
    "a notice": (screen("题", ("一",), "好", "否"), ["button_interaction"]),
    "a long notice": (screen("题", ("长" * 900,), "好"), ["text", "text", "button_interaction"]),
    "a notice of many": (screen("题", (), *"一二三四五六七八"), ["text", "button_interaction", "button_interaction"]),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_body_becomes(name: str):
    body, kinds = KINDS[name]
    found = drawn(body, say, URL, "1")
    assert [each.get("template_card", {}).get("card_type", each["msgtype"]) for each in found] == kinds


def test_a_label_too_long_for_a_button_stands_in_the_body_with_its_mark():
    (message,) = drawn(reply(screen("题", ("一",), "好", "修改或补佐证材料：志愿服务 2小时")), say, URL, "1")
    card = message["template_card"]
    assert "2. 修改或补佐证材料：志愿服务 2小时" in card["sub_title_text"]
    assert card["button_list"][1]["text"].startswith("2. 修改")


def test_text_has_the_marks_of_its_choices():
    letters = [{"label": "好", "token": "t1", "mark": "A"}, {"label": "否", "token": "t2", "mark": "B"}]
    body = reply(screen("题", ("长" * 161,)) | {"choices": letters})
    (message,) = drawn(body, say, URL, "1")
    assert message["text"]["content"].endswith("\n\nA. 好\nB. 否")


def test_a_screen_shown_again_is_another_task():
    body = reply(screen("题", (), "好"))
    tasks = {interactive(drawn(body, say, URL, stamp))["task_id"] for stamp in ("1", "2", "u2", "v2f")}  # type: ignore[index]
    assert len(tasks) == 4
    assert {read_task(task) for task in tasks} == {("r", 1)}


lines = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=900), max_size=30)


@given(lines)
def test_texts_are_never_cut_and_nothing_is_missing(some: list[str]):
    found = parts(some)
    assert all(0 < len(each.encode()) <= MOST_BYTES for each in found)
    if any(each.strip() for each in some):
        assert "".join(found).replace("\n", "").strip() == "".join(some).strip()


@given(lines, st.integers(0, 9), st.booleans())
def test_a_body_becomes_no_more_messages_than_it_weighs(some: list[str], buttons: int, pushed: bool):
    whole = screen("题", tuple(some), *["选择"] * buttons)
    body = whole if pushed else reply(whole)
    found = drawn(body, say, URL, "1")
    assert len(found) <= weight(body)
    assert all(len(each["text"]["content"].encode()) <= MOST_BYTES for each in found if each["msgtype"] == "text")


def test_what_is_left_out_is_counted_and_linked():
    found = drawn(reply(screen("题", tuple("长" * 300 for _ in range(40)))), say, URL, "1")
    assert len(found) <= MOST_PARTS + 1
    assert f"{URL}/chat" in found[-1]["text"]["content"]


def test_a_passive_reply_has_the_platforms_names_and_no_text_breaks_out():
    (message,) = drawn(reply(screen("题", ("]]><Evil>1</Evil>",), "好", "否")), say, URL, "1")
    fields = as_fields(message["template_card"])
    assert fields["CardType"] == "button_interaction"
    assert [each["Key"] for each in fields["ButtonList"]] == ["tok0000001", "tok0000002"]
    again = parsed(written({"TemplateCard": fields}))["TemplateCard"]
    assert again["SubTitleText"] == "]]><Evil>1</Evil>"
    assert "Evil" not in again


@pytest.mark.parametrize("edit", [Edit("r", 3, "RC:1"), Edit("p", 1, "x")])
def test_a_pressed_card_travels_as_text(edit: Edit):
    assert read_edit(edit.written()) == edit


@pytest.mark.parametrize("text", ["", "r1", "r1:", "x1:RC", "r:RC", "12:RC"])
def test_what_is_no_pressed_card_is_none(text: str):
    assert read_edit(text) is None


@given(st.text(max_size=60))
def test_a_label_fits_its_button(label: str):
    assert 0 < cards.columns(narrowed(label)) <= cards.MOST_LABEL or not label.strip()


REFUSALS: list[tuple[dict[str, Any], dict[str, tuple[str, bool]]]] = [
    ({"errcode": 0}, {}),
    ({"invaliduser": "", "unlicenseduser": ""}, {}),
    ({"invaliduser": "USER-B"}, {"user-b": ("not_found", True)}),
    ({"invaliduser": "user-a|user-c"}, {"user-a": ("not_found", True), "user-c": ("not_found", True)}),
    ({"unlicenseduser": "user-c"}, {"user-c": ("unlicensed", False)}),
    ({"invaliduser": ["user-a"], "unlicenseduser": None}, {"user-a": ("not_found", True)}),
    ({"invaliduser": "somebody-else"}, {}),
]


@pytest.mark.parametrize(("answer", "found"), REFUSALS)
def test_who_an_answer_leaves_out_is_refused(answer: dict[str, Any], found: dict[str, tuple[str, bool]]):
    refused = refusals(answer, ["user-a", "user-b", "user-c"])
    assert {address: (error.code, error.blocked) for address, error in refused.items()} == found
    assert not any(error.retry for error in refused.values())


def test_a_picture_is_of_its_screens_link():
    assert draw.picture_of(reply(screen(link=f"{URL}/a", image="data:"))) == f"{URL}/a"
