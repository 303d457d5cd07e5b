"""Gathers the tables, which stand with their subject."""

from __future__ import annotations

from storage import (
    audit,
    declarations,
    evidence,
    inbox,
    invitations,
    ledger,
    members,
    outbox,
    reviews,
    schemes,
    signin,
)
from storage.metadata import metadata

__all__ = [
    "audit",
    "declarations",
    "evidence",
    "inbox",
    "invitations",
    "ledger",
    "members",
    "metadata",
    "outbox",
    "reviews",
    "schemes",
    "signin",
]
