"""A scheme from a text that was checked when it was published: read, not checked again."""

from __future__ import annotations

from rules.documents import fitted, read
from rules.schemes.scheme import Scheme


def kept_scheme(text: str) -> Scheme:
    """The scheme; raises ValueError when the text does not read any more."""
    document = read(text)
    found = fitted(document.value, Scheme)
    if document.faults or isinstance(found, list):
        raise ValueError(f"a published scheme does not read any more: {document.faults or found}")
    return found
