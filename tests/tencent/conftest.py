"""Two processes of one house, as far as its database can tell: one SQLite between them, or PostgreSQL twice."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import Clock
from storage.engine import Database, Store
from storage.postgres import PostgresDatabase
from storage.upgrade import upgrade, upgrade_server

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """It is noon in Shanghai, until a test moves it."""
    return Clock(lambda: NOW)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("tencent") / "zhibu.db"
    upgrade(path)
    return path.read_bytes()


@pytest.fixture
def store(migrated: bytes, tmp_path: Path) -> Iterator[Store]:
    """A house's database."""
    path = tmp_path / "zhibu.db"
    path.write_bytes(migrated)
    with closing(Database(path)) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[Store, Store]]:
    """What each of the two has."""
    if request.param == "sqlite":
        store = request.getfixturevalue("store")
        yield store, store
        return
    cluster = request.getfixturevalue("postgres")
    name = cluster.create()
    upgrade_server(cluster.url(name))
    with closing(PostgresDatabase(cluster.url(name))) as one, closing(PostgresDatabase(cluster.url(name))) as other:
        yield one, other
    cluster.drop(name)
