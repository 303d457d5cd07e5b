"""Alembic's entry: runs on the connection that `storage.upgrade` hands over."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from storage.tables import metadata


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations name the column's stored type, so that they still run when our own types have moved."""
    if kind == "type" and isinstance(item, sa.TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=plain_type)
with context.begin_transaction():
    context.run_migrations()
