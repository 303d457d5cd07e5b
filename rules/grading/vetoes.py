"""Vetoes (一票否决): what they do, which of several wins, how long they last and what ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.expressions import compiled
from rules.expressions.answers import ZERO, true
from rules.grading.results import figures, told
from rules.grading.state import Down, Fixed, Limit, State
from rules.grading.tiers import reached
from rules.schemes.grades import GradeStep, Veto

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Facts, Subject


def carried(steps: tuple[GradeStep, ...], subject: Subject) -> dict[str, int]:
    """Former vetoes that still last, with the cycles they last after this one."""
    vetoes = [step.veto for step in steps if step.veto]
    left = {veto.name: veto.cycles - subject.vetoes.get(veto.name, veto.cycles + 1) for veto in vetoes}
    return {name: cycles for name, cycles in left.items() if cycles >= 0}


def veto(rule: Veto, state: State, facts: Facts) -> None:
    """Lets a veto act when its cause holds now, or held in a cycle it still lasts from, and nothing lifts it."""
    test = compiled(rule.when)
    now = true(test.value(state.look))
    ago = state.standing.subject.vetoes.get(rule.name)
    if not now and (ago is None or ago > rule.cycles):
        return
    told_facts = figures(test, state.look)
    if not now:
        told_facts["cycles_ago"] = str(ago)
    before = state.grade
    if lifted := _lifted(rule, state, facts):
        state.vetoes.pop(rule.name, None)
        told_facts["lifted"] = lifted
    else:
        state.vetoes[rule.name] = rule.cycles if now else rule.cycles - (ago or 0)
        told_facts |= {"lasts": str(state.vetoes[rule.name])} | _act(rule, state)
    state.trace("veto", rule.name, before, told_facts, rule.clause, rule.source)


def _lifted(rule: Veto, state: State, facts: Facts) -> str:
    if rule.name in facts.lifted.get(state.id, ()):
        return "decision"
    if rule.lifted is not None and true(compiled(rule.lifted).value(state.look)):
        return str(rule.lifted)
    return ""


def _act(rule: Veto, state: State) -> dict[str, str]:
    """What the veto changes; the facts of it."""
    effect, total = rule.effect, state.total
    found: dict[str, str] = {}
    if effect.zero:
        _zero(rule, state)
    wins = _fix(rule, state) if effect.grade is not None else True
    if not wins and state.fixed:
        found["overruled_by"] = state.fixed.name
    found |= _bind(rule, state)
    if effect.lowest and wins and rule.strength > state.zeroed:
        _to_lowest(rule, state)
    state.ineligible += [each for each in effect.ineligible if each not in state.ineligible]
    if effect.ineligible:
        found["ineligible"] = ", ".join(effect.ineligible)
    if state.total != total:
        found |= {"total_before": told(total), "total": told(state.total)}
    return found


def _zero(rule: Veto, state: State) -> None:
    """A grade that was given for a total must not outlive it."""
    state.total, state.zeroed = ZERO, max(state.zeroed, rule.strength)
    if state.tiered and state.scale.step is not None:
        name, _, _ = reached(state.scale.step, state)
        state.to(state.scale.worse(state.grade, state.settled(name)[0]))


def _fix(rule: Veto, state: State) -> bool:
    """Whether its grade is stronger than one fixed before; of two equally strong the worse one is."""
    grade, held = rule.effect.grade or "", state.fixed
    new = (rule.strength, state.scale.place(grade))
    if held is not None and new <= (held.strength, state.scale.place(held.grade)):
        return held.grade == grade
    state.fixed = Fixed(rule.name, rule.strength, grade)
    state.to(state.settled(grade)[0])
    return True


def _bind(rule: Veto, state: State) -> dict[str, str]:
    """Ceiling, barred grade and places down; a stronger veto that fixed a grade goes before."""
    effect, strength, fixed = rule.effect, rule.strength, state.fixed
    if effect.at_most is not None:
        state.limits.append(Limit(rule.name, strength, "at_most", effect.at_most))
    if effect.never is not None:
        state.limits.append(Limit(rule.name, strength, "never", effect.never))
    if effect.down:
        state.downs.append(Down(rule.name, strength, effect.down))
        if state.grade is not None and (fixed is None or strength > fixed.strength):
            state.to(state.scale.down(state.grade, effect.down))
    if state.grade is not None:
        state.to(state.fits(state.grade))
    weaker = fixed is not None and fixed.name != rule.name and strength < fixed.strength
    return {"overruled_by": fixed.name} if fixed and weaker and (effect.at_most or effect.never or effect.down) else {}


def _to_lowest(rule: Veto, state: State) -> None:
    """The lowest total of the grade it fixed; of a ceiling only when the total is above."""
    grade = rule.effect.grade or rule.effect.at_most
    lowest = state.scale.lowest(grade) if grade else None
    if lowest is not None and (rule.effect.grade or state.total > lowest):
        state.total = lowest
