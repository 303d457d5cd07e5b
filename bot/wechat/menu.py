"""The menu bar of an Official Account or a WeCom app: its keys are what could be typed; set when it has changed."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec
import structlog

from bot.channel import DeliveryError
from bot.tencent.api import Api, Query

log = structlog.get_logger(__name__)

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 600.0
# what is shown and what could be typed, in both languages; a bar of three, each with up to five
Entry = tuple[tuple[str, str], tuple[str, str]]
BAR: tuple[tuple[tuple[str, str], tuple[Entry, ...]], ...] = (
    (
        ("申报", "Declare"),
        (
            (("我要申报", "申报"), ("Declare", "declare")),
            (("和上月一样", "和上月一样"), ("Same as last", "same")),
            (("我的草稿", "草稿"), ("Drafts", "drafts")),
            (("本月申报", "本月申报"), ("This month", "this month")),
        ),
    ),
    (
        ("我的", "Mine"),
        (
            (("我的积分", "我的积分"), ("My points", "my points")),
            (("积分明细", "积分明细"), ("Why", "why")),
            (("确认公告", "收到"), ("Got it", "got it")),
            (("账号绑定", "绑定"), ("My accounts", "bind")),
        ),
    ),
    (
        ("更多", "More"),
        (
            (("首页", "首页"), ("Home", "home")),
            (("审核", "审核"), ("Review", "review")),
            (("登记", "登记"), ("Record", "record")),
            (("本月情况", "情况"), ("State", "state")),
            (("使用帮助", "帮助"), ("Help", "help")),
        ),
    ),
)


class Known(msgspec.Struct, frozen=True):
    """What the platform was told of us."""

    menu: str = ""


def menu(locale: str) -> dict[str, Any]:
    """The fields of menu/create in the language of the house."""
    which = 0 if locale == "zh_CN" else 1
    return {
        "button": [
            {"name": name[which], "sub_button": [_button(*entry[which]) for entry in entries]} for name, entries in BAR
        ]
    }


def _button(name: str, typed: str) -> dict[str, str]:
    return {"type": "click", "name": name, "key": typed}


async def until_introduced(api: Api, folder: Path, account: str, locale: str, query: Query | None = None) -> None:
    """Sets the menu bar; what may be better later is tried again, an account without that right goes without."""
    pause = SHORTEST_PAUSE_S
    while True:
        try:
            await introduce(api, folder, account, locale, query)
            return
        except DeliveryError as error:
            log.warning("menu not set", channel=api.channel, code=error.code)
            if not error.retry and not error.unknown:
                return
            await asyncio.sleep(max(pause, error.rest_s))
            pause = min(LONGEST_PAUSE_S, pause * 2)


async def introduce(api: Api, folder: Path, account: str, locale: str, query: Query | None = None) -> None:
    """Sets the menu bar if it is not the one this account was given last; raises DeliveryError."""
    wanted, path = menu(locale), folder / f"{api.channel}.json"
    known = Known(hashlib.sha256(msgspec.json.encode([account, wanted])).hexdigest())
    if known == remembered(path):
        return
    await api.call("/cgi-bin/menu/create", wanted, query)
    path.write_bytes(msgspec.json.encode(known))


def remembered(path: Path) -> Known:
    """What was told at the last start."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Known)
    except (FileNotFoundError, msgspec.DecodeError):
        return Known()
