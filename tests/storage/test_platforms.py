"""What an Official Account lets us do for a while: windows that are counted, consents that are used up."""

from datetime import timedelta

import pytest

from storage import platforms
from storage.engine import Connection
from storage.platforms import Window
from tests.houses import START

HERE = ("wechat", "oFollower")
LONG, BRIEF = timedelta(hours=48), timedelta(minutes=1)


def left(connection: Connection, after: timedelta = timedelta(0)) -> int:
    return platforms.window_of(connection, *HERE, START + after)


def opened(connection: Connection, remaining: int, lasts: timedelta, after: timedelta = timedelta(0)) -> None:
    now = START + after
    platforms.open_window(connection, *HERE, Window(remaining, now + lasts), now)


@pytest.mark.parametrize(
    ("sent", "brief_after", "asked_after", "expected"),
    [
        pytest.param(0, None, timedelta(hours=47), 5, id="a message opens for two days"),
        pytest.param(0, None, timedelta(hours=48), 0, id="and no longer"),
        pytest.param(2, None, timedelta(hours=1), 3, id="what is sent is counted"),
        pytest.param(7, None, timedelta(hours=1), 0, id="and never below nothing"),
        pytest.param(0, timedelta(hours=1), timedelta(hours=2), 5, id="a press leaves the longer window open"),
        pytest.param(4, timedelta(hours=1), timedelta(hours=1), 3, id="numbers do not add up"),
        pytest.param(4, timedelta(hours=49), timedelta(hours=49), 3, id="a press opens anew"),
        pytest.param(4, timedelta(hours=49), timedelta(hours=50), 0, id="for a minute"),
    ],
)
def test_a_window(
    connection: Connection, sent: int, brief_after: timedelta | None, asked_after: timedelta, expected: int
):
    assert left(connection) == 0
    opened(connection, 5, LONG)
    for _ in range(sent):
        platforms.count_window(connection, *HERE)
    if brief_after is not None:
        opened(connection, 3, BRIEF, brief_after)
    assert left(connection, asked_after) == expected
    assert platforms.window_of(connection, "wechat", "oOther", START) == 0


def test_a_window_that_the_platform_shut_opens_with_the_next_message(connection: Connection):
    opened(connection, 5, LONG)
    platforms.shut_window(connection, *HERE)
    assert left(connection) == 0
    opened(connection, 5, LONG)
    assert left(connection) == 5


@pytest.mark.parametrize(
    ("changes", "expected"),
    [([1], 1), ([1, 1], 2), ([1, -1], 0), ([-1], 0), ([1, -1, -1, 1], 1), ([1, 1, 0], 0), ([0, 1], 1)],
)
def test_consents_are_counted_and_ended(connection: Connection, changes: list[int], expected: int):
    here = (*HERE, "SUB1")
    for change in changes:
        if change:
            platforms.count_consent(connection, *here, change)
        else:
            platforms.end_consent(connection, *here)
    assert platforms.consents_of(connection, *here) == expected
    assert platforms.consents_of(connection, *HERE, "SUB2") == 0
