"""Numbers in a scheme: which ones arithmetic can use, which a formula says outright, and how sentences write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import msgspec

from rules.schemes.bounds import Formula
from rules.schemes.checking.outline import Path, error
from rules.schemes.findings import Finding
from rules.schemes.scheme import Scheme

LARGEST = 10**12
SHORTEST = -12  # as a power of ten
PLAIN = re.compile(r"\s*(-?\d{1,12}(?:\.\d{1,12})?)\s*(?:(%)|/\s*(\d{1,12}(?:\.\d{1,12})?))?\s*")


def found_in(scheme: Scheme) -> Iterator[Finding]:
    """Numbers that are endless, none at all, or beyond all measure."""
    for path, number in _numbers((), scheme):
        if not _usable(number):
            yield error(path, "scheme_number_unusable", number=str(number)[:40])


def constant(formula: Formula | None) -> Fraction | None:
    """The number a formula says outright (0.3, "30%", "1/3"); None when it must be worked out."""
    if formula is None or isinstance(formula, bool):
        return None
    found = PLAIN.fullmatch(format(Decimal(str(formula)), "f") if isinstance(formula, int | float) else formula)
    if found is None:
        return None
    number = Fraction(found[1])
    if found[3] is not None:
        return number / Fraction(found[3]) if Fraction(found[3]) else None
    return number / 100 if found[2] else number


def written(number: Decimal | Fraction | int | None) -> str:
    """A number as people write it: no trailing zeros, at most four decimals; nothing for none."""
    if number is None:
        return ""
    decimal = Decimal(number.numerator) / Decimal(number.denominator) if isinstance(number, Fraction) else number
    if abs(decimal) > LARGEST:
        return f"{Decimal(decimal):.6g}"
    rounded = Decimal(decimal).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return format(rounded, "f").rstrip("0").rstrip(".") or "0"


def _usable(number: Decimal | int | float) -> bool:
    if isinstance(number, int):
        return abs(number) <= LARGEST
    if isinstance(number, float):
        return math.isfinite(number) and (number == 0 or 10.0**SHORTEST <= abs(number) <= LARGEST)
    exponent = number.as_tuple().exponent
    return number.is_finite() and abs(number) <= LARGEST and isinstance(exponent, int) and exponent >= SHORTEST


def _numbers(path: Path, value: Any) -> Iterator[tuple[Path, Decimal | int | float]]:
    if isinstance(value, Decimal | int | float):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from _numbers((*path, field.encode_name), getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _numbers((*path, key), each)
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from _numbers((*path, index), each)
