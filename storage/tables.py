"""Gathers the tables, which stand with their subject."""

from __future__ import annotations

from storage import audit, declarations, evidence, inbox, invitations, ledger, marks, members, outbox, reviews, schemes
from storage.metadata import metadata

__all__ = [
    "audit",
    "declarations",
    "evidence",
    "inbox",
    "invitations",
    "ledger",
    "marks",
    "members",
    "metadata",
    "outbox",
    "reviews",
    "schemes",
]
