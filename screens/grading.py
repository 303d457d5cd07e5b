"""The grade pipeline in sentences: thresholds, levels, gates, quotas, verdicts, and the list of vetoes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rules.schemes import Effect, Gate, Grade, GradeStep, Quota, Scheme, Veto
from rules.schemes.bounds import Formula
from rules.schemes.grades import Consequence, Level, Verdict
from screens.formulas import formula_in_words
from screens.provisions import listed
from screens.texts import Say, clean, joined, names
from screens.worth import figure


def grading_in_words(say: Say, scheme: Scheme) -> list[str]:
    """The steps in their order; vetoes stand in a list of their own."""
    told = []
    for step in scheme.steps:
        for kind in step.kinds:
            if kind != "veto":
                told += [_for(say, step, line) for line in STEPS[kind](say, getattr(step, kind))]
    return told


def vetoes_in_words(say: Say, scheme: Scheme) -> list[str]:
    """Each cause with its effect."""
    return [_for(say, step, _veto(say, step.veto)) for step in scheme.steps if step.veto is not None]


def _for(say: Say, step: GradeStep, told: str) -> str:
    if not step.classes:
        return told
    return say("For {classes}: {told}", classes=listed(say, step.classes), told=told)


def _thresholds(say: Say, grades: tuple[Grade, ...]) -> list[str]:
    return [say("{name}: from {points} points", name=clean(g.name), points=figure(g.start)) for g in grades]


def _levels(say: Say, levels: tuple[Level, ...]) -> list[str]:
    return [say("{name}: {told}", name=clean(each.name), told=formula_in_words(say, each.when)) for each in levels]


def _veto(say: Say, veto: Veto) -> str:
    told = [_effect(say, veto.effect)]
    if veto.cycles:
        told.append(say("holds for {count} cycles more", count=veto.cycles))
    if veto.lifted is not None:
        told.append(say("ends when {condition}", condition=formula_in_words(say, veto.lifted)))
    name = clean(veto.name)
    if veto.clause:
        name = say("{name} ({text})", name=name, text=clean(veto.clause))
    return say("{name}: {told}", name=name, told=joined(say, *told))


def _effect(say: Say, effect: Effect) -> str:
    told = [word(say, clean(grade)) for name, word in EFFECTS.items() if (grade := getattr(effect, name)) is not None]
    if effect.down:
        told.append(say("{count} grades down", count=effect.down))
    if effect.zero:
        told.append(say("the total is zero"))
    if effect.lowest:
        told.append(say("the lowest grade"))
    if effect.ineligible:
        told.append(say("not eligible for {honours}", honours=listed(say, effect.ineligible)))
    return names(say, told)


def _gate(say: Say, gate: Gate) -> list[str]:
    facts = {"grade": clean(gate.grade), "name": clean(gate.name), "condition": formula_in_words(say, gate.when)}
    return [say("For {grade} is needed: {name} ({condition})", **facts)]


def _quota(say: Say, quota: Quota) -> list[str]:
    told = []
    if quota.most is not None:
        told.append(say("at most {share}", share=_share(say, quota.most)))
    if quota.least is not None:
        told.append(say("at least {share}", share=_share(say, quota.least)))
    if quota.allotted:
        told.append(say("as many as are allotted from above"))
    if quota.among:
        told.append(say("within each {groups}", groups=listed(say, quota.among)))
    return [say("{name}: {told}", name=listed(say, quota.grades), told=joined(say, *told))]


def _share(say: Say, share: Formula) -> str:
    """A share as per cent; a number, or a formula, as it is."""
    if isinstance(share, str):
        return formula_in_words(say, share)
    exact = Decimal(str(share))
    return f"{figure(exact * 100)}%" if exact < 1 else figure(exact)


def _verdict(say: Say, verdict: Verdict) -> list[str]:
    told = say("{name} decides and may override with a reason", name=clean(verdict.by))
    among = [say("among {grades}", grades=listed(say, verdict.grades))] if verdict.grades else []
    return [joined(say, told, *among)]


def _consequence(say: Say, what: Consequence) -> list[str]:
    told = [clean(what.name)]
    if what.amount is not None:
        told.append(say("{amount} yuan", amount=figure(what.amount)))
    if what.days is not None:
        told.append(say("within {days} days", days=what.days))
    return [say("When {condition}: {told}", condition=formula_in_words(say, what.when), told=joined(say, *told))]


EFFECTS: Mapping[str, Callable[[Say, str], str]] = {
    "grade": lambda say, grade: say("the grade is {grade}", grade=grade),
    "at_most": lambda say, grade: say("at most {grade}", grade=grade),
    "never": lambda say, grade: say("never {grade}", grade=grade),
}
STEPS: Mapping[str, Callable[[Say, Any], list[str]]] = {
    "thresholds": _thresholds,
    "levels": _levels,
    "gate": _gate,
    "quota": _quota,
    "verdict": _verdict,
    "consequence": _consequence,
}
