"""Whether people did what a notice was about: declared, confirmed, reported; from the rows of what they did."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handlers.announcements.waves import REMINDER, SENT, URGED
from handlers.context import Context
from handlers.needed import TASKS
from rules.tasks.states import LIVE
from storage import confirmations, declarations, digests
from storage.outbox import NoticeRow

Rows = Sequence[NoticeRow]
CARRIED = ("task_issued", "task_due", "task_overdue", "task_still", "task_urged")
"""What is said of a task to who carries it."""


def _declared(context: Context, rows: Rows) -> set[int]:
    found: set[int] = set()
    for period in {row.facts["period"] for row in rows}:
        some = [row for row in rows if row.facts["period"] == period]
        done = declarations.declared(context.connection, period, {row.member for row in some})
        found |= {row.id for row in some if row.member in done}
    return found


def _confirmed(context: Context, rows: Rows) -> set[int]:
    pairs = {row.id: (row.facts["announcement"], row.member) for row in rows}
    done = confirmations.confirmed(context.connection, pairs.values())
    return {number for number, pair in pairs.items() if pair in done}


def _carried(context: Context, rows: Rows) -> set[int]:
    found = digests.tasks(context.connection, {row.facts["task"] for row in rows})
    return {row.id for row in rows if (task := found.get(row.facts["task"])) and task.state not in LIVE}


def _decided(context: Context, rows: Rows) -> set[int]:
    found = digests.tasks(context.connection, {row.facts["task"] for row in rows})
    standing = {row.id: found.get(row.facts["task"]) for row in rows}
    return {row.id for row in rows if (task := standing[row.id]) and not TASKS[row.kind](task, row.facts)}


# kinds that ask for something → those of the notices after which it was done
ACTS: tuple[tuple[tuple[str, ...], Callable[[Context, Rows], set[int]]], ...] = (
    (("period_opened", "declare_reminder"), _declared),
    ((SENT, URGED, REMINDER), _confirmed),
    (CARRIED, _carried),
    (("task_reported", "more_time_asked"), _decided),
)


def acted(context: Context, messages: Mapping[int, Rows]) -> dict[int, tuple[int, int]]:
    """Message → for how many of its notices it was done, of how many that ask for something."""
    found: set[int] = set()
    asking: set[int] = set()
    for kinds, done in ACTS:
        rows = [row for some in messages.values() for row in some if row.kind in kinds]
        if rows:
            asking |= {row.id for row in rows}
            found |= done(context, rows)
    counts = {
        number: (sum(row.id in found for row in rows), sum(row.id in asking for row in rows))
        for number, rows in messages.items()
    }
    return {number: pair for number, pair in counts.items() if pair[1]}
