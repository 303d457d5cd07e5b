"""A scheme laid out for checking: every category and criterion with its path in the file and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rules.problems import Problem
from rules.schemes.bounds import Part
from rules.schemes.criteria import Criterion, Dedupe
from rules.schemes.findings import Finding
from rules.schemes.nodes import Node, Periods
from rules.schemes.scheme import Scheme

Path = tuple[str | int, ...]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class NodePlace:
    """A category where it stands; `part` is the narrowest sub-period it is figured by, None for the whole cycle."""

    node: Node
    path: Path
    parents: tuple[NodePlace, ...]
    part: Part | None

    @property
    def code(self) -> str:
        """The category's code."""
        return self.node.code


@dataclass(frozen=True, slots=True)
class CriterionPlace:
    """A criterion where it stands."""

    criterion: Criterion
    path: Path
    place: NodePlace

    @property
    def facts(self) -> dict[str, Any]:
        """What sentences call it by."""
        return {"code": self.criterion.code, "name": self.criterion.name}


@dataclass(frozen=True)
class Outline:
    """A scheme with its categories (outer before inner) and criteria in the order of the file."""

    scheme: Scheme
    nodes: tuple[NodePlace, ...]

    @cached_property
    def criteria(self) -> tuple[CriterionPlace, ...]:
        """Every criterion."""
        return tuple(
            CriterionPlace(criterion, (*place.path, "criteria", index), place)
            for place in self.nodes
            for index, criterion in enumerate(place.node.criteria)
        )

    @cached_property
    def steps_at(self) -> tuple[Path, ...]:
        """The path of each step of the grade pipeline (`scheme.steps`)."""
        first: tuple[Path, ...] = (("grades",),) if self.scheme.grades else ()
        return first + tuple(("grading", index) for index in range(len(self.scheme.grading)))

    @cached_property
    def grade_names(self) -> dict[str, None]:
        """Every grade the pipeline can give, best first; those of a verdict only when there are no others."""
        found: dict[str, None] = {}
        for step in self.scheme.steps:
            found |= {grade.name: None for grade in step.thresholds or ()}
            found |= {level.name: None for level in step.levels or ()}
        judged = [step.verdict.grades for step in self.scheme.steps if step.verdict]
        return found or {name: None for grades in judged for name in grades}

    @cached_property
    def dedupes(self) -> tuple[tuple[Path, Dedupe], ...]:
        """Every rule that one matter counts once, at a criterion or a group."""
        own: list[tuple[Path, Dedupe]] = [
            ((*at.path, "dedupe"), at.criterion.dedupe) for at in self.criteria if at.criterion.dedupe
        ]
        shared: list[tuple[Path, Dedupe]] = [
            (("groups", index, "dedupe"), group.dedupe) for index, group in enumerate(self.scheme.groups)
        ]
        return (*own, *shared)

    @property
    def cycle_months(self) -> int | None:
        """How long a cycle is, None when an event ends it or it never ends."""
        return self.scheme.cycle.months if self.scheme.cycle.by == "dates" else None


def outline_of(scheme: Scheme) -> Outline:
    """The outline of a scheme."""
    return Outline(scheme, tuple(_laid_out(scheme.nodes, ("nodes",), (), narrower(None, scheme.total.periods))))


def error(path: Path, code: str, /, **facts: Any) -> Finding:
    """A finding that keeps the scheme from being used."""
    return Finding(path, Problem(code, facts))


def warning(path: Path, code: str, /, **facts: Any) -> Finding:
    """A finding that does not."""
    return Finding(path, Problem(code, facts), "warning")


def narrower(part: Part | None, periods: Periods | None) -> Part | None:
    """The shorter of a sub-period and that of inner periods; those that reach back to the first day are no shorter."""
    own = periods.per if periods and not periods.running else None
    parts = [each for each in (part, own) if each is not None]
    return min(parts, key=MONTHS.__getitem__, default=None)


def _laid_out(
    nodes: tuple[Node, ...], at: Path, parents: tuple[NodePlace, ...], part: Part | None
) -> Iterator[NodePlace]:
    for index, node in enumerate(nodes):
        place = NodePlace(node, (*at, index), parents, narrower(part, node.periods))
        yield place
        yield from _laid_out(node.nodes, (*place.path, "nodes"), (*parents, place), place.part)
