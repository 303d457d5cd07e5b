"""What goes wrong between the client and a platform: whether it is tried again, and whether it may have arrived."""

import asyncio
import logging
import traceback
from typing import Any

import httpx
import pytest

from bot.channel import DeliveryError
from bot.tencent import api as there
from bot.tencent.api import Api
from tests.peers.wxplatform import AGENT, SECRET, Platform
from tests.tencent.conftest import House

pytestmark = pytest.mark.needs("node")
TEXT = {"touser": "o1", "msgtype": "text", "text": {"content": "三月 积分"}}
NOTE = {"touser": "zhaochen", "msgtype": "text", "agentid": AGENT, "text": {"content": "请于今天申报"}}
SEND = "/cgi-bin/message/custom/send"
HTML = "<html><body>502 Bad Gateway</body></html>"
NOBODY = Platform("wechat", address="http://127.0.0.1:9")


def count(platform: Platform, path: str) -> int:
    return len(platform.calls(path))


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"errcode": -1}, "busy", "retry"),
    ({"status": 500, "text": "", "errcode": 1}, "server_error", "retry"),
    ({"status": 502, "text": HTML}, "server_error", "retry"),
    ({"status": 503, "text": HTML}, "server_error", "retry"),
    ({"status": 504, "text": HTML}, "timed_out", "unknown"),
    ({"status": 302, "text": ""}, "server_error", "retry"),
    ({"status": 404, "text": HTML}, "call_refused", ""),
    ({"text": HTML}, "answer_unclear", "unknown"),
    ({"text": ""}, "answer_unclear", "unknown"),
    ({"text": '{"errcode": 0'}, "answer_unclear", "unknown"),
    ({"text": "[" * 100_000}, "answer_unclear", "unknown"),
    ({"text": '{"errcode": "none"}'}, "answer_unclear", "unknown"),
    ({"text": '{"errcode": {}}'}, "answer_unclear", "unknown"),
    ({"text": '{"errcode": 1e999}'}, "answer_unclear", "unknown"),
    ({"body": []}, "answer_unclear", "unknown"),
    ({"body": [{"errcode": 0}]}, "answer_unclear", "unknown"),
    ({"body": None}, "answer_unclear", "unknown"),
    ({"body": {"errcode": "45015"}}, "window_shut", ""),
    ({"lose": True}, "connection_lost", "unknown"),
    ({"drop": True}, "connection_lost", "unknown"),
    ({"wait_ms": 1500}, "timed_out", "unknown"),
    ({"wait_ms": 1500, "done": True}, "timed_out", "unknown"),
]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs of half a second."""
    monkeypatch.setattr(there, "TIMEOUT", httpx.Timeout(0.5))


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(("fault", "code", "what"), FAULTS)
def test_a_fault_of_a_message(wechat: Platform, house: House, fault: dict[str, Any], code: str, what: str):
    wechat.fault("custom/send", **fault)
    error = house.refused(wechat, lambda api: api.call(SEND, TEXT))
    assert (error.code, error.retry, error.unknown) == (code, what == "retry", what == "unknown")
    assert count(wechat, "custom/send") == 1


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(("fault", "code", "what"), [each for each in FAULTS if each[1] != "window_shut"])
def test_a_fault_of_the_token_leaves_no_doubt_about_the_message(
    wechat: Platform, house: House, fault: dict[str, Any], code: str, what: str
):
    wechat.fault("stable_token", **fault)
    error = house.refused(wechat, lambda api: api.call(SEND, TEXT))
    assert (error.code, error.retry, error.unknown) == (code, True, False)
    assert count(wechat, "custom/send") == 0
    assert house.does(wechat, lambda api: api.call(SEND, TEXT))["errcode"] == 0


def test_a_token_that_hangs_hangs_nobody(wechat: Platform, house: House, monkeypatch: pytest.MonkeyPatch):
    """An answer that drips never times out by itself; fifty who wait wait together, not one after another."""
    monkeypatch.setattr(there, "WHOLE_S", 0.5)
    wechat.fault("stable_token", wait_ms=3000, times=2)

    async def go(api: Api) -> tuple[list[Any], float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        errors = await asyncio.gather(*(api.call(SEND, TEXT) for _ in range(50)), return_exceptions=True)
        return list(errors), loop.time() - began

    errors, took_s = house.does(wechat, go)
    assert {(each.code, each.retry, each.unknown) for each in errors} == {("timed_out", True, False)}
    assert took_s < 2.5
    assert count(wechat, "stable_token") == 1


def test_nobody_listening_is_tried_again(house: House):
    error = house.refused(NOBODY, lambda api: api.bare("/cgi-bin/anything"))
    assert (error.code, error.retry, error.unknown) == ("not_connected", True, False)


def test_a_client_that_is_not_open_says_so(house: House):
    with pytest.raises(DeliveryError, match="channel_off"):
        asyncio.run(house.client(NOBODY).call(SEND, TEXT))


def test_no_log_and_no_traceback_holds_a_secret_or_a_token(
    wecom: Platform, house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.DEBUG)
    said = []

    async def go(api: Api) -> None:
        await api.call("/cgi-bin/message/send", NOTE)
        for fault in ({"errcode": 40058}, {"lose": True}, {"text": HTML}, {"errcode": 45009}):
            wecom.fault("message/send", **fault)
            with pytest.raises(DeliveryError) as caught:
                await api.call("/cgi-bin/message/send", NOTE)
            said.append("".join(traceback.format_exception(caught.value)))

    house.does(wecom, go)
    logged = capsys.readouterr()
    written = "".join(said) + caplog.text + logged.out + logged.err
    assert "call_refused" in written
    tokens = {each["token"] for each in wecom.calls("message/send")}
    assert len(tokens) == 1
    assert not [each for each in (SECRET, *tokens, "zhaochen") if each in written]
