"""The platforms' XML, read within narrow bounds and written so that no text breaks out of its element."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.parsers import expat
from xml.parsers.expat import ExpatError

Fields = dict[str, Any]
"""A message: name → text, or Fields, or a list of these."""
MOST_BYTES = 64 * 1024
MOST_DEPTH = 32
MOST_ELEMENTS = 512
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(Exception):
    """Beyond the bounds, or no XML of a platform."""


def parsed(text: str | bytes) -> Fields:
    """The fields of a message; raises Unreadable as soon as a bound is passed. Document types are refused, and with
    them entities of one's own."""
    reader = _Reader()
    try:
        reader.read(text.encode() if isinstance(text, str) else text)
    except (ExpatError, ValueError) as error:
        raise Unreadable from error
    fields = reader.fields
    if not isinstance(fields, dict) or any(isinstance(value, list) for value in fields.values()):
        raise Unreadable
    return fields


class _Reader:
    """One document, fed whole: in pieces a long token costs the parser minutes."""

    def __init__(self) -> None:
        self.fields: Any = None
        self._open: list[tuple[str, Fields, list[str]]] = []
        self._count = 0

    def read(self, whole: bytes) -> None:
        if len(whole) > MOST_BYTES:
            raise Unreadable
        whole.decode()
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._begun, self._ended
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._said, self._declared
        parser.Parse(whole, True)

    def _declared(self, *_given: object) -> None:
        raise Unreadable

    def _begun(self, name: str, _attributes: object) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= MOST_DEPTH or (not self._open and name != "xml"):
            raise Unreadable
        self._open.append((name, {}, []))

    def _said(self, text: str) -> None:
        self._open[-1][2].append(text)

    def _ended(self, _name: str) -> None:
        name, children, said = self._open.pop()
        value: Any = children or "".join(said).strip()
        if not self._open:
            self.fields = value
            return
        beside = self._open[-1][1]
        if name not in beside:
            beside[name] = value
        elif isinstance(beside[name], list):
            beside[name].append(value)
        else:
            beside[name] = [beside[name], value]


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
