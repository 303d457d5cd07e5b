"""Every refusal of the platforms, and every break on the way, as an error of ours."""

import inspect
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import wechatpy.exceptions
from wechatpy.constants import WeChatErrorCode
from wechatpy.exceptions import WeChatException, WeChatPayException

from bot.channel import DeliveryError
from bot.tencent import errors
from bot.tencent.errors import mapped, of_code, of_status
from screens.deliveries import CODES

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BOTH = ("wechat", "wecom")


def facts(error: DeliveryError) -> tuple[str, bool, bool, bool, float]:
    return error.code, error.retry, error.unknown, error.blocked, error.rest_s


@pytest.mark.parametrize(
    ("channels", "number", "code", "what"),
    [
        (BOTH, -1, "busy", "retry"),
        (BOTH, 40001, "token_invalid", "retry"),
        (BOTH, 40014, "token_invalid", "retry"),
        (BOTH, 42001, "token_invalid", "retry"),
        (BOTH, 40003, "not_found", "blocked"),
        (BOTH, 43004, "not_following", "blocked"),
        (BOTH, 43101, "no_consent", ""),
        (BOTH, 45015, "window_shut", ""),
        (BOTH, 45047, "window_shut", ""),
        (BOTH, 45002, "too_long", ""),
        (BOTH, 48001, "no_right", ""),
        (["wechat"], 48002, "blocked", "blocked"),
        (["wecom"], 48002, "no_right", ""),
        (BOTH, 60011, "no_right", ""),
        (BOTH, 60020, "address_untrusted", "retry"),
        (BOTH, 40164, "address_untrusted", "retry"),
        (BOTH, 40013, "account_refused", "retry"),
        (BOTH, 40125, "account_refused", "retry"),
        (BOTH, 81013, "not_found", "blocked"),
        (BOTH, 60111, "not_found", "blocked"),
        (BOTH, 40007, "media_gone", ""),
        (BOTH, 40058, "call_refused", ""),
        (BOTH, 47003, "template_refused", ""),
        (BOTH, 40029, "code_invalid", ""),
        (BOTH, 40163, "code_invalid", ""),
        (BOTH, 123456, "errcode_123456", ""),
    ],
)
def test_a_refusal_by_its_number(channels: list[str], number: int, code: str, what: str):
    for channel in channels:
        expected = (code, what == "retry", False, what == "blocked", 0.0)
        assert facts(of_code(channel, number, NOON)) == expected, channel


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), 12.0),  # noon in Shanghai
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), 1 / 3600),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), 24.0),
    ],
)
def test_the_quota_of_a_day_rests_until_midnight_in_shanghai(now: datetime, hours: float):
    error = of_code("wechat", 45009, now)
    assert (error.code, error.retry, error.unknown) == ("quota", True, False)
    assert error.rest_s == pytest.approx(hours * 3600)


def test_limits_of_minutes_rest_for_minutes():
    assert facts(of_code("wecom", 45009, NOON)) == ("quota", True, False, False, 600.0)
    assert facts(of_code("wechat", 45011, NOON)) == ("flood", True, False, False, 60.0)


def test_no_number_stands_twice_in_the_table():
    numbers = [number for _, some in errors.BOTH for number in some]
    assert sorted(numbers) == sorted(set(numbers))
    assert not {number for some in errors.ONLY.values() for number in some} & set(numbers)


def test_every_number_that_the_library_lists_ends():
    """A refusal is told once: only what passes by itself, or what the operator can mend, is tried again."""
    passing = {"busy", "token_invalid", "account_refused", "address_untrusted", "quota", "flood"}
    for number in WeChatErrorCode:
        error = of_code("wechat", int(number), NOON)
        assert error.retry == (error.code in passing), number
        assert not error.unknown


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, ("flood", True, False, False, 60.0)),
        (500, ("server_error", True, False, False, 0.0)),
        (502, ("server_error", True, False, False, 0.0)),
        (503, ("server_error", True, False, False, 0.0)),
        (504, ("timed_out", False, True, False, 0.0)),
        (302, ("server_error", True, False, False, 0.0)),
        (404, ("call_refused", False, False, False, 0.0)),
        (413, ("call_refused", False, False, False, 0.0)),
    ],
)
def test_a_status_before_the_answer_is_read(status: int, expected: tuple[Any, ...]):
    error = of_status(status)
    assert error is not None
    assert facts(error) == expected
    assert of_status(200) is None


