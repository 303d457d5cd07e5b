"""A prepared statement gives what SQLAlchemy gives: values, lists of any length, errors, lost transactions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.engine import Busy, Connection, Database
from storage.kinds import Instant, Json, Points
from storage.statement import Statement
from tests.storage.writer import run

THINGS = sa.MetaData()
thing = sa.Table(
    "thing",
    THINGS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    sa.Column("at", Instant),
    sa.Column("points", Points),
    sa.Column("facts", Json),
    sa.Column("on", sa.Date),
    sa.Column("done", sa.Boolean),
)
AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
FULL = {
    "name": "甲",
    "at": AT,
    "points": Decimal("-0.5"),
    "facts": {"行": [1, None, "二"]},
    "on": date(2026, 2, 28),
    "done": True,
}
EMPTY = {"name": "乙", "at": None, "points": None, "facts": None, "on": None, "done": None}
ALL = sa.select(*(thing.c[name] for name in FULL)).order_by(thing.c.id)
PUT = Statement(sa.insert(thing))


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    done: bool | None


@pytest.fixture
def connection(dialect: str, request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://") if dialect == "sqlite" else request.getfixturevalue("engine_there")
    with engine.connect() as connection:
        THINGS.create_all(connection)
        yield connection
    if dialect == "sqlite":
        engine.dispose()


def test_values_of_every_kind_come_back_as_from_sqlalchemy(connection: sa.Connection):
    PUT.many(connection, [FULL, EMPTY])
    rows = Statement(ALL).all(connection, {})
    assert rows == [tuple(FULL.values()), tuple(EMPTY.values())]
    assert rows == [tuple(row) for row in connection.execute(ALL)]


def test_what_sqlalchemy_wrote_is_read_and_the_other_way_round(connection: sa.Connection):
    connection.execute(sa.insert(thing), [FULL])
    PUT.change(connection, {**FULL, "name": "丙"})
    first, second = (tuple(row)[1:] for row in connection.execute(ALL))
    assert first == second


def test_an_insert_sets_the_columns_its_facts_name(connection: sa.Connection):
    PUT.change(connection, {"name": "一"})
    PUT.change(connection, {"done": False, "name": "二"})
    PUT.change(connection, {"name": "三", "done": True})
    found = Statement(sa.select(thing.c.name, thing.c.done).order_by(thing.c.id), Named).all(connection, {})
    assert found == [Named("一", None), Named("二", False), Named("三", True)]


def test_an_insert_gives_the_number_of_its_row(connection: sa.Connection):
    put = Statement(sa.insert(thing).returning(thing.c.id, thing.c.points))
    assert put.first(connection, FULL) == (1, Decimal("-0.5"))
    assert put.value(connection, EMPTY) == 2


AMONG = Statement(
    sa.select(thing.c.name)
    .where(thing.c.id.in_(sa.bindparam("ids", expanding=True)), thing.c.name != sa.bindparam("but"))
    .order_by(thing.c.id)
)


@given(st.lists(st.lists(st.integers(1, 30), max_size=12), max_size=5))
def test_lists_of_any_length_in_any_order_are_bound(many: list[list[int]]):
    engine = sa.create_engine("sqlite://")
    THINGS.create_all(engine)
    with engine.begin() as connection:
        PUT.many(connection, [{"name": f"n{number}"} for number in range(1, 21)])
        for ids in many:
            wanted = [f"n{number}" for number in sorted(set(ids)) if number <= 20 and number != 3]
            assert AMONG.values(connection, {"ids": ids, "but": "n3"}) == wanted
    engine.dispose()


def test_a_change_says_how_many_rows_it_touched(connection: sa.Connection):
    PUT.many(connection, [{"name": name, "done": False} for name in "abc"])
    end = Statement(sa.update(thing).where(thing.c.name > sa.bindparam("after")).values(done=True, at=AT))
    assert (end.change(connection, {"after": "a"}), end.change(connection, {"after": "x"})) == (2, 0)
    assert Statement(sa.select(sa.func.count()).where(thing.c.done)).value(connection, {}) == 2


def test_nothing_found_is_none(connection: sa.Connection):
    none = Statement(sa.select(thing.c.id).where(thing.c.name == sa.bindparam("name")))
    facts = {"name": "nobody"}
    assert (none.first(connection, facts), none.value(connection, facts)) == (None, None)
    assert (none.all(connection, facts), none.values(connection, facts)) == ([], [])


def test_rows_of_a_union_are_turned_too(connection: sa.Connection):
    PUT.change(connection, FULL)
    both = sa.union_all(sa.select(thing.c.name, thing.c.at), sa.select(sa.literal("-"), thing.c.at))
    assert Statement(both).all(connection, {}) == [("甲", AT), ("-", AT)]


@pytest.mark.parametrize("many", [False, True])
def test_a_broken_rule_of_the_database_is_sqlalchemys_error_without_the_data(connection: sa.Connection, many: bool):
    PUT.change(connection, {"name": "13800000000"})
    with pytest.raises(sa.exc.IntegrityError) as caught:
        PUT.many(connection, [{"name": "13800000000"}]) if many else PUT.change(connection, {"name": "13800000000"})
    assert "13800000000" not in f"{caught.value} {caught.value.orig} {caught.value.__cause__}"


def test_a_percent_sign_in_the_statement_is_one(connection: sa.Connection):
    PUT.many(connection, [{"name": "90%"}, {"name": "90"}])
    ends = Statement(sa.select(thing.c.name).where(thing.c.name.endswith("%", autoescape=True)))
    assert ends.values(connection, {}) == ["90%"]


def test_a_fact_that_is_missing_is_an_error(connection: sa.Connection):
    for _ in range(2):  # when it is compiled, and when it was
        with pytest.raises((KeyError, sa.exc.InvalidRequestError)):
            AMONG.values(connection, {"ids": [1]})
        AMONG.values(connection, {"ids": [1], "but": ""})


@pytest.mark.parametrize("many", [False, True])
def test_a_full_disk_swallowed_by_a_unit_stores_nothing_of_it(tmp_path: Path, many: bool):
    database = Database(tmp_path / "things.sqlite3")
    database.write(THINGS.create_all)
    used = database.write(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    database.write(run(f"PRAGMA max_page_count={used + 2}"))
    big: dict[str, Any] = {"facts": "x" * 40_000}

    def swallows(connection: Connection) -> None:
        PUT.change(connection, {"name": "before"})
        with pytest.raises(sa.exc.OperationalError):
            PUT.many(connection, [{"name": "big", **big}]) if many else PUT.change(connection, {"name": "big", **big})
        PUT.change(connection, {"name": "after"})

    with pytest.raises(Busy):
        database.write(swallows)
    database.write(lambda connection: PUT.change(connection, {"name": "later"}))
    assert database.read(lambda connection: Statement(sa.select(thing.c.name)).values(connection, {})) == ["later"]
    database.close()
