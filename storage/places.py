"""Where a thing belongs: the unit whose roles decide who may see it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from storage.announcements import announcement
from storage.declarations import line
from storage.evidence import evidence
from storage.ledger import entry
from storage.members import membership, on_day, unit
from storage.outbox import outbox


class Place(NamedTuple):
    """A unit and its path."""

    unit: int
    path: str


_PLACE = sa.select(unit.c.id, unit.c.path)
_NUMBER: sa.BindParameter[int] = sa.bindparam("number")
_TODAY = sa.and_(membership.c.unit_id == unit.c.id, on_day(membership))
# kind of thing → its unit
PLACES: dict[str, sa.Select[int, str]] = {
    "unit": _PLACE.where(unit.c.id == _NUMBER),
    "member": _PLACE.join(membership, _TODAY).where(membership.c.member_id == _NUMBER),
    "line": _PLACE.join(line, line.c.unit_id == unit.c.id).where(line.c.id == _NUMBER),
    "evidence": _PLACE.join(line, line.c.unit_id == unit.c.id)
    .join(evidence, evidence.c.line_id == line.c.id)
    .where(evidence.c.id == _NUMBER),
    "announcement": _PLACE.join(announcement, announcement.c.unit_id == unit.c.id).where(
        announcement.c.id == _NUMBER, announcement.c.sent_at.is_not(None)
    ),
    "entry": _PLACE.join(entry, entry.c.unit_id == unit.c.id).where(entry.c.id == _NUMBER),
    "message": _PLACE.join(membership, _TODAY)
    .join(outbox, outbox.c.member_id == membership.c.member_id)
    .where(outbox.c.id == _NUMBER),
}


def place_of(connection: sa.Connection, kind: str, number: int, day: date) -> Place | None:
    """The unit of a thing on a day; None when there is no such thing."""
    query = PLACES[kind]
    facts: dict[str, object] = {"number": number}
    if kind in ("member", "message"):
        facts["day"] = day
    row = connection.execute(query, facts).first()
    return None if row is None else Place(row[0], row[1])
