"""What may happen to a task: one table of deed → the states it may happen in and the state that follows."""

from __future__ import annotations

from typing import Literal

State = Literal["open", "reported", "returned", "done", "waived", "cancelled"]
KINDS = ("duty", "given", "part", "promise", "visit")
"""duty: of a plan; given: by hand; part: broken down from another; promise: set by oneself; visit: with a sheet."""
LIVE: tuple[str, ...] = ("open", "returned")
"""Waits for who carries it."""
OVER: tuple[str, ...] = ("done", "waived", "cancelled")
STANCES = ("", "doing", "help")

# deed → (states it may happen in, state after it; "" stays)
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "report": (LIVE, "reported"),
    "finish": (LIVE, "done"),  # a report that nobody verifies
    "withdraw": (("reported",), "open"),
    "verify": (("reported",), "done"),
    "return": (("reported",), "returned"),
    "waive": ((*LIVE, "reported"), "waived"),
    "cancel": ((*LIVE, "reported"), "cancelled"),
    "ask_more_time": (LIVE, ""),
    "extend": (LIVE, ""),
    "refuse_more_time": (LIVE, ""),
    "hand_over": (LIVE, ""),
    "break_down": (LIVE, ""),
    "stance": (LIVE, ""),
}


def may(deed: str, state: str) -> bool:
    """Whether a deed may happen to a task in a state."""
    return state in MOVES[deed][0]


def after(deed: str, state: str) -> str:
    """The state a deed leaves a task in."""
    return MOVES[deed][1] or state
