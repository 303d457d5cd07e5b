"""What Telegram allows a bot to send: about one message a second to a chat, thirty a second in all."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

COUNTED = ("send", "edit", "copy", "forward")


@dataclass(frozen=True, slots=True)
class Limits:
    """`burst` messages may follow one another in a chat at once; groups have a limit a minute instead."""

    chat_s: float = 1.0
    burst: int = 3
    group_a_minute: int = 20
    overall_a_second: int = 30


@dataclass(slots=True)
class Gate:
    """Counts what was let through; without limits everything is."""

    limits: Limits | None = None
    _overall: deque[float] = field(default_factory=deque)
    _groups: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _chats: dict[int, float] = field(default_factory=dict)  # chat: until when its messages so far fill one a second
    _barred: dict[int, float] = field(default_factory=dict)

    def wait(self, method: str, chat: int, now: float) -> int:
        """Whole seconds to wait, 0 when the call may pass; a chat that was told to wait stays barred until then."""
        limits = self.limits
        if limits is None or not method.startswith(COUNTED) or method == "sendChatAction":
            return 0
        missing = max(
            self._barred.get(chat, 0.0) - now,
            _full(self._overall, limits.overall_a_second, 1.0, now),
            self._chat(limits, chat, now),
        )
        if missing > 0:
            wait = max(1, math.ceil(missing))
            if self._barred.get(chat, 0.0) <= now:
                self._barred[chat] = now + wait
            return wait
        self._overall.append(now)
        if chat < 0:
            self._groups[chat].append(now)
        else:
            self._chats[chat] = max(self._chats.get(chat, now), now) + limits.chat_s
        return 0

    def _chat(self, limits: Limits, chat: int, now: float) -> float:
        if chat < 0:
            return _full(self._groups[chat], limits.group_a_minute, 60.0, now)
        return self._chats.get(chat, now) - now - (limits.burst - 1) * limits.chat_s


def _full(seen: deque[float], most: int, span: float, now: float) -> float:
    """Seconds until a sliding window has room."""
    while seen and seen[0] <= now - span:
        seen.popleft()
    return seen[0] + span - now if len(seen) >= most else 0.0


def windows_over(times: list[float], most: int, span: float) -> int:
    """How many of the windows that begin at a call hold more than `most` calls."""
    ordered, end, over = sorted(times), 0, 0
    for start, began in enumerate(ordered):
        while end < len(ordered) and ordered[end] < began + span:
            end += 1
        over += end - start > most
    return over
