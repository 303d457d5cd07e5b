"""A member's points, and why they are what they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from handlers.context import Context, Handler, Refused, refuse
from handlers.ledger.posting import scored
from rules.periods import period_of
from rules.schemes import Criterion
from rules.scoring import ZERO, Score
from storage import declarations, ledger, members


@dataclass(frozen=True, slots=True)
class MyPoints:
    """我的积分: the member's year; `year` 0 is the current one."""

    year: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """为什么: the lines behind one category's figure; an empty node means the whole total."""

    node: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """One category's year: what counted, its cap, what may still count, and what was posted above it."""

    code: str
    name: str
    counted: Decimal
    posted: Decimal
    cap: Decimal | None
    room: Decimal | None


@dataclass(frozen=True, slots=True)
class Points:
    """A member's year; `waiting` lines are not in the total yet."""

    year: int
    total: Decimal
    base: Decimal
    most: Decimal | None
    grade: str | None
    figures: tuple[CategoryFigure, ...]
    waiting: int
    waiting_points: Decimal
    title: str
    version: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry behind a figure: what was posted, what of it counted, who decided it, under which clause."""

    entry: int
    period: str
    criterion: Criterion
    quantity: Decimal
    attendance: str | None
    posted: Decimal
    capped: Decimal
    counted: Decimal
    cancelled: bool
    reversal: bool
    reviewer: str
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The lines behind a figure, and the sums they make."""

    node: str
    name: str
    year: int
    counted: Decimal
    cap: Decimal | None
    total: Decimal
    base: Decimal
    reasons: tuple[Reason, ...]
    title: str
    version: str


def my_points(context: Context, request: MyPoints) -> Points | Refused:
    """The member's year: by category against caps, and what is still possible."""
    published = context.scheme_for(context.actor.path)
    if published is None:
        return refuse("no_scheme")
    year = request.year or context.today.year
    scheme = published.scheme
    result = scored(context, scheme.scheme, year, [context.actor.member])[context.actor.member][1]
    figures = tuple(
        CategoryFigure(node.code, node.name, figure.counted, figure.posted, node.max, figure.room)
        for node, figure in zip(scheme.nodes, result.figures, strict=True)
    )
    pending = [
        line
        for line in declarations.of_period(context.connection, context.actor.member, period_of(context.today))
        if line.state == "submitted"
    ]
    return Points(
        year,
        result.total,
        scheme.total.base,
        scheme.total.max,
        result.grade,
        figures,
        len(pending),
        sum((line.points for line in pending), ZERO),
        scheme.title,
        scheme.version,
    )


def why(context: Context, request: Why) -> Explanation | Refused:
    """Opens a figure down to its lines, reviewers and clauses."""
    published = context.scheme_for(context.actor.path)
    if published is None:
        return refuse("no_scheme")
    scheme = published.scheme
    node = next((node for node in scheme.nodes if node.code == request.node), None)
    if node is None and request.node:
        return refuse("no_such_figure")
    year = request.year or context.today.year
    result = scored(context, scheme.scheme, year, [context.actor.member])[context.actor.member][1]
    reasons = tuple(
        reason
        for reason in _reasons(context, scheme.scheme, year, result)
        if node is None or scheme.category[reason.criterion.code] is node
    )
    counted = sum((reason.counted for reason in reasons), ZERO)
    cap = node.max if node else scheme.total.max
    return Explanation(
        request.node,
        node.name if node else "",
        year,
        counted,
        cap,
        result.total,
        scheme.total.base,
        reasons,
        scheme.title,
        scheme.version,
    )


def _reasons(context: Context, scheme: str, year: int, result: Score) -> list[Reason]:
    parts = {part.entry: part for part in result.parts}
    posted = ledger.posted_of_year(context.connection, context.actor.member, scheme, year)
    lines = declarations.by_ids(context.connection, [row.line for row in posted])
    reviews = declarations.reviews_of(context.connection, lines)
    names = members.names(context.connection, [row.reviewer for row in reviews.values()])
    reasons = []
    for row in posted:
        line, part, decided = lines[row.line], parts[row.id], reviews.get(row.line)
        reasons.append(
            Reason(
                row.id,
                row.period,
                context.version(row.version).scheme.criteria[row.criterion],
                line.quantity,
                line.attendance,
                part.posted,
                part.capped,
                part.counted,
                part.cancelled,
                row.reverses is not None,
                names.get(decided.reviewer, "") if decided else "",
                decided.at if decided else None,
                row.reason or line.note,
            )
        )
    return reasons


REQUESTS: dict[type, Handler] = {MyPoints: my_points, Why: why}
