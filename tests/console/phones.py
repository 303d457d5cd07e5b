"""The phone pages of a house in use, as a phone opens them, and what the platforms would say of its people."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import secrets, vouching
from bot.channel import DeliveryError
from bot.dialogs import qr
from bot.opening import Parts, read_only
from bot.scenes import Scene
from bot.secrets import hashed
from console.frame import Office
from console.phone import app as phone
from handlers.phones import EnterFromChannel
from rules.access import SYSTEM
from storage import members
from tests.console.conftest import number_of
from tests.peers.wxplatform import AGENT, IDS, SECRET

BOT_TOKEN = "123456:a-token-nobody-has"
ADDRESS = "http://testserver"


@dataclass
class Said:
    """What a platform says of codes; `asked` counts how often."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def bare(
        self, path: str, body: dict[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        self.asked.append(path)
        found = self.answers.pop((query or {})["code"], None)  # a code serves once
        if found is None:
            raise DeliveryError("code_invalid", retry=False)
        return found

    call = bare


def pages(parts: Parts, address: str = ADDRESS, **more: Any) -> TestClient:
    """A phone in front of the pages."""
    routes = phone.routes(office(parts, address, **more))
    return TestClient(Starlette(routes=routes), base_url=address, follow_redirects=False)


def office(
    parts: Parts,
    address: str = ADDRESS,
    wechat: vouching.Api | None = None,
    wecom: vouching.Api | None = None,
    scene: Scene | None = None,
) -> Office:
    """What stands behind the pages of a house with these platforms."""
    settings = parts.settings.model_copy(
        update={
            "telegram_token": SecretStr(BOT_TOKEN),
            "wechat_app_id": IDS["wechat"],
            "wechat_secret": SecretStr(SECRET),
            "wecom_corp_id": IDS["wecom"],
            "wecom_agent_id": AGENT,
            "wecom_secret": SecretStr(SECRET),
        }
    )
    vouched = vouching.phones(settings, wechat, wecom)
    return Office(
        parts.desk,
        parts.clock.now,
        "zh_CN",
        address,
        secrets,
        qr,
        lambda: None,
        lambda: read_only(parts.settings),
        parts.settings.data,
        vouched if scene is None else replace(vouched, scene=scene),
    )


def bind(parts: Parts, channel: str, account: str, code: str) -> None:
    """An account becomes a member's."""
    number, now = number_of(parts, code), parts.clock.now()
    parts.database.write(lambda connection: members.bind(connection, channel, account, number, now))


def signed_in(parts: Parts, code: str) -> TestClient:
    """A phone with a session of a member."""
    client, address, key = pages(parts), f"m{number_of(parts, code)}", secrets.fresh()
    parts.desk.do(SYSTEM, EnterFromChannel("webchat", address, hashed(key)), parts.clock.now())
    client.cookies.set("zhibu_phone", key, path="/m")
    return client


def init_data(number: int, now: datetime, token: str = BOT_TOKEN, **more: str) -> str:
    """What Telegram gives a Mini App, signed with a bot's token."""
    fields = {"auth_date": str(int(now.timestamp())), "user": json.dumps({"id": number}), "start_param": "", **more}
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, checked.encode(), hashlib.sha256).hexdigest()})
