"""The client against the stand-ins: each call it is needed for, and never more calls than allowed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.channel import DeliveryError
from bot.tencent import api as there
from bot.tencent.api import Api
from tests.peers.wxplatform import AGENT, SECRET, Platform
from tests.tencent.conftest import House

pytestmark = pytest.mark.needs("node")
TEXT = {"touser": "o1", "msgtype": "text", "text": {"content": "三月 积分"}}
NOTE = {"touser": "zhaochen", "msgtype": "text", "agentid": AGENT, "text": {"content": "请于今天申报"}}
BUTTONS = {"button_list": [{"text": "确认", "key": "a1"}, {"text": "取消", "key": "a2"}]}
CARD = {"card_type": "button_interaction", "task_id": "task1", "main_title": {"title": "确认提交"}, **BUTTONS}
MENU = {"button": [{"type": "click", "name": "申报", "key": "declare"}]}
SEND = "/cgi-bin/message/custom/send"


def count(platform: Platform, path: str) -> int:
    return len(platform.calls(path))


def test_what_an_official_account_calls(wechat: Platform, house: House):
    async def go(api: Api) -> dict[str, Any]:
        wechat.consents("o1", "T")
        data = {"thing1": {"value": "三月积分"}}
        scene = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "b9"}}}
        file = await api.upload("/cgi-bin/media/upload", "证 明.png", b"\x89PNG a picture", {"type": "image"})
        query = {"appid": wechat.account, "secret": SECRET, "code": wechat.login("o7")}
        return {
            "custom": await api.call(SEND, TEXT),
            "template": await api.call(
                "/cgi-bin/message/template/send", {"touser": "o1", "template_id": "T", "data": data}
            ),
            "consent": await api.call(
                "/cgi-bin/message/subscribe/bizsend", {"touser": "o1", "template_id": "T", "data": data}
            ),
            "qr": await api.call("/cgi-bin/qrcode/create", scene),
            "menu": await api.call("/cgi-bin/menu/create", MENU),
            "picture": await api.call(SEND, TEXT | {"msgtype": "image", "image": {"media_id": file["media_id"]}}),
            "file": await api.fetch("/cgi-bin/media/get", {"media_id": file["media_id"]}),
            "who": await api.bare("/sns/oauth2/access_token", query=query | {"grant_type": "authorization_code"}),
        }

    found = house.does(wechat, go)
    assert found["file"] == b"\x89PNG a picture"
    assert found["who"]["openid"] == "o7"
    assert "ticket" in found["qr"]
    assert wechat.calls("custom/send")[0]["body"] == TEXT
    assert [(each["query"]["appid"], each["token"]) for each in wechat.calls("oauth2/access_token")] == [
        (wechat.account, "")
    ]
    assert wechat.violations() == []
    assert count(wechat, "stable_token") == 1


def test_what_a_wecom_app_calls(wecom: Platform, house: House):
    async def go(api: Api) -> dict[str, Any]:
        card = {"touser": "zhaochen", "msgtype": "template_card", "agentid": AGENT, "template_card": CARD}
        sent = await api.call("/cgi-bin/message/send", card)
        grey = {"userids": ["zhaochen"], "agentid": AGENT, "response_code": sent["response_code"]}
        file = await api.upload("/cgi-bin/media/upload", "名单.pdf", b"%PDF-1.7 list", {"type": "file"})
        return {
            "text": await api.call("/cgi-bin/message/send", NOTE | {"touser": "ZhaoChen|nobody"}),
            "grey": await api.call("/cgi-bin/message/update_template_card", grey | {"button": {"replace_name": "好"}}),
            "file": await api.fetch("/cgi-bin/media/get", {"media_id": file["media_id"]}),
            "menu": await api.call("/cgi-bin/menu/create", MENU, {"agentid": str(AGENT)}),
            "who": await api.call("/cgi-bin/auth/getuserinfo", query={"code": wecom.login("ZhaoChen")}),
            "member": await api.call("/cgi-bin/user/get", query={"userid": "zhaochen"}),
        }

    found = house.does(wecom, go)
    assert found["text"]["invaliduser"] == "nobody"
    assert (found["who"]["userid"], found["member"]["userid"]) == ("ZhaoChen", "zhaochen")
    assert found["file"] == b"%PDF-1.7 list"
    assert wecom.cards()["task1"]["grey"] == {"zhaochen": "好"}
    assert wecom.violations() == []
    assert count(wecom, "gettoken") == 1


@pytest.mark.parametrize(
    ("body", "code", "blocked"),
    [
        (NOTE | {"agentid": AGENT + 1}, "no_right", False),
        (NOTE | {"touser": "|".join(f"m{number}" for number in range(1001))}, "call_refused", False),
        (NOTE | {"msgtype": "markdown"}, "call_refused", False),
        (NOTE | {"touser": ""}, "not_found", True),
        (NOTE | {"touser": "nobody"}, "not_found", True),
        (NOTE | {"msgtype": "image", "image": {"media_id": "gone"}}, "media_gone", False),
    ],
)
def test_a_good_status_with_a_code_is_a_failure(
    wecom: Platform, house: House, body: dict[str, Any], code: str, blocked: bool
):
    error = house.refused(wecom, lambda api: api.call("/cgi-bin/message/send", body))
    assert (error.code, error.blocked, error.retry, error.unknown) == (code, blocked, False, False)


@pytest.mark.parametrize("number", [40001, 40014, 42001])
def test_a_token_refused_once_is_forced_once_and_the_call_made_once_more(wechat: Platform, house: House, number: int):
    wechat.fault("custom/send", errcode=number)
    assert house.does(wechat, lambda api: api.call(SEND, TEXT))["errcode"] == 0
    assert (count(wechat, "custom/send"), count(wechat, "stable_token")) == (2, 2)
    assert [each["body"]["force_refresh"] for each in wechat.calls("stable_token")] == [False, True]
    assert len({each["token"] for each in wechat.calls("custom/send")}) == 2


def test_a_token_that_ended_early_is_replaced(wechat: Platform, house: House):
    async def go(api: Api) -> None:
        await api.call(SEND, TEXT)
        wechat.revoke()
        await api.call(SEND, TEXT)

    house.does(wechat, go)
    assert (count(wechat, "custom/send"), count(wechat, "stable_token")) == (3, 2)


@pytest.mark.parametrize("number", [40001, 40014, 42001])
@pytest.mark.parametrize("platform", ["wechat", "wecom"], indirect=True)
def test_a_token_refused_for_ever_costs_two_calls_and_two_tokens(platform: Platform, house: House, number: int):
    path, body = (SEND, TEXT) if platform.kind == "wechat" else ("/cgi-bin/message/send", NOTE)
    platform.fault(path, errcode=number, times=100)
    error = house.refused(platform, lambda api: api.call(path, body))
    assert (error.code, error.retry, error.unknown) == ("token_invalid", True, False)
    assert count(platform, path) <= 2
    assert count(platform, "stable_token") + count(platform, "gettoken") <= 2


def test_a_token_refused_for_ever_is_not_forced_by_each_of_many(wechat: Platform, house: House):
    wechat.fault("custom/send", errcode=40001, times=1000)

    async def go(api: Api) -> list[Any]:
        return list(await asyncio.gather(*(api.call(SEND, TEXT) for _ in range(40)), return_exceptions=True))

    assert {each.code for each in house.does(wechat, go)} == {"token_invalid"}
    assert count(wechat, "custom/send") <= 80
    assert count(wechat, "stable_token") <= 2


def test_many_tasks_share_one_token(wecom: Platform, house: House):
    async def go(api: Api) -> list[Any]:
        notes = [NOTE | {"text": {"content": f"第{number}号"}} for number in range(25)]
        return list(await asyncio.gather(*(api.call("/cgi-bin/message/send", each) for each in notes)))

    assert [each["errcode"] for each in house.does(wecom, go)] == [0] * 25
    assert count(wecom, "gettoken") == 1


def test_a_wrong_secret_is_no_loop(wechat: Platform, house: House):
    error = house.refused(wechat, lambda api: api.call(SEND, TEXT), secret="other")
    assert (error.code, error.retry) == ("account_refused", True)
    assert (count(wechat, "stable_token"), count(wechat, "custom/send")) == (1, 0)


def test_a_wrong_secret_of_a_wecom_app_is_no_loop(wecom: Platform, house: House):
    wecom.fault("gettoken", errcode=40001, times=9)
    error = house.refused(wecom, lambda api: api.call("/cgi-bin/message/send", NOTE))
    assert error.retry
    assert (count(wecom, "gettoken"), count(wecom, "message/send")) == (1, 0)


def test_what_is_spent_is_not_asked_for_until_midnight(wechat: Platform, house: House):
    wechat.fault("custom/send", errcode=45009)

    async def go(api: Api) -> list[DeliveryError]:
        errors = []
        for _ in range(3):
            with pytest.raises(DeliveryError) as caught:
                await api.call(SEND, TEXT)
            errors.append(caught.value)
            house.clock.move(house.clock.now() + timedelta(hours=5))
        assert (await api.call("/cgi-bin/menu/create", MENU))["errcode"] == 0  # counted apart
        assert (await api.call(SEND, TEXT))["errcode"] == 0
        return errors

    assert [(each.code, each.rest_s) for each in house.does(wechat, go)] == [
        ("quota", 12 * 3600.0),
        ("quota", 7 * 3600.0),
        ("quota", 2 * 3600.0),
    ]
    assert count(wechat, "custom/send") == 2


def test_a_missing_file_is_a_refusal_and_no_file(wechat: Platform, house: House):
    error = house.refused(wechat, lambda api: api.fetch("/cgi-bin/media/get", {"media_id": "gone"}))
    assert (error.code, error.retry) == ("media_gone", False)


def test_a_file_of_json_is_a_file(wecom: Platform, house: House):
    number = wecom.media(b'{"errcode": 40001}', "notes.json", "application/json")
    assert house.does(wecom, lambda api: api.fetch("/cgi-bin/media/get", {"media_id": number})) == b'{"errcode": 40001}'


def test_a_file_beyond_every_limit_is_not_read_whole(wechat: Platform, house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(there, "MOST_BYTES", 1000)
    number = wechat.media(b"x" * 5000)
    error = house.refused(wechat, lambda api: api.fetch("/cgi-bin/media/get", {"media_id": number}))
    assert (error.code, error.retry) == ("media_refused", False)


def test_the_same_message_is_the_same_bytes_as_people_write_them(wecom: Platform, house: House):
    """The duplicate check compares them; half of a character must not stop a message."""
    body = NOTE | {"text": {"content": "提醒 😀 \ud83d"}, "enable_duplicate_check": 1}

    async def go(api: Api) -> None:
        for _ in range(2):
            await api.call("/cgi-bin/message/send", body)

    before = len(wecom.shown("zhaochen"))
    house.does(wecom, go)
    assert [each["content"]["content"] for each in wecom.shown("zhaochen")[before:]] == ["提醒 😀 ?"]
