"""The stand-in of WeChat and WeCom, held against what the vendor's pages tell."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.peers.wxplatform import AGENT, SECRET, Platform, Unseen

pytestmark = pytest.mark.needs("node")
CARD = {"card_type": "button_interaction", "task_id": "t1", "main_title": {"title": "确认"}}
BUTTONS = {"button_list": [{"text": "好", "key": "k1"}, {"text": "否", "key": "k2"}]}


@pytest.fixture(scope="module")
def wechat() -> Iterator[Platform]:
    with Platform("wechat").serving() as platform:
        yield platform


@pytest.fixture(scope="module")
def wecom() -> Iterator[Platform]:
    with Platform("wecom", users=("zhaochen", "qianli")).serving() as platform:
        yield platform


def asked(platform: Platform, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> dict[str, Any]:
    """An answer, as a plain client gets it."""
    where = urlsplit(platform.address)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None)
        return dict(json.loads(connection.getresponse().read()))
    finally:
        connection.close()


def token(platform: Platform) -> str:
    if platform.kind == "wecom":
        path = f"/cgi-bin/gettoken?corpid={platform.account}&corpsecret={SECRET}"
        return str(asked(platform, path, method="GET")["access_token"])
    body = {"grant_type": "client_credential", "appid": platform.account, "secret": SECRET}
    return str(asked(platform, "/cgi-bin/stable_token", body)["access_token"])


def push(platform: Platform, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return asked(platform, f"/cgi-bin/{path}?access_token={token(platform)}", body)


def test_a_token_stays_until_it_is_forced_or_over(wechat: Platform):
    first = token(wechat)
    assert token(wechat) == first
    body = {"grant_type": "client_credential", "appid": wechat.account, "secret": SECRET, "force_refresh": True}
    assert asked(wechat, "/cgi-bin/stable_token", body)["access_token"] != first
    assert asked(wechat, f"/cgi-bin/menu/create?access_token={first}", {})["errcode"] == 40001
    old = token(wechat)
    wechat.forward(7201)
    assert asked(wechat, f"/cgi-bin/menu/create?access_token={old}", {})["errcode"] == 42001
    assert token(wechat) != old


def test_a_wrong_secret_gets_no_token(wechat: Platform, wecom: Platform):
    body = {"grant_type": "client_credential", "appid": wechat.account, "secret": "other"}
    assert asked(wechat, "/cgi-bin/stable_token", body)["errcode"] == 40125
    path = f"/cgi-bin/gettoken?corpid={wecom.account}&corpsecret=other"
    assert asked(wecom, path, method="GET")["errcode"] == 40001


def test_the_window_shuts_after_five_messages_and_after_48_hours(wechat: Platform):
    body = {"touser": "o1", "msgtype": "text", "text": {"content": "好"}}
    assert push(wechat, "message/custom/send", body)["errcode"] == 45015
    wechat.config(url="http://127.0.0.1:9/hooks/wechat")
    wechat.text("o1", "在吗")
    assert [push(wechat, "message/custom/send", body)["errcode"] for _ in range(6)] == [0] * 5 + [45047]
    wechat.text("o1", "在吗")
    wechat.forward(48 * 3600 + 1)
    assert push(wechat, "message/custom/send", body)["errcode"] == 45015
    assert len(wechat.shown("o1")) == 5
    wechat.event("o1", "unsubscribe")
    assert push(wechat, "message/custom/send", body)["errcode"] == 43004


def test_one_consent_is_one_notification(wechat: Platform):
    body = {"touser": "o2", "template_id": "T", "data": {"thing1": {"value": "三月"}}}
    assert push(wechat, "message/subscribe/bizsend", body)["errcode"] == 43101
    wechat.consents("o2", "T")
    assert [push(wechat, "message/subscribe/bizsend", body)["errcode"] for _ in range(2)] == [0, 43101]


def test_members_who_are_not_reached_are_named_in_a_good_answer(wecom: Platform):
    body = {"touser": "zhaochen|nobody", "msgtype": "text", "agentid": AGENT, "text": {"content": "好"}}
    answer = push(wecom, "message/send", body)
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert push(wecom, "message/send", body | {"touser": "nobody"})["errcode"] == 81013
    assert push(wecom, "message/send", body | {"agentid": 7})["errcode"] == 301002
    assert push(wecom, "message/send", body | {"msgtype": "markdown"})["errcode"] == 40008
    assert push(wecom, "message/send", body | {"touser": "|".join(["x"] * 1001)})["errcode"] == 40058


def test_the_same_message_with_the_duplicate_check_is_shown_once(wecom: Platform):
    body = {"touser": "qianli", "msgtype": "text", "agentid": AGENT, "text": {"content": "提醒"}}
    body |= {"enable_duplicate_check": 1, "duplicate_check_interval": 14400}
    assert [push(wecom, "message/send", body)["errcode"] for _ in range(3)] == [0, 0, 0]
    assert len([each for each in wecom.shown("qianli") if each["content"] == {"content": "提醒"}]) == 1


def test_a_card_is_pressed_once_it_is_sent_and_its_code_serves_once(wecom: Platform):
    body = {"touser": "zhaochen", "msgtype": "template_card", "agentid": AGENT, "template_card": CARD}
    assert push(wecom, "message/send", body)["errcode"] == 40058
    answer = push(wecom, "message/send", body | {"template_card": CARD | BUTTONS})
    wecom.config(url="http://127.0.0.1:9/hooks/wecom")
    with pytest.raises(Unseen, match="no such button"):
        wecom.click("zhaochen", "t1", "k9")
    assert [each["status"] for each in wecom.click("zhaochen", "t1", "k1")["tries"]] == [0, 0, 0]
    grey = {"response_code": answer["response_code"], "userids": ["ZhaoChen"], "button": {"replace_name": "已确认"}}
    assert [push(wecom, "message/update_template_card", grey)["errcode"] for _ in range(2)] == [0, 40058]
    with pytest.raises(Unseen, match="grey"):
        wecom.click("zhaochen", "t1", "k1")


def test_a_code_of_the_authorisation_page_serves_once(wechat: Platform, wecom: Platform):
    code = wechat.login("o9")
    path = f"/sns/oauth2/access_token?appid={wechat.account}&secret={SECRET}&code={code}&grant_type=authorization_code"
    assert asked(wechat, path, method="GET")["openid"] == "o9"
    assert asked(wechat, path, method="GET")["errcode"] == 40163
    path = f"/cgi-bin/auth/getuserinfo?access_token={token(wecom)}&code={wecom.login('ZhaoChen')}"
    assert asked(wecom, path, method="GET")["userid"] == "ZhaoChen"
    assert asked(wecom, path, method="GET")["errcode"] == 40029


def test_it_ends_when_it_is_left():
    with Platform("wechat").serving() as platform:
        assert platform.do("calls") == []
    with pytest.raises(OSError, match="refused"):
        platform.do("calls")
