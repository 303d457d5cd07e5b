"""A demo house with a year of history, made once and copied for each test; time stands still until it is moved."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from benchmarks.cluster import Cluster, fill
from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import EXAMPLES, Parts, open_parts
from bot.sample.history import Loader
from bot.sample.marks import marked
from storage.engine import Connection, Database
from storage.postgres import PostgresDatabase
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
    fill(postgres.url(name), year / "zhibu.db")
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


@contextmanager
def looking(parts: Parts) -> Iterator[Connection]:
    """The database as it stands, for a test's own questions."""
    assert isinstance(parts.database, Database | PostgresDatabase)
    with parts.database._readers.begin() as connection:
        yield connection
