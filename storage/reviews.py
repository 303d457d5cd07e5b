"""What was decided on lines, and what members answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

review = sa.Table(
    "review",
    metadata,
    identifier(),
    refers("line_id", "line.id", index=True),
    sa.Column("decision", sa.String(16), nullable=False),
    refers("reviewer_id", "member.id"),
    refers("behalf_id", "member.id", nullable=True),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
remark = sa.Table(
    "remark",
    metadata,
    identifier(),
    refers("line_id", "line.id", index=True),
    refers("member_id", "member.id"),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What was decided on a line, by whom, on whose behalf, why."""

    line: int
    decision: str
    reviewer: int
    behalf: int | None
    reason: str
    at: datetime


_REVIEWS = Statement(
    sa.select(
        review.c.line_id, review.c.decision, review.c.reviewer_id, review.c.behalf_id, review.c.reason, review.c.at
    )
    .where(review.c.line_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(review.c.id),
    ReviewRow,
)


def add_reviews(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Records decisions."""
    if rows:
        connection.execute(sa.insert(review), [dict(row) for row in rows])


def reviews_of(connection: sa.Connection, lines: Iterable[int]) -> dict[int, ReviewRow]:
    """Line → its last decision."""
    return {row.line: row for row in _REVIEWS.all(connection, {"ids": list(set(lines))})}


def add_remark(connection: sa.Connection, line_id: int, member_id: int, text: str, now: datetime) -> None:
    """A member's answer to an entry the organisation made."""
    connection.execute(sa.insert(remark), {"line_id": line_id, "member_id": member_id, "text": text, "at": now})


def remarks_of(connection: sa.Connection, lines: Iterable[int]) -> dict[int, list[str]]:
    """Line → the members' answers."""
    query = sa.select(remark.c.line_id, remark.c.text).where(remark.c.line_id.in_(set(lines))).order_by(remark.c.id)
    found: dict[int, list[str]] = {}
    for line_id, text in connection.execute(query):
        found.setdefault(line_id, []).append(text)
    return found