NOT_CONNECTED = ("not_connected", True, False)
TIMED_OUT = ("timed_out", False, True)
LOST = ("connection_lost", False, True)
UNCLEAR = ("answer_unclear", False, True)
BREAKS: dict[type[Exception], tuple[str, bool, bool]] = {
    httpx.ConnectError: NOT_CONNECTED,
    httpx.ConnectTimeout: NOT_CONNECTED,
    httpx.PoolTimeout: NOT_CONNECTED,
    httpx.ProxyError: NOT_CONNECTED,
    httpx.UnsupportedProtocol: NOT_CONNECTED,
    httpx.LocalProtocolError: NOT_CONNECTED,
    httpx.ReadTimeout: TIMED_OUT,
    httpx.WriteTimeout: TIMED_OUT,
    httpx.TimeoutException: TIMED_OUT,
    httpx.ReadError: LOST,
    httpx.WriteError: LOST,
    httpx.CloseError: LOST,
    httpx.NetworkError: LOST,
    httpx.RemoteProtocolError: LOST,
    httpx.ProtocolError: LOST,
    httpx.TransportError: LOST,
    httpx.RequestError: LOST,
    httpx.HTTPStatusError: LOST,
    httpx.HTTPError: LOST,
    httpx.DecodingError: UNCLEAR,
    httpx.TooManyRedirects: UNCLEAR,
}


def test_every_break_on_the_way_says_whether_the_request_had_left():
    known = {each for _, each in inspect.getmembers(httpx, inspect.isclass) if issubclass(each, httpx.HTTPError)}
    assert known == set(BREAKS)
    for kind, expected in BREAKS.items():
        made: Any = kind
        asked = httpx.Request("GET", "http://x")
        status = {"request": asked, "response": httpx.Response(500)} if kind is httpx.HTTPStatusError else {}
        error = mapped("wechat", made("broken", **status), NOON)
        assert (error.code, error.retry, error.unknown) == expected, kind
    assert mapped("wechat", httpx.InvalidURL("x"), NOON).code == "not_connected"
    assert mapped("wechat", TimeoutError(), NOON).unknown


VENDOR: dict[str, tuple[tuple[Any, ...], str]] = {
    "WeChatException": ((45015, "late"), "window_shut"),
    "WeChatClientException": ((43101, "no"), "no_consent"),
    "InvalidSignatureException": ((), "signature_invalid"),
    "APILimitedException": ((45009, "much"), "quota"),
    "InvalidAppIdException": ((), "signature_invalid"),
    "InvalidMchIdException": ((), "signature_invalid"),
    "WeChatOAuthException": ((40029, "code"), "code_invalid"),
    "WeChatComponentOAuthException": ((40029, "code"), "code_invalid"),
    "WeChatPayException": (("FAIL", "FAIL", "no"), "platform_error"),
}


def test_every_error_of_the_library_has_a_meaning():
    module = wechatpy.exceptions
    known = {name for name, each in inspect.getmembers(module, inspect.isclass) if issubclass(each, WeChatException)}
    assert known == set(VENDOR)
    for name, (arguments, code) in VENDOR.items():
        assert mapped("wechat", getattr(module, name)(*arguments), NOON).code == code
    assert mapped("wechat", WeChatPayException("FAIL", errcode="ORDERPAID"), NOON).code == "platform_error"


def test_every_code_has_words():
    fates = [fate for fate, _ in errors.BOTH] + [fate for some in errors.ONLY.values() for fate in some.values()]
    others = {"timed_out", "connection_lost", "not_connected", "server_error", "answer_unclear", "token_awaited"}
    assert ({fate.code for fate in fates} | others | {"quota", "platform_error"}) - set(CODES) == set()
