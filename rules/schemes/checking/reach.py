"""The least and the most a figure can be, as far as the file bounds it; None stands for without bound."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from rules.schemes.criteria import Caps, Criterion
from rules.schemes.scheme import Scheme

ZERO = Fraction(0)
LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class Reach(NamedTuple):
    """From the least to the most; None where there is no bound."""

    least: Fraction | None
    most: Fraction | None


class Span(NamedTuple):
    """A stretch of so many months (None: nobody knows how many); whether it begins with a day on which `begins` do."""

    months: int | None
    start: str = "01-01"

    def holds(self, window: str) -> int | None:
        """In how many of these windows the days of the span can lie, None when in any number."""
        if window == "cycle":
            return 1
        if self.months is None or window == "occurrence":
            return None
        if window in ("day", "week"):
            return 31 * self.months if window == "day" else math.ceil(31 * self.months / 7) + 1
        length = LENGTHS[window]
        month, day = map(int, self.start.split("-"))
        fits = day == 1 and (month - 1) % length == 0 and 0 in (self.months % length, length % self.months)
        return math.ceil(self.months / length) + (0 if fits else 1)


NOTHING = Reach(ZERO, ZERO)
ENDLESS = Reach(None, None)


def span_of(scheme: Scheme) -> Span:
    """The whole cycle of a scheme."""
    return Span(scheme.cycle.months if scheme.cycle.by == "dates" else None, scheme.cycle.start)


def exactly(number: Decimal | Fraction) -> Reach:
    """One number."""
    return Reach(Fraction(number), Fraction(number))


def among(numbers: Iterable[Decimal | None]) -> Reach:
    """Any of these numbers, or nothing."""
    found = [ZERO, *(Fraction(number) for number in numbers if number is not None)]
    return Reach(min(found), max(found))


def plus(first: Reach, second: Reach) -> Reach:
    """Both together."""
    least = None if first.least is None or second.least is None else first.least + second.least
    return Reach(least, None if first.most is None or second.most is None else first.most + second.most)


def total_of(reaches: Iterable[Reach]) -> Reach:
    """All together."""
    return reduce(plus, reaches, NOTHING)


def turned(reach: Reach) -> Reach:
    """With the other sign."""
    return Reach(None if reach.most is None else -reach.most, None if reach.least is None else -reach.least)


def times(reach: Reach, factor: Fraction | None) -> Reach:
    """Taken so often; a factor nobody knows leaves only the bounds that are zero."""
    if factor is None:
        return Reach(ZERO if reach.least == 0 else None, ZERO if reach.most == 0 else None)
    if factor < 0:
        return times(turned(reach), -factor)
    if factor == 0:
        return NOTHING
    least = None if reach.least is None else reach.least * factor
    return Reach(least, None if reach.most is None else reach.most * factor)


def either(first: Reach, second: Reach) -> Reach:
    """One or the other."""
    least = None if first.least is None or second.least is None else min(first.least, second.least)
    return Reach(least, None if first.most is None or second.most is None else max(first.most, second.most))


def held(reach: Reach, low: Decimal | Fraction | None, high: Decimal | Fraction | None) -> Reach:
    """Within bounds."""
    least, most = reach
    if high is not None:
        least = None if least is None else min(least, Fraction(high))
        most = Fraction(high) if most is None else min(most, Fraction(high))
    if low is not None:
        least = Fraction(low) if least is None else max(least, Fraction(low))
        most = None if most is None else max(most, Fraction(low))
    return Reach(least, most)


def repeated(single: Reach, most_often: int | None) -> Reach:
    """What happens not at all or again and again."""
    return times(either(single, NOTHING), None if most_often is None else Fraction(most_often))


def capped(reach: Reach, caps: Caps, sign: str, span: Span) -> Reach:
    """After the caps: of points for plus, of their cost for minus, of both for both."""
    for window, cap in caps.windows.items():
        often = None if window == "occurrence" else span.holds(window)
        if often is not None:
            bound = Fraction(cap) * often
            reach = held(reach, None if sign == "plus" else -bound, None if sign == "minus" else bound)
    return reach


def signed(reach: Reach, criterion: Criterion) -> Reach:
    """With the sign of the criterion; what goes both ways may be added or deducted."""
    if criterion.sign == "plus":
        return reach
    return turned(reach) if criterion.sign == "minus" else either(reach, turned(reach))
