"""Criteria: who records, caps that cross or reach beyond their category, ranges, factors, one matter once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rules.schemes.checking.numbers import written
from rules.schemes.checking.outline import CriterionPlace, Outline, Path, error, warning
from rules.schemes.criteria import Caps
from rules.schemes.findings import Finding


def found_in(outline: Outline) -> Iterator[Finding]:
    """What is wrong in each criterion, in shared caps, and where one matter counts once."""
    for at in outline.criteria:
        for each in (_recorders, _category_cap, _single_above_cap, _factors):
            yield from each(at)
        yield from _crossed((*at.path, "caps"), at.criterion.caps, at.criterion.name)
    for index, pool in enumerate(outline.scheme.pools):
        yield from _crossed(("pools", index, "caps"), pool.caps, pool.name)
        if not pool.caps.windows:
            yield error(("pools", index, "caps"), "scheme_pool_boundless", pool=pool.name)
    yield from _kinds(outline)


def _recorders(at: CriterionPlace) -> Iterator[Finding]:
    criterion = at.criterion
    if not criterion.by:
        yield error((*at.path, "by"), "scheme_nobody_records", **at.facts)
    if (criterion.sign == "minus" or criterion.value.attendance is not None) and "member" in criterion.by:
        yield error((*at.path, "by"), "scheme_member_deducts", **at.facts)
    if criterion.winners is not None and set(criterion.by) == {"member"}:
        yield error((*at.path, "winners"), "scheme_winners_by_member", **at.facts, winners=criterion.winners)


def _category_cap(at: CriterionPlace) -> Iterator[Finding]:
    node = at.place.node
    if node.max is None or at.criterion.sign != "plus" or node.formula is not None or node.any is not None:
        return
    for window, cap in at.criterion.caps.windows.items():
        if cap > node.max:
            facts = at.facts | {"category": node.name, "window": window, "cap": written(cap), "most": written(node.max)}
            yield error((*at.path, "caps", window), "scheme_cap_above_category", **facts)


def _crossed(path: Path, caps: Caps, name: str) -> Iterator[Finding]:
    """A narrower window whose cap the next wider one never lets be reached."""
    for (narrow, less), (wide, more) in pairwise(caps.windows.items()):
        if more < less:
            facts = {"name": name, "narrow": narrow, "less": written(less), "wide": wide, "more": written(more)}
            yield warning((*path, narrow), "scheme_caps_crossed", **facts)


def _single_above_cap(at: CriterionPlace) -> Iterator[Finding]:
    value, caps = at.criterion.value, at.criterion.caps.windows
    if value.range is not None and "occurrence" in caps and value.range.most > caps["occurrence"]:
        facts = at.facts | {"most": written(value.range.most), "cap": written(caps["occurrence"])}
        yield error((*at.path, "value", "range", "to"), "scheme_range_above_cap", **facts)
    least = min(caps.items(), key=lambda item: item[1], default=None)
    if value.fixed is not None and least is not None and value.fixed > least[1]:
        facts = at.facts | {"points": written(value.fixed), "window": least[0], "cap": written(least[1])}
        yield warning((*at.path, "value", "fixed"), "scheme_value_above_cap", **facts)


def _factors(at: CriterionPlace) -> Iterator[Finding]:
    for index, factor in enumerate(at.criterion.factors):
        path = (*at.path, "factors", index)
        if factor.times is None and factor.by is None:
            yield error(path, "scheme_factor_empty", **at.facts)
        elif (factor.by is not None) != bool(factor.of):
            yield error((*path, "by" if factor.by else "of"), "scheme_factor_half", **at.facts)


def _kinds(outline: Outline) -> Iterator[Finding]:
    for path, dedupe in outline.dedupes:
        for kind, most in dedupe.kinds.items():
            if "=" not in kind:
                yield error((*path, "kinds", kind), "scheme_kind_unclear", kind=kind)
            elif most > dedupe.most:
                facts = {"kind": kind, "of_kind": most, "most": dedupe.most}
                yield error((*path, "kinds", kind), "scheme_kind_above_most", **facts)
