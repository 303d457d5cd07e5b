"""Reads YAML as people write it, and refuses what a file of theirs never holds, before it takes time or memory."""

from __future__ import annotations

import re

import yaml

from rules.documents.building import MOST_NODES, Building, Fatal
from rules.documents.document import Document, Fault, Place
from rules.documents.scalars import UNPRINTABLE
from rules.problems import Problem

__all__ = ["MOST_BYTES", "MOST_NODES", "read"]
MOST_BYTES = 1024 * 1024
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MARKED = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 and UTF-32 begin
LOOKED_AT = 200  # letters of a line: the patterns below go back and forth in it
TAB = re.compile(r"[ \-]*\t")
WIDE_COLON = re.compile(r"[\s\-{]*[\"']?[\w.\-]+[\"']?\s*(：)")
NO_SPACE = re.compile(r"[\s\-{]*[A-Za-z_]\w*(:)[^\s:/]")


def read(content: bytes | str) -> Document:
    """A text as a document; what is wrong with how it is written is among its faults."""
    if len(content) > MOST_BYTES:
        return _refused("", "document_too_large", most=MOST_BYTES // 1024)
    text = content if isinstance(content, str) else _decoded(content)
    if isinstance(text, Problem):
        return _refused("", text.code)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        return Document(text, faults=[Fault((), Problem("document_nul"), _place(text, text.index("\0")))])
    # YAML takes line ends among these: its lines would be numbered as no editor does.
    if found := UNPRINTABLE.search(text):
        return Document(text, faults=[Fault((), Problem("document_control"), _place(text, found.start()))])
    return _parsed(text)


def _refused(text: str, code: str, **facts: object) -> Document:
    return Document(text, faults=[Fault((), Problem(code, facts), (1, 1))])


def _decoded(content: bytes) -> str | Problem:
    if content.startswith(MARKED) or content.count(0) > len(content) // 8:  # UTF-16 has them in every Latin letter
        return Problem("document_encoding")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return Problem("document_encoding")
    return Problem("document_encoding_gb")


def _place(text: str, offset: int) -> Place:
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def _parsed(text: str) -> Document:
    building = Building(text)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            building.take(event)
    except Fatal as refusal:
        building.document.value = None
        building.document.faults.append(_told(text, refusal.fault))
    except yaml.MarkedYAMLError as error:
        building.document.value = None
        building.document.faults.append(_syntax(text, error))
    except yaml.YAMLError:  # a letter YAML does not know, which is not among the UNPRINTABLE
        return _refused(text, "document_syntax")
    return building.document


def _told(text: str, fault: Fault) -> Fault:
    """A refusal; of a text that is no field with a value the reason, where it is seen."""
    line = 1 if fault.place is None else fault.place[0]
    if fault.problem.code == "document_top" and (found := _cause(text.split("\n")[line - 1])):
        return Fault((), Problem(found[0]), (line, found[1]))
    return fault


def _syntax(text: str, error: yaml.MarkedYAMLError) -> Fault:
    """What is wrong with the writing, by the commonest cause that is seen there."""
    mark = error.problem_mark or error.context_mark
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    lines = text.split("\n")
    for number in (line, line - 1):
        if 0 <= number < len(lines) and (found := _cause(lines[number])):
            return Fault((), Problem(found[0]), (number + 1, found[1]))
    if error.context_mark is not None and (code := _unclosed(error)):
        return Fault((), Problem(code), (error.context_mark.line + 1, error.context_mark.column + 1))
    return Fault((), Problem("document_syntax"), (line + 1, column + 1))


def _cause(line: str) -> tuple[str, int] | None:
    line = line[:LOOKED_AT]
    if found := TAB.match(line):
        return "document_tab", found.end()
    if found := WIDE_COLON.match(line):
        return "document_colon_wide", found.start(1) + 1
    if found := NO_SPACE.match(line):
        return "document_colon_space", found.start(1) + 2
    return None


def _unclosed(error: yaml.MarkedYAMLError) -> str | None:
    context = error.context or ""
    if "quoted scalar" in context and "unexpected end" in (error.problem or ""):
        return "document_quote_open"
    return "document_bracket_open" if "flow" in context else None
