"""A demo house with a year of history, made once and copied for each test; time stands still until it is moved."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.app import EXAMPLES, Parts, build, open_parts
from bot.clock import Clock
from bot.config import Settings
from bot.sample.history import Loader, marked
from tests.flows.people import People

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
"""Sunday 22 November 2026, 09:00 in Shanghai: after the hour of the digest."""


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after twelve months of history."""
    folder = tmp_path_factory.mktemp("year")
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    with marked(folder):
        Loader(parts.desk, EXAMPLES / "b1-member-points", START).load(lambda done, total: None)
    with TestClient(build(parts, demo=True)):
        return folder


@pytest.fixture
def folder(year: Path, tmp_path: Path) -> Path:
    """A copy of the year, for one test."""
    return Path(shutil.copytree(year, tmp_path / "data"))


@pytest.fixture
def parts(folder: Path) -> Parts:
    return open_parts(Settings(data=folder), Clock(lambda: START))


@pytest.fixture
def people(parts: Parts) -> Iterator[People]:
    """Everybody's chat, through the plain JSON interface."""
    with TestClient(build(parts, demo=True)) as client:
        yield People(client, parts)
