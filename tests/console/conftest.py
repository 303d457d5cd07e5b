"""The console of a house that is in use, and browsers in front of it."""

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from bot.app import build
from bot.opening import Parts
from bot.secrets import hashed
from console.auth import COOKIE
from handlers.announcements.writing import SendAnnouncement, WriteAnnouncement
from handlers.signin import OpenForDemo
from rules.access import SYSTEM, Actor
from storage.members import actor as find_actor
from storage.members import member_by_code

Browsers = Callable[[str], TestClient]
# what reads and writes rows in ways of its own; the other files look at words, cookies and roles
ON_BOTH = {
    "test_data",
    "test_exports",
    "test_files",
    "test_link",
    "test_people",
    "test_publication",
    "test_review",
    "test_trail",
}
SQLITE_ONLY = {"test_the_token_and_the_key_are_stored_as_hashes": "reads the file"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs the console on both databases."""
    name = metafunc.module.__name__.split(".")[-1]
    if "place" in metafunc.fixturenames and name in ON_BOTH and metafunc.function.__name__ not in SQLITE_ONLY:
        metafunc.parametrize("place", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def house(parts: Parts) -> Iterator[TestClient]:
    """A browser that is not signed in; the house is real, not the demo."""
    with TestClient(build(parts), follow_redirects=False) as client:
        yield client


def number_of(parts: Parts, code: str) -> int:
    """The number of a member."""
    found = parts.database.read(lambda connection: member_by_code(connection, code))
    assert found is not None
    return found


def acting(parts: Parts, code: str) -> Actor:
    """The member with a code, with his roles."""
    number, today = number_of(parts, code), parts.desk.house.today(parts.clock.now())
    actor = parts.database.read(lambda connection: find_actor(connection, number, today))
    assert actor is not None
    return actor


def announce(parts: Parts, code: str, text: str = "材料报送\n请按时报送。") -> int:
    """An announcement to the branch of its secretary or deputy, by its number."""
    actor, now = acting(parts, code), parts.clock.now()
    written = parts.desk.do(actor, WriteAnnouncement(text), now)
    parts.desk.do(actor, SendAnnouncement(written.draft.id), now)
    return int(written.draft.id)


@pytest.fixture
def as_person(parts: Parts, house: TestClient) -> Browsers:
    """A browser signed in as the member with a code."""

    def open_as(code: str) -> TestClient:
        key = secrets.token_urlsafe(32)
        parts.desk.do(SYSTEM, OpenForDemo(number_of(parts, code), hashed(key)), parts.clock.now())
        client = TestClient(house.app, follow_redirects=False)
        client.cookies.set(COOKIE, key, path="/console")
        return client

    return open_as


def csrf_in(text: str) -> str:
    """The key of the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found, text
    return found[1]
