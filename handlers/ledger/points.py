"""A member's points, and why they are what they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from handlers.context import Context, Handler, Refused, refuse
from handlers.ledger.posting import scored
from rules.periods import period_of
from rules.schemes import Criterion, Node, Scheme
from rules.schemes.scheme import inner_nodes
from rules.scoring import ZERO, Part, Score
from rules.scoring.plan import plan_of
from storage import declarations, ledger, members, reviews

PAGE = 12


@dataclass(frozen=True, slots=True)
class MyPoints:
    """我的积分: the member's year; `year` 0 is the current one."""

    year: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    """为什么: the lines behind one figure, the newest page first; an empty node shows what the total is made of."""

    node: str = ""
    year: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """One category's year: what counted, its cap, what may still count, what was posted.

    `over` is what the caps took from entries that count, `standing` what counts without an entry.
    """

    code: str
    name: str
    counted: Decimal
    posted: Decimal
    cap: Decimal | None
    room: Decimal | None
    over: Decimal = ZERO
    standing: Decimal = ZERO


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
    remarks: tuple[str, ...]
    option: str | None = None
    matter: str | None = None
    why: str = ""


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
    figures: tuple[CategoryFigure, ...]
    page: int
    pages: int
    title: str
    version: str


def my_points(context: Context, request: MyPoints) -> Points | Refused:
    """The member's year: by category against caps, and what is still possible."""
    found = _year(context, request.year)
    if isinstance(found, Refused):
        return found
    scheme, year, result = found
    lines = declarations.of_period(context.connection, context.actor.member, period_of(context.today), ("submitted",))
    pending = sum((line.points for line in lines), ZERO)
    return Points(
        year,
        result.total,
        scheme.total.base,
        scheme.total.max,
        result.grade,
        _figures(context, year, scheme, result),
        len(lines) if year == context.today.year else 0,
        pending,
        scheme.title,
        scheme.version,
    )


def _year(context: Context, year: int) -> tuple[Scheme, int, Score] | Refused:
    """The actor's year: the scheme it is scored under, and the score."""
    published = context.scheme_for(context.actor.path)
    if not context.actor.declares:
        return refuse("not_declaring")
    if published is None:
        return refuse("no_scheme")
    wanted = year or context.today.year
    name = published.scheme.scheme
    under, result = scored(context, name, wanted, [context.actor.member])[context.actor.member]
    return under.scheme, wanted, result


def _figures(context: Context, year: int, scheme: Scheme, result: Score) -> tuple[CategoryFigure, ...]:
    member = context.actor.member
    entries = ledger.years_of(context.connection, [member], scheme.scheme, year)[member].entries
    category = {entry.id: scheme.category[entry.criterion].code for entry in entries}
    parts: dict[str, list[Part]] = {code: [] for code in scheme.every_node}
    for part in result.parts:
        parts[category[part.entry]].append(part)
    found = []
    for node, figure in zip(scheme.every_node.values(), result.figures, strict=True):
        own = parts[node.code]
        over = sum((part.posted - part.counted for part in own if not (part.why or part.cancelled)), ZERO)
        rest = figure.counted - sum((part.counted for part in own), ZERO)
        told = (figure.counted, figure.posted, node.max, figure.room, over, rest if _stands(scheme, node) else ZERO)
        found.append(CategoryFigure(node.code, node.name, *told))
    return tuple(found)


def _stands(scheme: Scheme, node: Node) -> bool:
    """Whether a category has points of its own without entries: a full mark, a measure, what was expected and lacks."""
    standing = plan_of(scheme).standing
    return not node.nodes and (bool(node.full) or any(each.code in standing for each in node.criteria))


def why(context: Context, request: Why) -> Explanation | Refused:
    """Opens a figure down to its lines, reviewers and clauses."""
    found = _year(context, request.year)
    if isinstance(found, Refused):
        return found
    scheme, year, result = found
    node = scheme.every_node.get(request.node)
    if node is None and request.node:
        return refuse("no_such_figure")
    within = {inner.code for inner in inner_nodes((node,))} if node else set(scheme.every_node)
    reasons = [
        reason
        for reason in _reasons(context, scheme.scheme, year, result)
        if scheme.category[reason.criterion.code].code in within
    ]
    reasons.reverse()
    figures = _figures(context, year, scheme, result)
    pages = max(1, -(-len(reasons) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    return Explanation(
        request.node,
        node.name if node else "",
        year,
        next((each.counted for each in figures if node and each.code == node.code), result.total),
        node.max if node else scheme.total.max,
        result.total,
        scheme.total.base,
        tuple(reasons[page * PAGE : (page + 1) * PAGE]),
        figures,
        page,
        pages,
        scheme.title,
        scheme.version,
    )


def _reasons(context: Context, scheme: str, year: int, result: Score) -> list[Reason]:
    parts = {part.entry: part for part in result.parts}
    posted = ledger.posted_of_year(context.connection, context.actor.member, scheme, year)
    lines = declarations.by_ids(context.connection, [row.line for row in posted])
    decisions = reviews.reviews_of(context.connection, lines)
    names = members.names(context.connection, [row.reviewer for row in decisions.values()])
    remarks = reviews.remarks_of(context.connection, lines)
    reasons = []
    for row in posted:
        line, part, decided = lines[row.line], parts[row.id], decisions.get(row.line)
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
                tuple(remarks.get(row.line, ())),
                line.option,
                line.matter,
                part.why,
            )
        )
    return reasons


REQUESTS: dict[type, Handler] = {MyPoints: my_points, Why: why}
