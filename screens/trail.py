"""The audit trail in words: who did what, to what, with which particulars."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handlers.naming import Names
from handlers.trail import Deeds, ListedDeed
from rules.access import AT_THE_MACHINE
from screens.deeds import EXPORTED, action_word
from screens.filters import narrowed_words
from screens.tables import Column, Table
from screens.texts import Say, clean, joined, names
from storage.audit import DeedRow
from storage.naming import Thing

SUBJECTS: dict[str, Callable[[Say], str]] = {
    "line": lambda say: say("line"),
    "member": lambda say: say("member"),
    "entry": lambda say: say("ledger entry"),
    "period": lambda say: say("month"),
    "scheme_version": lambda say: say("rulebook"),
    "unit": lambda say: say("unit"),
    "task_plan": lambda say: say("plan of tasks"),
    "announcement": lambda say: say("announcement"),
    "import_run": lambda say: say("import"),
    "backup": lambda say: say("backup"),
    "house": lambda say: say("the house"),
    "acknowledgement": lambda say: say("notice about personal data"),
    "inbox": lambda say: say("message received"),
}
NUMBERED = ("line", "entry", "import_run")
"""Things people know by number too: it stands in their lists."""
PARTICULARS: dict[str, Callable[[Say], str]] = {
    "reason": lambda say: say("reason"),
    "points": lambda say: say("points"),
    "rows": lambda say: say("rows"),
    "narrowed": lambda say: say("narrowed to"),
    "before": lambda say: say("before"),
    "after": lambda say: say("after"),
    "version": lambda say: say("version"),
    "form": lambda say: say("form"),
}


def deeds(say: Say, answer: Deeds) -> Table:
    """The audit trail."""
    columns = (
        Column(say("Number"), "number"),
        Column(say("When"), "instant", 17),
        Column(say("Who")),
        Column(say("Member code"), aside=True),
        Column(say("On behalf of")),
        Column(say("Deed"), width=16),
        Column(say("To what"), width=30),
        Column(say("Particulars"), width=40),
    )
    rows = tuple(
        (
            row.deed.id,
            row.deed.at,
            doer(say, row),
            row.code,
            row.behalf,
            action_word(say, row.deed.action),
            subject_text(say, row.deed, answer.names),
            facts_text(say, row.deed.facts, answer.names),
        )
        for row in answer.rows
    )
    return Table(say("Audit trail"), columns, rows)


def doer(say: Say, row: ListedDeed) -> str:
    """Who did it: a member (by number when he is gone), the operator by a command, or the system by itself."""
    if row.deed.actor == AT_THE_MACHINE:
        return say("operator (command)")
    if not row.deed.actor:
        return say("the system")
    return row.by or say("{what} no. {number}", what=say("member"), number=row.deed.actor)


def subject_text(say: Say, deed: DeedRow, found: Names) -> str:
    """What a deed was done to, by the name people know; by its number where there is none any more."""
    word = SUBJECTS[deed.subject](say) if deed.subject in SUBJECTS else say("another thing")
    if deed.subject == "backup":
        return f"{word} {clean(str(deed.facts.get('file', '')))}".strip()
    if deed.subject == "period":
        return f"{word} {deed.subject_id // 100}-{deed.subject_id % 100:02}"
    thing = found.get((deed.subject, str(deed.subject_id)))
    if thing is None:
        return say("{what} no. {number}", what=word, number=deed.subject_id)
    if deed.subject in NUMBERED:
        word = say("{what} no. {number}", what=word, number=deed.subject_id)
    return f"{word} {_called(say, thing)}"


def _called(say: Say, thing: Thing) -> str:
    more = names(say, [text for text in (thing.code, thing.period) if text])
    name = clean(thing.name)
    return say("{name} ({code})", name=name, code=more) if more else name


def facts_text(say: Say, facts: Mapping[str, Any], found: Names) -> str:
    """The particulars that mean something to a reader; numbers of rows and hashes stay in the database."""
    kind = str(facts.get("kind", ""))
    parts = [EXPORTED[kind](say)] if kind in EXPORTED else []
    for key, word in PARTICULARS.items():
        value = facts.get(key)
        if isinstance(value, dict):
            told = narrowed_words(say, kind, value, found)
            value = names(say, [pair(say, *each) for each in told])
        if value not in (None, ""):
            parts.append(pair(say, word(say), clean(str(value))))
    return joined(say, *parts)


def pair(say: Say, name: str, value: str) -> str:
    """A label with its value."""
    return say("{name}: {value}", name=name, value=value)
