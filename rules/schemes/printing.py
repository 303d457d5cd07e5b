"""A scheme as the text of its file again: parsed, the text is the same scheme; what is as ever is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from rules.schemes.criteria import Criterion
from rules.schemes.nodes import Node
from rules.schemes.scheme import Scheme

WIDEST = 116
"""A part that fits into a line of so many characters stands on one line."""
LONGEST_PLAIN = 15
"""Digits a number may have and still come back digit by digit from any reader of YAML."""
# names in the order people write them; what is not named here keeps the order of its type
FIRST: dict[type, tuple[str, ...]] = {
    Criterion: ("code", "name", "aliases", "about", "value", "sign", "caps", "pool", "most", "by", "evidence"),
}
LAST: dict[type, tuple[str, ...]] = {
    Node: ("clause", "source", "criteria", "nodes"),
    Scheme: ("pools", "groups", "nodes", "passes", "suspend", "grading", "visibility", "process"),
}
OPENED = ("nodes", "criteria", "grading")
# what YAML, old or new, would take for something else than a text
TAKEN = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|[0-9][0-9a-z_.:+\-]*")
BARE = r"\w\u3400-\u9fff《》（）“”‘’，。、；：？！—～·%/.+()<>=*\-"
PLAIN = re.compile(rf"[A-Za-z0-9_\u3400-\u9fff《（“](?:[{BARE} ]*[{BARE}])?")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
Notes = Mapping[str, Sequence[str]]
"""Code → what is said above the criterion or category with it; "" → what is said at the top of the file."""


def text_of(scheme: Scheme, notes: Notes = {}) -> str:  # noqa: B006  # never changed
    """The text of a scheme's file."""
    lines = [_comment(note, 0) for note in notes.get("", ())]
    for name, part in _fields(scheme):
        lines += _entry(name, part, 0, notes)
    return "\n".join(lines) + "\n"


@cache
def _fields_of(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields of a type; the library works them out anew each time, which takes most of the time of a long file."""
    return msgspec.structs.fields(kind)


def _fields(part: msgspec.Struct) -> list[tuple[str, Any]]:
    """What is written of a part: its fields that are not as ever."""
    found = {}
    for field in _fields_of(type(part)):
        value = getattr(part, field.name)
        if field.required or value != field.default or type(value) is not type(field.default):
            found[field.name] = (field.encode_name, value)
    for field in _fields_of(type(part)):
        if field.default_factory is not msgspec.NODEFAULT and getattr(part, field.name) == field.default_factory():
            del found[field.name]
    last = LAST.get(type(part), ())
    first = [name for name in FIRST.get(type(part), ()) if name in found]
    middle = [name for name in found if name not in first and name not in last]
    return [found[name] for name in (*first, *middle, *(name for name in last if name in found))]


def _pairs(value: Any) -> list[tuple[str, Any]] | None:
    """The pairs of a part or a table of words; None for anything else."""
    if isinstance(value, msgspec.Struct):
        return _fields(value)
    return list(value.items()) if isinstance(value, Mapping) else None


def _entry(name: str, value: Any, depth: int, notes: Notes) -> Iterator[str]:
    """The lines of one name with its value."""
    key = f"{'  ' * depth}{_text(name)}:"
    if isinstance(value, tuple) and value and (name in OPENED or isinstance(value[0], msgspec.Struct)):
        yield key
        for each in value:
            yield from _item(each, depth + 1, notes, opened=name in OPENED)
        return
    flow = _flow(value)
    pairs = _pairs(value)
    if not pairs or len(key) + len(flow) < WIDEST:
        yield f"{key} {flow}"
        return
    yield key
    for inner, part in pairs:
        yield from _entry(inner, part, depth + 1, notes)


def _item(value: msgspec.Struct, depth: int, notes: Notes, *, opened: bool) -> Iterator[str]:
    """The lines of one item of a list."""
    indent = "  " * depth
    for note in notes.get(getattr(value, "code", None) or "", ()) if opened else ():
        yield _comment(note, depth)
    flow = _flow(value)
    if not opened and len(indent) + 2 + len(flow) < WIDEST:
        yield f"{indent}- {flow}"
        return
    lines = [line for name, part in _fields(value) for line in _entry(name, part, depth + 1, notes)]
    if not lines:
        yield f"{indent}- {{}}"
        return
    yield f"{indent}- {lines[0].lstrip(' ')}"
    yield from lines[1:]


def _flow(value: Any) -> str:
    """A value on one line."""
    pairs = _pairs(value)
    if pairs is not None:
        return "{" + ", ".join(f"{_text(name)}: {_flow(part)}" for name, part in pairs) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return _figure(value)


def _figure(value: Decimal | int | float) -> str:
    """A number; one that a reader could shorten stands in quotes, which a decimal may."""
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain if len(plain.strip("-").replace(".", "").lstrip("0")) <= LONGEST_PLAIN else f'"{plain}"'
    written = repr(value)
    if "n" in written:  # inf, nan
        return written.replace("inf", ".inf").replace("nan", ".nan")
    return written if "e" not in written or "." in written else written.replace("e", ".0e")


def _text(text: str) -> str:
    """A text: bare where no reader takes it for anything else."""
    if PLAIN.fullmatch(text) and not TAKEN.fullmatch(text):
        return text
    if '"' in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isprintable() or character == "\u3000":
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _comment(note: str, depth: int) -> str:
    """A line that is no part of the scheme; nothing in it can end the line."""
    shown = "".join(each if each.isprintable() else " " for each in note)
    return f"{'  ' * depth}# {shown}".rstrip()
