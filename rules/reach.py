"""By which of his accounts a person is told something: what shuts a way, and which of the open ones goes first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

ORDER = ("wecom", "telegram", "wechat", "webchat")
"""Who is told nothing of a preference is told here first; a channel not named stands before the last."""
WAITS = "webchat"
"""Nobody is told that something stands there until he looks."""


@dataclass(frozen=True, slots=True)
class Way:
    """An account of a member as it stands now.

    `on`: the house has the channel; `free`: the channel lets us write at any time; `window`: it does for a while, since
    the member has written; `consent`: he agreed to be notified, and that is not used up. `used` and `bound` are numbers
    that grow with time: the last message that came from there, and the binding.
    """

    channel: str
    address: str
    on: bool = True
    blocked: bool = False
    declined: bool = False
    free: bool = True
    window: bool = False
    consent: bool = False
    used: int = 0
    bound: int = 0


# code → whether it shuts a way; the first that fits is told
SHUT: tuple[tuple[str, Callable[[Way], bool]], ...] = (
    ("channel_off", lambda way: not way.on),
    ("blocked", lambda way: way.blocked),
    ("declined", lambda way: way.declined),
    ("window_shut", lambda way: not (way.free or way.window or way.consent)),
)


def shut(way: Way) -> str:
    """Why nothing can arrive there now, "" when it can."""
    return next((code for code, fits in SHUT if fits(way)), "")


def ranked(ways: Iterable[Way]) -> list[Way]:
    """Where somebody wrote last first, unless he has to look there by himself; then as the channels are ordered."""
    found = list(ways)
    last = max((way.used for way in found if way.channel != WAITS), default=0)

    def place(way: Way) -> tuple[bool, int, int, str]:
        own = bool(last) and way.used == last and way.channel != WAITS
        rank = ORDER.index(way.channel) if way.channel in ORDER else len(ORDER) - 2
        return (not own, rank, -way.bound, way.address)

    return sorted(found, key=place)


def open_ways(ways: Iterable[Way], tried: Collection[str] = ()) -> list[Way]:
    """The ways by which something can arrive now, the best first; never by a channel that was tried."""
    return ranked(way for way in ways if not shut(way) and way.channel not in tried)


def best(ways: Iterable[Way], tried: Collection[str] = ()) -> Way | None:
    """The way to take, None when no channel reaches the member now."""
    return next(iter(open_ways(ways, tried)), None)


def nearest(ways: Iterable[Way]) -> Way | None:
    """Of ways that are all shut the one to speak of: the one that would be taken if only it opened."""
    mendable = [code for code, _ in SHUT]
    return max(ranked(ways), key=lambda way: mendable.index(shut(way)), default=None)
