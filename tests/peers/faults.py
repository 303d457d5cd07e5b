"""Trouble on order: answers that come late, never, or not as they should."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = ("error", "hang", "drop", "lose")
"""error: refused as said; hang: done, answered late; drop: done, the connection breaks; lose: it breaks, not done."""


@dataclass(slots=True)
class Fault:
    """What shall happen to the next calls of a method (all methods when empty), perhaps of one chat alone."""

    kind: str
    method: str = ""
    chat: int | None = None
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    description: str = "Internal Server Error"
    parameters: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {self.kind}")


@dataclass(slots=True)
class Faults:
    """Those that are still to come, in the order they were asked for."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str, facts: dict[str, Any]) -> Fault | None:
        """The fault for a call, spent."""
        for fault in self.waiting:
            if fault.method in ("", method) and fault.chat in (None, facts.get("chat_id")):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
