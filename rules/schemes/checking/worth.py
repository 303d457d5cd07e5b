"""What one criterion can bring in a span: by its value rule, by how often it can happen, within its caps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from rules.schemes.checking.formulas import reads_entries
from rules.schemes.checking.numbers import constant
from rules.schemes.checking.reach import (
    ENDLESS,
    LENGTHS,
    NOTHING,
    ZERO,
    Reach,
    Span,
    among,
    capped,
    either,
    exactly,
    plus,
    repeated,
    signed,
    times,
)
from rules.schemes.criteria import Criterion
from rules.schemes.values import ATTENDANCE, Value


def worth(criterion: Criterion, span: Span) -> Reach:
    """The least and the most a criterion can bring; it can always bring nothing."""
    reach = _of_rule(criterion, span)
    if criterion.factors:
        reach = times(reach, None) if _only_multiplies(criterion) else ENDLESS
    return either(capped(signed(reach, criterion), criterion.caps, criterion.sign, span), NOTHING)


def once(criterion: Criterion, window: str) -> Fraction | None:
    """The full mark of a criterion that counts at most once in a window, None when it is none such."""
    value = criterion.value
    if criterion.sign != "plus" or len(value.kinds) != 1 or criterion.factors:
        return None
    if value.kind in MEASURED and not _by_entries(value):
        most = _of_rule(criterion, Span(None)).most
        return most if most is not None and most > 0 else None
    if value.kind in ("count", "expected"):
        most = _windowed(value, Span(LENGTHS.get(window))).most if getattr(value, value.kind).per == window else None
        return most if most is not None and most > 0 else None
    single = _of_entry(value).most if value.kind in SINGLES else None
    cap = criterion.caps.windows.get(window)
    if single is None or single <= 0:
        return None
    return single if cap is not None and cap == single else None


def can_bring(criterion: Criterion, sign: str) -> bool:
    """Whether an entry can be worth more (plus) or less (minus) than nothing, as far as the file tells."""
    value = criterion.value
    of_entry = ROWS.get(value.kind, SINGLES.get(value.kind)) if len(value.kinds) == 1 else None
    if of_entry is None or not _only_multiplies(criterion):
        return True
    least, most = signed(of_entry(value), criterion)
    return most is None or most > 0 if sign == "plus" else least is None or least < 0


def _of_rule(criterion: Criterion, span: Span) -> Reach:
    """Without sign, factors and caps."""
    value = criterion.value
    if len(value.kinds) != 1:
        return ENDLESS
    if value.kind in MEASURED and not _by_entries(value):
        return _of_entry(value)
    if value.kind in WINDOWED:
        return _windowed(value, span)
    return repeated(_of_entry(value), _times(criterion, span))


def _times(criterion: Criterion, span: Span) -> int | None:
    """How many entries can count where all entries of a window compete."""
    dedupe = criterion.dedupe
    if dedupe is None or dedupe.by or dedupe.kinds:
        return None
    windows = span.holds(dedupe.per)
    lines = criterion.most if criterion.value.kind == "fixed" else 1
    return None if windows is None else windows * dedupe.most * lines


def _by_entries(value: Value) -> bool:
    """Whether a measure is one of each entry, not one of the subject."""
    if value.kind == "formula":
        return reads_entries(value.formula)
    return value.of is None or reads_entries(value.of)


def _of_entry(value: Value) -> Reach:
    """What one entry, or the one measure, can be worth."""
    single = SINGLES.get(value.kind)
    return ENDLESS if single is None else single(value)


def _target(value: Value) -> Reach:
    target = value.target
    if target is None or target.above > 0:
        return ENDLESS
    return Reach(None, max(Fraction(target.full), ZERO))


def _cells(value: Value) -> list[Decimal | None]:
    table = value.table
    if table is None:
        return []
    cells = [list(row.values()) if isinstance(row, dict) else [row] for row in table.rows.values()]
    return [table.other, *(cell for row in cells for cell in row)]


def _promised(value: Value) -> Reach:
    promise = value.promise
    if promise is None or promise.most is None:
        return ENDLESS
    return among((promise.most * promise.kept, promise.most * promise.broken))


def _late(value: Value) -> Reach:
    deadline = value.deadline
    if deadline is None:
        return ENDLESS
    points = repeated(exactly(deadline.points), None if deadline.per == "day" else 1)
    return either(points, exactly(deadline.kept))


def _said(value: Value) -> Reach:
    number = constant(value.formula)
    return ENDLESS if number is None else exactly(number)


def _windowed(value: Value, span: Span) -> Reach:
    if value.count is not None:
        reach = plus(_added(value.count.points), repeated(among((value.count.then,)), None))
        per = value.count.per
        if value.count.then is None:  # what comes after the list may be worth as much as its last
            reach = plus(reach, repeated(among(value.count.points[-1:]), None))
    elif value.expected is not None:
        often = constant(value.expected.times)
        each = times(among((value.expected.each,)), None if value.expected.extra else often)
        reach, per = plus(each, times(among((-abs(value.expected.missing),)), often)), value.expected.per
    elif value.cumulative is not None:
        rule, per = value.cumulative, value.cumulative.per
        open_ended = rule.beyond is not None or rule.under is not None
        reach = ENDLESS if open_ended else among(tier.points for tier in rule.tiers)
    else:
        return ENDLESS
    windows = span.holds(per)
    return times(reach, None if windows is None else Fraction(windows))


def _added(points: tuple[Decimal, ...]) -> Reach:
    """As many of a list, from its beginning, as one likes."""
    sums = [sum(points[:count], Decimal(0)) for count in range(len(points) + 1)]
    return among(sums)


MEASURED = ("map", "bands", "target", "formula")
WINDOWED = ("count", "expected", "cumulative")
SINGLES: dict[str, Callable[[Value], Reach]] = {
    "fixed": lambda value: among((value.fixed,)),
    "options": lambda value: among((value.options or {}).values()),
    "range": lambda value: ENDLESS if value.range is None else among((value.range.least, value.range.most)),
    "table": lambda value: among(_cells(value)),
    "attendance": lambda value: among(getattr(value.attendance, state) for state in ATTENDANCE),
    "map": lambda value: among([*(value.map or {}).values(), value.other]),
    "bands": lambda value: among(band.points for band in value.bands or ()),
    "target": _target,
    "promise": _promised,
    "deadline": _late,
    "formula": _said,
}

# the rules of which `SINGLES` has none, or one that asks for bounds: here the sign is enough
ROWS: dict[str, Callable[[Value], Reach]] = {
    "per": lambda value: among([value.points, *(bracket.points for bracket in value.brackets)]),
    "promise": lambda value: among((value.promise and (value.promise.kept, value.promise.broken)) or ()),
    "count": lambda value: among((value.count and (*value.count.points, value.count.then)) or ()),
    "expected": lambda value: among((value.expected and (value.expected.each,)) or ()),
    "cumulative": lambda value: among(_moves(value)),
    "survey": lambda _: NOTHING,
}


def _moves(value: Value) -> list[Decimal]:
    """What an entry can move a running sum by: from tier to tier, or within the rates before and beyond them."""
    rule = value.cumulative
    if rule is None or not rule.tiers:
        return []
    points = [tier.points for tier in sorted(rule.tiers, key=lambda tier: tier.start)]
    steps = [points[0], *(after - before for before, after in pairwise(points))]
    return steps + [rate.points for rate in (rule.under, rule.beyond) if rate is not None]


def _only_multiplies(criterion: Criterion) -> bool:
    """Whether factors keep nothing nothing: a negative one could turn a cost into a gain."""
    fixed = [number for factor in criterion.factors for number in factor.of.values()]
    said = [constant(factor.times) for factor in criterion.factors if factor.times is not None]
    return all(number >= 0 for number in fixed) and all(number is not None and number >= 0 for number in said)
