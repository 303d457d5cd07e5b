"""The clock of the process: real time, or the demo's, which may be moved forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """Tells the time from a source, shifted by an offset that only grows."""

    def __init__(self, source: Callable[[], datetime], start: datetime | None = None) -> None:
        self._source = source
        self._offset = timedelta(0) if start is None else start - source()

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self._source() + self._offset

    def move(self, to: datetime) -> bool:
        """Moves forward to an instant; False (and nothing happens) when it lies in the past."""
        step = to - self.now()
        if step < timedelta(0):
            return False
        self._offset += step
        return True
