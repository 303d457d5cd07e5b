"""Numbers in a scheme: which ones arithmetic can use, which a formula says outright, and how sentences write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import msgspec

from rules.expressions import compiled
from rules.problems import Unfit
from rules.schemes.bounds import Formula
from rules.schemes.checking.outline import Path, error
from rules.schemes.findings import Finding
from rules.schemes.scheme import Scheme

LARGEST = 10**12
SHORTEST = -12  # as a power of ten
THIRD = re.compile(r"\s*(\d{1,12})\s*[/／÷]\s*(\d{1,12})\s*")


def found_in(scheme: Scheme) -> Iterator[Finding]:
    """Numbers that are endless, none at all, or beyond all measure."""
    for path, number in _numbers((), scheme):
        if not _usable(number):
            yield error(path, "scheme_number_unusable", number=str(number)[:40])


def constant(formula: Formula | None) -> Fraction | None:
    """The number a formula is without any names (0.3, "30%", "1/3"; thirds exactly); None when it is no number."""
    if formula is None:
        return None
    found = THIRD.fullmatch(formula) if isinstance(formula, str) else None
    if found is not None and int(found[2]):
        return Fraction(int(found[1]), int(found[2]))
    try:
        expression = compiled(formula)
    except Unfit:
        return None
    answer = None if expression.names else expression.value(lambda _: None)
    return Fraction(answer) if isinstance(answer, Decimal) and answer.is_finite() else None


def written(number: Decimal | Fraction | int | None) -> str:
    """A number as people write it: no trailing zeros, at most four decimals; nothing for none."""
    if number is None:
        return ""
    exact = Fraction(number)
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    if abs(decimal) > LARGEST:
        return f"{decimal:.6g}"
    rounded = decimal.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return format(rounded, "f").rstrip("0").rstrip(".") or "0"


def _usable(number: Decimal | int | float) -> bool:
    if isinstance(number, int):
        return abs(number) <= LARGEST
    if isinstance(number, float):
        return math.isfinite(number) and (number == 0 or 10.0**SHORTEST <= abs(number) <= LARGEST)
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= SHORTEST and abs(number) <= LARGEST


def _numbers(path: Path, value: Any) -> Iterator[tuple[Path, Decimal | int | float]]:
    if isinstance(value, Decimal | int | float):
        yield path, value
        return
    for key, inner in _within(value):
        if inner is not None and not isinstance(inner, str):
            yield from _numbers((*path, key), inner)


def _within(value: Any) -> Iterable[tuple[str | int, Any]]:
    """What stands in a part, by the keys of the file."""
    if isinstance(value, msgspec.Struct):
        kind = type(value)
        keys = zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
        return [(key, getattr(value, name)) for key, name in keys]
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, tuple | list) else ()
