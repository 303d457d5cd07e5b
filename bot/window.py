"""How many messages each address had lately, where a platform drops what is too much for a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Window:
    """At most `most` messages to one address in any `within_s` seconds; as many at once as it likes.

    A message counts from the end of its call: the platform had it by then.
    """

    most: int
    within_s: float
    _sent: dict[str, deque[float]] = field(default_factory=dict)

    def count(self, address: str, at: float, weight: int = 1) -> None:
        """So many messages went there."""
        times = self._sent.setdefault(address, deque(maxlen=self.most))
        times.extend([at] * weight)

    def free_at(self, address: str, weight: int = 1) -> float:
        """From when on so many more may go there; a body of more than the window holds waits for an empty one."""
        times = self._sent.get(address)
        left = self.most - min(weight, self.most)
        if times is None or len(times) <= left:
            return 0.0
        return times[len(times) - left - 1] + self.within_s

    def remember(self, sent: Iterable[tuple[str, float]]) -> None:
        """Begins with what another process, or this one before its restart, has sent."""
        self._sent.clear()
        for address, at in sorted(sent, key=lambda each: each[1]):
            self.count(address, at)

    def forget(self, now: float) -> None:
        """Drops those whose window is over."""
        gone = [address for address, times in self._sent.items() if times[-1] + self.within_s <= now]
        for address in gone:
            del self._sent[address]
