"""Asks the platforms whether what is set up works, within a time limit; no token is kept, none is ever printed."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import httpx

from bot.config import Settings
from rules.checks import Finding

ANSWER_S = 8.0
NUMBER = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
NO_MENU = 46003
WORKS = "works"


class Silent(Exception):
    """The platform gave no answer that can be read."""


def client() -> httpx.AsyncClient:
    """For all probes of one check; addresses hold secrets and are not logged."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(timeout=ANSWER_S, follow_redirects=False)


async def _asked(web: httpx.AsyncClient, address: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
    try:
        answer = await (web.get(address, params=query) if body is None else web.post(address, json=body, params=query))
        found = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Silent from error
    if not isinstance(found, dict):
        raise Silent
    return found


def _refusal(answer: Mapping[str, Any], what: str) -> Finding | None:
    """What the platform refused, by its number; the address it saw is told, for that is what has to be entered."""
    number = answer.get("errcode") or 0
    if not number:
        return None
    seen = NUMBER.search(str(answer.get("errmsg", "")))
    return Finding("refused", "missing", {"what": what, "number": number, "address": seen[0] if seen else ""})


async def telegram(web: httpx.AsyncClient, settings: Settings) -> list[Finding]:
    """The bot's name, and where Telegram posts to in webhook mode."""
    base = f"{settings.telegram_api.rstrip('/')}/bot{settings.telegram_token.get_secret_value()}"
    me = await _asked(web, f"{base}/getMe")
    if not me.get("ok"):
        number = me.get("error_code", 0)
        return [Finding("refused", "missing", {"what": "token", "number": f"HTTP {number}", "address": ""})]
    found = [Finding("bot", "ok", {"name": me["result"].get("username", "")})]
    if settings.telegram_mode == "webhook":
        hook = (await _asked(web, f"{base}/getWebhookInfo")).get("result", {})
        right = hook.get("url") == f"{settings.address}/hooks/telegram"
        found.append(Finding("webhook" if right else "webhook_elsewhere", "ok" if right else "missing"))
    return found


async def wechat(web: httpx.AsyncClient, settings: Settings) -> list[Finding]:
    """Whether a token is given, the menu is set, and the templates are the account's."""
    body = {
        "grant_type": "client_credential",
        "appid": settings.wechat_app_id,
        "secret": settings.wechat_secret.get_secret_value(),
    }
    base = settings.wechat_api
    answer = await _asked(web, f"{base}/cgi-bin/stable_token", body)
    refused = _refusal(answer, "token")
    if refused is not None or not answer.get("access_token"):
        return [refused or Finding("no_token", "missing")]
    token = answer["access_token"]
    found = [Finding("token", "ok"), await _menu(web, f"{base}/cgi-bin/menu/get", access_token=token)]
    kinds = (
        (
            "template",
            settings.wechat_template,
            "/cgi-bin/template/get_all_private_template",
            "template_list",
            "template_id",
        ),
        ("subscribe", settings.wechat_subscribe, "/wxaapi/newtmpl/gettemplate", "data", "priTmplId"),
    )
    for what, wanted, path, rows, name in kinds:
        if wanted:
            answer = await _asked(web, f"{base}{path}", access_token=token)
            there = wanted.partition(":")[0] in {row.get(name) for row in answer.get(rows, ())}
            missing = _refusal(answer, what) or Finding("not_the_account_s", "missing", {"what": what})
            found.append(Finding("has", "ok", {"what": what}) if there else missing)
    return found


async def wecom(web: httpx.AsyncClient, settings: Settings) -> list[Finding]:
    """Whether a token is given, the app is there and switched on, and its menu is set."""
    secret, base = settings.wecom_secret.get_secret_value(), settings.wecom_api
    answer = await _asked(web, f"{base}/cgi-bin/gettoken", corpid=settings.wecom_corp_id, corpsecret=secret)
    refused = _refusal(answer, "token")
    if refused is not None or not answer.get("access_token"):
        return [refused or Finding("no_token", "missing")]
    given = {"access_token": answer["access_token"], "agentid": settings.wecom_agent_id}
    app = await _asked(web, f"{base}/cgi-bin/agent/get", **given)
    refused = _refusal(app, "app")
    if refused is not None:
        return [Finding("token", "ok"), refused]
    off = app.get("close") == 1
    state = Finding("app_off", "missing") if off else Finding("app", "ok", {"name": str(app.get("name", ""))[:60]})
    return [Finding("token", "ok"), state, await _menu(web, f"{base}/cgi-bin/menu/get", **given)]


async def _menu(web: httpx.AsyncClient, address: str, **query: Any) -> Finding:
    answer = await _asked(web, address, **query)
    if answer.get("errcode") == NO_MENU:
        return Finding("no_menu", "missing")
    return _refusal(answer, "menu") or Finding("menu", "ok")


async def public(web: httpx.AsyncClient, settings: Settings) -> list[Finding]:
    """Whether the house answers at its public address, as seen from here."""
    answer = await _asked(web, f"{settings.address}/healthz")
    return [Finding("answers", "ok") if answer.get("status") == "ok" else Finding("answers_not", "note")]
