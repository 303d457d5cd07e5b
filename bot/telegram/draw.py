"""Screens as one Telegram message: HTML with everything escaped, choices as an inline keyboard."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from bot.channel import Rendered
from bot.telegram.edge import PRESS, PUSHED
from screens.texts import Say

MOST_TEXT = 4096  # UTF-16 units; counted with the marks, so the shown text is never longer
MOST_BUTTONS, MOST_IN_ROW = 100, 4
MOST_LABEL, ROW = 60, 32  # columns: a Chinese character takes two
MOST_TITLE = 200
ROOM_FOR_MORE = 200

Json = dict[str, Any]


def call(body: Rendered, say: Say, address: str, public_url: str) -> Json:
    """A reply or a notice as sendMessage's arguments, or editMessageText's when `message_id` is among them."""
    screens = body.get("screens") or [body]
    pushed = "screens" not in body
    arguments: Json = {
        "chat_id": int(address),
        "text": text(screens, say, public_url),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if body.get("edit"):
        arguments["message_id"] = int(body["edit"])
    rows = keyboard([choice for screen in screens for choice in screen["choices"]], pushed=pushed)
    if rows:
        arguments["reply_markup"] = {"inline_keyboard": rows}
    return arguments


def method(arguments: Json) -> str:
    """Which method takes such arguments."""
    return "editMessageText" if "message_id" in arguments else "sendMessage"


def text(screens: Sequence[Rendered], say: Say, public_url: str) -> str:
    """All screens, one below the other; lines that do not fit are left out and counted."""
    lines = list(_lines(screens))
    whole = "\n".join(lines)
    if units(whole) <= MOST_TEXT:
        return whole
    kept: list[str] = []
    room = MOST_TEXT - ROOM_FOR_MORE
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            break
        kept.append(line)
    left = sum(bool(line) for line in lines[len(kept) :])
    more = say("{count} more lines: {link}", count=left, link=f"{public_url}/chat")
    return "\n".join([*kept, escape(more, quote=False)])


def _lines(screens: Sequence[Rendered]) -> Iterable[str]:
    for number, screen in enumerate(screens):
        if number:
            yield ""
        yield f"<b>{escape(screen['title'][:MOST_TITLE], quote=False)}</b>"
        for line in screen["lines"]:
            yield escape(line, quote=False)
        if screen["link"]:
            yield escape(screen["link"], quote=False)


def units(line: str) -> int:
    """The length as Telegram counts it: UTF-16 units."""
    return len(line.encode("utf-16-le")) // 2


def keyboard(choices: Sequence[dict[str, str]], *, pushed: bool) -> list[list[Json]]:
    """Buttons in their order; short ones share a row. A notice's buttons say that they are a notice's."""
    rows: list[list[Json]] = []
    room = 0
    for choice in choices[:MOST_BUTTONS]:
        label = shortened(choice["label"])
        button = {"text": label, "callback_data": PRESS + choice["token"] + (PUSHED if pushed else "")}
        needed = columns(label) + 4
        if not rows or needed > room or len(rows[-1]) == MOST_IN_ROW:
            rows.append([])
            room = ROW
        rows[-1].append(button)
        room -= needed
    return rows


def columns(label: str) -> int:
    """How wide a label is."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label)


def shortened(label: str) -> str:
    """A label that fits a phone, with … where it was cut."""
    if columns(label) <= MOST_LABEL:
        return label or "…"
    kept, room = "", MOST_LABEL - 1
    for c in label:
        room -= columns(c)
        if room < 0:
            break
        kept += c
    return kept + "…"
