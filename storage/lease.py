"""The right to do what only one of several processes may do: when its holder ends, another takes over."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Lease:
    """Held or not, as last heard from the database; with one process it is always held."""

    def __init__(self, name: str, *, held: bool = False, changed: Callable[[], None] | None = None) -> None:
        self.name = name
        self.wanted = True
        self._changed = changed
        self._held = threading.Event()
        self.turn(held)

    def held(self) -> bool:
        """Whether this process has it now; never waits."""
        return self._held.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits until this process has it; False when that took too long. Not for the event loop."""
        return self._held.wait(seconds)

    def give_up(self) -> None:
        """Leaves it to others; this process must ask for it anew."""
        self.wanted = False
        if self._changed is not None:
            self._changed()

    def turn(self, held: bool) -> None:
        """Says how it stands; for the database alone."""
        if held:
            self._held.set()
        else:
            self._held.clear()
