"""How the figures of the sender's pace and their goals are reckoned; the measurement itself is `make bench`."""

import asyncio
from time import monotonic

import pytest

from benchmarks.figure import Goals, counted, misses
from benchmarks.telegram_pacing import paced
from tests.peers.botapi import BotApi
from tests.peers.ledger import Call

GOALS = Goals({"over": 0.0}, {"rate": 0.95})


def arrived(*calls: tuple[float, int]) -> BotApi:
    api = BotApi()
    for at, status in calls:
        api.ledger.called(Call(at, "sendMessage", {"chat_id": 1}, status, "", "http"))
    return api


def test_the_rate_counts_what_was_accepted_and_the_windows_count_all_that_arrived():
    even = arrived(*((number / 10, 200) for number in range(301)))
    assert paced(even).per_second == pytest.approx(10)
    assert (paced(even).refused, paced(even).over) == (0, 0)
    burst = paced(arrived(*((number / 100, 200 if number < 30 else 429) for number in range(32))))
    assert (burst.refused, burst.over) == (2, 1)
    assert burst.per_second == pytest.approx(100)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("rate", 1, []), ("rate", 0, ["at least 0.95"]), ("over", 0, []), ("over", 1, ["at most 0"]), ("other", 9, [])],
)
def test_a_goal_says_at_most_or_at_least(name: str, value: int, words: list[str]):
    found = misses([counted(name, value, "", "")], GOALS)
    assert len(found) == len(words)
    assert all(each in sentence for each, sentence in zip(words, found, strict=True))


def test_calls_carry_the_time_of_their_arrival():
    api, before = BotApi(), monotonic()
    asyncio.run(api.control.people([1]))
    asyncio.run(api.call("sendMessage", {"chat_id": 1, "text": "您好"}, {}, "http"))
    assert before <= api.ledger.calls[0].at <= monotonic()
