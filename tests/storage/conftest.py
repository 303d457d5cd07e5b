"""A migrated database for each test: migrated once, then copied; and a connection whose work is thrown away."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.engine import Database, sqlite_engine
from storage.upgrade import upgrade
from tests.storage.sample import Sample, plant

# a busy machine may take its time for a case


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "zhibu.sqlite3"
    upgrade(path)
    return path


@pytest.fixture
def path(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "zhibu.sqlite3"))


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def connection(path: Path) -> Iterator[sa.Connection]:
    """One transaction, as a unit has it; rolled back when the test ends."""
    engine = sqlite_engine(path)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
    engine.dispose()


@pytest.fixture
def sample(connection: sa.Connection) -> Sample:
    return plant(connection)
