"""Words that all screens of tasks share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rules.tasks.plan import Terms
from screens.texts import Say, clean, day, number
from storage.tasks.rows import TaskRow

LABEL = 14
STATES: dict[str, Callable[[Say], str]] = {
    "open": lambda say: say("to be done"),
    "reported": lambda say: say("reported, to be verified"),
    "returned": lambda say: say("returned (task)"),
    "done": lambda say: say("done"),
    "waived": lambda say: say("waived"),
    "cancelled": lambda say: say("cancelled (task)"),
}
DEEDS: dict[str, Callable[[Say], str]] = {
    "verify": lambda say: say("verified"),
    "return": lambda say: say("returned (task)"),
    "waive": lambda say: say("waived"),
    "cancel": lambda say: say("cancelled (task)"),
    "extend": lambda say: say("extended"),
    "refuse_more_time": lambda say: say("extension refused"),
    "hand_over": lambda say: say("handed over"),
}


def task_state(say: Say, state: str) -> str:
    """The state of a task."""
    return STATES[state](say)


def deed_word(say: Say, deed: str) -> str:
    """What was decided."""
    return DEEDS[deed](say)


def on(say: Say, moment: date) -> str:
    """A day for people."""
    return day(say, moment.isoformat())


def brief(title: str) -> str:
    """A title as far as a button has room."""
    shown = clean(title)
    return shown if len(shown) <= LABEL else shown[: LABEL - 1] + "…"


def figure(terms: Terms, task: TaskRow) -> str:
    """The figure that was reported, with its name and unit; nothing when none was."""
    if task.figure is None:
        return ""
    name, unit = (terms.figure.name, terms.figure.unit) if terms.figure is not None else ("", "")
    return f"{clean(name)} {number(task.figure)}{clean(unit)}".strip()
