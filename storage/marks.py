"""Marks of a whole database: that it is a demo's, or that a demo's making was cut short."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import metadata

mark = sa.Table(
    "mark",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("made_at", Instant, nullable=False),
)


def marked(connection: sa.Connection, name: str) -> bool:
    """Whether the database bears a mark."""
    return connection.execute(sa.select(mark.c.name).where(mark.c.name == name)).first() is not None


def put(connection: sa.Connection, name: str, now: datetime) -> None:
    """Marks the database."""
    remove(connection, name)
    connection.execute(sa.insert(mark), {"name": name, "made_at": now})


def remove(connection: sa.Connection, name: str) -> None:
    """Takes a mark away."""
    connection.execute(sa.delete(mark).where(mark.c.name == name))


def wipe(connection: sa.Connection) -> None:
    """Empties all tables."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(sa.delete(table))
