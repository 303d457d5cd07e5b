"""One subject on its way through the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from rules.expressions import Answer
from rules.grading.results import Graded, Standing, Step
from rules.grading.scales import Scale
from rules.schemes.bounds import Source, sources_of

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Id

STREAK = "streak."


@dataclass(frozen=True, slots=True)
class Limit:
    """A grade that a veto or gate keeps a subject from; of gates the strength is 0, so a fixed grade goes before."""

    name: str
    strength: int
    kind: Literal["at_most", "never", "below"]
    grade: str

    def bars(self, grade: str, scale: Scale) -> bool:
        """Whether it keeps from a grade of a scale; a limit of another scale keeps from nothing."""
        if self.kind == "never":
            return grade == self.grade
        if self.grade not in scale.names:
            return False
        place, bound = scale.place(grade), scale.place(self.grade)
        return place < bound or (self.kind == "below" and place == bound)


@dataclass(frozen=True, slots=True)
class Down:
    """Some places down by a veto."""

    name: str
    strength: int
    places: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """A grade fixed by a veto."""

    name: str
    strength: int
    grade: str


@dataclass(slots=True, eq=False)
class State:
    """A subject's grade and total so far; what vetoes and gates said stays in force for the steps after them."""

    id: Id
    standing: Standing
    scale: Scale
    total: Decimal
    grade: str | None = None
    decided: bool = False  # some step has said a grade, were it none
    tiered: bool = False  # thresholds or levels have been
    fixed: Fixed | None = None
    limits: list[Limit] = field(default_factory=list)
    downs: list[Down] = field(default_factory=list)
    zeroed: int = -1  # strength of the strongest veto that took the total
    steps: list[Step] = field(default_factory=list)
    ineligible: list[str] = field(default_factory=list)
    consequences: list[tuple[str, Decimal | None]] = field(default_factory=list)
    vetoes: dict[str, int] = field(default_factory=dict)

    def look(self, name: str) -> Answer:
        """What a name stands for at this place of the pipeline."""
        if name == "grade":
            return self.grade
        if name == "total":
            return self.total
        if name.startswith(STREAK):
            return self._streak(name.removeprefix(STREAK))
        return self.standing.look(name)

    def _streak(self, grade: str) -> Decimal:
        if self.decided and self.grade != grade:
            return Decimal(0)
        former = sum(1 for _ in takewhile(lambda past: past.grade == grade, self.standing.subject.past))
        return Decimal(former + self.decided)

    def fits(self, grade: str | None) -> str | None:
        """A grade, or the best below it that no veto or gate keeps from; None when there is none."""
        if grade not in self.scale.names:
            return grade
        below = self.scale.names[self.scale.place(grade) :]
        return next((name for name in below if not self.holding(name)), None)

    def holding(self, grade: str) -> list[str]:
        """The vetoes and gates that keep from a grade; those weaker than a veto that fixed a grade do not count."""
        least = self.fixed.strength if self.fixed else 0
        return [each.name for each in self.limits if each.strength >= least and each.bars(grade, self.scale)]

    def settled(self, reached: str | None) -> tuple[str | None, list[str]]:
        """What thresholds or levels say, after all vetoes and gates so far; and the names of those that changed it."""
        grade, names = reached, []
        if self.fixed and self.fixed.grade != grade:
            grade, names = self.fixed.grade, [self.fixed.name]
        for down in self.downs:
            if grade is not None and (self.fixed is None or down.strength > self.fixed.strength):
                grade = self.scale.down(grade, down.places)
                names.append(down.name)
        if grade is not None:
            names += self.holding(grade)
        return self.fits(grade), list(dict.fromkeys(names))

    def to(self, grade: str | None) -> None:
        """A step says a grade, or that there is none."""
        self.grade, self.decided = grade, True

    def trace(
        self, rule: str, name: str, before: str | None, facts: Mapping[str, str], clause: str = "", source: Source = ""
    ) -> None:
        """Adds a line to the trace; the grade after is the grade so far."""
        self.steps.append(Step(rule, name, before, self.grade, facts, clause, sources_of(source)))

    def result(self) -> Graded:
        """What the pipeline gives back."""
        ineligible, consequences = tuple(self.ineligible), tuple(self.consequences)
        return Graded(self.grade, self.total, tuple(self.steps), ineligible, consequences, self.vetoes)
