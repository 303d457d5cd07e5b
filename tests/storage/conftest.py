"""A migrated database for each test: migrated once, then copied; and a connection whose work is thrown away.

Tests of tables and statements run on SQLite and on PostgreSQL; what is about one of them asks for it with `only`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.cluster import Cluster
from bot.clock import Clock
from bot.opening import open_parts
from storage.engine import Database, sqlite_engine
from storage.upgrade import upgrade, upgrade_server
from storage.wire import postgres_engine
from tests.houses import START, Place
from tests.storage.racing import Two
from tests.storage.sample import Sample, plant

# a busy machine may take its time for a case


@pytest.fixture(params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "zhibu.sqlite3"
    upgrade(path)
    return path


@pytest.fixture(scope="session")
def migrated_there(postgres: Cluster) -> str:
    """The name of a migrated database, which no test changes."""
    name = postgres.create()
    upgrade_server(postgres.url(name))
    return name


@pytest.fixture
def path(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "zhibu.sqlite3"))


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    yield database
    database.close()


@pytest.fixture(scope="session")
def engine_there(postgres: Cluster, migrated_there: str) -> Iterator[sa.Engine]:
    engine = postgres_engine(postgres.url(migrated_there), pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture
def url(postgres: Cluster, migrated_there: str, engine_there: sa.Engine) -> Iterator[str]:
    engine_there.dispose()  # nobody may be using what is copied
    name = postgres.create(migrated_there)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def connection(dialect: str, request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """One transaction, as a unit has it; rolled back when the test ends."""
    if dialect == "postgres":
        with request.getfixturevalue("engine_there").connect() as connection:
            yield connection
        return
    engine = sqlite_engine(request.getfixturevalue("path"))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
    engine.dispose()


@pytest.fixture
def sample(connection: sa.Connection) -> Sample:
    return plant(connection)


@pytest.fixture
def two(place: Place, postgres: Cluster) -> Iterator[Two]:
    """The house of the year, opened by two processes."""
    first, second = (open_parts(place.settings(), Clock(lambda: START)) for _ in range(2))
    yield Two(first, second, postgres)
    first.close()
    second.close()
