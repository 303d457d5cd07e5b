"""A whole rulebook as a value: one version of a scheme (积分办法), looked up by criterion and category."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated

import msgspec

from rules.problems import Unfit
from rules.schemes.bounds import Code, Piece, Source
from rules.schemes.criteria import Criterion, Group, Pool, Recorder
from rules.schemes.grades import Grade, GradeStep
from rules.schemes.nodes import Node, Rounding, Total
from rules.schemes.subjects import Cycle, Pass, Stage, Subjects, Suspension, Visibility

DayOfMonth = Annotated[int, msgspec.Meta(ge=1, le=28)]


class Months(Piece, frozen=True):
    """Dates of a month: days of the next month, and days before the last day."""

    review_until: DayOfMonth = 5
    close_on: DayOfMonth = 6
    remind: tuple[Annotated[int, msgspec.Meta(ge=0, le=27)], ...] = (7, 3, 1, 0)

    def __post_init__(self) -> None:
        if self.close_on <= self.review_until:
            raise Unfit("scheme_closes_before_review")


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A whole rulebook, one version of it."""

    scheme: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    title: str
    nodes: tuple[Node, ...]
    about: str = ""
    subjects: Subjects = Subjects()
    cycle: Cycle = Cycle()
    total: Total = Total()
    months: Months = Months()
    rounding: Rounding = Rounding()
    pools: tuple[Pool, ...] = ()
    groups: tuple[Group, ...] = ()
    passes: Annotated[tuple[Pass, ...], msgspec.Meta(max_length=200)] = ()
    suspend: tuple[Suspension, ...] = ()
    grades: tuple[Grade, ...] = ()
    grading: tuple[GradeStep, ...] = ()
    visibility: Visibility = Visibility()
    process: tuple[Stage, ...] = ()
    source: Source = ""

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """Criteria by code, in the order of the file."""
        return {criterion.code: criterion for _, criterion in self.walk()}

    @cached_property
    def category(self) -> dict[str, Node]:
        """Criterion code → the category it stands in."""
        return {criterion.code: node for node, criterion in self.walk()}

    @cached_property
    def every_node(self) -> dict[str, Node]:
        """All categories by code, outer before inner, in the order of the file."""
        return {node.code: node for node in inner_nodes(self.nodes)}

    @cached_property
    def categories(self) -> tuple[Node, ...]:
        """The categories that hold criteria."""
        return tuple(node for node in self.every_node.values() if node.criteria)

    @cached_property
    def by_matter(self) -> frozenset[str]:
        """The criteria whose entries must say which matter they are about: by it they compete, or are lifted."""
        groups = {group.name for group in self.groups if "matter" in group.dedupe.by}
        lifted = {code for criterion in self.criteria.values() for code in criterion.lifts}
        return frozenset(
            code
            for code, each in self.criteria.items()
            if (each.dedupe and "matter" in each.dedupe.by)
            or each.group in groups
            or each.lifts
            or code in lifted
            or any(factor.by == "matter" for factor in each.factors)
        )

    @cached_property
    def steps(self) -> tuple[GradeStep, ...]:
        """The grade pipeline: `grades` is short for a first step of thresholds."""
        return ((GradeStep(thresholds=self.grades),) if self.grades else ()) + self.grading

    def walk(self) -> Iterator[tuple[Node, Criterion]]:
        """Each criterion with its category."""
        for node in self.every_node.values():
            for criterion in node.criteria:
                yield node, criterion

    def recorded_by(self, recorder: Recorder) -> list[Criterion]:
        """The criteria that a member, or the organisation, may record."""
        return [criterion for criterion in self.criteria.values() if criterion.open_to(recorder)]

    def grade(self, total: Decimal) -> str | None:
        """The tier a total reaches, None when the scheme has no tiers."""
        return next((grade.name for grade in self.grades if total >= grade.start), None)


class Overlay(Piece, frozen=True):
    """What a lower unit adds to a scheme: criteria by category, within what the scheme's `local` allows."""

    overlay: str  # the scheme it adds to
    version: str  # of that scheme
    title: str
    unit: Code
    add: dict[str, tuple[Criterion, ...]]
    source: Source = ""


def inner_nodes(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Some categories and all within them, outer before inner."""
    for node in nodes:
        yield node
        yield from inner_nodes(node.nodes)
