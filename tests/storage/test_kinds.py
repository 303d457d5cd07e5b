"""Instants, points and JSON come back from the database as they went in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.kinds import SCALE, Instant, Json, Points, plain

MILLISECOND = timedelta(milliseconds=1)
MOST = 2**63 - 1
STORED = st.integers(-MOST, MOST).map(lambda number: Decimal(number).scaleb(-4))
INSTANTS = st.datetimes(
    datetime(1902, 1, 1),  # noqa: DTZ001 - hypothesis wants it bare and adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def memory() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def there_and_back(connection: sa.Connection, kind: sa.types.TypeEngine[Any], value: object) -> Any:
    return connection.execute(sa.select(sa.bindparam("value", value, type_=kind))).scalar_one()


@given(STORED)
def test_points_come_back_as_the_same_number(memory: sa.Connection, points: Decimal):
    assert there_and_back(memory, Points(), points) == points


@given(STORED)
def test_points_come_back_without_needless_digits(memory: sa.Connection, points: Decimal):
    text = str(there_and_back(memory, Points(), points))
    assert "E" not in text
    assert "." not in text or text[-1] != "0"


@given(st.integers(-10_000, 10_000), st.integers(5, 40), st.integers(1, 9))
def test_points_with_more_than_four_decimals_are_refused(
    memory: sa.Connection, whole: int, place: int, last_digit: int
):
    finer = Decimal(f"{whole}.{'0' * (place - 1)}{last_digit}")
    with pytest.raises(sa.exc.StatementError, match="more than four decimal places"):
        there_and_back(memory, Points(), finer)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_never_stored(memory: sa.Connection, text: str):
    with pytest.raises((sa.exc.StatementError, OverflowError)):
        there_and_back(memory, Points(), Decimal(text))


@pytest.mark.parametrize("points", [Decimal(MOST + 1).scaleb(-4), Decimal("1E+30")])
def test_points_beyond_the_column_are_refused(memory: sa.Connection, points: Decimal):
    with pytest.raises(sa.exc.StatementError, match="beyond 64 bits"):
        there_and_back(memory, Points(), points)


def test_sums_and_comparisons_in_the_database_are_exact(memory: sa.Connection):
    rows = sa.Table("tenths", sa.MetaData(), sa.Column("points", Points))
    rows.create(memory)
    memory.execute(sa.insert(rows), [{"points": Decimal("0.1")}] * 1000)
    total = sa.func.sum(rows.c.points, type_=Points())
    assert memory.execute(sa.select(total)).scalar_one() == 100
    assert memory.execute(sa.select(total > Decimal("99.9999"), total > Decimal(100))).one() == (True, False)


@given(STORED)
def test_a_plain_number_is_the_same_number(points: Decimal):
    assert plain(points) == points
    assert plain(points * SCALE) == points * SCALE


@given(INSTANTS)
def test_an_instant_comes_back_in_utc_to_the_millisecond(memory: sa.Connection, at: datetime):
    back = there_and_back(memory, Instant(), at)
    assert back.tzinfo is UTC
    assert back <= at < back + MILLISECOND


@given(INSTANTS, INSTANTS)
def test_the_database_compares_instants_as_time_does(memory: sa.Connection, one: datetime, other: datetime):
    first, second = (sa.bindparam(name, at, type_=Instant) for name, at in (("one", one), ("other", other)))
    if abs(one - other) >= MILLISECOND:
        assert memory.execute(sa.select(first < second)).scalar_one() == (one < other)


def test_a_time_without_a_zone_is_refused(memory: sa.Connection):
    with pytest.raises(sa.exc.StatementError, match="offset-naive"):
        there_and_back(memory, Instant(), datetime(2026, 1, 1))  # noqa: DTZ001


@given(VALUES)
def test_json_comes_back_as_the_same_value(memory: sa.Connection, value: Any):
    assert there_and_back(memory, Json(), value) == value


@pytest.mark.parametrize("kind", [Points(), Instant(), Json()])
def test_nothing_comes_back_as_nothing(memory: sa.Connection, kind: sa.types.TypeEngine[Any]):
    assert there_and_back(memory, kind, None) is None
