"""Gathers the tables, which stand with their subject."""

from __future__ import annotations

import sqlalchemy as sa

from storage import (
    absences,
    acknowledgements,
    announcements,
    audit,
    batches,
    calendars,
    claims,
    declarations,
    evidence,
    identities,
    imports,
    inbox,
    invitations,
    leading,
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
from storage.tasks import tables as tasks

__all__ = [
    "absences",
    "acknowledgements",
    "announcements",
    "audit",
    "batches",
    "calendars",
    "claims",
    "declarations",
    "evidence",
    "identities",
    "imports",
    "inbox",
    "invitations",
    "leading",
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
    "tasks",
]

for _table in metadata.tables.values():
    for _index in _table.indexes:
        if "where" in _index.info:
            _index.dialect_options["postgresql"]["where"] = sa.text(_index.info["where"])
