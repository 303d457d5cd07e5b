"""A document: the values of a file that somebody wrote, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rules.problems import Problem

Path = tuple[str | int, ...]
"""The way to a value: names of fields, and numbers in lists from 0."""
Place = tuple[int, int]
"""Line and column in the file, both from 1."""
OF_THE_NAME = frozenset({"document_field_unknown"})  # these speak of a field's name, all others of what it holds


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong somewhere in a document; `place` only where the path does not lead there."""

    path: Path
    problem: Problem
    place: Place | None = None


@dataclass(slots=True)
class Spot:
    """Where a value stands: a plain one where it is written, one that holds others where its name is."""

    place: Place = (1, 1)
    name: Place = (1, 1)
    inside: dict[str | int, Spot] = field(default_factory=dict)


@dataclass(slots=True)
class Document:
    """A file's text and values (None when it does not read), the places, and what is wrong with how it is written.

    `blind` are paths whose value is not what was written: what else is wrong there is not known.
    """

    text: str
    value: Any = None
    root: Spot = field(default_factory=Spot)
    texts: dict[str, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    blind: list[Path] = field(default_factory=list)

    def place_of(self, path: Path) -> Place:
        """Line and column of a value, or of the nearest one that holds it."""
        return self._spot(path).place

    def place_of_text(self, *texts: object) -> Place:
        """Where the first of the texts that is in the file stands, at its last place; (1, 1) when none is."""
        return next((self.texts[str(text)] for text in texts if str(text) in self.texts), (1, 1))

    def place(self, fault: Fault) -> Place:
        """Line and column of a fault."""
        if fault.place is not None:
            return fault.place
        return self._spot(fault.path).name if fault.problem.code in OF_THE_NAME else self.place_of(fault.path)

    def line_of(self, path: Path) -> int:
        """The line of a field's name, or of the nearest value that holds it."""
        return self._spot(path).name[0]

    def seen(self, faults: list[Fault]) -> Iterator[Fault]:
        """The faults at places that hold what was written there."""
        for fault in faults:
            if not any(fault.path[: len(path)] == path for path in self.blind):
                yield fault

    def _spot(self, path: Path) -> Spot:
        spot = self.root
        for part in path:
            if part not in spot.inside:
                break
            spot = spot.inside[part]
        return spot
