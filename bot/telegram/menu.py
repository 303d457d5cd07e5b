"""The bot's name and its menu of commands: asked and set at the start, remembered in the data folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from bot.telegram.client import TelegramChannel
from bot.webchat import COMMANDS

FILE = "telegram.json"
LINK = "https://t.me/{username}?start="


class Known(msgspec.Struct, frozen=True):
    """What Telegram knows of us and we of it."""

    username: str = ""
    menu: str = ""


def remembered(folder: Path) -> Known:
    """What was true at the last start."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Known)
    except (FileNotFoundError, msgspec.DecodeError):
        return Known()


def link(username: str) -> str:
    """What the token of an invitation completes to a link into the private chat."""
    return LINK.format(username=username)


def menus(locale: str) -> list[dict[str, Any]]:
    """The calls of setMyCommands: the house's language for everybody, each language for its own."""
    private = {"type": "all_private_chats"}
    words = {
        "zh": [{"command": _name(en), "description": zh} for zh, en, _ in COMMANDS],
        "en": [{"command": _name(en), "description": en.capitalize()} for _, en, _ in COMMANDS],
    }
    everybody = {"commands": words["zh" if locale == "zh_CN" else "en"], "scope": private}
    return [everybody, *({"commands": some, "scope": private, "language_code": code} for code, some in words.items())]


def _name(words: str) -> str:
    """A command's name has no blanks; the edge takes them for what could be typed."""
    return words.replace(" ", "_")


async def introduce(channel: TelegramChannel, folder: Path, locale: str) -> str:
    """Asks who the bot is and sets its menu if that changed; gives the user name. Raises DeliveryError."""
    me = await channel.ask("getMe")
    username = str(me.get("username", ""))
    calls = menus(locale)
    menu = hashlib.sha256(msgspec.json.encode([username, calls])).hexdigest()
    known = Known(username, menu)
    if known != remembered(folder):
        for call in calls:
            await channel.ask("setMyCommands", call)
        (folder / FILE).write_bytes(msgspec.json.encode(known))
    return username
