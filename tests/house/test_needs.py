"""A test whose tool is missing is named in the closing lines, and fails where CI=true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TEST_WITH_A_BROWSER = """
import pytest

@pytest.mark.needs("chromium")
def test_page(chromium_path):
    assert chromium_path
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text("utf-8"), "utf-8")
    (tmp_path / "test_page.py").write_text(TEST_WITH_A_BROWSER, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n", "utf-8")
    return tmp_path


def run(folder: Path, programs: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTEST_ADDOPTS"}}
    return subprocess.run(
        [sys.executable, "-m", "pytest", str(folder)],
        cwd=folder,
        env={**kept, "PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_tool_skips_and_is_named_at_the_end(folder: Path):
    answer = run(folder, programs=folder / "none")
    assert answer.returncode == 0
    assert "not run here: 1 × needs chromium (apt-get install chromium)" in answer.stdout.splitlines()[-2]


def test_missing_tool_fails_in_ci(folder: Path):
    answer = run(folder, programs=folder / "none", CI="true")
    assert answer.returncode == 1
    assert "needs chromium" in answer.stdout


def test_present_tool_runs(folder: Path):
    chromium = folder / "programs" / "chromium"
    chromium.parent.mkdir()
    chromium.write_text("#!/bin/sh\n", "utf-8")
    chromium.chmod(0o755)
    answer = run(folder, programs=chromium.parent, CI="true")
    assert answer.returncode == 0
    assert "1 passed" in answer.stdout


def test_unknown_tool_is_refused(folder: Path):
    (folder / "test_page.py").write_text(TEST_WITH_A_BROWSER.replace('"chromium"', '"netscape"'), "utf-8")
    answer = run(folder, programs=folder / "none")
    assert answer.returncode != 0
    assert "netscape" in answer.stdout + answer.stderr
