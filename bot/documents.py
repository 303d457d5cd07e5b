"""YAML files that people write, from the disk."""

from __future__ import annotations

from pathlib import Path

from rules.documents import MOST_BYTES, Document
from rules.documents import read as read_text


def read(path: Path) -> Document:
    """A file as a document; of one that is too long no more than shows it is read."""
    with path.open("rb") as file:
        return read_text(file.read(MOST_BYTES + 1))
