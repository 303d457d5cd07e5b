"""Which notices that wait for a digest are still worth telling: a table of kinds and how one finds out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.announcements import waves as announcements
from handlers.calendars import known
from handlers.context import Context
from handlers.declarations.review import waiting_lines
from rules.periods import period_of
from rules.reminding import LAST_DAYS, MATTERS
from rules.tasks.states import LIVE
from storage import absences, declarations, digests, members
from storage.digests import Standing
from storage.outbox import NoticeRow

Rows = Sequence[NoticeRow]
Facts = dict[str, Any]
Became = dict[int, str | Facts]
"""Notice → what became of it without any message (dropped, for it was done; lapsed, for its time is over), or its facts
as they are by now."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Notices that are told no more, each with what became of it, and facts that have changed since."""

    gone: dict[int, str]
    facts: dict[int, Facts]


def _live(task: Standing, facts: Mapping[str, Any]) -> bool:
    return task.state in LIVE and facts["due"] == task.due_on.isoformat()


# kind of a task's notice → whether it is still so
TASKS: dict[str, Callable[[Standing, Mapping[str, Any]], bool]] = {
    "task_issued": _live,
    "task_due": _live,
    "task_overdue": lambda task, facts: _live(task, facts) and task.wanted_on is None,
    "task_still": _live,
    "task_escalated": _live,
    "task_reported": lambda task, facts: task.state == "reported",
    "more_time_asked": lambda task, facts: task.wanted_on is not None,
}


def _calls(context: Context, rows: Rows) -> Became:
    """Calls to declare: who has declared needs none, and a month ends."""
    current = period_of(context.today)
    done = declarations.declared(context.connection, current, {row.member for row in rows})
    became: Became = {row.id: "dropped" for row in rows if row.member in done}
    return became | {row.id: "lapsed" for row in rows if row.facts["period"] != current}


def _confirmations(context: Context, rows: Rows) -> Became:
    return dict.fromkeys(announcements.needless(context, rows), "dropped")


def _reviews(context: Context, rows: Rows) -> Became:
    """A queue is counted when it is told, and an empty one is not."""
    return {row.id: queue_of(context, row.member) or "dropped" for row in rows}


def queue_of(context: Context, member: int) -> Facts:
    """How much waits for a reviewer; empty when nothing does."""
    actor = members.actor(context.connection, member, context.today)
    if actor is None:
        return {}
    lines = waiting_lines(Context(context.connection, actor, context.now, context.house))
    return {"count": len(lines), "people": len({line.member for line in lines})} if lines else {}


def _tasks(context: Context, rows: Rows) -> Became:
    found = digests.tasks(context.connection, {row.facts["task"] for row in rows})
    standing = {row.id: found.get(row.facts["task"]) for row in rows}
    return {
        row.id: "dropped" for row in rows if (task := standing[row.id]) is None or not TASKS[row.kind](task, row.facts)
    }


def _calendars(context: Context, rows: Rows) -> Became:
    found = {year: known(context, year) for year in {row.facts["year"] for row in rows}}
    return {row.id: "dropped" for row in rows if found[row.facts["year"]]}


def _absences(context: Context, rows: Rows) -> Became:
    away = absences.holding(context.connection, {row.facts["absence"] for row in rows}, context.today)
    return {row.id: "dropped" for row in rows if row.facts["absence"] not in away}


# kinds → what became of those that need not be told any more
NEEDED: tuple[tuple[tuple[str, ...], Callable[[Context, Rows], Became]], ...] = (
    (("declare_reminder", "period_opened"), _calls),
    ((announcements.REMINDER,), _confirmations),
    (("review_pending",), _reviews),
    (tuple(TASKS), _tasks),
    (("calendar_unknown",), _calendars),
    (("away_waiting",), _absences),
)


def judged(context: Context, rows: Rows) -> Judged:
    """What is done or over or told by a newer notice about the same, and what has changed."""
    by_kind: dict[str, list[NoticeRow]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    became: Became = {}
    for kinds, judge in NEEDED:
        some = [row for kind in kinds for row in by_kind.get(kind, ())]
        if some:
            became |= judge(context, some)
    gone = {number: what for number, what in became.items() if isinstance(what, str)}
    gone |= _older(row for row in rows if row.id not in gone)
    facts = {number: what for number, what in became.items() if not isinstance(what, str)}
    return Judged(gone, facts | _recounted((row for row in rows if row.id not in gone), context.today))


def _older(rows: Iterable[NoticeRow]) -> dict[int, str]:
    """Of several notices to one person about the same matter, all but the newest."""
    newest: dict[tuple[int, str, Any], int] = {}
    older = {}
    for row in sorted(rows, key=lambda row: (row.facts.get("on", ""), row.made_at, row.id)):  # steps by their days
        if row.kind in MATTERS:
            word, fact = MATTERS[row.kind]
            matter = (row.member, word, row.facts.get(fact))
            if matter in newest:
                older[newest[matter]] = "lapsed"
            newest[matter] = row.id
    return older


def _recounted(rows: Iterable[NoticeRow], today: date) -> dict[int, Facts]:
    """Those that were held back so long that fewer days are left than they say."""
    found = {}
    for row in rows:
        last = row.facts.get(LAST_DAYS.get(row.kind, ""))
        left = (date.fromisoformat(last) - today).days if last else None
        if left is not None and row.facts.get("left", left) != left:
            found[row.id] = row.facts | {"left": left}
    return found
