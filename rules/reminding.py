"""When people are told: waking hours, the hour of a digest, what may be muted, what may ring at night."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import time
from typing import Any

from msgspec import Struct

from rules.notices import DIGEST_AT, KINDS

WAKING_FROM, WAKING_TO = time(7, 0), time(21, 0)
HOURS = tuple(time(hour, minute) for hour in range(7, 21) for minute in (0, 30))
"""When a digest may go out; each ends within waking hours."""
BY_TEXT = {f"{hour:%H:%M}": hour for hour in HOURS}
AT_NIGHT = frozenset({"binding_asked", "identity_bound", "console_entered", "console_password"})
"""Of what goes at once, what does not wait for the morning: somebody has just pressed something and waits for it, or
must know that another did."""
MUTABLE = (
    "declare_reminder",
    "period_opened",
    "announcement_reminder",
    "review_pending",
    "task_issued",
    "task_due",
    "task_still",
    "away_waiting",
)
"""Reminders somebody may do without; what was decided about him, and what is overdue, he always hears of."""
BY_PEOPLE = frozenset({"task_issued", "task_reported", "more_time_asked"})
"""What people do at any hour: after the hour of the day's digest it waits for the next one, unlike what the house
itself should have told before and tells late."""
# kind → what it is about, and the fact that tells one such matter from another: of several only the newest is told
MATTERS: dict[str, tuple[str, str]] = {
    "declare_reminder": ("declare", "period"),
    "review_pending": ("review", ""),
    "announcement_reminder": ("announcement", "announcement"),
    "task_issued": ("task", "task"),
    "task_due": ("task", "task"),
    "task_overdue": ("task", "task"),
    "task_still": ("task", "task"),
    "task_escalated": ("escalation", "task"),
    "away_waiting": ("away", "absence"),
}
LAST_DAYS: dict[str, str] = {
    "declare_reminder": "until",
    "task_issued": "due",
    "task_due": "due",
    "task_overdue": "due",
    "task_escalated": "due",
    "task_still": "due",
}
"""Kinds that say how many days are left, and the fact that holds the last one."""


class Wish(Struct, frozen=True):
    """What a unit wants for itself and all below it: hour of the digest, kinds nobody there may mute."""

    path: str
    name: str
    digest_at: str = ""
    compulsory: tuple[str, ...] = ()


def waking(at: time) -> bool:
    """Whether people may be disturbed at a local time."""
    return WAKING_FROM <= at < WAKING_TO


def at_once(at: time) -> tuple[str, ...]:
    """The kinds that go out now without waiting for a digest."""
    return tuple(kind for kind, urgent in KINDS.items() if urgent and (waking(at) or kind in AT_NIGHT))


def hour_of(text: str) -> time | None:
    """The hour a digest is wished at; None when the text is none of them."""
    return BY_TEXT.get(text)


def nearest_hour(own: str, path: str, wishes: Iterable[Wish]) -> time:
    """A person's own hour, else that of the nearest unit above which has one, else the house's."""
    above = [wish for wish in wishes if wish.digest_at and path.startswith(wish.path)]
    nearest = max(above, key=lambda wish: len(wish.path), default=None)
    return hour_of(own) or hour_of(nearest.digest_at if nearest else "") or DIGEST_AT


def demanded(kind: str, path: str, wishes: Iterable[Wish]) -> Wish | None:
    """The highest unit above a person that lets nobody mute a kind."""
    above = [wish for wish in wishes if kind in wish.compulsory and path.startswith(wish.path)]
    return min(above, key=lambda wish: len(wish.path), default=None)


def silenced(kind: str, facts: Mapping[str, Any], muted: Collection[str], path: str, wishes: Iterable[Wish]) -> bool:
    """Whether a person is not told something, as he asked and nobody above forbids."""
    return kind in muted and kind in MUTABLE and not facts.get("compulsory") and demanded(kind, path, wishes) is None
