"""Whoever changes a row of the audit trail breaks its chain."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage import audit
from storage.audit import Deed, _link, broken_at, record
from storage.engine import sqlite_engine
from tests.storage.sample import NOW

ROWS = 12


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A file with a chain of twelve rows; what a test does to it is rolled back when its connection closes."""
    engine = sqlite_engine(Path(tmp_path_factory.mktemp("audit")) / "audit.sqlite3")
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.begin() as connection:
        audit.audit.create(connection)
        for number in range(0, ROWS, 3):
            deeds = [
                Deed("approve", "line", number, {"points": "0.5", "note": "学习"}),
                Deed("reverse", "entry", number, {}, behalf=7),
                Deed("approve", "line", number + 1, {"b": 1, "a": [None, True]}),
            ]
            record(connection, number, deeds, NOW + timedelta(minutes=number))
    yield engine
    engine.dispose()


def execute(*statements: str) -> Callable[[sa.Connection, int], None]:
    def change(connection: sa.Connection, row: int) -> None:
        for statement in statements:
            assert connection.exec_driver_sql(statement.format(row=row)).rowcount > 0

    return change


def rewrite(connection: sa.Connection, row: int) -> None:
    """Changes a row and gives it the hash it should have, as one who knows the code would."""
    c = audit.audit.c
    found = connection.execute(sa.select(audit.audit).where(c.id == row)).one()
    content = (row, found.at, 999, *found[3:8])
    values = {"actor_id": 999, "hash": _link(found.previous, content)}
    connection.execute(sa.update(audit.audit).where(c.id == row).values(values))


COLUMNS = "actor_id, behalf_id, action, subject, subject_id, facts, previous, hash"
SHIFT = "UPDATE audit SET id = -id - 1 WHERE id > {row}", "UPDATE audit SET id = -id WHERE id < 0"
MUTATIONS: dict[str, Callable[[sa.Connection, int], None]] = {
    "edit the time": execute("UPDATE audit SET at = at + 1 WHERE id = {row}"),
    "edit the actor": execute("UPDATE audit SET actor_id = actor_id + 1 WHERE id = {row}"),
    "edit on whose behalf": execute("UPDATE audit SET behalf_id = COALESCE(behalf_id, 0) + 1 WHERE id = {row}"),
    "edit the action": execute("UPDATE audit SET action = action || 'd' WHERE id = {row}"),
    "edit the subject": execute("UPDATE audit SET subject = 'member' WHERE id = {row}"),
    "edit the number": execute("UPDATE audit SET subject_id = subject_id + 1 WHERE id = {row}"),
    "edit the facts": execute("UPDATE audit SET facts = replace(facts, '{{', '{{ ') WHERE id = {row}"),
    "empty the facts": execute("UPDATE audit SET facts = '' WHERE id = {row}"),
    "edit the link": execute("UPDATE audit SET previous = upper(previous) || ' ' WHERE id = {row}"),
    "edit the hash": execute("UPDATE audit SET hash = upper(hash) || ' ' WHERE id = {row}"),
    "move between fields": execute("UPDATE audit SET action = action || subject, subject = '' WHERE id = {row}"),
    "renumber": execute("UPDATE audit SET id = 1000 WHERE id = {row}"),
    "renumber to zero": execute("UPDATE audit SET id = 0 WHERE id = {row}"),
    "delete": execute("DELETE FROM audit WHERE id = {row}"),
    "delete and close the gap": execute(
        "DELETE FROM audit WHERE id = {row}", "UPDATE audit SET id = -id WHERE id > {row}",
        "UPDATE audit SET id = -id - 1 WHERE id < 0"
    ),
    "insert behind": execute(
        *SHIFT, f"INSERT INTO audit (id, at, {COLUMNS}) SELECT id + 1, at, actor_id, behalf_id, action, subject, "
        "subject_id, facts, hash, 'forged' FROM audit WHERE id = {row}"
    ),
    "swap with the next": execute(
        "UPDATE audit SET id = -1 WHERE id = {row}", "UPDATE audit SET id = {row} WHERE id = {row} + 1",
        "UPDATE audit SET id = {row} + 1 WHERE id = -1"
    ),
    "rewrite with its hash": rewrite,
}  # fmt: skip


def test_an_untouched_chain_fits(chain: sa.Engine):
    with chain.connect() as connection:
        assert audit.count(connection) == ROWS
        assert broken_at(connection) is None


def test_an_empty_chain_fits(connection: sa.Connection):
    assert broken_at(connection) is None
    record(connection, 1, [], NOW)
    assert audit.count(connection) == 0


# the last row is left out: cutting or rewriting the end shows only against a hash kept elsewhere
@pytest.mark.parametrize("mutation", list(MUTATIONS))
@given(row=st.integers(1, ROWS - 1))
def test_a_change_of_any_row_breaks_the_chain_there_or_at_the_next(chain: sa.Engine, mutation: str, row: int):
    with chain.connect() as connection:
        MUTATIONS[mutation](connection, row)
        assert broken_at(connection) in (row, row + 1, 0)


@pytest.mark.parametrize(
    "mutation", [name for name in MUTATIONS if name.startswith(("edit", "empty", "move", "insert"))]
)
def test_the_last_row_cannot_be_edited_either(chain: sa.Engine, mutation: str):
    with chain.connect() as connection:
        if mutation == "insert behind":
            connection.exec_driver_sql(
                f"INSERT INTO audit SELECT id + 1, at, {COLUMNS} || '0' FROM audit WHERE id = {ROWS}"
            )
        else:
            MUTATIONS[mutation](connection, ROWS)
        assert broken_at(connection) in (ROWS, ROWS + 1)


def test_the_chain_goes_on_from_the_last_row(chain: sa.Engine):
    with chain.connect() as connection:
        record(connection, 1, [Deed("approve", "line", 1, {})], NOW)
        assert audit.count(connection) == ROWS + 1
        assert broken_at(connection) is None


def test_the_chain_goes_on_but_stays_broken_where_it_was(chain: sa.Engine):
    with chain.connect() as connection:
        MUTATIONS["edit the actor"](connection, 5)
        record(connection, 1, [Deed("approve", "line", 1, {})], NOW)
        assert broken_at(connection) == 5


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)  # elsewhere it says so when it is linked
def test_a_row_says_who_did_what_on_whose_behalf(connection: sa.Connection):
    record(connection, 3, [Deed("approve", "line", 9, {"points": "0.5", "by": "王"}, behalf=4)], NOW)
    row = connection.execute(sa.select(audit.audit)).one()
    assert (row.id, row.at, row.actor_id, row.behalf_id, row.action, row.subject, row.subject_id) == (
        1, NOW, 3, 4, "approve", "line", 9
    )  # fmt: skip
    assert msgspec.json.decode(row.facts) == {"by": "王", "points": "0.5"}


def test_the_same_deed_is_linked_differently_each_time(connection: sa.Connection):
    record(connection, 1, [Deed("approve", "line", 1, {})] * 3, NOW)
    audit.link(connection, 10)
    hashes = connection.execute(sa.select(audit.audit.c.hash)).scalars().all()
    assert len(set(hashes)) == 3
