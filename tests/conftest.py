"""Tools outside Python that some tests need: skipped and named where one is missing, failed where CI=true.

The demo house with its year of history comes from tests/houses.py, made once for all tests.
"""

import logging
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from benchmarks.cluster import Cluster, cluster
from bot.logs import log_from
from tests.houses import folder, parts, people, place, year, year_there

__all__ = ["folder", "parts", "people", "place", "year", "year_there"]

# A shared machine may pause in the middle of an example: no deadline.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def find_cjk_font() -> str | None:
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return None
    fonts = subprocess.run([fc_list, ":lang=zh", "file"], capture_output=True, text=True, check=False).stdout
    return next(iter(fonts.splitlines()), None)


# tool: how it is found, how it is installed
TOOLS: dict[str, tuple[Callable[[], str | None], str]] = {
    "chromium": (find_chromium, "apt-get install chromium"),
    "cjk_font": (find_cjk_font, "apt-get install fonts-noto-cjk"),
    "libreoffice": (lambda: shutil.which("soffice") or shutil.which("libreoffice"), "apt-get install libreoffice-calc"),
    "node": (lambda: shutil.which("node"), "apt-get install nodejs"),
}
FOUND = pytest.StashKey[dict[str, str | None]]()


def pytest_configure(config: pytest.Config) -> None:
    log_from(logging.INFO)
    os.environ.pop("COLUMNS", None)  # a test gives a command its width; a worker of several is given one by its frame
    config.addinivalue_line("markers", f"needs(*tools): runs only where these are installed: {', '.join(TOOLS)}")
    config.stash[FOUND] = {}


def locate(tool: str, config: pytest.Config) -> str | None:
    """Gives the tool's path, looked up once a run."""
    found = config.stash[FOUND]
    if tool not in found:
        found[tool] = TOOLS[tool][0]()
    return found[tool]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("needs"):
            unknown = [tool for tool in mark.args if tool not in TOOLS]
            if unknown or not mark.args:
                raise pytest.UsageError(f"{item.nodeid}: needs() takes some of {', '.join(TOOLS)}, not {unknown}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = {tool: None for mark in item.iter_markers("needs") for tool in mark.args}
    missing = [tool for tool in wanted if locate(tool, item.config) is None]
    if not missing:
        return
    reason = "; ".join(f"needs {tool} ({TOOLS[tool][1]})" for tool in missing)
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: missing, and CI=true allows no gap", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.items():
        terminalreporter.write_line(f"not run here: {count} × {reason}", yellow=True)


@pytest.fixture(scope="session")
def chromium_path(pytestconfig: pytest.Config) -> str:
    """Where Debian's chromium is; the test carries `needs("chromium")` too."""
    path = locate("chromium", pytestconfig)
    if path is None:
        pytest.fail('chromium is missing: mark this test with needs("chromium")', pytrace=False)
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A real PostgreSQL, started when the first test asks for it."""
    with cluster(fast=True) as found:
        yield found
