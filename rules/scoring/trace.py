"""The trace of a score: every figure opened to its lines, the caps that held, the rule and its clause."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.expressions import Answer
from rules.schemes.bounds import sources_of
from rules.schemes.criteria import Criterion
from rules.schemes.nodes import Node
from rules.scoring.names import plain
from rules.scoring.result import Line
from rules.scoring.rows import Row
from rules.scoring.spans import label
from rules.scoring.worth import ZERO

if TYPE_CHECKING:
    from rules.scoring.board import Sheet
    from rules.scoring.slice import Slice


def traced(sheet: Sheet) -> Iterator[Line]:
    """The lines of a subject's score, from the entries to the total; the grade's steps follow elsewhere."""
    scheme = sheet.board.plan.scheme
    for rule in sheet.exemptions:
        yield Line("exempt", rule.effect, facts={"about": rule.about}, sources=sources_of(rule.source))
    for row in sheet.dropped:
        yield _row_line(row, None)
    if sheet.state == "not_scored":
        return
    yield from _surroundings(sheet)
    yield from _of_categories(sheet)
    yield from _of_passes(sheet)
    yield Line("total", "total", sheet.total, sheet.base, sources=sources_of(scheme.total.source))


def _of_categories(sheet: Sheet) -> Iterator[Line]:
    """All categories: over the cycle, or one sub-period after the other."""
    scheme, periods = sheet.board.plan.scheme, sheet.board.plan.scheme.total.periods
    for node in scheme.nodes:
        if periods is None or node.counts != "inside":
            yield from _of_node(sheet.whole, node)
    if periods is None:
        return
    for slice_ in sheet.parts(sheet.board.span, periods):
        for node in scheme.nodes:
            if node.counts == "inside":
                yield from _of_node(slice_, node)
    facts = {"combine": periods.combine, "per": periods.per}
    yield Line("periods", "total", sheet.total, facts=facts, sources=sources_of(periods.source))


def _surroundings(sheet: Sheet) -> Iterator[Line]:
    """The cycle, the classes, suspensions, visibility and roundings that hold for the subject."""
    scheme = sheet.board.plan.scheme
    first, last = sheet.board.span
    cycle = {"from": first.isoformat(), "to": last.isoformat()}
    yield Line(
        "cycle", scheme.cycle.by, facts=cycle, sources=sources_of(scheme.cycle.source) + sources_of(scheme.source)
    )
    if scheme.subjects.source:
        yield Line("subjects", scheme.subjects.of, sources=sources_of(scheme.subjects.source))
    for each in scheme.suspend:
        if sheet.whole_look(each.when) is True:
            yield Line("suspended", each.sign, facts={"when": str(each.when)}, sources=sources_of(each.source))
    if scheme.visibility.source:
        names = {"names": scheme.visibility.names}
        yield Line("visibility", "points", facts=names, sources=sources_of(scheme.visibility.source))
    if scheme.rounding.source:
        yield Line("rounding", "total", sheet.total, sources=sources_of(scheme.rounding.source))


def _of_passes(sheet: Sheet) -> Iterator[Line]:
    for name, rule in sheet.board.plan.passes.items():
        found = sheet.board.figure(name, sheet.subject.id)
        facts = {"take": rule.take, "figure": text(found), "own": text(sheet.whole_look(rule.of))}
        yield Line("pass", name, facts=facts, sources=sources_of(rule.source))


def _of_node(slice_: Slice, node: Node) -> Iterator[Line]:
    value = slice_.node(node.code)
    if value is None:
        yield Line("absent", node.code, facts={"policy": node.absent}, clause=node.clause)
        return
    if node.periods is not None:
        for inner in slice_.sheet.parts(slice_.span, node.periods):
            yield from _inside(inner, node)
        facts = {"combine": node.periods.combine, "per": node.periods.per}
        yield Line("periods", node.code, value, facts=facts, sources=sources_of(node.periods.source))
    else:
        yield from _inside(slice_, node)
    yield _node_line(slice_, node, value)
    for part in (node.any, node.local, node.rounding):
        if part is not None and part.source:
            yield Line(type(part).__name__.lower(), node.code, value, sources=sources_of(part.source))


def _node_line(slice_: Slice, node: Node, value: Decimal) -> Line:
    facts = {"span": label(slice_.span), "counts": node.counts}
    for name in ("max", "min", "full", "weight", "formula"):
        found = getattr(node, name)
        if found:
            facts[name] = str(found)
    if node.absent_when is not None:
        facts["policy"] = node.absent
    if slice_.zeroed(node):
        facts["zeroed"] = "true"
    return Line("node", node.code, value, facts=facts, clause=node.clause, sources=sources_of(node.source))


def _inside(slice_: Slice, node: Node) -> Iterator[Line]:
    for inner in node.nodes:
        yield from _of_node(slice_, inner)
    for criterion in node.criteria:
        yield from _of_criterion(slice_, criterion)


def _of_criterion(slice_: Slice, criterion: Criterion) -> Iterator[Line]:
    plan, code = slice_.plan, criterion.code
    rows = slice_.rows(code) if code in slice_.entries else []
    for row in rows:
        yield _row_line(row, criterion)
    stands = slice_.standing(code) if code in plan.standing else None
    if not rows and not stands and not _standing_facts(slice_, criterion):
        return
    total = slice_.points(code)
    facts = {"span": label(slice_.span), "entries": str(sum(not row.why for row in rows))}
    if stands is not None:
        facts["standing"] = text(stands)
    facts |= {f"cap_{window}": text(cap) for window, cap in criterion.caps.windows.items()}
    before = sum([row.posted for row in rows if not row.why], ZERO)
    yield Line("criterion", code, total, before, None, facts, criterion.clause, sources_of(criterion.source))
    yield from _parts(slice_, criterion, rows)


def _standing_facts(slice_: Slice, criterion: Criterion) -> bool:
    """Whether a standing criterion had something to stand on, though it was worth nothing."""
    if criterion.code not in slice_.plan.standing:
        return False
    if criterion.value.survey is not None:
        return slice_.sheet.board.outcome(criterion.code, slice_.subject_id, label(slice_.span)) is not None
    return criterion.value.of is not None and slice_.sheet.whole_look(criterion.value.of) is not None


def _parts(slice_: Slice, criterion: Criterion, rows: list[Row]) -> Iterator[Line]:
    """The parts of a criterion that name a source of their own and took part."""
    plan = slice_.plan
    named = [*criterion.factors, *criterion.credit, criterion.valid, criterion.enter]
    for part in named:
        if part is not None and part.source and rows:
            yield Line(type(part).__name__.lower(), criterion.code, sources=sources_of(part.source))
    for pool in plan.scheme.pools:
        if pool.name == criterion.pool and rows:
            yield Line("pool", pool.name, sources=sources_of(pool.source))
    for group in plan.scheme.groups:
        if group.name == criterion.group and any(row.why == "same_matter" for row in rows):
            yield Line("group", group.name, sources=sources_of(group.source))


def _row_line(row: Row, criterion: Criterion | None) -> Line:
    entry = row.entry
    facts = {"on": entry.on.isoformat(), "quantity": text(entry.quantity)}
    for name in ("option", "state", "matter"):
        if (found := getattr(entry, name)) is not None:
            facts[name] = found
    if row.why:
        facts["why"] = row.why
    clause = criterion.clause if criterion else ""
    return Line("entry", entry.criterion, row.amount, row.posted, entry.id, facts, clause)


def text(value: Answer) -> str:
    """A figure as a trace writes it."""
    found = plain(value)
    return f"{found.normalize():f}" if isinstance(found, Decimal) else ("" if found is None else str(found))
