"""The names of formulas on the subject's side, and what they answer. A name nobody knows has no data."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.expressions import Answer, compiled
from rules.schemes.subjects import Exemption, Pass
from rules.scoring.facts import Detail, Entry, Id, Subject
from rules.scoring.spans import label
from rules.scoring.worth import ZERO

if TYPE_CHECKING:
    from rules.scoring.board import Sheet
    from rules.scoring.slice import Slice


def answer(sheet: Sheet, name: str, slice_: Slice) -> Answer:
    """What a name says about a subject in a span."""
    head, _, rest = name.partition(".")
    if not rest:
        alone = ALONE.get(head)
        return None if alone is None else alone(sheet)
    found = DOTTED.get(head)
    return None if found is None else found(sheet, rest, slice_)


def detail(sheet: Sheet, name: str) -> Answer:
    """A detail of a subject: its class, kind or unit, else what the facts tell about it."""
    subject = sheet.subject
    if name == "class":
        return _class(sheet)
    if name == "kind":
        return subject.kind
    if name == "unit":
        return None if subject.unit is None else str(subject.unit)
    found = subject.details.get(name)
    return plain(found)


def plain(value: object) -> Answer:
    """A value of the facts as an answer."""
    if isinstance(value, (bool, str, Decimal)) or value is None:
        return value
    return Decimal(str(value)) if isinstance(value, (int, float)) else str(value)


def _class(sheet: Sheet) -> Answer:
    day = sheet.board.day
    here = [each for each in sheet.subject.classes if Subject(0, classes=(each,)).in_class((each.name,), day)]
    return here[0].name if here else None


ALONE: dict[str, Callable[[Sheet], Answer]] = {
    "class": _class,
    "kind": lambda sheet: sheet.subject.kind,
    "total": lambda sheet: sheet.total,
    "base": lambda sheet: sheet.base,
    "state": lambda sheet: sheet.state,
}


def _imported(sheet: Sheet, name: str, slice_: Slice) -> Answer:
    imported = sheet.board.facts.imported
    here: Detail = imported.get(f"{name}@{label(slice_.span)}", {}).get(sheet.subject.id)
    return here if here is not None else imported.get(name, {}).get(sheet.subject.id)


def _count(sheet: Sheet, code: str, slice_: Slice) -> Answer:
    if code not in sheet.board.plan.rules:
        return None
    return Decimal(sum(not row.why for row in slice_.kept(code)))


def _sum(sheet: Sheet, code: str, slice_: Slice) -> Answer:
    if code not in sheet.board.plan.rules:
        return None
    return sum([row.entry.quantity for row in slice_.kept(code) if not row.why], ZERO)


def _points(sheet: Sheet, code: str, slice_: Slice) -> Answer:
    return slice_.points(code) if code in sheet.board.plan.rules else None


def _node(sheet: Sheet, code: str, slice_: Slice) -> Answer:
    if code not in sheet.board.plan.scheme.every_node:
        return None
    return sheet.value(code) if slice_ is sheet.whole else slice_.node(code)


def _unit(sheet: Sheet, rest: str, _slice: Slice) -> Answer:
    above = sheet.board.sheets.get(sheet.subject.unit) if sheet.subject.unit is not None else None
    return None if above is None else above.whole.look(rest)


def _children(sheet: Sheet, rest: str, _slice: Slice) -> Answer:
    return tuple(each.whole.look(rest) for each in sheet.board.below.get(sheet.subject.id, ()))


def _previous(sheet: Sheet, rest: str, _slice: Slice) -> Answer:
    if not sheet.subject.past or rest not in ("total", "grade"):
        return None
    newest = sheet.subject.past[0]
    return newest.total if rest == "total" else newest.grade


def _streak(sheet: Sheet, rest: str, _slice: Slice) -> Answer:
    return Decimal(streak(sheet.subject, rest))


def streak(subject: Subject, grade: str) -> int:
    """How many of the newest former cycles in a row had a grade."""
    found = 0
    for each in subject.past:
        if each.grade != grade:
            break
        found += 1
    return found


DOTTED: dict[str, Callable[[Sheet, str, Slice], Answer]] = {
    "subject": lambda sheet, rest, _: detail(sheet, rest),
    "imported": _imported,
    "count": _count,
    "sum": _sum,
    "points": _points,
    "node": _node,
    "figure": lambda sheet, rest, _: (
        sheet.board.figure(rest, sheet.subject.id) if rest in sheet.board.plan.passes else None
    ),
    "unit": _unit,
    "children": _children,
    "previous": _previous,
    "streak": _streak,
}


def exempt(sheet: Sheet, rule: Exemption) -> bool:
    """Whether an exemption holds for a subject on the day of reading."""
    day = sheet.board.day
    if rule.classes and not sheet.subject.in_class(rule.classes, day):
        return False
    if rule.when is not None and compiled(rule.when).value(lambda name: _given(sheet, name)) is not True:
        return False
    if not rule.on_request:
        return bool(rule.classes) or rule.when is not None
    return any(
        each.effect == rule.effect
        and (each.since is None or each.since <= day)
        and (each.until is None or day < each.until)
        for each in sheet.subject.exempt
    )


def _given(sheet: Sheet, name: str) -> Answer:
    """What is known of a subject before anything is figured."""
    head, _, rest = name.partition(".")
    if head in ("class", "kind"):
        return ALONE[head](sheet)
    if head == "imported":
        return sheet.board.facts.imported.get(rest, {}).get(sheet.subject.id)
    return detail(sheet, rest) if head == "subject" else None


def related(subject: Subject, entry: Entry, relation: str) -> Id | None:
    """The subject an entry is credited to: named by the entry, else by who acted."""
    found = entry.details.get(relation, subject.unit if relation == "unit" else subject.details.get(relation))
    if isinstance(found, Decimal):
        return int(found)
    return found if isinstance(found, (int, str)) else None


class Population:
    """The values of one group of a pass, ordered once."""

    def __init__(self, rule: Pass, group: Sequence[tuple[Id, Decimal]]) -> None:
        self.rule = rule
        self.own = dict(group)
        self.values = sorted(self.own.values())
        self.distinct = sorted(set(self.values))
        of_all = OF_ALL.get(rule.take)
        self.shared = (
            of_all(self.values, rule.lowest_first) if of_all and (self.values or rule.take == "count") else None
        )

    def answer(self, mine: Id) -> Answer:
        """The figure for one of the group: the same for all, or one's own place in it."""
        if self.rule.take in OF_ALL:
            return self.shared
        own = self.own.get(mine)
        if own is None:
            return None
        better = self._better(self.values, own)
        same = bisect_right(self.values, own) - bisect_left(self.values, own)
        if self.rule.take == "percentile":
            return Decimal(better + same) / len(self.values)
        if self.rule.ties == "dense":
            return Decimal(self._better(self.distinct, own) + 1)
        return better + (Decimal(same + 1) / 2 if self.rule.ties == "mean" else Decimal(1))

    def _better(self, values: Sequence[Decimal], own: Decimal) -> int:
        return bisect_left(values, own) if self.rule.lowest_first else len(values) - bisect_right(values, own)


OF_ALL: dict[str, Callable[[Sequence[Decimal], bool], Answer]] = {
    "best": lambda values, lowest: values[0] if lowest else values[-1],
    "worst": lambda values, lowest: values[-1] if lowest else values[0],
    "mean": lambda values, _: sum(values, ZERO) / len(values),
    "sum": lambda values, _: sum(values, ZERO),
    "count": lambda values, _: Decimal(len(values)),
}
