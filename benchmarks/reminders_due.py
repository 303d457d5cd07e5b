"""What reminders must have been told by a day: counted plainly, beside the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from bot.holidays import CHINA
from rules.tasks.plan import Terms

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OFFICER, COMMITTEE, SECRETARIES = 1, 2, {3: 3, 4: 4, 5: 5, 6: 6}
"""Members 3 to 6 are secretaries of the branches of the same numbers, which belong to the organisation 2."""
Told = tuple[int, int, str, str]
"""Person, task, due day, step."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the judge knows of a task, beside the house."""

    carrier: int
    branch: int
    terms: Terms
    issued: date
    due: date
    open: bool = True
    changed: datetime = START


def expected(known: dict[int, Known], day: date) -> set[Told]:
    """By plain counting: of each open task the last reminder that has come, for each who hears it."""
    found = set()
    for number, each in known.items():
        if not each.open:
            continue
        last: dict[int, tuple[date, str]] = {}
        for on, name, hearer in sorted(_all(each.carrier, each.branch, each.terms, each.issued, each.due)):
            if each.issued < on <= day and on >= last.get(hearer, (on, ""))[0]:
                last[hearer] = on, name
        found |= {(hearer, number, each.due.isoformat(), name) for hearer, (_, name) in last.items()}
    return found


@cache
def _all(carrier: int, branch: int, terms: Terms, issued: date, due_on: date) -> list[tuple[date, str, int]]:
    some = [(due_on, "due", carrier)]
    some += [(_on(due_on, -n, -1), f"before:{n}", carrier) for n in terms.remind if n]
    number, quiet = 1, due_on - timedelta(days=max(terms.remind))
    while terms.still and (on := _on(issued, terms.still * number, 1)) < quiet:
        some.append((on, f"still:{number}", carrier))
        number += 1
    for step in terms.overdue:
        for time_ in range(step.times):
            on = _on(due_on, step.after + time_ * step.every, 1)
            hearer = _hearer(step.to, carrier, branch)
            some.append((on, f"late:{step.after}:{time_ + 1}:{step.to}", hearer))
    return some


def _hearer(to: str, carrier: int, branch: int) -> int:
    """Nobody hears as a superior of what he carries himself: no secretary is above a branch, so the officer does."""
    if to == "self":
        return carrier
    secretary = next(member for member, unit in SECRETARIES.items() if unit == branch)
    people = {"secretary": OFFICER if secretary == carrier else secretary, "officer": OFFICER}
    return people.get(to, COMMITTEE)


def _on(day: date, days: int, way: int) -> date:
    day += timedelta(days=days)
    while not _worked(day):
        day += timedelta(days=way)
    return day


_worked = cache(CHINA.working)
