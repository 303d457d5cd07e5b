"""Screens as an Official Account shows them: plain text with marked choices, a menu of lines, short fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channel import Rendered
from screens.texts import Say

MOST_BYTES = 2000
"""The platform's 2048, with something to spare for what it counts otherwise."""
MOST_FIELD = 20
MOST_MENU, MOST_LABEL = 20, 20
ROOM_FOR_MORE = 240

Json = dict[str, Any]


def text(screens: Sequence[Rendered], say: Say) -> str:
    """All screens of a reply, one below the other, with the marks of their choices and how to choose."""
    blocks = ["\n".join(_lines(screen)) for screen in screens]
    if any(choice.get("mark") for screen in screens for choice in screen["choices"]):
        blocks.append(say("Reply with what stands in front of a line to choose it."))
    return "\n\n".join(block for block in blocks if block)


def _lines(screen: Rendered) -> Iterable[str]:
    if screen["title"]:
        yield screen["title"]
    yield from screen["lines"]
    marked = [f"{each['mark']}. {each['label']}" for each in screen["choices"] if each.get("mark")]
    if marked:
        yield ""
        yield from marked
    if screen["link"]:
        yield screen["link"]


def parts(screens: Sequence[Rendered], say: Say) -> list[Rendered]:
    """A reply as messages, in their order: its text in pieces that fit, then its pictures; each is drawn by itself."""
    found = []
    for piece in cut(text(screens, say)):
        title, *lines = piece.split("\n")
        found.append(_alone(title, lines))
    return found + [_alone("", [], screen["image"]) for screen in screens if screen["image"]]


def _alone(title: str, lines: list[str], image: str | None = None) -> Rendered:
    return {"title": title, "lines": lines, "choices": [], "image": image, "link": None}


def cut(whole: str, most: int = MOST_BYTES) -> list[str]:
    """A text in pieces of so many bytes, cut at the ends of lines where it may be; what is left out are such ends."""
    found = []
    rest = whole.strip("\n")
    while len(rest.encode()) > most:
        head = rest.encode()[:most].decode(errors="ignore")
        end = len(head) if rest[len(head)] == "\n" else head.rfind("\n")
        piece = head[:end].rstrip("\n") if end > 0 else head
        found.append(piece)
        rest = rest[len(piece) :].lstrip("\n")
    return [*found, rest] if rest else found


def pushed(body: Rendered, say: Say, public_url: str) -> Json:
    """A notice as the fields of one customer-service message; a press on a line of its menu comes back as a token.

    Lines that do not fit are left out and counted, with a link to where they stand.
    """
    choices = [
        {"id": each["token"], "content": shortened(each["label"], MOST_LABEL)} for each in body["choices"][:MOST_MENU]
    ]
    link = body["link"] or ""
    taken = sum(len(each["content"].encode()) + 1 for each in choices) + len(link.encode()) + 1
    beyond = [each["label"] for each in body["choices"][MOST_MENU:]]
    head = _fitting([body["title"], *body["lines"], *beyond], MOST_BYTES - taken, say, f"{public_url}/m")
    if not choices:
        return {"msgtype": "text", "text": {"content": f"{head}\n{link}" if link else head}}
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": head, "list": choices, "tail_content": link}}


def _fitting(lines: Sequence[str], room: int, say: Say, link: str) -> str:
    """The lines that fit, and how many more there are."""
    whole = "\n".join(lines)
    if len(whole.encode()) <= room:
        return whole
    first, *others = lines
    kept = [cut(first, room // 3)[0]]
    room -= ROOM_FOR_MORE + len(kept[0].encode())
    for line in others:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    left = sum(bool(line) for line in lines[len(kept) :]) + (kept[0] != first)
    return "\n".join([*kept, say("{count} more lines: {link}", count=left, link=link)])


def shortened(label: str, most: int) -> str:
    """One line of so many characters, with … where it was cut."""
    plain = " ".join(label.split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Template:
    """A message's template at the platform: its id, and its fields in their order (thing2, time3, …)."""

    id: str = ""
    fields: tuple[str, ...] = ()


FIELDS = ("thing1", "thing2", "time3")


def template_of(setting: str) -> Template:
    """`ID` or `ID:thing2,time3` as an operator writes it; empty is no template."""
    number, _, fields = setting.partition(":")
    return Template(number, tuple(each.strip() for each in fields.split(",")) if fields else FIELDS)


def fields(body: Rendered, template: Template, moment: str, say: Say) -> dict[str, Json]:
    """A notice in a template's fields: texts of 20 characters on one line, times as the platform reads them."""
    texts = [each for each in (_plain(line) for line in (body["title"], *body["lines"])) if each]
    found = {}
    for name in template.fields:
        kind = re.sub(r"\d+$", "", name)
        if kind in ("time", "date"):
            value = moment
        else:
            value = shortened(texts.pop(0), MOST_FIELD) if texts else shortened(say("Tap to open"), MOST_FIELD)
        found[name] = {"value": value}
    return found


def _plain(line: str) -> str:
    """Without line ends and what cannot be seen."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in line).split())
