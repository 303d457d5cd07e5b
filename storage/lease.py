"""The right to do what only one of several processes may do: it runs out by time unless its holder renews it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

LEASE_S = 15.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process among several on one database, and for how many seconds its leases are good; alone it has no number."""

    number: int = 0
    lease_s: float = LEASE_S

    @property
    def claim_s(self) -> float:
        """For how many seconds a message that it claims is its own to send."""
        return 2 * self.lease_s


ALONE = Owner()


@dataclass(frozen=True, slots=True)
class Fence:
    """What shows that a process held a lease when it began; the number grows with every holder."""

    name: str
    number: int
    holder: int


class Lease:
    """Held or not, as last heard from the database; a process that stood still too long has lost it.

    With one process it is always held.
    """

    def __init__(self, name: str, *, held: bool = False, changed: Callable[[], None] | None = None) -> None:
        self.name = name
        self.wanted = True
        self._changed = changed
        self._fence = Fence(name, 0, 0) if held else None
        self._until = math.inf
        self._some = threading.Event()
        if held:
            self._some.set()

    def held(self) -> bool:
        """Whether this process has it now; never waits."""
        return self.fence() is not None

    def fence(self) -> Fence | None:
        """What a unit shows that may only be done by the holder; None when this process is not it."""
        return self._fence if monotonic() < self._until else None

    def wait(self, seconds: float) -> bool:
        """Waits until this process has it; False when that took too long. Not for the event loop."""
        return self._some.wait(seconds) and self.held()

    def give_up(self) -> None:
        """Leaves it to others; this process must ask for it anew."""
        self.wanted = False
        self.turn(None, 0.0)
        if self._changed is not None:
            self._changed()

    def turn(self, fence: Fence | None, until: float) -> None:
        """Says how it stands, and until when by this process's own watch; for the database alone."""
        self._fence, self._until = fence, until
        if fence is None:
            self._some.clear()
        else:
            self._some.set()
