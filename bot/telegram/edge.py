"""The fields of Telegram's updates that are used, and what an update means."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.channel import Inbound
from bot.secrets import hashed
from rules.problems import Problem

NAME = "telegram"
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
PRESS, PUSHED = "a:", "+"
MOST_NAME = 64
MOST_TOKEN = 64
GONE = {"kicked", "left"}


class User(msgspec.Struct, frozen=True):
    """Who wrote."""

    id: int
    first_name: str = ""
    last_name: str = ""


class Chat(msgspec.Struct, frozen=True):
    """Where: a private chat has the id of its person."""

    id: int
    type: str


class Photo(msgspec.Struct, frozen=True):
    """One size of a photo."""

    file_id: str
    width: int = 0
    height: int = 0
    file_size: int = 0


class Document(msgspec.Struct, frozen=True):
    """A file as it was sent."""

    file_id: str
    file_name: str = ""
    file_size: int = 0


class Message(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A message; one without text, photo or document is of a kind that is not taken."""

    message_id: int
    chat: Chat
    sender: User | None = None
    text: str = ""
    caption: str = ""
    photo: tuple[Photo, ...] = ()
    document: Document | None = None


class Press(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A pressed button; the message is missing when it is too old."""

    id: str
    sender: User
    message: Message | None = None
    data: str = ""


class Standing(msgspec.Struct, frozen=True):
    """What the bot is in a chat: member, kicked, …"""

    status: str


class Changed(msgspec.Struct, frozen=True):
    """The bot was blocked, unblocked, added or removed."""

    chat: Chat
    new_chat_member: Standing


class Update(msgspec.Struct, frozen=True):
    """One update with the fields asked for."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Press | None = None
    my_chat_member: Changed | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """A file to be fetched before the message can be handled; size 0 when Telegram does not say."""

    file_id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an update asks for: messages in their order (the first may have a file), a button's press to be answered,
    a person (or group) that can be reached again or not, a group to be told that groups are not served."""

    inbounds: tuple[Inbound, ...] = ()
    fetch: Fetch | None = None
    press: str = ""
    reach: tuple[str, bool] | None = None
    group: str = ""


def read(raw: Any) -> Update:
    """One update, from its decoded JSON; raises msgspec.ValidationError."""
    return msgspec.convert(raw, Update)


def meaning(update: Update) -> Meaning:
    """What an update asks for."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _changed(update.my_chat_member)
    if update.edited_message is not None:
        return _edited(update.update_id, update.edited_message)
    return Meaning() if update.message is None else _message(update.update_id, update.message)


def _pressed(number: int, press: Press) -> Meaning:
    message = press.message
    if message is not None and message.chat.type != "private":
        return Meaning(press=press.id, group=str(message.chat.id))
    token = press.data.removeprefix(PRESS)
    pushed = token.endswith(PUSHED)
    edit = "" if pushed or message is None else str(message.message_id)
    token = token.removesuffix(PUSHED)[:16] or "?"
    inbound = Inbound(NAME, str(press.sender.id), str(number), token=token, edit=edit, name=_name(press.sender))
    return Meaning((inbound,), press=press.id)


def _changed(changed: Changed) -> Meaning:
    gone = changed.new_chat_member.status in GONE
    if changed.chat.type == "private":
        return Meaning(reach=(str(changed.chat.id), not gone))
    return Meaning() if gone or changed.chat.type == "channel" else Meaning(group=str(changed.chat.id))


def _edited(number: int, message: Message) -> Meaning:
    if message.chat.type != "private":
        return Meaning()
    return Meaning((_inbound(number, message, problems=(Problem("edit_ignored", {}),)),))


def _message(number: int, message: Message) -> Meaning:
    if message.chat.type != "private":
        return Meaning(group="" if message.chat.type == "channel" else str(message.chat.id))
    fetch = _fetch(message)
    if fetch is not None:
        file = _inbound(number, message)
        text = message.caption.strip()
        more = (_inbound(number, message, external=f"{number}:text", text=text),) if text else ()
        return Meaning((file, *more), fetch)
    if not message.text:
        return Meaning((_inbound(number, message, problems=(Problem("kind_not_taken", {}),)),))
    if message.text.startswith("/"):
        return Meaning((_command(number, message),))
    return Meaning((_inbound(number, message, text=message.text),))


def _fetch(message: Message) -> Fetch | None:
    if message.document is not None:
        return Fetch(message.document.file_id, message.document.file_name, message.document.file_size)
    if not message.photo:
        return None
    largest = max(message.photo, key=lambda each: each.width * each.height)
    return Fetch(largest.file_id, "", largest.file_size)


def _command(number: int, message: Message) -> Inbound:
    """`/my_points@Bot words` is what could be typed: my points words; `/start TOKEN` is an invitation."""
    name, _, rest = message.text[1:].partition(" ")
    name, rest = name.partition("@")[0], rest.strip()
    if name == "start" and rest:
        return _inbound(number, message, text="/start", invitation=hashed(rest[:MOST_TOKEN]))
    return _inbound(number, message, text=f"{name.replace('_', ' ')} {rest}".strip())


def _inbound(number: int, message: Message, external: str = "", **given: Any) -> Inbound:
    name = "" if message.sender is None else _name(message.sender)
    return Inbound(NAME, str(message.chat.id), external or str(number), name=name, **given)


def _name(user: User) -> str:
    return f"{user.first_name} {user.last_name}".strip()[:MOST_NAME]


@dataclass(frozen=True, slots=True)
class Poison:
    """An update that cannot be read, with as much as could be found out about it."""

    external_id: str
    address: str
    raw: str


def poison(raw: bytes) -> Poison:
    """What can be said of an update that cannot be read: the same one always has the same id."""
    external, address = "raw:" + hashlib.sha256(raw).hexdigest()[:40], ""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        found = None
    if isinstance(found, dict):
        number = found.get("update_id")
        external = str(number) if isinstance(number, int) else external
        address = chat_in(found)
    return Poison(external, address, raw.decode("utf-8", "replace"))


def chat_in(found: Any) -> str:
    """The chat of an update as it came, readable or not; "" when it is not where it should be."""
    if not isinstance(found, dict):
        return ""
    for kind in UPDATES:
        part = found.get(kind)
        inside = part.get("message", part) if isinstance(part, dict) else None
        chat = inside.get("chat") if isinstance(inside, dict) else None
        if isinstance(chat, dict) and isinstance(chat.get("id"), int):
            return str(chat["id"])
    return ""
