"""The table of a scheme that is put up (公示表), as texts: one row a criterion, and what holds besides below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.schemes import Criterion, Node, Scheme
from rules.schemes.tables import Row, depth_of, rows_of, spans_of
from screens.grading import grading_in_words, vetoes_in_words
from screens.provisions import (
    bounds_of,
    exemptions_in_words,
    notes_on,
    notes_on_category,
    process_in_words,
    total_in_words,
)
from screens.schemes import caps_in_words, evidence_in_words, recorders_in_words, worth_in_words
from screens.texts import Say, clean, joined


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: `width` in characters of half a Chinese one."""

    title: str
    width: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that are one: rows from 0 within the table, the last included."""

    first: int
    last: int
    left: int
    right: int
    text: str


@dataclass(frozen=True, slots=True)
class Poster:
    """All texts of the table: `merged` are its categories; a paragraph is a heading and lines."""

    title: str
    about: tuple[str, ...]
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[Cells, ...]
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]


def poster(say: Say, scheme: Scheme) -> Poster:
    """The texts of a scheme's table."""
    rows = rows_of(scheme)
    depth = depth_of(rows)
    notes: list[str] = []
    cells = tuple(_row(say, number, row, depth, notes) for number, row in enumerate(rows, 1))
    about = [say("Version {version}", version=clean(scheme.version))]
    about += [say("Basis: {text}", text=clean(scheme.about))] if scheme.about else []
    return Poster(
        title=clean(scheme.title),
        about=tuple(about),
        headings=tuple(_headings(say, depth)),
        rows=cells,
        merged=tuple(_merged(say, rows, depth)),
        paragraphs=tuple(_paragraphs(say, scheme, notes)),
    )


def _headings(say: Say, depth: int) -> list[Heading]:
    return [
        Heading(say("No."), 6),
        *[Heading(say("Category"), 18 if depth > 1 else 22)] * depth,
        Heading(say("Criterion"), 46),
        Heading(say("Worth"), 28),
        Heading(say("Caps"), 22),
        Heading(say("Recorded by"), 16),
        Heading(say("Evidence"), 14),
        Heading(say("Clause"), 18),
        Heading(say("Code"), 8),
    ]


def _row(say: Say, number: int, row: Row, depth: int, notes: list[str]) -> tuple[str, ...]:
    """The cells of a criterion; what does not fit in a cell becomes a note with a number."""
    criterion = row.criterion
    name, about = clean(criterion.name), clean(criterion.about)
    content = say("{name}: {told}", name=name, told=about) if about else name
    return (
        str(number),
        *[""] * depth,
        _marked(say, content, notes_on(say, criterion), notes),
        worth_in_words(say, criterion),
        _caps(say, criterion),
        recorders_in_words(say, criterion),
        evidence_in_words(say, criterion),
        clean(criterion.clause),
        clean(criterion.code),
    )


def _marked(say: Say, content: str, told: Sequence[str], notes: list[str]) -> str:
    """A text with the mark of its note, which is put to the others."""
    if not told:
        return content
    notes.append(joined(say, *told))
    return say("{text} [note {number}]", text=content, number=len(notes))


def _caps(say: Say, criterion: Criterion) -> str:
    pool = "" if criterion.pool is None else say("shared: {name}", name=clean(criterion.pool))
    return joined(say, caps_in_words(say, criterion.caps), pool)


def _merged(say: Say, rows: list[Row], depth: int) -> list[Cells]:
    """The cells of the categories; one without inner categories is as broad as all their columns."""
    cells = []
    for span in spans_of(rows):
        text = _category(say, span.node)
        own = [number for number in range(span.first, span.last + 1) if rows[number].path[-1] is span.node]
        left = 1 + span.level
        if len(own) == span.last - span.first + 1:
            cells.append(Cells(span.first, span.last, left, depth, text))
            continue
        cells.append(Cells(span.first, span.last, left, left, text))
        if own:
            cells.append(Cells(own[0], own[-1], left + 1, depth, ""))
    return cells


def _category(say: Say, node: Node) -> str:
    """A category with its bounds."""
    name, bounds = clean(node.name), bounds_of(say, node)
    return say("{name} ({text})", name=name, text=bounds) if bounds else name


def _paragraphs(say: Say, scheme: Scheme, notes: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """What stands below the table; a heading without lines is left out."""
    found = [
        (say("Total"), total_in_words(say, scheme)),
        (say("On categories"), _on_categories(say, scheme)),
        (say("Grades"), grading_in_words(say, scheme)),
        (say("Vetoes"), vetoes_in_words(say, scheme)),
        (say("Exemptions"), exemptions_in_words(say, scheme)),
        (say("Process"), process_in_words(say, scheme)),
        (say("Notes"), [say("Note {number}: {text}", number=n, text=note) for n, note in enumerate(notes, 1)]),
    ]
    return [(title, tuple(lines)) for title, lines in found if lines]


def _on_categories(say: Say, scheme: Scheme) -> list[str]:
    told = []
    for node in scheme.every_node.values():
        text = joined(say, clean(node.about), *notes_on_category(say, node))
        if text:
            told.append(say("{name}: {told}", name=clean(node.name), told=text))
    return told
