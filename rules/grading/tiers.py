"""Steps that give a grade: thresholds of the total, and levels with a test each."""

from __future__ import annotations

from rules.expressions import compiled
from rules.expressions.answers import true
from rules.grading.results import figures, told
from rules.grading.scales import Scale
from rules.grading.state import State
from rules.schemes.bounds import Source
from rules.schemes.grades import GradeStep

Reached = tuple[str | None, dict[str, str], Source]


def reached(step: GradeStep, state: State) -> Reached:
    """The first threshold or level that a subject reaches, with figures and source; None when it reaches none."""
    return _threshold(step, state) if step.thresholds is not None else _level(step, state)


def tier(scale: Scale, state: State) -> None:
    """Gives a subject the grade it reaches, as far as vetoes and gates before this step let it."""
    if scale.step is None:
        return
    before, state.scale, state.tiered = state.grade, scale, True
    name, facts, source = reached(scale.step, state)
    grade, held_by = state.settled(name)
    if grade != name:
        facts |= {"reached": name or "", "held_by": ", ".join(held_by)}
    state.to(grade)
    state.trace("thresholds" if scale.step.thresholds is not None else "levels", name or "", before, facts, "", source)


def _threshold(step: GradeStep, state: State) -> Reached:
    tiers = step.thresholds or ()
    total = told(state.total)
    for each in tiers:
        if state.total >= each.start:
            return each.name, {"total": total, "threshold": told(each.start)}, each.source
    lowest = min((each.start for each in tiers), default=None)
    return None, {"total": total, "lowest": told(lowest)}, ""


def _level(step: GradeStep, state: State) -> Reached:
    for each in step.levels or ():
        test = compiled(each.when)
        if true(test.value(state.look)):
            return each.name, figures(test, state.look), each.source
    return None, {}, ""
