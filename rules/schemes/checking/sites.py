"""Where formulas stand in a scheme, and what each may speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rules.schemes.bounds import Formula
from rules.schemes.checking.outline import CriterionPlace, Outline, Path
from rules.schemes.grades import GradeStep
from rules.schemes.values import Value

Side = Literal["entry", "subject", "grading"]


@dataclass(frozen=True, slots=True)
class Site:
    """A formula in its place; `owner` is the name of the figure it helps to make, nothing where it makes none."""

    path: Path
    formula: Formula
    side: Side
    owner: str = ""


def sites_of(outline: Outline) -> tuple[Site, ...]:
    """Every formula of a scheme."""
    rows = [*_criteria(outline), *_nodes(outline), *_subjects(outline), *_grading(outline)]
    return tuple(Site(path, formula, side, owner) for path, formula, side, owner in rows if formula is not None)


Row = tuple[Path, Formula | None, Side, str]


def _criteria(outline: Outline) -> Iterator[Row]:
    for at in outline.criteria:
        owner = f"entries.{at.criterion.code}"
        yield (*at.path, "when"), at.criterion.when, "entry", owner
        for index, factor in enumerate(at.criterion.factors):
            yield (*at.path, "factors", index, "times"), factor.times, "entry", owner
            yield (*at.path, "factors", index, "when"), factor.when, "entry", owner
        if at.criterion.valid is not None:
            yield (*at.path, "valid", "months"), at.criterion.valid.months, "entry", owner
        yield from _value(at, at.criterion.value, owner)


def _value(at: CriterionPlace, value: Value, owner: str) -> Iterator[Row]:
    path = (*at.path, "value")
    yield (*path, "formula"), value.formula, "entry", owner
    yield (*path, "of"), value.of, "entry", owner
    if value.expected is not None:
        yield (*path, "expected", "times"), value.expected.times, "subject", owner
    if value.target is not None:
        yield (*path, "target", "at"), value.target.at, "entry", owner
    if value.survey is not None:
        yield (*path, "survey", "quorum"), value.survey.quorum, "subject", owner
        for option, share in value.survey.ballot.shares.items():
            yield (*path, "survey", "ballot", "shares", option), share, "subject", owner


def _nodes(outline: Outline) -> Iterator[Row]:
    for place in outline.nodes:
        owner = f"node.{place.code}"
        for key in ("weight", "formula", "when", "absent_when"):
            yield (*place.path, key), getattr(place.node, key), "subject", owner
    yield ("total", "formula"), outline.scheme.total.formula, "subject", "total"


def _subjects(outline: Outline) -> Iterator[Row]:
    scheme = outline.scheme
    for index, each in enumerate(scheme.passes):
        yield ("passes", index, "of"), each.of, "subject", f"figure.{each.name}"
    for index, suspension in enumerate(scheme.suspend):
        yield ("suspend", index, "when"), suspension.when, "subject", f"suspend.{index}"
    for index, exemption in enumerate(scheme.subjects.exempt):
        yield ("subjects", "exempt", index, "when"), exemption.when, "subject", ""


def _grading(outline: Outline) -> Iterator[Row]:
    for path, step in zip(outline.steps_at, outline.scheme.steps, strict=True):
        for inner, formula in _step(step):
            yield (*path, *inner), formula, "grading", ""


def _step(step: GradeStep) -> Iterator[tuple[Path, Formula | None]]:
    for index, level in enumerate(step.levels or ()):
        yield ("levels", index, "when"), level.when
    if step.veto is not None:
        yield ("veto", "when"), step.veto.when
        yield ("veto", "lifted"), step.veto.lifted
    if step.gate is not None:
        yield ("gate", "when"), step.gate.when
    if step.quota is not None:
        yield ("quota", "most"), step.quota.most
        yield ("quota", "least"), step.quota.least
        yield from ((("quota", "ties", index), tie) for index, tie in enumerate(step.quota.ties))
    if step.consequence is not None:
        yield ("consequence", "when"), step.consequence.when
