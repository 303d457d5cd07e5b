"""A committee of one's own, founded once and copied for each test: seven units, one administrator, nobody else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cluster import Cluster
from bot.opening import EXAMPLES
from tests.flows.commands import zhibu
from tests.flows.tasking import settled, settled_there, town
from tests.houses import Place

__all__ = ["settled", "settled_there", "town"]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "house"
    assert zhibu(folder, "init", str(EXAMPLES / "own-committee" / "house.yaml")).returncode == 0
    return folder


@pytest.fixture(scope="session")
def founded_there(tmp_path_factory: pytest.TempPathFactory, postgres: Cluster) -> str:
    """The name of a database with this committee, which no test changes."""
    name, folder = postgres.create(), tmp_path_factory.mktemp("made") / "house"
    file = str(EXAMPLES / "own-committee" / "house.yaml")
    assert zhibu(folder, "init", file, ZHIBU_DATABASE_URL=postgres.url(name)).returncode == 0
    return name


@pytest.fixture
def house(
    request: pytest.FixtureRequest, founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Its folder; where the database stands is in the environment, as an operator has it."""
    folder = tmp_path / "house"
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Path(shutil.copytree(founded, folder))
        return
    folder.mkdir()
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("founded_there"))
    monkeypatch.setenv("ZHIBU_DATABASE_URL", cluster.url(name))
    yield folder
    cluster.drop(name)


@pytest.fixture
def installed(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the year; where the database stands is in the environment."""
    if place.database_url:
        monkeypatch.setenv("ZHIBU_DATABASE_URL", place.database_url)
    return place.folder
