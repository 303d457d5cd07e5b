"""The house keeps its shape: short files, the agreed folders, pinned requirements, a README that tells how to start."""

import re
import tomllib
from pathlib import Path

import pytest

from handlers.desk import BY_NAME, REQUESTS

HOUSE = Path(__file__).parents[2]
PACKAGES = ("bot", "console", "handlers", "rules", "scheduler", "screens", "storage")
CODE = (*PACKAGES, "benchmarks", "tests")
FORBIDDEN_NAMES = {"utils", "common", "core", "helpers", "models", "services", "repositories"}
LONGEST_FILE = 300
REQUIREMENTS = ("run.txt", "dev.txt")


def python_files() -> list[Path]:
    return [path for folder in CODE for path in sorted((HOUSE / folder).rglob("*.py"))]


def exempt(path: Path) -> bool:
    return bool({"migrations", "locale"} & set(path.relative_to(HOUSE).parts))


def test_no_file_is_longer_than_300_lines():
    lengths = {
        str(path.relative_to(HOUSE)): len(path.read_text("utf-8").splitlines())
        for path in python_files()
        if not exempt(path)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_two_requests_share_a_name():
    """A button keeps the name of its request."""
    assert len(BY_NAME) == len(REQUESTS)


def test_no_module_has_a_name_that_says_nothing():
    named_so = [
        str(path.relative_to(HOUSE))
        for path in python_files()
        if FORBIDDEN_NAMES & {part.removesuffix(".py") for part in path.relative_to(HOUSE).parts}
    ]
    assert named_so == []


def test_the_import_contracts_cover_every_package():
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    covered = set(settings["tool"]["importlinter"]["root_packages"])
    assert covered == {name for name in PACKAGES if (HOUSE / name / "__init__.py").exists()}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_hold_no_address(name: str):
    assert "://" not in (HOUSE / "requirements" / name).read_text("utf-8")


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_with_a_hash(name: str):
    text = (HOUSE / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert entries
    assert [line for line in entries if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_readme_names_both_commands(command: str):
    assert command in (HOUSE / "README.md").read_text("utf-8")


def test_readme_names_every_folder():
    readme = (HOUSE / "README.md").read_text("utf-8")
    ours = [path.name for path in HOUSE.iterdir() if path.is_dir() and path.name in {*CODE, "docs", "examples"}]
    assert [name for name in ours if f"{name}/" not in readme] == []


def test_every_request_has_a_name_of_its_own():
    names = [request.__name__ for request in REQUESTS]
    assert len(BY_NAME) == len(names), {name for name in names if names.count(name) > 1}
