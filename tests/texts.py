"""Texts of tests as the values a file would give."""

from __future__ import annotations

from typing import Any

from rules.documents import read


def values_of(text: str) -> Any:
    """The values of a YAML text that reads."""
    document = read(text)
    assert not document.faults, document.faults
    return document.value
