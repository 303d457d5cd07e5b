"""Posting to the ledger, a member's points and why they are what they are, reversals, and the check of it all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from handlers.context import Context, Published, Refused, refuse
from rules.declarations import check_note
from rules.periods import period_of, year_of
from rules.problems import Problem
from rules.schemes import Criterion
from rules.scoring import ZERO, Entry, Score, score
from storage import audit, declarations, ledger, members, schemes
from storage.declarations import Line


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
class Reverse:
    """冲正: takes an entry back by a new entry in the current month."""

    entry: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verify:
    """Recomputes every figure and checks the audit chain."""


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


@dataclass(frozen=True, slots=True)
class ReasonWanted:
    """A reversal needs a reason first."""

    entry: int
    criterion: Criterion
    points: Decimal


@dataclass(frozen=True, slots=True)
class Reversed:
    """The entry that takes another back was posted."""

    criterion: Criterion
    points: Decimal
    member_name: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, and every break found: empty when all is well."""

    entries: int
    members: int
    audit: int
    problems: tuple[Problem, ...]


def posting_period(context: Context, line: Line, scheme: str) -> str:
    """The month a decision posts in: the line's own, or the month of the decision when that one is closed."""
    return period_of(context.today) if schemes.closed(context.connection, scheme, line.period) else line.period


def post_lines(context: Context, lines: Sequence[Line]) -> None:
    """Posts approved lines and brings the summary of each member's year up to date."""
    rows, touched = [], set()
    for line in lines:
        published = context.version(line.version)
        period = posting_period(context, line, published.scheme.scheme)
        rows.append({
            "key": f"line:{line.id}", "member_id": line.member, "unit_id": line.unit, "version_id": line.version,
            "scheme": published.scheme.scheme, "year": year_of(period), "period": period, "line_id": line.id,
            "criterion": line.criterion, "points": line.points, "posted_by": context.actor.member or line.recorded_by,
            "posted_at": context.now,
        })
        touched.add((published.scheme.scheme, year_of(period), line.member))
    ledger.post(context.connection, rows)
    summarise(context, touched)


def summarise(context: Context, touched: Iterable[tuple[str, int, int]]) -> None:
    """Re-scores (scheme, year, member) and stores the figures."""
    classes: dict[tuple[str, int], set[int]] = {}
    for scheme, year, member in touched:
        classes.setdefault((scheme, year), set()).add(member)
    for (scheme, year), who in classes.items():
        rows = []
        for member, (_, result) in scored(context, scheme, year, who).items():
            for node, posted, counted in figures_of(result):
                rows.append({
                    "member_id": member, "scheme": scheme, "year": year, "node": node, "posted": posted,
                    "counted": counted, "updated_at": context.now,
                })
        ledger.put_summary(context.connection, rows)


def figures_of(result: Score) -> list[tuple[str, Decimal, Decimal]]:
    """The rows of the summary: (node, posted, counted), the total last."""
    rows = [(figure.node, figure.posted, figure.counted) for figure in result.figures]
    return [*rows, (ledger.TOTAL, sum((row[1] for row in rows), ZERO), result.total)]


def scored(
    context: Context, scheme: str, year: int, who: Iterable[int], extra: dict[int, list[Entry]] | None = None
) -> dict[int, tuple[Published, Score]]:
    """Member → the version that holds for his year and his score; `extra` entries are tried as if posted."""
    facts = ledger.entries_of_year(context.connection, list(who), scheme, year)
    results: dict[int, tuple[Published, Score]] = {}
    for member, entries in facts.items():
        published = _version_of(context, member, scheme, year)
        if published is not None:
            entries = entries + (extra or {}).get(member, [])
            results[member] = (published, score(published.scheme, {member: entries})[member])
    return results


