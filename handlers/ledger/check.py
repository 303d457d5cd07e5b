"""Every figure recomputed, the audit chain followed."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.context import Context, Handler
from handlers.ledger.posting import figures_of, scored
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
        who = ledger.members_with_figures(connection, scheme, year)
        checked |= who
        for member, (_, result) in scored(context, scheme, year, who).items():
            fresh = {node: (posted, counted) for node, posted, counted in figures_of(result)}
            if ledger.summary_of(connection, member, scheme, year) != fresh:
                problems.append(Problem("summary_differs", {"member": member, "year": year}))
    broken = audit.broken_at(connection)
    if broken is not None:
        problems.append(Problem("audit_broken", {"entry": broken}))
    return Verified(
        ledger.count(connection), len(checked), audit.count(connection), audit.tail(connection), tuple(problems)
    )


REQUESTS: dict[type, Handler] = {Verify: verify}
