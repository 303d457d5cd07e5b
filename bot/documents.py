"""YAML files that people write: their values, and on which line each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rules.documents import Fault
from rules.documents import Path as Place
from rules.problems import Problem

DEEPEST = 20


@dataclass(slots=True)
class Document:
    """A file's text and values, with the line (from 1) of each place and of each text."""

    text: str
    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    texts: dict[str, list[int]] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest one that holds it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def line_of_text(self, *texts: object) -> int:
        """The last line on which one of the texts stands, 1 when none does."""
        return next((self.texts[str(text)][-1] for text in texts if str(text) in self.texts), 1)


def read(path: Path) -> Document:
    """A file as a document; what keeps it from being read is among its faults."""
    try:
        document = Document(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        return Document("", faults=[(1, Fault((), Problem("document_encoding")))])
    try:
        node = yaml.compose(document.text, yaml.SafeLoader)
        if node is not None:
            _walk(document, node, ())
        document.value = yaml.safe_load(document.text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        document.faults.append((line, Fault((), Problem("document_syntax"))))
    return document


def _walk(document: Document, node: yaml.Node, place: Place) -> None:
    if len(place) > DEEPEST:  # an alias may hold itself
        return
    document.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        document.texts.setdefault(node.value, []).append(node.start_mark.line + 1)
    for key, line, child in _children(node):
        inner = (*place, key)
        if inner in document.lines:
            document.faults.append((line, Fault(inner, Problem("document_key_twice", {"field": str(key)}))))
        document.lines[inner] = line
        _walk(document, child, inner)


def _children(node: yaml.Node) -> Iterator[tuple[str | int, int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield index, item.start_mark.line + 1, item
