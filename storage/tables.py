"""Gathers the tables, which stand with their subject."""

from __future__ import annotations

from storage import (
    announcements,
    audit,
    declarations,
    evidence,
    identities,
    imports,
    inbox,
    invitations,
    ledger,
    marks,
    members,
    outbox,
    reviews,
    schemes,
    signin,
)
from storage.metadata import metadata

__all__ = [
    "announcements",
    "audit",
    "declarations",
    "evidence",
    "identities",
    "imports",
    "inbox",
    "invitations",
    "ledger",
    "marks",
    "members",
    "metadata",
    "outbox",
    "reviews",
    "schemes",
    "signin",
]
