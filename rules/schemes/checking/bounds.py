"""Bounds that can never be met: what all that stands inside can bring does not reach them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rules.schemes.checking.nodes import inner_marks
from rules.schemes.checking.numbers import constant, written
from rules.schemes.checking.outline import MONTHS, Outline, Path, error
from rules.schemes.checking.reach import (
    ENDLESS,
    NOTHING,
    Reach,
    Span,
    capped,
    either,
    exactly,
    held,
    plus,
    span_of,
    times,
    total_of,
)
from rules.schemes.checking.worth import worth
from rules.schemes.criteria import Criterion
from rules.schemes.findings import Finding
from rules.schemes.nodes import AnyOf, Node, Periods, Rounding
from rules.schemes.scheme import Scheme


def found_in(outline: Outline) -> Iterator[Finding]:
    """Bounds of categories and of the total that cannot be reached, and a target beyond them."""
    yield from _of_nodes(outline.scheme, outline.scheme.nodes, ("nodes",), total_span(outline.scheme))
    yield from _of_total(outline.scheme)


def total_reach(scheme: Scheme) -> Reach:
    """The least and the most the total of a scheme can be, before it is graded."""
    total, span = scheme.total, total_span(scheme)
    if total.formula is not None:
        number = constant(total.formula)
        reach = held(ENDLESS if number is None else exactly(number), total.min, total.max)
    else:
        outside = [_of_node(scheme, node, span) for node in scheme.nodes if node.counts == "outside"]
        reach = plus(held(_within_total(scheme, span), total.min, total.max), total_of(outside))
    reach = _combined(_rounded(reach, total.rounding or scheme.rounding), total.periods, span_of(scheme))
    return ENDLESS if total.carry else reach


def total_span(scheme: Scheme) -> Span:
    """The span the total is figured for."""
    return _inner_span(scheme.total.periods, span_of(scheme))


def _of_nodes(scheme: Scheme, nodes: Sequence[Node], path: Path, span: Span) -> Iterator[Finding]:
    for index, node in enumerate(nodes):
        at = (*path, index)
        inner = _inner_span(node.periods, span)
        facts = {"code": node.code, "name": node.name, "least": written(node.min), "limit": written(node.max)}
        reach = _combined(_raw(scheme, node, inner), node.periods, span)
        beyond = node.max is not None and (node.full > node.max or sum(inner_marks(node)) > node.max)
        yield from _met(at, Reach(None if beyond else reach.least, reach.most), (node.min, node.max), facts)
        yield from _of_nodes(scheme, node.nodes, (*at, "nodes"), inner)


def _of_total(scheme: Scheme) -> Iterator[Finding]:
    total = scheme.total
    if total.formula is None and not total.carry:
        reach = _combined(_within_total(scheme, total_span(scheme)), total.periods, span_of(scheme))
        facts = {"code": "total", "name": scheme.title, "least": written(total.min), "limit": written(total.max)}
        beyond = total.max is not None and total.base > total.max  # told already
        least = None if beyond else reach.least
        yield from _met(("total",), Reach(least, reach.most), (total.min, total.max), facts)
    most = total_reach(scheme).most
    if total.target is not None and most is not None and total.target > most:
        facts = {"target": written(total.target), "most": written(most)}
        yield error(("total", "target"), "scheme_target_above_max", **facts)


def _met(path: Path, reach: Reach, bounds: tuple[object, object], facts: dict[str, str]) -> Iterator[Finding]:
    """Bounds held against what can be brought; where nothing at all can be, there is nothing to hold them against."""
    low, high = bounds
    if reach.most is not None and low is not None and reach.most < low:  # type: ignore[operator]
        yield error((*path, "min"), "scheme_min_unreachable", **facts, most=written(reach.most))
    elif reach.most is not None and high is not None and reach.most < high:  # type: ignore[operator]
        yield error((*path, "max"), "scheme_max_unreachable", **facts, most=written(reach.most))
    if reach.least is not None and high is not None and reach.least > high:  # type: ignore[operator]
        yield error((*path, "max"), "scheme_max_below_least", **facts, brings=written(reach.least))


def _within_total(scheme: Scheme, span: Span) -> Reach:
    """The base and what is counted inside, before the bounds of the total."""
    inside = [_of_node(scheme, node, span) for node in scheme.nodes if node.counts == "inside"]
    return plus(exactly(scheme.total.base), total_of(inside))


def _of_node(scheme: Scheme, node: Node, span: Span) -> Reach:
    """What a category brings to what holds it."""
    inner = _inner_span(node.periods, span)
    reach = held(_raw(scheme, node, inner), node.min, node.max)
    reach = plus(reach, total_of(_of_node(scheme, each, inner) for each in node.nodes if each.counts == "outside"))
    if node.weight is not None:
        reach = times(reach, constant(node.weight))
    reach = _combined(_rounded(reach, node.rounding), node.periods, span)
    if node.classes or node.when is not None or node.absent_when is not None:
        full = Fraction(node.max if node.max is not None else node.full)
        reach = ENDLESS if node.absent == "mean" else either(either(reach, NOTHING), exactly(full))
    return reach


def _raw(scheme: Scheme, node: Node, span: Span) -> Reach:
    """What a category brings before its bounds, in one of its sub-periods."""
    if node.formula is not None:
        number = constant(node.formula)
        return ENDLESS if number is None else exactly(number)
    if node.any is not None:
        return _of_any(node.any, len(node.criteria) + len(node.nodes))
    inside = [_of_node(scheme, each, span) for each in node.nodes if each.counts == "inside"]
    if node.local is not None:
        inside.append(either(exactly(node.local.points * node.local.most), NOTHING))
    return total_of([exactly(node.full), *_pooled(scheme, node.criteria, span), *inside])


def _pooled(scheme: Scheme, criteria: Sequence[Criterion], span: Span) -> Iterator[Reach]:
    """What criteria bring, those that share a cap within it."""
    pools = {pool.name: pool for pool in scheme.pools}
    shared: dict[str, list[Criterion]] = {}
    for criterion in criteria:
        if criterion.pool in pools and criterion.pool is not None:
            shared.setdefault(criterion.pool, []).append(criterion)
        else:
            yield worth(criterion, span)
    for name, sharers in shared.items():
        both = total_of(worth(each, span) for each in sharers)
        signs = {each.sign for each in sharers}
        yield capped(both, pools[name].caps, signs.pop() if len(signs) == 1 else "both", span)


def _of_any(rule: AnyOf, items: int) -> Reach:
    beyond = max(items - rule.need, 0) * rule.extra
    if rule.most is not None:
        beyond = min(beyond, rule.most)
    short = (rule.need - 1) * rule.short
    found = [Fraction(number) for number in (0, short, rule.full, rule.full + beyond)]
    return Reach(min(found), max(found))


def _inner_span(periods: Periods | None, span: Span) -> Span:
    return span if periods is None or periods.running else Span(MONTHS[periods.per], span.start)


def _combined(reach: Reach, periods: Periods | None, span: Span) -> Reach:
    """The sub-periods together; only sums and weights change what is possible."""
    if periods is None or periods.combine in ("mean", "best", "worst", "last"):
        return reach
    if periods.combine == "weighted":
        weights = [Fraction(weight) for weight in periods.weights]
        return total_of(times(reach, weight) for weight in weights) if weights else ENDLESS
    count = None if span.months is None else max(span.months // MONTHS[periods.per], 1)
    return either(times(reach, None if count is None else Fraction(count)), reach)


def _rounded(reach: Reach, rounding: Rounding | None) -> Reach:
    """With as much as rounding can move it."""
    if rounding is None or rounding.places >= 4:
        return reach
    unit = Fraction(1, 10**rounding.places)
    most = None if reach.most is None else -(-reach.most // unit) * unit
    return Reach(None if reach.least is None else (reach.least // unit) * unit, most)
