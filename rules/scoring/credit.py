"""Whose ledger an entry goes to: a criterion may credit a relation of who acted, as another criterion."""

from __future__ import annotations

import msgspec

from rules.scoring import names
from rules.scoring.facts import Entry, Facts, Id, Subject
from rules.scoring.plan import Plan


def credited(plan: Plan, facts: Facts) -> dict[Id, list[Entry]]:
    """Entries by the ledger they go to, a reversal to that of what it takes back."""
    moved: dict[Id, list[Entry]] = {number_: [] for number_ in facts.entries}
    for number_, entries in facts.entries.items():
        subject = facts.subjects.get(number_) or Subject(number_)
        own = {entry.id: entry for entry in entries}
        for entry in entries:
            acted = entry if entry.reverses is None else own.get(entry.reverses, entry)
            rule = plan.rules.get(acted.criterion)
            if rule is None or not rule.criterion.credit:
                moved[number_].append(entry)
                continue
            for credit in rule.criterion.credit:
                holder = number_ if credit.to == "self" else names.related(subject, acted, credit.to)
                if holder is not None:
                    copy = msgspec.structs.replace(entry, criterion=credit.code or acted.criterion)
                    moved.setdefault(holder, []).append(copy)
    return moved
