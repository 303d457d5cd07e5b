"""A committee of one's own, founded once and copied for each test: seven units, one administrator, nobody else."""

import shutil
from pathlib import Path

import pytest

from bot.app import EXAMPLES
from tests.flows.commands import zhibu


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "house"
    assert zhibu(folder, "init", str(EXAMPLES / "own-committee" / "house.yaml")).returncode == 0
    return folder


@pytest.fixture
def house(founded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "house"))
