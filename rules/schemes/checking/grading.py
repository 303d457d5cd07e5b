"""The grade pipeline: tiers in order and within reach, one kind per step, grades that some step gives."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rules.schemes.checking.bounds import total_reach
from rules.schemes.checking.formulas import unknown_grade
from rules.schemes.checking.numbers import written
from rules.schemes.checking.outline import Outline, Path, error, warning
from rules.schemes.checking.reach import Reach
from rules.schemes.findings import Finding
from rules.schemes.grades import Effect, Grade, GradeStep


def found_in(outline: Outline) -> Iterator[Finding]:
    """What is wrong in the tiers and steps of the grade pipeline."""
    reach = total_reach(outline.scheme)
    for path, step in zip(outline.steps_at, outline.scheme.steps, strict=True):
        if len(step.kinds) != 1:
            yield error(path, "scheme_step_unclear", found="、".join(step.kinds))
        if step.thresholds is not None:
            tiers = path if path == ("grades",) else (*path, "thresholds")
            yield from _tiers(tiers, step.thresholds)
            yield from _within_reach(tiers, step.thresholds, reach)
        yield from _twice(path, step)
        yield from _named(outline, path, step)
        if step.veto is not None:
            yield from _effect((*path, "veto", "effect"), step.veto.name, step.veto.effect)


def _tiers(path: Path, grades: tuple[Grade, ...]) -> Iterator[Finding]:
    for index, (better, worse) in enumerate(pairwise(grades), 1):
        if better.start == worse.start:
            facts = {"first": better.name, "second": worse.name, "start": written(worse.start)}
            yield error((*path, index, "from"), "scheme_grades_equal", **facts)
    backward = [index for index, (better, worse) in enumerate(pairwise(grades), 1) if better.start < worse.start]
    if backward:
        better, worse = grades[backward[0] - 1 : backward[0] + 1]
        facts = {
            "first": better.name,
            "start": written(better.start),
            "second": worse.name,
            "next": written(worse.start),
        }
        yield error((*path, backward[0], "from"), "scheme_grades_unordered", **facts)


def _within_reach(path: Path, grades: tuple[Grade, ...], reach: Reach) -> Iterator[Finding]:
    for index, grade in enumerate(grades):
        facts = {"grade": grade.name, "start": written(grade.start)}
        if reach.most is not None and grade.start > reach.most:
            yield error((*path, index, "from"), "scheme_grade_unreachable", **facts, most=written(reach.most))
        better = [each.start for each in grades[:index] if each.start > grade.start]
        if reach.least is not None and better and min(better) <= reach.least:
            yield warning((*path, index, "from"), "scheme_grade_never", **facts, least=written(reach.least))
    lowest = min((grade.start for grade in grades), default=None)
    if lowest is not None and (reach.least is None or reach.least < lowest):
        facts = {"start": written(lowest), "least": written(reach.least)}
        code = "scheme_grades_gap" if reach.least is not None else "scheme_grades_gap_endless"
        yield warning(path, code, **facts)


def _twice(path: Path, step: GradeStep) -> Iterator[Finding]:
    for key, parts in (("thresholds", step.thresholds), ("levels", step.levels)):
        names = [part.name for part in parts or ()]
        for index, name in enumerate(names):
            if name in names[:index]:
                place = (*path, index, "name") if path == ("grades",) else (*path, key, index, "name")
                yield error(place, "scheme_grade_twice", grade=name)


def _named(outline: Outline, path: Path, step: GradeStep) -> Iterator[Finding]:
    """Grades that no step gives."""
    for place, grade in _grades_in(step):
        yield from unknown_grade(outline, (*path, *place), grade)


def _grades_in(step: GradeStep) -> Iterator[tuple[Path, str | None]]:
    if step.veto is not None:
        for key in ("grade", "at_most", "never"):
            yield ("veto", "effect", key), getattr(step.veto.effect, key)
    if step.gate is not None:
        yield ("gate", "grade"), step.gate.grade
    for kind in ("quota", "verdict"):
        part = getattr(step, kind)
        for index, grade in enumerate(part.grades if part is not None else ()):
            yield (kind, "grades", index), grade


def _effect(path: Path, name: str, effect: Effect) -> Iterator[Finding]:
    if effect == Effect():
        yield error(path, "scheme_effect_nothing", name=name)
    elif effect.lowest and effect.grade is None:
        yield error((*path, "lowest"), "scheme_effect_lowest", name=name)
