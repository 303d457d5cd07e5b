"""The edge of an Official Account without a wire: what its XML means, how screens are drawn, its menu bar."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.channel import Inbound
from bot.commands import BY_WORD
from bot.dialogs import qr
from bot.secrets import hashed
from bot.tencent.xml import Fields, parsed
from bot.wechat import draw, edge, menu
from bot.wechat.edge import BRIEF, LONG, Agreed, Meaning, meaning
from bot.wechat.pictures import DARK, LIGHT, png_of
from rules.problems import Problem
from screens.texts import words

SAMPLES = Path(__file__).parents[1] / "samples/wechat"
say = words("zh_CN")
WHO, MSG = "oFollower", "23456789012345678"
NOTHING = Meaning()


def event_key(event: str, key: str = "") -> str:
    return f"{WHO}\n1795309201\n{event}\n{key}".strip()


def heard(opens: edge.Opens = LONG, key: str = MSG, media: str = "", **given: Any) -> Meaning:
    return Meaning(WHO, key, Inbound("wechat", WHO, key, **given), media, opens)


REFUSED = heard(problems=(Problem("kind_not_taken", {}),))
SCENE = hashed("SCENE-of_7")
ONE, TWO = Agreed("SUB0000000000001", True), Agreed("SUB0000000000002", True)
POPUP, CHANGE = event_key("subscribe_msg_popup_event"), event_key("subscribe_msg_change_event")
FINISHED = event_key("TEMPLATESENDJOBFINISH", "\nMsgID=200163836")
MEANINGS: dict[str, Meaning] = {
    "text": heard(text="申报 学习 1"),
    "text-empty": heard(text=""),
    "text-menu": heard(BRIEF, token="AbCdEf0123"),
    "image": heard(media="media-7_a"),
    "voice": REFUSED,
    "video": REFUSED,
    "shortvideo": REFUSED,
    "location": REFUSED,
    "link": REFUSED,
    "file": REFUSED,
    "unheard-of": REFUSED,
    "subscribe": heard(BRIEF, event_key("subscribe"), text="/start"),
    "subscribe-scene": heard(BRIEF, event_key("subscribe", "qrscene_SCENE-of_7"), text="/start", invitation=SCENE),
    "scan": heard(BRIEF, event_key("SCAN", "SCENE-of_7"), text="/start", invitation=SCENE),
    "unsubscribe": Meaning(WHO, event_key("unsubscribe"), reachable=False),
    "click": heard(BRIEF, event_key("CLICK", "我的积分"), text="我的积分"),
    "view": NOTHING,
    "location-reported": NOTHING,
    "template-success": NOTHING,
    "template-refused": Meaning(WHO, FINISHED, reachable=False, undelivered="failed:user block"),
    "template-failed": Meaning(WHO, FINISHED, undelivered="failed: system failed"),
    "popup-one": Meaning(WHO, POPUP, consents=(ONE,)),
    "popup-two": Meaning(WHO, POPUP, consents=(ONE,)),
    "popup-both": Meaning(WHO, POPUP, consents=(ONE, TWO)),
    "popup-empty": NOTHING,
    "change": Meaning(WHO, CHANGE, consents=(Agreed("SUB0000000000001", False),)),
    "sent": NOTHING,
    "sent-failed": Meaning(WHO, event_key("subscribe_msg_sent_event"), undelivered="43101 user refuse"),
    "event-unheard-of": NOTHING,
}


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.xml")))
def test_what_a_recorded_message_means(name: str):
    assert meaning(parsed((SAMPLES / f"{name}.xml").read_bytes())) == MEANINGS[name]


def test_every_event_that_is_read_was_recorded():
    recorded = {parsed(path.read_bytes()).get("Event", "").casefold() for path in SAMPLES.glob("*.xml")}
    assert set(edge.EVENTS) <= recorded


ANY = st.recursive(
    st.text(max_size=12) | st.sampled_from(["event", "text", "image", "subscribe", "CLICK", "accept"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["List", "TemplateId"]), inner),
    max_leaves=6,
)
NAMES = [
    "FromUserName",
    "MsgType",
    "Event",
    "EventKey",
    "Content",
    "MediaId",
    "bizmsgmenuid",
    "Status",
    "MsgId",
    "CreateTime",
    "SubscribeMsgPopupEvent",
    "SubscribeMsgChangeEvent",
    "SubscribeMsgSentEvent",
]


@given(st.dictionaries(st.sampled_from(NAMES), ANY))
def test_no_fields_raise(fields: Fields):
    found = meaning(fields)
    assert found.inbound is None or (found.inbound.address == fields["FromUserName"] and found.inbound.external_id)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_a_missing_field_raises_nothing(path: Path):
    whole = parsed(path.read_bytes())
    for name in whole:
        meaning({key: value for key, value in whole.items() if key != name})


def screen(title: str = "题", lines: tuple[str, ...] = (), choices: str = "", **more: Any) -> dict[str, Any]:
    some = [{"label": f"选{mark}", "token": f"t{mark}", "mark": mark} for mark in choices]
    return {"title": title, "lines": list(lines), "choices": some, "image": None, "link": None, **more}


def test_a_reply_is_one_text_with_its_marks_and_how_to_choose():
    shown = draw.text([screen("甲", ("一行",)), screen("乙", choices="12", link="https://zhibu.example/x")], say)
    hint = "回复行首的序号即可选择。"
    assert shown == f"甲\n一行\n\n乙\n\n1. 选1\n2. 选2\nhttps://zhibu.example/x\n\n{hint}"
    assert hint not in draw.text([screen("甲")], say)


PIECE = st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.text("中文\n", max_size=900)


@given(st.lists(PIECE, max_size=8).map("\n".join), st.sampled_from([4, 10, 100, 2000]))
def test_a_text_is_cut_on_characters_and_nothing_is_lost(whole: str, most: int):
    pieces = draw.cut(whole, most)
    assert all(0 < len(piece.encode()) <= most for piece in pieces)
    assert "".join(pieces).replace("\n", "") == whole.replace("\n", "")


def test_a_text_is_cut_at_the_end_of_a_line_where_one_is_near():
    lines = [f"第 {number} 行 " + "字" * 30 for number in range(50)]
    pieces = draw.cut("\n".join(lines))
    assert len(pieces) > 1
    assert [line for piece in pieces for line in piece.split("\n")] == lines


@given(st.lists(PIECE.filter(str.strip), min_size=1, max_size=4), st.booleans())
def test_every_piece_of_a_reply_is_drawn_as_it_was_cut(lines: list[str], picture: bool):
    image = qr("https://zhibu.example") if picture else None
    pieces = draw.parts([screen("题", tuple(lines), "1", image=image)], say)
    assert [piece["image"] for piece in pieces if piece["image"]] == ([image] if picture else [])
    for piece in pieces:
        assert draw.parts([piece], say) == [piece]
        assert len(draw.text([piece], say).encode()) <= 2000


def test_a_notice_with_choices_is_a_menu_whose_lines_are_tokens():
    shown = draw.pushed(screen("题", ("行",), "1", link="https://zhibu.example/x"), say, "https://zhibu.example")
    menu_ = {"head_content": "题\n行", "list": [{"id": "t1", "content": "选1"}]}
    assert shown == {"msgtype": "msgmenu", "msgmenu": {**menu_, "tail_content": "https://zhibu.example/x"}}
    plain = draw.pushed(screen("题", ("行",)), say, "https://zhibu.example")
    assert plain == {"msgtype": "text", "text": {"content": "题\n行"}}


@given(st.lists(st.text("中文ab", min_size=1, max_size=300), min_size=1, max_size=40), st.integers(0, 40))
def test_a_notice_fits_and_says_how_much_is_left_out(lines: list[str], choices: int):
    some = [{"label": "选" * 60, "token": f"t{number}"} for number in range(choices)]
    body = {"title": "题" * 100, "lines": lines, "choices": some, "image": None, "link": "https://zhibu.example/x"}
    shown = draw.pushed(body, say, "https://zhibu.example")
    if choices:
        menu_ = shown["msgmenu"]
        text = "\n".join([menu_["head_content"], *(each["content"] for each in menu_["list"]), menu_["tail_content"]])
    else:
        text = shown["text"]["content"]
    assert len(text.encode()) <= 2000
    kept = sum(line in text.split("\n") for line in lines)
    assert kept == len(lines) or "行未显示" in text


@pytest.mark.parametrize(
    ("setting", "template"),
    [
        ("", draw.Template("", draw.FIELDS)),
        ("TM1", draw.Template("TM1", draw.FIELDS)),
        ("TM1:thing4,time2", draw.Template("TM1", ("thing4", "time2"))),
    ],
)
def test_a_template_is_its_id_and_its_fields(setting: str, template: draw.Template):
    assert draw.template_of(setting) == template


@given(st.lists(st.text(max_size=60), max_size=3))
def test_fields_of_a_template_are_short_and_on_one_line(lines: list[str]):
    template = draw.Template("TM1", ("thing1", "thing2", "thing3", "date4"))
    found = draw.fields(screen("题目\n" * 9, tuple(lines)), template, "2026-11-22 09:00", say)
    assert list(found) == list(template.fields)
    for each in found.values():
        assert 0 < len(each["value"]) <= 20
        assert each["value"].splitlines() == [each["value"]]
    assert found["date4"] == {"value": "2026-11-22 09:00"}


@given(st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=60))
def test_a_code_is_the_same_as_a_picture(text: str):
    code = segno.make(text, error="m")
    with Image.open(io.BytesIO(png_of(qr(text)))) as picture:
        for y, row in enumerate(code.matrix_iter(scale=1, border=3)):
            for x, dark in enumerate(row):
                shade = picture.getpixel((x * 6 + 3, y * 6 + 3))
                assert shade == (DARK if dark else LIGHT)


@pytest.mark.parametrize(
    "address", ["", "data:image/png;base64,AA", "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode()]
)
def test_what_is_no_code_is_refused(address: str):
    with pytest.raises(ValueError, match="no QR code"):
        png_of(address)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_menu_bar_keeps_the_platforms_bounds_and_its_keys_are_commands(locale: str):
    bar = menu.menu(locale)["button"]
    assert 1 <= len(bar) <= 3
    for button in bar:
        assert len(button["name"].encode()) <= 16
        assert 1 <= len(button["sub_button"]) <= 5
        for each in button["sub_button"]:
            assert len(each["name"].encode()) <= 60
            assert each["key"] in BY_WORD
    if locale == "zh_CN":
        assert all(len(button["name"]) <= 4 for button in bar)
        assert all(len(each["name"]) <= 7 for button in bar for each in button["sub_button"])
