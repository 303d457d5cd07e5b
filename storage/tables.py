"""Gathers the tables, which stand with their subject."""

from __future__ import annotations

import sqlalchemy as sa

from storage import (
    acknowledgements,
    announcements,
    audit,
    batches,
    claims,
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
    phones,
    platforms,
    reviews,
    schemes,
    signin,
)
from storage.metadata import metadata

__all__ = [
    "acknowledgements",
    "announcements",
    "audit",
    "batches",
    "claims",
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
    "phones",
    "platforms",
    "reviews",
    "schemes",
    "signin",
]

for _table in metadata.tables.values():
    for _index in _table.indexes:
        if "where" in _index.info:
            _index.dialect_options["postgresql"]["where"] = sa.text(_index.info["where"])
