"""The platforms' XML, read within narrow bounds and written so that no text breaks out of its element."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.parsers.expat import ExpatError

Fields = dict[str, Any]
"""A message: name → text, or Fields, or a list of these."""
MOST_BYTES = 64 * 1024
MOST_DEPTH = 32
MOST_TAGS = 1000
CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(Exception):
    """Beyond the bounds, or no XML of a platform."""


def parsed(text: str | bytes) -> Fields:
    """The fields of a message; raises Unreadable. Declarations are refused: entities and documents types need them."""
    text = _decoded(text)
    bare = CDATA.sub("", text)
    if "<!" in bare or bare.count("<") > MOST_TAGS:
        raise Unreadable
    import xmltodict  # comes with wechatpy: a house without these channels holds none of it in memory

    try:
        found = xmltodict.parse(text, xml_attribs=False)
    except (ExpatError, ValueError) as error:
        raise Unreadable from error
    fields = found.get("xml")
    if not isinstance(fields, dict) or any(isinstance(value, list) for value in fields.values()):
        raise Unreadable
    return {name: _plain(value, 1) for name, value in fields.items()}


def _decoded(text: str | bytes) -> str:
    try:
        whole = text.encode() if isinstance(text, str) else text
        if len(whole) > MOST_BYTES:
            raise Unreadable
        return whole.decode()
    except UnicodeError as error:
        raise Unreadable from error


def _plain(value: Any, depth: int) -> Any:
    """Text for what is empty, and no deeper than a message ever is."""
    if depth > MOST_DEPTH:
        raise Unreadable
    if isinstance(value, dict):
        return {name: _plain(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    return value or ""


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """A field that is text; "" when it is missing or something else."""
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def written(fields: Mapping[str, Any], name: str = "xml") -> str:
    """Fields as XML: numbers bare, text in CDATA, lists as elements of one name."""
    return _element(name, fields)


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inside = "".join(_element(each, part) for each, part in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, part) for part in value)
    elif isinstance(value, int):
        inside = str(int(value))
    else:
        inside = "<![CDATA[" + NOT_XML.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{name}>{inside}</{name}>"
