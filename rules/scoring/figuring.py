"""The value of a category: a bounded sum, a formula or any n of m; by sub-periods, weighted, rounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import TYPE_CHECKING

from rules.expressions import compiled, number
from rules.schemes.nodes import AnyOf, Node, Periods, Rounding
from rules.scoring.rows import bounded
from rules.scoring.worth import ZERO

if TYPE_CHECKING:
    from rules.scoring.slice import Slice

MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}


def node_value(slice_: Slice, node: Node) -> Decimal | None:
    """A category's value in a span; None where it does not apply to the subject."""
    if node.classes and not slice_.sheet.subject.in_class(node.classes, slice_.day):
        return None
    if node.when is not None and compiled(node.when).value(slice_.look) is not True:
        return None
    if node.absent_when is not None and compiled(node.absent_when).value(slice_.look) is True:
        return _absent(slice_, node)
    if node.periods is None:
        value = _within(slice_, node)
    else:
        inner = slice_.sheet.parts(slice_.span, node.periods)
        value = combined(node.periods, [_within(each, node) for each in inner])
    return _finished(slice_, node, value)


def _finished(slice_: Slice, node: Node, value: Decimal) -> Decimal:
    """Weighted and rounded."""
    if node.weight is not None:
        value *= number(compiled(node.weight).value(slice_.look)) or ZERO
    return value if node.rounding is None else rounded(value, node.rounding)


def _absent(slice_: Slice, node: Node) -> Decimal | None:
    """What stands in for a category without facts: nothing, its full mark, or what the others have on average."""
    if node.absent == "skip":
        return None
    if node.absent == "full":
        return _finished(slice_, node, node.max if node.max is not None else node.full)
    if node.absent == "mean":
        return slice_.sheet.board.mean_of_node(node.code, slice_.subject_id)
    return ZERO


def _within(slice_: Slice, node: Node) -> Decimal:
    """Full mark, criteria and inner categories, in the category's bounds."""
    replaced = node.formula is not None  # then what is inside is not asked: it may ask for this category
    inside, outside = inner_sums(slice_, [each for each in node.nodes if not replaced or each.counts == "outside"])
    if node.formula is not None:
        value = number(compiled(node.formula).value(slice_.look)) or ZERO
    elif node.any is not None:
        value = _any_of(slice_, node, node.any)
    else:
        value = node.full + inside + sum([slice_.points(each.code) for each in node.criteria], ZERO)
    if slice_.zeroed(node):
        return outside
    return bounded(value, node.min, node.max) + outside


def inner_sums(slice_: Slice, nodes: Iterable[Node]) -> tuple[Decimal, Decimal]:
    """What inner categories bring inside and outside of the bounds."""
    inside = outside = ZERO
    for node in nodes:
        if node.counts == "aside":
            continue  # figured when somebody asks for it: it may ask for the total
        value = slice_.node(node.code)
        if value is None:
            continue
        if node.counts == "inside":
            inside += value
        else:
            outside += value
    return inside, outside


def _any_of(slice_: Slice, node: Node, rule: AnyOf) -> Decimal:
    done = sum(slice_.points(each.code) > 0 for each in node.criteria)
    done += sum((slice_.node(each.code) or ZERO) > 0 for each in node.nodes)
    if done < rule.need:
        return rule.short * done
    value = rule.full + rule.extra * (done - rule.need)
    return value if rule.most is None else min(value, rule.most)


def combined(periods: Periods, values: Sequence[Decimal]) -> Decimal:
    """One figure of those of the sub-periods, in the bounds that hold for it."""
    if not values:
        return ZERO
    if periods.combine == "weighted":
        value = sum([figure * weight for figure, weight in zip(values, periods.weights, strict=False)], ZERO)
    elif periods.combine == "mean":
        value = sum(values, ZERO) / len(values)
    elif periods.combine in ("best", "worst"):
        value = max(values) if periods.combine == "best" else min(values)
    else:
        value = values[-1] if periods.combine == "last" else sum(values, ZERO)
    return bounded(value, periods.min, periods.max)


def rounded(value: Decimal, rule: Rounding) -> Decimal:
    """To the places and in the manner of the rule; a value with fewer places stays as it is."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -rule.places:
        return value
    return value.quantize(Decimal(1).scaleb(-rule.places), rounding=MODES[rule.mode])
