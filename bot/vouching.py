"""Platforms that say who somebody is: WeChat's and WeCom's sign-in pages, and Telegram's Mini App."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

import msgspec
import structlog

from bot.channel import DeliveryError
from bot.config import Settings
from bot.media import file_in
from bot.scenes import scene_of
from console.phone.vouching import Phones, Platform, nobody

log = structlog.get_logger(__name__)
Ask = Callable[[str, None, Mapping[str, str]], Awaitable[Mapping[str, Any]]]
"""A call of a platform's interface by path and query, without a body; raises DeliveryError."""
SIGN_IN = "https://open.weixin.qq.com/connect/oauth2/authorize"
FRESH = timedelta(minutes=10)


class Api(Protocol):
    """An account's interface, as `bot.tencent.api` has it; each call raises DeliveryError."""

    async def call(
        self, path: str, body: dict[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """With the account's token."""

    async def bare(
        self, path: str, body: dict[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Without a token."""


def phones(settings: Settings, wechat: Api | None = None, wecom: Api | None = None) -> Phones:
    """What the phone pages need from the platforms that are set up."""
    platforms = {}
    if wechat is not None:
        secret = settings.wechat_secret.get_secret_value()
        authorize = partial(sign_in, {"appid": settings.wechat_app_id}, {})
        address_of = partial(openid_of, wechat.bare, settings.wechat_app_id, secret)
        platforms["wechat"] = Platform(authorize, address_of, partial(sealed, secret))
    if wecom is not None:
        agent = {"agentid": str(settings.wecom_agent_id)}
        authorize = partial(sign_in, {"appid": settings.wecom_corp_id}, agent)
        seal = partial(sealed, settings.wecom_secret.get_secret_value())
        platforms["wecom"] = Platform(authorize, partial(userid_of, wecom.call), seal)
    token = settings.telegram_token.get_secret_value()
    mini_app = partial(telegram_user, token) if settings.telegram_on else nobody
    scene = None if wechat is None else partial(scene_of, wechat.call)
    return Phones(partial(file_in, settings.data), platforms, mini_app, scene)


def sign_in(first: Mapping[str, str], last: Mapping[str, str], back: str, state: str) -> str:
    """The platform's page that sends people back with a code; the order of its parameters is the vendor's."""
    asked = {"redirect_uri": back, "response_type": "code", "scope": "snsapi_base", "state": state}
    return f"{SIGN_IN}?{urlencode({**first, **asked, **last})}#wechat_redirect"


def sealed(secret: str, text: str) -> str:
    """Letters and digits that only who has the platform's secret can make of a text."""
    key = hashlib.sha256(f"zhibu phone state:{secret}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


async def openid_of(ask: Ask, app: str, secret: str, code: str) -> str | None:
    """Whose code it is among those who follow the official account."""
    query = {"appid": app, "secret": secret, "code": code, "grant_type": "authorization_code"}
    return await _said(ask, "/sns/oauth2/access_token", query, "openid")


async def userid_of(ask: Ask, code: str) -> str | None:
    """Whose code it is among the employer's people; somebody from outside has no such name. Small letters."""
    found = await _said(ask, "/cgi-bin/auth/getuserinfo", {"code": code}, "userid")
    return found and found.lower()


async def _said(ask: Ask, path: str, query: Mapping[str, str], name: str) -> str | None:
    try:
        answer = await ask(path, None, query)
    except DeliveryError as error:
        log.warning("code not accepted", path=path, code=error.code)
        return None
    found = answer.get(name)
    return found if isinstance(found, str) and 0 < len(found) <= 128 else None


class _User(msgspec.Struct):
    id: int


def telegram_user(token: str, data: str, now: datetime) -> str | None:
    """The address of whoever opened a Mini App, when the data is Telegram's own and at most ten minutes old."""
    fields = dict(parse_qsl(data, keep_blank_values=True))
    given = fields.pop("hash", "")
    checked = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    expected = hmac.new(key, checked.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return None
    dated = fields.get("auth_date", "")
    age = now.timestamp() - int(dated) if dated.isascii() and dated.isdigit() and len(dated) < 12 else None
    if age is None or not -60 <= age <= FRESH.total_seconds():
        return None
    try:
        return str(msgspec.json.decode(fields.get("user", ""), type=_User).id)
    except msgspec.DecodeError:
        return None
