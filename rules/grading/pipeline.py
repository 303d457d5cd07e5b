"""The pipeline: each step in the order of the file, over all subjects, before the next one begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rules.grading.conditions import consequence, gate, verdict
from rules.grading.quotas import quota
from rules.grading.results import Graded, Standing
from rules.grading.scales import Scale, scales
from rules.grading.state import State
from rules.grading.tiers import tier
from rules.grading.vetoes import carried, veto
from rules.schemes.grades import GradeStep
from rules.schemes.scheme import Scheme

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Facts, Id, Subject


def graded(scheme: Scheme, standings: Mapping[Id, Standing], facts: Facts) -> dict[Id, Graded]:
    """The grade of every subject of a class, with its trace."""
    steps = scheme.steps
    known = scales(steps)
    states = {id: _begun(id, standing, steps, known, facts) for id, standing in standings.items()}
    taking_part = [state for state in states.values() if state.standing.graded]
    for step in steps:
        applied = [state for state in taking_part if _applies(step, state.standing.subject, facts)]
        if step.quota is not None:
            if facts.whole:
                quota(step.quota, applied, facts)
            continue
        scale = next((each for each in known if each.step is step), None)
        for state in applied:
            _singly(step, scale, state, facts)
    return {id: state.result() for id, state in states.items()}


def _begun(id: Id, standing: Standing, steps: tuple[GradeStep, ...], known: list[Scale], facts: Facts) -> State:
    """Before thresholds or levels have been, the first of them that is for a subject says the order of its grades."""
    subject = standing.subject
    own = [scale for scale in known if scale.step is None or _applies(scale.step, subject, facts)]
    scale = own[0] if own else Scale(None, ())
    return State(id, standing, scale, standing.total, vetoes=carried(steps, subject))


def _applies(step: GradeStep, subject: Subject, facts: Facts) -> bool:
    return subject.in_class(step.classes, facts.as_of)


def _singly(step: GradeStep, scale: Scale | None, state: State, facts: Facts) -> None:
    if scale is not None:
        tier(scale, state)
    elif step.veto is not None:
        veto(step.veto, state, facts)
    elif step.gate is not None:
        gate(step.gate, state)
    elif step.verdict is not None:
        verdict(step.verdict, state, facts.decisions.get(state.id))
    elif step.consequence is not None:
        consequence(step.consequence, state)
