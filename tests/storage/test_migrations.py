"""The migrations make exactly the tables of the code."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.engine import sqlite_engine
from storage.tables import metadata
from storage.upgrade import FOLDER, newest, revision, upgrade

HOUSE = Path(__file__).parents[2]


def differences(connection: sa.Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def test_the_migrated_database_has_the_tables_of_the_code(connection: sa.Connection):
    assert differences(connection) == []


def test_the_gathered_tables_are_all_there_are(connection: sa.Connection):
    """Asked in a process of its own, where no other test has imported a subject's tables."""
    code = "from storage.tables import metadata; print(*sorted(metadata.tables))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == sorted({*sa.inspect(connection).get_table_names()} - {"alembic_version"})


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE delivery",
        "CREATE TABLE extra (id INTEGER)",
        "ALTER TABLE member DROP COLUMN joined_on",
        "ALTER TABLE member ADD COLUMN age INTEGER",
        "DROP INDEX ix_unit_path",
        "DROP INDEX uq_identity_live",
    ],
)
def test_the_comparison_finds_a_difference(connection: sa.Connection, change: str):
    connection.exec_driver_sql(change)
    assert differences(connection) != []


def test_the_migrated_database_stands_at_the_newest_revision(connection: sa.Connection):
    script = ScriptDirectory(str(FOLDER))
    assert revision(connection) == newest() == script.get_current_head()
    assert script.get_heads() == [newest()]


def test_an_upgrade_is_done_once(tmp_path: Path):
    path = tmp_path / "zhibu.sqlite3"
    assert upgrade(path) is True
    before = path.read_bytes()
    assert upgrade(path) is False
    assert path.read_bytes() == before


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path):
    path = tmp_path / "zhibu.sqlite3"
    engine = sqlite_engine(path)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE unit (id INTEGER)")
    with pytest.raises(sa.exc.OperationalError, match="already exists"):
        upgrade(path)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["unit"]
        assert revision(connection) is None
    engine.dispose()