def _version_of(context: Context, member: int, scheme: str, year: int) -> Published | None:
    version_id = ledger.newest_version(context.connection, member, scheme, year)
    if version_id is not None:
        return context.version(version_id)
    person = members.person(context.connection, member, context.today)
    return None if person is None else context.scheme_for(person.path)


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
        line for line in declarations.of_period(context.connection, context.actor.member, period_of(context.today))
        if line.state == "submitted"
    ]
    return Points(
        year, result.total, scheme.total.base, scheme.total.max, result.grade, figures, len(pending),
        sum((line.points for line in pending), ZERO), scheme.title, scheme.version,
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
        reason for reason in _reasons(context, scheme.scheme, year, result)
        if node is None or scheme.category[reason.criterion.code] is node
    )
    counted = sum((reason.counted for reason in reasons), ZERO)
    cap = node.max if node else scheme.total.max
    return Explanation(
        request.node, node.name if node else "", year, counted, cap, result.total, scheme.total.base, reasons,
        scheme.title, scheme.version,
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
        reasons.append(Reason(
            row.id, row.period, context.version(row.version).scheme.criteria[row.criterion], line.quantity,
            line.attendance, part.posted, part.capped, part.counted, part.cancelled, row.reverses is not None,
            names.get(decided.reviewer, "") if decided else "", decided.at if decided else None,
            row.reason or line.note,
        ))
    return reasons


def reverse(context: Context, request: Reverse) -> Reversed | ReasonWanted | Refused:
    """Takes an entry back; the entry itself stays in the ledger."""
    row = ledger.posted_by_id(context.connection, request.entry)
    if row is None:
        return refuse("entry_unknown")
    line = declarations.by_ids(context.connection, [row.line])[row.line]
    unit = members.units_by_ids(context.connection, [line.unit])[line.unit]
    grant = context.actor.may("reverse", unit.id, unit.path)
    if grant is None or context.actor.member == row.member or grant.behalf == row.member:
        return refuse("not_allowed")
    if row.reverses is not None or ledger.reversal_of(context.connection, row.id) is not None:
        return refuse("entry_reversed_already")
    criterion = context.version(row.version).scheme.criteria[row.criterion]
    if not request.reason:
        return ReasonWanted(row.id, criterion, row.points)
    problems = check_note(request.reason)
    if problems:
        return Refused(tuple(problems))
    scheme, year = context.version(row.version).scheme.scheme, year_of(row.period)
    ledger.post(context.connection, [{
        "key": f"reversal:{row.id}", "member_id": row.member, "unit_id": line.unit, "version_id": row.version,
        "scheme": scheme, "year": year, "period": period_of(context.today), "line_id": row.line,
        "criterion": row.criterion, "points": -row.points, "reverses_id": row.id, "reason": request.reason,
        "posted_by": context.actor.member, "posted_at": context.now,
    }])
    summarise(context, [(scheme, year, row.member)])
    context.audit("reverse", "entry", row.id, grant.behalf, reason=request.reason, points=str(-row.points))
    facts = {"criterion": criterion.name, "points": row.points, "reason": request.reason, "by": context.actor.name}
    context.tell(row.member, "entry_reversed", f"reversed:{row.id}", facts)
    name = members.names(context.connection, [row.member])[row.member]
    return Reversed(criterion, -row.points, name)


def verify(context: Context, _request: Verify) -> Verified:
    """Ledger against lines, summary against a fresh score, audit entries against their chain."""
    connection = context.connection
    problems = [Problem("line_not_posted", {"line": number}) for number in ledger.lines_without_entry(connection)]
    problems += [Problem("entry_differs", {"entry": number}) for number in ledger.entries_that_differ(connection)]
    checked: set[int] = set()
    for scheme, year in ledger.summary_years(connection):
        who = ledger.members_with_figures(connection, scheme, year)
        checked |= who
        for member, (_, result) in scored(context, scheme, year, who).items():
            fresh = {node: (posted, counted) for node, posted, counted in figures_of(result)}
            if ledger.summary_of(connection, member, scheme, year) != fresh:
                problems.append(Problem("summary_differs", {"member": member, "year": year}))
    broken = audit.broken_at(connection)
    if broken is not None:
        problems.append(Problem("audit_broken", {"entry": broken}))
    return Verified(ledger.count(connection), len(checked), audit.count(connection), tuple(problems))


REQUESTS = {MyPoints: my_points, Why: why, Reverse: reverse, Verify: verify}
