"""Windows and sub-periods: nothing is counted over a longer time than it is scored by."""

from __future__ import annotations

from collections.abc import Iterator

from rules.schemes.bounds import Part
from rules.schemes.checking.numbers import written
from rules.schemes.checking.outline import MONTHS, CriterionPlace, NodePlace, Outline, Path, error, narrower, warning
from rules.schemes.criteria import WINDOWS
from rules.schemes.findings import Finding
from rules.schemes.nodes import Periods


def found_in(outline: Outline) -> Iterator[Finding]:
    """Windows longer than the sub-period around them, sub-periods that do not fit, weights that do not match."""
    for at in outline.criteria:
        if at.place.part is not None:
            yield from _longer(outline, at, at.place.part)
        if at.criterion.value.expected is not None and at.criterion.value.expected.missing:
            yield from _endless(outline, (*at.path, "value", "expected", "missing"))
    for field in ("pools", "groups"):
        yield from _shared(outline, field)
    total = outline.scheme.total.periods
    if total is not None:
        yield from _endless(outline, ("total", "periods"))
        yield from _periods(("total", "periods"), total, outline.cycle_months, outline.scheme.title)
    for place in outline.nodes:
        if place.node.periods is not None:
            yield from _endless(outline, (*place.path, "periods"))
            yield from _periods((*place.path, "periods"), place.node.periods, _span(outline, place), place.node.name)


def too_long(outline: Outline, window: str, part: Part) -> bool:
    """Whether a window is longer than a sub-period; the cycle is as long as the scheme says."""
    if window == "cycle":
        return outline.cycle_months is None or outline.cycle_months > MONTHS[part]
    return WINDOWS.index(window) > WINDOWS.index(part)


def _longer(outline: Outline, at: CriterionPlace, part: Part) -> Iterator[Finding]:
    for path, window in _windows(at):
        if too_long(outline, window, part):
            facts = at.facts | {"window": window, "part": part, "category": at.place.node.name}
            yield error(path, "scheme_window_longer", **facts)


def _windows(at: CriterionPlace) -> Iterator[tuple[Path, str]]:
    """Every window a criterion is counted in, with its place."""
    criterion, value = at.criterion, at.criterion.value
    for window in criterion.caps.windows:
        yield (*at.path, "caps", window), window
    for rule in ("count", "expected", "cumulative"):
        written_rule = getattr(value, rule)
        if written_rule is not None:
            yield (*at.path, "value", rule, "per"), written_rule.per
    if criterion.dedupe is not None:
        yield (*at.path, "dedupe", "per"), criterion.dedupe.per


def _shared(outline: Outline, field: str) -> Iterator[Finding]:
    """The windows of a shared cap or of one matter once, held against the shortest sub-period of who shares it."""
    for index, shared in enumerate(getattr(outline.scheme, field)):
        sharers = [at for at in outline.criteria if getattr(at.criterion, field.removesuffix("s")) == shared.name]
        tightest = min(
            (at for at in sharers if at.place.part), key=lambda at: MONTHS[at.place.part or ""], default=None
        )
        if tightest is None or tightest.place.part is None:
            continue
        part = tightest.place.part
        if field == "pools":
            windows: list[tuple[Path, str]] = [((field, index, "caps", name), name) for name in shared.caps.windows]
        else:
            windows = [((field, index, "dedupe", "per"), shared.dedupe.per)]
        for path, window in windows:
            if too_long(outline, window, part):
                facts = tightest.facts | {"window": window, "part": part, "category": tightest.place.node.name}
                yield error(path, "scheme_window_longer", **facts)


def _span(outline: Outline, place: NodePlace) -> int | None:
    """Months of the span that a category's own sub-periods divide."""
    total = outline.scheme.total.periods
    part = narrower(place.parents[-1].part if place.parents else None, total)
    return MONTHS[part] if part else outline.cycle_months


def _endless(outline: Outline, path: Path) -> Iterator[Finding]:
    """Without a cycle nobody knows from when on something lacks, or of how many sub-periods a mean is."""
    if outline.scheme.cycle.by == "never":
        yield error(path, "scheme_endless")


def _periods(path: Path, periods: Periods, span: int | None, name: str) -> Iterator[Finding]:
    months = MONTHS[periods.per]
    if span is not None and months > span:
        yield error((*path, "per"), "scheme_periods_longer", part=periods.per, months=months, span=span)
        return
    if periods.combine != "weighted":
        if periods.weights:
            yield error((*path, "weights"), "scheme_weights_left", combine=periods.combine)
        return
    count = None if span is None else span // months
    if not periods.weights or (count is not None and len(periods.weights) != count):
        facts = {"found": len(periods.weights), "count": count or 0, "part": periods.per}
        yield error((*path, "weights"), "scheme_weights_count", **facts)
    elif sum(periods.weights) != 1:
        yield warning((*path, "weights"), "scheme_weights_sum", name=name, sum=written(sum(periods.weights)))
