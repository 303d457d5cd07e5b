"""A demo house with a year of history, made once and copied for each test; time stands still until it is moved."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from benchmarks.cluster import Cluster
from bot.app import EXAMPLES, Parts, build, open_parts
from bot.clock import Clock
from bot.config import Settings
from bot.sample.history import Loader
from bot.sample.marks import marked
from storage.engine import sqlite_engine
from storage.tables import metadata
from storage.upgrade import upgrade_server
from storage.wire import postgres_engine
from tests.flows.people import People

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
"""Sunday 22 November 2026, 09:00 in Shanghai: after the hour of the digest."""
on_both = pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
"""Runs a test of the house on both databases; without it the house stands on SQLite."""


@dataclass(frozen=True)
class Place:
    """Where the house of a test stands."""

    folder: Path
    database_url: str = ""

    def settings(self) -> Settings:
        return Settings(data=self.folder, database_url=self.database_url)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after twelve months of history."""
    folder = tmp_path_factory.mktemp("year")
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    with marked(folder):
        Loader(parts.desk, EXAMPLES / "b1-member-points", START).load(lambda done, total: None)
    with TestClient(build(parts, demo=True)):
        return folder


@pytest.fixture(scope="session")
def year_there(year: Path, postgres: Cluster) -> str:
    """The name of a database with the rows of the year, which no test changes."""
    name = postgres.create()
    upgrade_server(postgres.url(name))
    here, there = sqlite_engine(year / "zhibu.db", read_only=True), postgres_engine(postgres.url(name), pool_size=1)
    with here.connect() as source, there.begin() as target:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows:
                target.execute(sa.insert(table), rows)
            if "id" in table.c:
                after = max((row["id"] for row in rows), default=0) + 1
                target.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {after}, false)")
        target.exec_driver_sql("INSERT INTO mark VALUES ('demo', 0)")
    here.dispose()
    there.dispose()
    return name


@pytest.fixture
def folder(year: Path, tmp_path: Path) -> Path:
    """A copy of the year, for one test."""
    return Path(shutil.copytree(year, tmp_path / "data"))


@pytest.fixture
def place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """The year, in the folder or on a server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Place(folder)
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("year_there"))
    for path in folder.glob("zhibu.db*"):
        path.unlink()  # what is read from the folder by mistake is not found
    yield replace(Place(folder), database_url=cluster.url(name))
    cluster.drop(name)


@pytest.fixture
def parts(place: Place) -> Parts:
    return open_parts(place.settings(), Clock(lambda: START))


@pytest.fixture
def people(parts: Parts) -> Iterator[People]:
    """Everybody's chat, through the plain JSON interface."""
    with TestClient(build(parts, demo=True)) as client:
        yield People(client, parts)
