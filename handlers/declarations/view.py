"""A line as it is shown: with its criterion, its evidence, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from handlers.context import Context
from rules.declarations import Flag, named
from rules.schemes import Criterion
from rules.scoring.worth import WINDOWED
from storage import evidence, reviews
from storage.declarations import Line
from storage.evidence import EvidenceRow


class LineView(Struct, frozen=True):
    """One line for people: names instead of codes."""

    id: int
    edition: int
    member: int
    member_name: str
    period: str
    criterion: Criterion
    category: str
    quantity: Decimal
    attendance: str | None
    points: Decimal
    note: str
    source: str
    behalf: bool
    state: str
    batch: int
    evidence: tuple[EvidenceRow, ...] = ()
    flags: tuple[Flag, ...] = ()
    reason: str = ""
    reviewer: str = ""
    decided_at: datetime | None = None
    option: str | None = None
    matter: str | None = None

    @property
    def pin(self) -> tuple[int, int]:
        """What a button pins: the line as it was shown."""
        return self.id, self.edition


def views(context: Context, lines: Iterable[Line], flags: dict[int, tuple[Flag, ...]] | None = None) -> list[LineView]:
    """Lines for people, in the same order."""
    found = list(lines)
    ids = [line.id for line in found]
    proofs = evidence.of_lines(context.connection, ids)
    decided_ids = [line.id for line in found if line.decided_at is not None]
    decisions = reviews.reviews_of(context.connection, decided_ids) if decided_ids else {}
    people = {line.member for line in found} | {row.reviewer for row in decisions.values()}
    names = context.names(people)
    shown = []
    for line in found:
        scheme = context.version(line.version).scheme
        decided = decisions.get(line.id)
        shown.append(
            LineView(
                id=line.id,
                edition=line.edition,
                member=line.member,
                member_name=names[line.member],
                period=line.period,
                criterion=scheme.criteria[line.criterion],
                category=scheme.category[line.criterion].name,
                quantity=line.quantity,
                attendance=line.attendance,
                points=line.points,
                note=line.note,
                source=line.source,
                behalf=line.source == "member" and line.recorded_by != line.member,
                state=line.state,
                batch=line.batch,
                evidence=tuple(proofs.get(line.id, ())),
                flags=(flags or {}).get(line.id, ()),
                reason=decided.reason if decided else "",
                reviewer=names[decided.reviewer] if decided else "",
                decided_at=decided.at if decided else None,
                option=line.option,
                matter=line.matter,
            )
        )
    return shown


def told(context: Context, line: Line) -> dict[str, object]:
    """A line as a notice tells it; `together`: its points are known only with all others of its kind."""
    criterion = context.version(line.version).scheme.criteria[line.criterion]
    return {
        "id": line.id,
        "name": named(criterion.name, line.option, line.matter),
        "unit": criterion.unit,
        "quantity": str(line.quantity),
        "points": str(line.points),
        "together": criterion.value.kind in WINDOWED,
    }
