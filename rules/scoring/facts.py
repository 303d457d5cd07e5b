"""What scoring is given: subjects, their entries, imported values and the day of reading. Read once, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from rules.periods import Calendar, first_day, weekdays

Id = int | str
Detail = Decimal | str | bool | None


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One ledger entry (台账记录); `reverses` names the entry it takes back.

    `points` are signed and before any cap, as they were judged when the entry was posted; None lets the scheme's value
    rule say them from the rest. `judged` is what somebody decided within a range or of a promise, without sign.
    `place` orders the entries of one day where ids are texts.
    """

    id: Id
    criterion: str
    on: date
    points: Decimal | None = None
    reverses: Id | None = None
    quantity: Decimal = Decimal(1)
    option: str | None = None
    state: str | None = None
    matter: str | None = None
    judged: Decimal | None = None
    until: date | None = None  # the act lasted until
    done: date | None = None  # a duty with a deadline was done on
    recorded: date | None = None
    evidence: bool = True
    details: Mapping[str, Detail] = {}
    place: int = 0

    @property
    def period(self) -> str:
        """The month it counts in."""
        return f"{self.on:%Y-%m}"


def in_order(entry: Entry) -> tuple[date, int, str]:
    """Entries go by their day, then as they were posted: by number, where ids are texts by their place."""
    number = entry.id
    return (entry.on, number, "") if isinstance(number, int) else (entry.on, entry.place, number)


@lru_cache(maxsize=4096)
def day_of(period: str) -> date:
    """The day an entry counts on of which only the month is known."""
    return first_day(period)


class Membership(msgspec.Struct, frozen=True):
    """A class a subject belongs to, from a day until before another (open ends: None)."""

    name: str
    since: date | None = None
    until: date | None = None


class Exempted(msgspec.Struct, frozen=True):
    """A subject's exemption that went through its approvals."""

    effect: str
    since: date | None = None
    until: date | None = None


class Past(msgspec.Struct, frozen=True):
    """A former cycle's result."""

    total: Decimal
    grade: str | None = None


class Subject(msgspec.Struct, frozen=True):
    """Who is scored: a member or a unit. `unit` is the subject above it; `past` has the newest cycle first."""

    id: Id
    name: str = ""
    kind: str = "member"
    classes: tuple[Membership, ...] = ()
    unit: Id | None = None
    exempt: tuple[Exempted, ...] = ()
    past: tuple[Past, ...] = ()
    vetoes: Mapping[str, int] = {}  # former vetoes → how many cycles ago
    details: Mapping[str, Any] = {}

    def in_class(self, names: Sequence[str], day: date) -> bool:
        """Whether the subject is of one of the classes (or kinds) on a day; no names mean all."""
        if not names or self.kind in names:
            return True
        return any(
            each.name in names
            and (each.since is None or each.since <= day)
            and (each.until is None or day < each.until)
            for each in self.classes
        )


class Ballot(msgspec.Struct, frozen=True):
    """One ballot about one subject: option or mark per question ("" when there is one question only)."""

    round: str
    subject: Id
    answers: Mapping[str, str | int | float]
    voter: Id | None = None
    audience: str = ""
    ranked: tuple[str, ...] = ()  # questions by importance, the first most important


class Decision(msgspec.Struct, frozen=True):
    """The committee's verdict on a grade, with its reason."""

    subject: Id
    grade: str
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a whole class, read on a day (`as_of`). Entries and subjects by subject's id."""

    as_of: date
    entries: Mapping[Id, Sequence[Entry]]
    subjects: Mapping[Id, Subject] = field(default_factory=dict)
    imported: Mapping[str, Mapping[Id, Detail]] = field(default_factory=dict)
    promises: Mapping[Id, Mapping[str, Decimal]] = field(default_factory=dict)
    ballots: Sequence[Ballot] = ()
    rolls: Mapping[str, int] = field(default_factory=dict)  # round → how many were asked to vote on each subject
    decisions: Mapping[Id, Decision] = field(default_factory=dict)
    allotted: Mapping[str, int] = field(default_factory=dict)  # group → number given from above
    lifted: Mapping[Id, tuple[str, ...]] = field(default_factory=dict)  # subject → vetoes lifted by decision
    cycle: tuple[date, date] | None = None  # first and last day, where an event sets them
    calendar: Calendar = field(default_factory=weekdays)
    whole: bool = True  # False: one subject alone, so what needs the whole class (quotas) is left open
