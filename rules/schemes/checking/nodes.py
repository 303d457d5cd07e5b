"""Categories and the total: bounds that do not fit together, full marks that add up to more, weights, any of some."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rules.schemes.checking.numbers import constant, written
from rules.schemes.checking.outline import NodePlace, Outline, Path, error, warning
from rules.schemes.checking.worth import once
from rules.schemes.findings import Finding
from rules.schemes.nodes import Node


def found_in(outline: Outline) -> Iterator[Finding]:
    """What is wrong in each category, in the total, in whom they hold for."""
    yield from _total(outline)
    yield from _weights(outline.scheme.nodes, ("nodes",), outline.scheme.title)
    for place in outline.nodes:
        yield from _full(place)
        yield from _any(place)
        yield from _marks(place)
        if not place.node.criteria and place.node.formula is None:
            yield from _weights(place.node.nodes, (*place.path, "nodes"), place.node.name)
    yield from _exemptions(outline)
    cycle = outline.scheme.cycle
    if cycle.by == "event" and not cycle.event.strip():
        yield error(("cycle", "event"), "scheme_event_unnamed")


def _total(outline: Outline) -> Iterator[Finding]:
    total = outline.scheme.total
    facts = {"base": written(total.base), "least": written(total.min), "most": written(total.max)}
    if total.max is not None and total.base > total.max:
        yield error(("total", "base"), "scheme_base_above_max", **facts)
    if total.min is not None and total.base and total.base < total.min:  # no base is no contradiction
        yield error(("total", "base"), "scheme_base_below_min", **facts)


def _full(place: NodePlace) -> Iterator[Finding]:
    node = place.node
    facts = {"code": node.code, "name": node.name, "full": written(node.full)}
    if node.max is not None and node.full > node.max:
        yield error((*place.path, "full"), "scheme_full_above_max", **facts, most=written(node.max))
    if node.full and node.min is not None and node.full < node.min:
        yield error((*place.path, "full"), "scheme_full_below_min", **facts, least=written(node.min))


def _any(place: NodePlace) -> Iterator[Finding]:
    node = place.node
    items = len(node.criteria) + len(node.nodes)
    if node.any is not None and node.any.need > items:
        facts = {"code": node.code, "name": node.name, "need": node.any.need, "items": items}
        yield error((*place.path, "any", "need"), "scheme_any_too_few", **facts)


def _marks(place: NodePlace) -> Iterator[Finding]:
    """Full marks that add up to more than their category.

    Ordinary items may: their category is a cap. Full marks may not: categories that begin with their full mark, and
    items of a category scored by sub-period, each counted once in it, none of which fills the category alone.
    """
    node = place.node
    if node.max is None or node.formula is not None or node.any is not None:
        return
    facts = {"code": node.code, "name": node.name, "most": written(node.max)}
    inner = inner_marks(node)
    if len(inner) > 1 and sum(inner) > node.max:
        yield error((*place.path, "max"), "scheme_inner_above_category", **facts, **_added(inner))
        return
    marks = _own_marks(place)
    if marks is None or len(marks) + len(inner) < 2 or sum(inner + marks) <= node.max:
        return
    if place.part is None or max(marks, default=Fraction(0)) >= node.max:
        yield warning((*place.path, "max"), "scheme_items_above_max", **facts, **_added(inner + marks))
    else:
        added = _added(inner + marks)
        yield error((*place.path, "max"), "scheme_items_above_category", **facts, **added, part=place.part)


def inner_marks(node: Node) -> list[Fraction]:
    """What the inner categories that begin with their full mark begin with, by their weights."""
    weighed = [
        (inner.full, constant(inner.weight) if inner.weight is not None else Fraction(1)) for inner in node.nodes
    ]
    if any(inner.classes or inner.when is not None for inner in node.nodes):  # they need not meet in one subject
        return []
    return [Fraction(full) * weight for full, weight in weighed if full > 0 and weight is not None and weight > 0]


def _own_marks(place: NodePlace) -> list[Fraction] | None:
    """The full marks of the items of a category; None when some of them are no full marks."""
    criteria = [each for each in place.node.criteria if each.sign != "minus"]
    if any(inner.full <= 0 for inner in place.node.nodes):
        return None
    if any(each.group or each.pool or each.classes or each.when is not None for each in criteria):
        return None
    windows = [place.part] if place.part else ["cycle", "year"]
    longer = {"month": ["quarter", "half", "year", "cycle"], "quarter": ["half", "year", "cycle"]}
    windows += longer.get(place.part or "", [])
    marks = [next((mark for name in windows if (mark := once(each, name)) is not None), None) for each in criteria]
    known = [mark for mark in marks if mark is not None]
    return known if len(known) == len(criteria) else None


def _added(marks: list[Fraction]) -> dict[str, str]:
    """The marks written as a sum."""
    return {"marks": " + ".join(written(mark) for mark in marks), "sum": written(sum(marks, Fraction(0)))}


def _weights(nodes: tuple[Node, ...], path: Path, name: str) -> Iterator[Finding]:
    """Weights of all parts of a whole make one, for each class of subjects."""
    weighed = [(node, constant(node.weight)) for node in nodes if node.counts == "inside"]
    if len(weighed) < 2 or any(weight is None for _, weight in weighed):
        return
    classes = dict.fromkeys(each for node, _ in weighed for each in node.classes) or {"": None}
    for each in classes:
        sums = sum((weight or Fraction(0) for node, weight in weighed if not node.classes or each in node.classes))
        if abs(Fraction(sums) - 1) > Fraction(1, 1000):  # thirds may be written 0.333
            yield warning(path, "scheme_weights_sum", name=name, sum=written(Fraction(sums)))
            return


def _exemptions(outline: Outline) -> Iterator[Finding]:
    for index, each in enumerate(outline.scheme.subjects.exempt):
        if not each.classes and each.when is None and not each.on_request:
            yield error(("subjects", "exempt", index), "scheme_exempts_all")
