"""The order of grades, best first: as thresholds or levels write it, with grades named elsewhere in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules.schemes.grades import GradeStep

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The grades one step of thresholds or levels gives, best first; `step` None when the scheme has no such step."""

    step: GradeStep | None
    names: Names

    def place(self, grade: str | None) -> int:
        """How far from the best: grades of other scales come after all of this one, no grade last."""
        if grade is None:
            return len(self.names) + 1
        return self.names.index(grade) if grade in self.names else len(self.names)

    def worse(self, one: str | None, other: str | None) -> str | None:
        """The worse of two grades."""
        return one if self.place(one) >= self.place(other) else other

    def down(self, grade: str, places: int) -> str:
        """The grade so many places below; the lowest when there are fewer."""
        if grade not in self.names:
            return grade
        return self.names[min(self.place(grade) + places, len(self.names) - 1)]

    def lowest(self, grade: str) -> Decimal | None:
        """The lowest total of a grade; None when it does not depend on the total alone."""
        tiers = (self.step.thresholds if self.step else None) or ()
        return next((tier.start for tier in tiers if tier.name == grade), None)


def scales(steps: Sequence[GradeStep]) -> list[Scale]:
    """A scale for each step of thresholds or levels, in the order of the file; one of names alone when there is none.

    A grade that only a verdict, quota, veto or gate names stands where these put it: after the grade before it there,
    else before the next one, else last.
    """
    tiered = tuple(step for step in steps if step.thresholds is not None or step.levels is not None)
    listed = {name for step in tiered for name in _listed(step)}
    return [_scale(step, listed, steps) for step in (tiered or (None,))]


def _scale(step: GradeStep | None, listed: set[str], steps: Sequence[GradeStep]) -> Scale:
    names = list(_listed(step)) if step else []
    for mention in _mentions(steps):
        if listed.isdisjoint(mention) or not set(names).isdisjoint(mention):
            _insert(names, mention, listed)
    return Scale(step, tuple(names))


def _insert(names: list[str], mention: Names, listed: set[str]) -> None:
    for index, name in enumerate(mention):
        if name in names or name in listed:
            continue
        before = [names.index(each) + 1 for each in mention[:index] if each in names]
        after = [names.index(each) for each in mention[index + 1 :] if each in names]
        names.insert(before[-1] if before else min(after, default=len(names)), name)


def _listed(step: GradeStep) -> Names:
    return tuple(dict.fromkeys(each.name for each in step.thresholds or step.levels or ()))


def _mentions(steps: Sequence[GradeStep]) -> Iterator[Names]:
    """Lists first, for they say an order."""
    for step in steps:
        if step.verdict:
            yield step.verdict.grades
    for step in steps:
        if step.quota:
            yield step.quota.grades
    for step in steps:
        if step.veto:
            effect = step.veto.effect
            yield from ((name,) for name in (effect.at_most, effect.never, effect.grade) if name)
        if step.gate:
            yield (step.gate.grade,)
