"""What WeChat and WeCom answer when they refuse, and what breaks on the way to them, as errors of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bot.channel import DeliveryError

THERE = ZoneInfo("Asia/Shanghai")
"""The platforms' day begins here."""
MINUTE_S = 60.0
TOKEN_INVALID = "token_invalid"
QUOTA = "quota"
# what did not leave this machine when the connection failed so
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What a refusal is called, and what follows from it."""

    code: str
    retry: bool = False
    blocked: bool = False
    rest_s: float = 0.0


BUSY = Fate("busy", retry=True)
NO_RIGHT = Fate("no_right")
FLOOD = Fate("flood", retry=True, rest_s=MINUTE_S)
MINUTES = Fate(QUOTA, retry=True, rest_s=10 * MINUTE_S)
CALL_REFUSED = Fate("call_refused")
UNPROVEN = Fate("signature_invalid")

# https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html
# https://developer.work.weixin.qq.com/document/path/90313
BOTH: tuple[tuple[Fate, tuple[int, ...]], ...] = (
    (BUSY, (-1, -1000)),
    (Fate(TOKEN_INVALID, retry=True), (40001, 40014, 42001)),
    (Fate("account_refused", retry=True), (40002, 40013, 40125, 41002, 41004, 40243, 50002)),
    (Fate("address_untrusted", retry=True), (40164, 60020, 61004, 89503)),
    (NO_RIGHT, (48001, 48003, 48004, 48008, 50001, 60011, 61003, 61007, 301002)),
    (Fate("not_found", blocked=True), (40003, 46004, 60111, 81013)),
    (Fate("not_following", blocked=True), (43004,)),
    (Fate("blocked", blocked=True), (43019,)),
    (Fate("no_consent"), (43101,)),
    (Fate("window_shut"), (45015, 45047)),
    (FLOOD, (45011, 45033)),
    (Fate("too_long"), (45002, 45003, 45004, 45005, 45006, 45008)),
    (Fate("template_refused"), (40037, 45026, 45027, 47003)),
    (Fate("media_gone"), (40007, 40118, 40121, 46001)),
    (
        Fate("media_refused"),
        (40004, 40005, 40006, 40009, 40010, 40011, 40012, 40137, 41005, 44001, 45001, 45007),
    ),
    (Fate("content_refused"), (40155, 45166, 87014)),
    (Fate("code_invalid"), (40029, 40163, 41008, 42003)),
    (
        CALL_REFUSED,
        (40008, 40033, 40035, 40038, 40058, 40066, 40200, 41001, 43001, 43002, 43003, 44002, 44004, 47001),
    ),
    (UNPROVEN, (-40001, -40005, -40006)),
)
# the same number, another meaning
ONLY: dict[str, dict[int, Fate]] = {
    "wechat": {48002: Fate("blocked", blocked=True)},  # the follower takes no messages
    # a corporation's limits count by the minute and the hour, an Official Account's by the day
    "wecom": {48002: NO_RIGHT, 45009: MINUTES},
}
FATES = {number: fate for fate, numbers in BOTH for number in numbers}


def of_code(channel: str, errcode: int, now: datetime) -> DeliveryError:
    """A refusal by its number; one that nobody knows keeps it in its code and is not tried again."""
    fate = ONLY[channel].get(errcode) or FATES.get(errcode)
    if fate is None and errcode == 45009:
        return DeliveryError(QUOTA, retry=True, rest_s=until_midnight_s(now))
    if fate is None:
        return DeliveryError(f"errcode_{errcode}", retry=False)
    return DeliveryError(fate.code, retry=fate.retry, blocked=fate.blocked, rest_s=fate.rest_s)


def until_midnight_s(now: datetime) -> float:
    """Seconds until the platforms' next day, when what may be called begins anew."""
    here = now.astimezone(THERE)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(0), THERE)
    return (midnight - here).total_seconds()


def of_status(status: int) -> DeliveryError | None:
    """What a status of HTTP says before the answer is read; None when it may be read."""
    if status == 200:
        return None
    if status == 429:
        return DeliveryError("flood", retry=True, rest_s=MINUTE_S)
    if status == 504:  # whoever stands before the platform handed it on and heard nothing
        return DeliveryError("timed_out", retry=False, unknown=True)
    if 400 <= status < 500:
        return DeliveryError("call_refused", retry=False)
    return DeliveryError("server_error", retry=True)


def unclear() -> DeliveryError:
    """An answer that is none of the platform's: what became of the call is not known."""
    return DeliveryError("answer_unclear", retry=False, unknown=True)


def mapped(channel: str, error: Exception, now: datetime) -> DeliveryError:
    """What broke on the way says whether the request had left; the library's errors carry the platform's number."""
    if isinstance(error, NOT_SENT):
        return DeliveryError("not_connected", retry=True)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return DeliveryError("timed_out", retry=False, unknown=True)
    if isinstance(error, httpx.DecodingError | httpx.TooManyRedirects):
        return unclear()
    if isinstance(error, httpx.HTTPError):
        return DeliveryError("connection_lost", retry=False, unknown=True)
    number: Any = getattr(error, "errcode", None)
    return of_code(channel, number, now) if isinstance(number, int) else DeliveryError("platform_error", retry=False)


def without_doubt(error: DeliveryError) -> DeliveryError:
    """The failure of what stands before a message: the message itself did not leave, so it may be tried again."""
    return DeliveryError(error.code, retry=True, rest_s=error.rest_s)
