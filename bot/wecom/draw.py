"""A body as the messages of WeCom: one card where it fits, else text of so many bytes, in as many parts as it takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.channel import Rendered
from bot.wecom.cards import BUTTONS, MOST_BUTTONS, Json, Page, buttons, card, fits
from screens.texts import Say

MOST_BYTES = 2000  # WeCom cuts at 2048 and tells nobody
WHOLE_LINE = 500  # a line longer than this may be cut in the middle
MOST_PARTS = 4
ROOM_FOR_MORE = 300


def page_of(body: Rendered) -> Page:
    """All screens of a body as one."""
    screens = body.get("screens") or [body]
    first, *more = screens
    lines = list(first["lines"])
    for screen in more:
        lines += [screen["title"], *screen["lines"]]
    link = next((screen["link"] for screen in screens if screen["link"]), None) or ""
    choices = tuple(choice for screen in screens for choice in screen["choices"])
    return Page(first["title"], tuple(lines), choices, link, "screens" not in body)


def picture_of(body: Rendered) -> str:
    """The link that a body shows as a picture; "" when it has none."""
    screens = body.get("screens") or [body]
    return next((screen["link"] for screen in screens if screen["image"] and screen["link"]), "")


def alone(body: Rendered) -> bool:
    """Whether one card is enough. Who gets a picture of a link wants to hand it on, and has to read it."""
    screens = body.get("screens") or [body]
    return sum(bool(screen["link"]) for screen in screens) < 2 and not picture_of(body) and fits(page_of(body))


def drawn(body: Rendered, say: Say, public_url: str, stamp: str) -> list[Json]:
    """The messages in their order; a picture goes beside them. `stamp` is the message's own."""
    page = page_of(body)
    if alone(body):
        return [_card(card(page, say, stamp))]
    content = shown(list(_content(body.get("screens") or [body])), say, public_url)
    if not page.pushed:
        marks = [f"{choice.get('mark') or n}. {choice['label']}" for n, choice in enumerate(page.choices, 1)]
        return [_text(part) for part in parts([*content, *([""] if marks else []), *marks])]
    several = range(0, len(page.choices), MOST_BUTTONS)
    some = (replace(page, choices=page.choices[at : at + MOST_BUTTONS], link="") for at in several)
    return [*(_text(part) for part in parts(content)), *(_card(buttons(each, say, "", stamp)) for each in some)]


def interactive(messages: Sequence[Json]) -> Json | None:
    """The card, when the messages are one card with buttons."""
    if len(messages) != 1 or messages[0]["msgtype"] != "template_card":
        return None
    found: Json = messages[0]["template_card"]
    return found if found["card_type"] == BUTTONS else None


def weight(body: Rendered) -> int:
    """At most so many messages a body becomes, without drawing it."""
    if alone(body):
        return 1
    page, screens = page_of(body), body.get("screens") or [body]
    size = sum(_size(line) + 1 for screen in screens for line in (screen["title"], *screen["lines"]))
    size += sum(_size(screen["link"]) + 1 for screen in screens if screen["link"]) + ROOM_FOR_MORE
    texts = math.ceil(min(size, MOST_BYTES * MOST_PARTS) / (MOST_BYTES - WHOLE_LINE))
    if page.pushed:
        return texts + math.ceil(len(page.choices) / MOST_BUTTONS)
    marks = sum(_size(choice["label"]) + 6 for choice in page.choices)
    return texts + marks // (MOST_BYTES - WHOLE_LINE) + bool(picture_of(body))


def shown(lines: Sequence[str], say: Say, public_url: str) -> list[str]:
    """The lines that are sent; those that are left out are counted."""
    room, kept = (MOST_BYTES - WHOLE_LINE) * MOST_PARTS - ROOM_FOR_MORE, list[str]()
    for line in lines:
        room -= _size(line) + 1
        if room < 0:
            break
        kept.append(line)
    left = sum(bool(line) for line in lines[len(kept) :])
    return [*kept, say("{count} more lines: {link}", count=left, link=f"{public_url}/chat")] if left else kept


def parts(lines: Sequence[str]) -> list[str]:
    """The lines as texts that are never cut: each as full as it may be, no character split."""
    found = [""]
    for number, line in enumerate(lines):
        for at, piece in enumerate(_pieces(line)):
            joined = found[-1] + ("\n" if number and not at else "") + piece
            if _size(joined) <= MOST_BYTES:
                found[-1] = joined
            else:
                found.append(piece)
    return [each for each in found if each.strip()] or ["…"]


def _pieces(line: str) -> Iterable[str]:
    """A long line in pieces that fit."""
    start = size = 0
    if _size(line) > WHOLE_LINE:
        for at, c in enumerate(line):
            size += _size(c)
            if size > WHOLE_LINE:
                yield line[start:at]
                start, size = at, _size(c)
    yield line[start:]


def _content(screens: Sequence[Rendered]) -> Iterable[str]:
    for number, screen in enumerate(screens):
        if number:
            yield ""
        yield screen["title"]
        yield from screen["lines"]
        if screen["link"]:
            yield screen["link"]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _text(content: str) -> Json:
    return {"msgtype": "text", "text": {"content": content}}


def _card(found: Json) -> Json:
    return {"msgtype": "template_card", "template_card": found}
