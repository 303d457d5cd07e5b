"""A plan from a text that was checked when it was published: read, not checked again."""

from __future__ import annotations

from rules.documents import fitted, read
from rules.tasks.plan import Plan


def kept_plan(text: str) -> Plan:
    """The plan; raises ValueError when the text does not read any more."""
    document = read(text)
    found = fitted(document.value, Plan)
    if document.faults or isinstance(found, list):
        raise ValueError(f"a published plan does not read any more: {document.faults or found}")
    return found
