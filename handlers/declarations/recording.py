"""Posting the organisation's own entries: made, decided at once, and told to whom they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from handlers.context import Context
from handlers.declarations.review import allowed
from handlers.ledger.posting import post_lines
from rules.declarations import named
from rules.periods import period_of
from rules.schemes import Criterion
from rules.scoring.worth import WINDOWED
from storage import audit, declarations, reviews
from storage.locks import hold_members
from storage.members import Person

ONE = Decimal(1)


class Recorded(Struct, frozen=True):
    """What was posted; `waiting` lines are one's own and go to another reviewer."""

    criterion: Criterion
    names: tuple[str, ...]
    posted: int
    waiting: int
    points: Decimal | None = None
    quantity: Decimal | None = None
    on: date | None = None
    option: str | None = None
    matter: str | None = None


def post_own(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]]) -> tuple[int, int]:
    """Makes the lines; the actor decides them at once, except his own, which wait for another reviewer."""
    scheme, period = context.version(version).scheme.scheme, period_of(context.today)
    units = {person.id: person.unit for person, _ in rows}
    hold_members(context.connection, units)
    made = declarations.declarations_for(context.connection, units, scheme, period, context.now)
    same = {
        "version_id": version,
        "period": period,
        "source": "organisation",
        "recorded_by": context.actor.member,
        "batch": 0,
        "state": "submitted",
        "edition": 1,
        "created_at": context.now,
        "submitted_at": context.now,
    }
    numbers = declarations.add_all(
        context.connection,
        [
            {
                **same,
                **row,
                "criterion": row["criterion"].code,
                "declaration_id": made[person.id],
                "member_id": person.id,
                "unit_id": person.unit,
            }
            for person, row in rows
        ],
    )
    lines = declarations.by_ids(context.connection, numbers)
    behalf = allowed(context, list(lines.values()))
    pins = [(number, 1) for number in numbers if number in behalf]
    declarations.change(context.connection, pins, ("submitted",), state="approved", decided_at=context.now)
    reviews.add_reviews(
        context.connection,
        [
            {
                "line_id": number,
                "decision": "record",
                "reviewer_id": context.actor.member,
                "behalf_id": behalf[number],
                "reason": "",
                "at": context.now,
            }
            for number, _ in pins
        ],
    )
    post_lines(context, [lines[number] for number, _ in pins])
    context.audit_all(
        [
            audit.Deed("record", "line", number, {"points": str(lines[number].points)}, behalf.get(number))
            for number in numbers
        ]
    )
    _tell(context, version, rows, numbers)
    return len(pins), len(numbers) - len(pins)


def _tell(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]], numbers: list[int]) -> None:
    """Everyone hears of an entry about him; mere presence at a meeting is not news."""
    criteria = context.version(version).scheme.criteria
    context.tell_all(
        [
            {
                "member_id": person.id,
                "kind": "entry_recorded",
                "key": f"recorded:{number}",
                "facts": {
                    "line": number,
                    "name": named(row["criterion"].name, row.get("option"), row.get("matter")),
                    "points": str(row["points"]),
                    "note": row["note"],
                    "attendance": row.get("attendance"),
                    "together": row["criterion"].value.kind in WINDOWED,
                    "by": context.actor.name,
                    "clause": criteria[row["criterion"].code].clause,
                },
            }
            for (person, row), number in zip(rows, numbers, strict=True)
            if row.get("attendance") != "present" and person.id != context.actor.member
        ]
    )
