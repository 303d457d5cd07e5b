"""Text as Telegram reads it: HTML into plain text and entities, commands found in what people type."""

from __future__ import annotations

import re
from typing import Any

from tests.peers.description import units

Entity = dict[str, Any]
KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
TAG = re.compile(r"<(/?)([a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?")


class Unparsable(ValueError):
    """The text is not what its parse mode says; the message is Telegram's."""


def parsed(text: str, mode: str | None) -> tuple[str, list[Entity]]:
    """Plain text and its entities; white space at the end is dropped."""
    if mode is None or mode == "":
        return text.rstrip(), []
    if mode.lower() != "html":
        raise Unparsable(f"unsupported parse_mode {mode}: only HTML is emulated")
    plain, entities = _html(text)
    kept = plain.rstrip()
    end = units(kept)
    clipped = [each | {"length": min(each["length"], end - each["offset"])} for each in entities]
    return kept, sorted((each for each in clipped if each["length"] > 0), key=lambda each: int(each["offset"]))


def _html(text: str) -> tuple[str, list[Entity]]:
    plain, at = "", 0
    found: list[Entity] = []
    opened: list[tuple[str, int, Entity]] = []
    while at < len(text):
        if text[at] == "<":
            tag = TAG.match(text, at)
            if tag is None or tag[2].lower() not in KINDS:
                name = tag[2] if tag else text[at + 1 : at + 1].strip()
                raise Unparsable(f'Unsupported start tag "{name}" at byte offset {len(text[:at].encode())}')
            if tag[1]:
                found += _close(opened, tag[2].lower(), plain, len(text[:at].encode()))
            else:
                opened.append((tag[2].lower(), units(plain), _entity(tag[2].lower(), tag[3])))
            at = tag.end()
            continue
        reference = REFERENCE.match(text, at)
        plain += _named(reference) if reference else text[at]
        at = reference.end() if reference else at + 1
    if opened:
        raise Unparsable(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return plain, found


def _named(reference: re.Match[str]) -> str:
    if reference[3]:
        return NAMED[reference[3]]
    return chr(int(reference[1]) if reference[1] else int(reference[2], 16))


def _entity(name: str, attributes: str) -> Entity:
    given = {each[1].lower(): each[2] or each[3] or each[4] or "" for each in ATTRIBUTE.finditer(attributes)}
    if name == "span" and given.get("class") != "tg-spoiler":
        raise Unparsable('Tag "span" must have class "tg-spoiler"')
    if name == "a":
        return {"type": KINDS[name], "url": given.get("href", "")}
    return {"type": KINDS[name]}


def _close(opened: list[tuple[str, int, Entity]], name: str, plain: str, offset: int) -> list[Entity]:
    if not opened:
        raise Unparsable(f"Unexpected end tag at byte offset {offset}")
    begun, start, entity = opened.pop()
    if begun != name:
        raise Unparsable(f'Unmatched end tag at byte offset {offset}, expected "</{begun}>", found "</{name}>"')
    length = units(plain) - start
    return [{**entity, "offset": start, "length": length}] if length else []


def commands(text: str) -> list[Entity]:
    """The commands in what somebody typed."""
    return [
        {"type": "bot_command", "offset": units(text[: each.start()]), "length": units(each[0])}
        for each in COMMAND.finditer(text)
    ]
