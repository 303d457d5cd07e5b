"""One entry: the names of formulas on its side, and why it cannot count."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.expressions import Answer, Look, compiled
from rules.scoring.facts import Entry
from rules.scoring.plan import Rule
from rules.scoring.rows import in_time

if TYPE_CHECKING:
    from rules.scoring.slice import Slice


class EntryNames:
    """What formulas may ask about one entry; everything else is asked of its subject."""

    def __init__(self, slice_: Slice, rule: Rule, entry: Entry, index: int) -> None:
        self.slice = slice_
        self.rule = rule
        self.entry = entry
        self.index = index

    def look(self, name: str) -> Answer:
        """What a name says."""
        if name.startswith("entry."):
            return self.slice.detail(self.entry, name[6:])
        asked = ENTRY.get(name)
        if asked is not None:
            return asked(self.entry)
        if name == "earlier":
            return self._earlier()
        return self.entry.points if name == "points" else self.slice.look(name)

    def _earlier(self) -> Decimal:
        """How many earlier entries of the criterion were still valid on this entry's day."""
        rows = self.slice.begun.get(self.rule.criterion.code, [])[: self.index]
        return Decimal(sum(row.ends is None or row.ends > self.entry.on for row in rows))


def refusal(slice_: Slice, rule: Rule, entry: Entry, look: Look) -> str:
    """Why an entry cannot count whatever others did; nothing when it can."""
    criterion = rule.criterion
    if criterion.classes and not slice_.sheet.subject.in_class(criterion.classes, entry.on):
        return "not_in_class"
    if criterion.evidence == "required" and not entry.evidence:
        return "no_evidence"
    if not in_time(rule, entry):
        return "late"
    if criterion.when is not None and compiled(criterion.when).value(look) is not True:
        return "condition"
    return ""


def claims(slice_: Slice, rule: Rule) -> list[Entry]:
    """The entries of a criterion that can count, whether a place is left for them or not."""
    mine = enumerate(slice_.entries.get(rule.criterion.code, ()))
    return [each for at, each in mine if not refusal(slice_, rule, each, EntryNames(slice_, rule, each, at).look)]


def _days(entry: Entry) -> Answer:
    end = entry.until or entry.done
    return None if end is None else Decimal((end - entry.on).days)


ENTRY: dict[str, Callable[[Entry], Answer]] = {
    "quantity": lambda entry: entry.quantity,
    "option": lambda entry: entry.option,
    "state": lambda entry: entry.state,
    "days": _days,
    "month": lambda entry: Decimal(entry.on.month),
}
