"""When who is reminded of a task: before it is due, on the day, late in steps that go up, and whether still on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from rules.periods import Calendar
from rules.tasks.plan import Terms

KINDS = {"self": "task_overdue"}
"""Kind of notice of a step after the due day by whom it goes to; others hear that it is overdue below them."""


class Reminder(Struct, frozen=True):
    """One reminder of a task: `name` is the same whenever it is computed, `to` is who hears it."""

    name: str
    on: date
    to: str
    kind: str


def reminders(terms: Terms, issued_on: date, due_on: date, calendar: Calendar) -> list[Reminder]:
    """All of a task in the order of their days.

    None falls on the day of issue, which is told by itself, or before it, or on a day not worked but for the due day
    itself: what comes before the due day moves to the working day before, what comes after it to the next. Of those of
    one day the last says most. A step of an escalation is over when the next begins to be told to the same; of a task
    that was issued when it was late already the days count from its issue.
    """
    before = list(_before(terms, due_on, calendar))
    quiet = min((each.on for each in before), default=due_on)
    found = [*_still(terms, issued_on, quiet, calendar), *before]
    found = [each for each in found if each.on > issued_on]
    return sorted([*found, *_late(terms, max(due_on, issued_on), calendar)], key=lambda each: each.on)


def standing(some: Iterable[Reminder], today: date) -> list[Reminder]:
    """Those to be told by a day: of all whose day has come the last for each who hears them, so that a house that was
    down for long tells once and not for every day."""
    last: dict[str, Reminder] = {}
    for each in some:
        if each.on <= today:
            last[each.to] = each
    return list(last.values())


def _before(terms: Terms, due_on: date, calendar: Calendar) -> Iterator[Reminder]:
    for days in sorted(set(terms.remind), reverse=True):
        name = f"before:{days}" if days else "due"
        on = _worked(due_on - timedelta(days=days), -1, calendar) if days else due_on
        yield Reminder(name, on, "self", "task_due")


def _still(terms: Terms, issued_on: date, quiet: date, calendar: Calendar) -> Iterator[Reminder]:
    """Every so many days of a long task, before the first reminder of the due day."""
    days = terms.still
    number = 1
    while days and (on := _worked(issued_on + timedelta(days=days * number), 1, calendar)) < quiet:
        yield Reminder(f"still:{number}", on, "self", "task_still")
        number += 1


def _late(terms: Terms, since: date, calendar: Calendar) -> Iterator[Reminder]:
    begins: dict[str, list[int]] = {}
    for step in terms.overdue:
        begins.setdefault(step.to, []).append(step.after)
    for step in sorted(terms.overdue, key=lambda step: step.after):
        next_begins = min((after for after in begins[step.to] if after > step.after), default=None)
        for number in range(step.times):
            days = step.after + number * step.every
            if next_begins is not None and days >= next_begins:
                break
            on = _worked(since + timedelta(days=days), 1, calendar)
            kind = KINDS.get(step.to, "task_escalated")
            yield Reminder(f"late:{step.after}:{number + 1}:{step.to}", on, step.to, kind)


def _worked(day: date, step: int, calendar: Calendar) -> date:
    """The day itself or the nearest one that is worked."""
    while not calendar.working(day):
        day += timedelta(days=step)
    return day
