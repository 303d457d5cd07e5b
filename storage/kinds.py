"""Column types that are the same on every database: instants, points, JSON text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SCALE = 10_000
MOST = 2**63 - 1
MOST_BOUND = 10_000  # values of one statement; databases take 32,766 or 65,535
T = TypeVar("T")


class Instant(sa.TypeDecorator[datetime]):
    """A moment in UTC as whole milliseconds, so that databases compare it as a number."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class Points(sa.TypeDecorator[Decimal]):
    """Points and quantities as whole ten-thousandths, so that sums are exact on every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        # as a ratio, for a product of Decimals is rounded to 28 digits
        numerator, denominator = value.as_integer_ratio()
        whole, rest = divmod(numerator * SCALE, denominator)
        if rest:
            raise ValueError(f"more than four decimal places: {value}")
        if abs(whole) > MOST:
            raise OverflowError(f"beyond 64 bits: {value}")
        return whole

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else _points(value)


class Json(sa.TypeDecorator[Any]):
    """Any value msgspec can write, as text; no database's own JSON type is relied on."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


class Present(sa.ColumnElement[int]):
    """The database's own clock, as an Instant is stored: processes whose clocks differ agree on it."""

    inherit_cache = True
    type = sa.BigInteger()


@compiles(Present)
def _present(_element: Present, _compiler: Any, **_given: Any) -> str:
    # not now(): that is when the transaction began, and its process may have stood still since
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(Present, "sqlite")
def _present_here(_element: Present, _compiler: Any, **_given: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


def after(seconds: float) -> sa.ColumnElement[int]:
    """So many seconds from now on the database's clock."""
    return Present() + round(seconds * 1000)


def slices(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists that one statement can take."""
    rest = iter(values)
    while some := list(islice(rest, MOST_BOUND)):
        yield some


def padded(values: Iterable[T]) -> list[T]:
    """The values with the last repeated up to a power of two, so that a prepared statement has few forms."""
    some = list(values)
    return some + some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some)) if some else some


@lru_cache(maxsize=10_000)  # a rulebook's points are few, the entries that bear them a million
def _points(value: int) -> Decimal:
    return plain(Decimal(value) / SCALE)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    return value.normalize()
