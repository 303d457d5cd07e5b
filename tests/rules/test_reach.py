"""By which account a person is told: rows of ways, and what holds for all of them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reach import ORDER, SHUT, WAITS, Way, best, nearest, open_ways, shut

WECOM, TELEGRAM, WEB = Way("wecom", "wang"), Way("telegram", "7"), Way("webchat", "m1")
WECHAT = Way("wechat", "o1", free=False)
OPEN_WECHAT = replace(WECHAT, window=True)

# the member's accounts → the channel that is taken
TAKEN: dict[str, tuple[list[Way], str | None]] = {
    "nobody without an account": ([], None),
    "WeCom before all others": ([WEB, OPEN_WECHAT, TELEGRAM, WECOM], "wecom"),
    "Telegram before the Official Account": ([WEB, OPEN_WECHAT, TELEGRAM], "telegram"),
    "the Official Account while its window is open": ([WEB, OPEN_WECHAT], "wechat"),
    "the Official Account with a consent left": ([WEB, replace(WECHAT, consent=True)], "wechat"),
    "the Official Account with a template": ([WEB, replace(WECHAT, free=True)], "wechat"),
    "the web chat when the window is shut": ([WEB, WECHAT], "webchat"),
    "nobody when the only window is shut": ([WECHAT], None),
    "where he wrote last": ([replace(WECOM, used=3), replace(TELEGRAM, used=8)], "telegram"),
    "where he wrote last, as long as the window is open": (
        [replace(WECOM, used=3), replace(OPEN_WECHAT, used=8)],
        "wechat",
    ),
    "not where he wrote last when that is shut": ([replace(WECOM, used=3), replace(WECHAT, used=8)], "wecom"),
    "not the web chat, though he wrote there last": ([WECOM, replace(WEB, used=8)], "wecom"),
    "not who blocked us": ([replace(WECOM, blocked=True), WEB], "webchat"),
    "not where the notice was declined": ([replace(WECOM, declined=True), TELEGRAM], "telegram"),
    "not a channel that the house does not have": ([replace(TELEGRAM, on=False), WEB], "webchat"),
    "a channel unknown to the order before the web chat": ([WEB, Way("pigeon", "1")], "pigeon"),
    "of two accounts on a channel the one bound last": (
        [Way("telegram", "1", bound=1), Way("telegram", "2", bound=2)],
        "telegram",
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_who_is_told_where(name: str):
    ways, channel = TAKEN[name]
    way = best(ways)
    assert (None if way is None else way.channel) == channel


def test_of_two_accounts_on_a_channel_the_one_bound_last():
    way = best([Way("telegram", "1", bound=1), Way("telegram", "2", bound=2)])
    assert way is not None
    assert way.address == "2"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"free": False}, "window_shut"),
        ({"free": False, "declined": True}, "declined"),
        ({"free": False, "declined": True, "blocked": True}, "blocked"),
        ({"free": False, "declined": True, "blocked": True, "on": False}, "channel_off"),
        ({"free": False, "window": True}, ""),
        ({"free": False, "consent": True}, ""),
    ],
)
def test_what_shuts_a_way(change: dict[str, Any], code: str):
    assert shut(replace(TELEGRAM, **change)) == code


def test_of_shut_ways_the_one_that_is_easiest_opened_is_told_of():
    ways = [replace(WECOM, on=False), replace(TELEGRAM, blocked=True), WECHAT]
    assert nearest(ways) == WECHAT
    assert nearest(ways[:2]) == ways[1]
    assert nearest([]) is None


some_ways = st.lists(
    st.builds(
        Way,
        st.sampled_from((*ORDER, "pigeon")),
        st.text("ab", min_size=1, max_size=2),
        *(st.booleans() for _ in range(6)),
        used=st.integers(0, 4),
        bound=st.integers(0, 9),
    ),
    max_size=6,
)


@given(some_ways)
def test_the_way_that_is_taken_is_open_and_one_is_taken_when_any_is(ways: list[Way]):
    way = best(ways)
    assert (way is None) == all(shut(each) for each in ways)
    assert way is None or (way in ways and not shut(way))


@given(some_ways, st.randoms())
def test_the_order_of_the_rows_says_nothing(ways: list[Way], chance: Any):
    mixed = list(ways)
    chance.shuffle(mixed)
    assert open_ways(mixed) == open_ways(ways)


@given(some_ways)
def test_failing_again_and_again_tries_each_channel_once_and_ends(ways: list[Way]):
    tried: list[str] = []
    while (way := best(ways, tried)) is not None:
        assert way.channel not in tried
        tried.append(way.channel)
    assert set(tried) == {each.channel for each in ways if not shut(each)}
    assert WAITS not in tried[:-1], "the web chat is the last of them"


@given(some_ways.filter(bool))
def test_who_has_accounts_and_is_not_reached_is_told_why(ways: list[Way]):
    if best(ways) is None:
        way = nearest(ways)
        assert way is not None
        assert shut(way) in {code for code, _ in SHUT}
