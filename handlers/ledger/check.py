"""Every figure recomputed, the audit chain followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.context import Context, Handler
from handlers.ledger.posting import figures_of, scored
from rules.periods import read_on
from rules.problems import Problem
from storage import audit, ledger


@dataclass(frozen=True, slots=True)
class Verify:
    """Recomputes every figure and checks the audit chain."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, and every break found: empty when all is well; `unlinked` audit entries are linked soon."""

    entries: int
    members: int
    audit: int
    unlinked: int
    problems: tuple[Problem, ...]


def verify(context: Context, _request: Verify) -> Verified:
    """Ledger against lines, summary against a fresh score, audit entries against their chain."""
    connection = context.connection
    problems = [Problem("line_not_posted", {"line": number}) for number in ledger.lines_without_entry(connection)]
    problems += [Problem("entry_differs", {"entry": number}) for number in ledger.entries_that_differ(connection)]
    checked: set[int] = set()
    for scheme, year in ledger.summary_years(connection):
        for day, who in _by_day(context, scheme, year).items():
            checked |= who
            for member, (_, result) in scored(context, scheme, year, who, today=day).items():
                fresh = {node: (posted, counted) for node, posted, counted in figures_of(result)}
                if ledger.summary_of(connection, member, scheme, year) != fresh:
                    problems.append(Problem("summary_differs", {"member": member, "year": year}))
    broken = audit.broken_at(connection)
    if broken is not None:
        problems.append(Problem("audit_broken", {"entry": broken}))
    return Verified(
        ledger.count(connection), len(checked), audit.count(connection), audit.tail(connection), tuple(problems)
    )


def _by_day(context: Context, scheme: str, year: int) -> dict[date, set[int]]:
    """The members with figures by the day theirs were made: a summary is checked as of that day.

    A time that was expected and lacks is deducted once its window is over, so a day later the figures may be others.
    """
    figured = ledger.summarised_at(context.connection, scheme, year)
    found: dict[date, set[int]] = {}
    for member in ledger.members_with_figures(context.connection, scheme, year):
        at = figured.get(member)
        day = context.today if at is None else read_on(context.house.today(at), year)
        found.setdefault(day, set()).add(member)
    return found


REQUESTS: dict[type, Handler] = {Verify: verify}
