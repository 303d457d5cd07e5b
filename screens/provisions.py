"""What a scheme says besides its table, in sentences: notes on criteria and categories, bounds, exemptions, process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from rules.schemes import Criterion, Dedupe, Factor, Node, Periods, Scheme
from screens.formulas import formula_in_words
from screens.schemes import caps_in_words
from screens.texts import Say, clean, joined, names
from screens.worth import WINDOWS, figure

KEYS: Mapping[str, Callable[[Say], str]] = {
    "matter": lambda say: say("matter"),
    "option": lambda say: say("degree"),
    "on": lambda say: say("day"),
}
KEPT: Mapping[str, Callable[[Say], str]] = {
    "highest": lambda say: say("the highest"),
    "lowest": lambda say: say("the lowest"),
    "first": lambda say: say("the first"),
    "last": lambda say: say("the last"),
}
COMBINED: Mapping[str, Callable[[Say], str]] = {
    "sum": lambda say: say("added up"),
    "mean": lambda say: say("their mean"),
    "weighted": lambda say: say("weighted"),
    "best": lambda say: say("the best"),
    "worst": lambda say: say("the worst"),
    "last": lambda say: say("the last"),
}
ABSENT: Mapping[str, Callable[[Say], str]] = {
    "zero": lambda say: say("counts as zero"),
    "mean": lambda say: say("counts as the mean of the others"),
    "full": lambda say: say("counts in full"),
    "skip": lambda say: say("is left out"),
}


def listed(say: Say, texts: Iterable[str]) -> str:
    """Names that people wrote, in a row."""
    return names(say, map(clean, texts))


def notes_on(say: Say, criterion: Criterion) -> list[str]:
    """What else holds for a criterion, a sentence each."""
    notes = [] if criterion.dedupe is None else [_once(say, criterion.dedupe)]
    if criterion.group is not None:
        notes.append(say("one matter counts once in the group “{name}”", name=clean(criterion.group)))
    notes += [_factor(say, factor) for factor in criterion.factors]
    notes += _held(say, criterion.classes, criterion.when)
    notes += _in_time(say, criterion)
    for credit in criterion.credit:
        notes.append(say("goes to the account of {name}", name=clean(credit.to)))
    if criterion.lifts:
        notes.append(say("ends the effect of {codes}", codes=listed(say, criterion.lifts)))
    if criterion.winners is not None:
        notes.append(say("at most {count} of all get it", count=criterion.winners))
    return notes


def _held(say: Say, classes: tuple[str, ...], when: object) -> list[str]:
    """For whom and when something holds."""
    told = [say("for {classes}", classes=listed(say, classes))] if classes else []
    if when is not None:
        told.append(say("only when {condition}", condition=formula_in_words(say, str(when))))
    return told


def _once(say: Say, rule: Dedupe) -> str:
    keys = names(say, [KEYS[key](say) if key in KEYS else clean(key) for key in rule.by])
    facts = {"keys": keys, "kept": KEPT[rule.keep](say), "count": rule.most, "window": WINDOWS[rule.per](say)}
    if not rule.by:
        told = say("in {window} only {kept} {count} count", **facts)
    else:
        told = say("of the same {keys} in {window} only {kept} {count} count", **facts)
    kinds = [
        say("of {name} at most {count}", name=clean(name.replace("=", " ")), count=most)
        for name, most in rule.kinds.items()
    ]
    return joined(say, told, *kinds)


def _factor(say: Say, factor: Factor) -> str:
    if factor.by is not None:
        rows = [f"{clean(name)} ×{figure(times)}" for name, times in factor.of.items()]
        return say("multiplied by {key}: {rows}", key=clean(factor.by), rows=names(say, rows))
    told = say("multiplied by {times}", times=formula_in_words(say, 1 if factor.times is None else factor.times))
    return joined(say, told, *_held(say, (), factor.when))


def _in_time(say: Say, criterion: Criterion) -> list[str]:
    told = []
    if criterion.valid is not None:
        months = formula_in_words(say, criterion.valid.months)
        ends = say("valid {months} months from the end of the act", months=months)
        told.append(ends if criterion.valid.start == "until" else say("valid {months} months", months=months))
    if criterion.enter is not None:
        days = criterion.enter.within_days
        late = say("to be recorded within {days} days; late ones are kept", days=days)
        told.append(late if criterion.enter.late == "kept" else say("to be recorded within {days} days", days=days))
    return told


def notes_on_category(say: Say, node: Node) -> list[str]:
    """What else holds for a category, a sentence each."""
    notes = _held(say, node.classes, node.when)
    if node.formula is not None:
        notes.append(say("by formula: {formula}", formula=formula_in_words(say, node.formula)))
    if node.weight is not None:
        notes.append(say("weight {weight}", weight=formula_in_words(say, node.weight)))
    if node.counts == "outside":
        notes.append(say("added after the bounds of the total"))
    if node.counts == "aside":
        notes.append(say("only shown, not in the total"))
    notes += periods_in_words(say, node.periods)
    notes += _any(say, node)
    if node.absent != "zero":
        notes.append(say("where nothing applies it {told}", told=ABSENT[node.absent](say)))
    if node.local is not None:
        facts = {"count": node.local.most, "points": figure(node.local.points)}
        notes.append(say("lower units may add {count} criteria of at most {points} points each", **facts))
    return notes


def periods_in_words(say: Say, periods: Periods | None) -> list[str]:
    """How sub-periods are brought together."""
    if periods is None:
        return []
    facts = {"window": WINDOWS[periods.per](say), "combined": COMBINED[periods.combine](say)}
    told = say("figured for {window}, then {combined}", **facts)
    weights = [figure(weight) for weight in periods.weights]
    return [say("{told} ({weights})", told=told, weights=names(say, weights)) if weights else told]


def _any(say: Say, node: Node) -> list[str]:
    rule = node.any
    if rule is None:
        return []
    told = [say("any {need} of them: {points} points", need=rule.need, points=figure(rule.full))]
    if rule.short:
        told.append(say("with fewer {points} points each", points=figure(rule.short)))
    if rule.extra:
        told.append(say("each beyond {points} points", points=figure(rule.extra)))
    if rule.most is not None:
        told.append(say("at most {most} points", most=figure(rule.most)))
    return [joined(say, *told)]


def bounds_of(say: Say, node: Node) -> str:
    """The most, least and full mark of a category: （最多 12 分、最少 −15 分）."""
    told = [say("starts at {points} points", points=figure(node.full))] if node.full else []
    if node.max is not None:
        told.append(say("at most {most} points", most=figure(node.max)))
    if node.min is not None:
        told.append(say("at least {least} points", least=figure(node.min)))
    return names(say, told)


def total_in_words(say: Say, scheme: Scheme) -> list[str]:
    """Base, bounds and periods of the total, and the dates of a month."""
    total = scheme.total
    told = [say("Base {points} points.", points=figure(total.base))] if total.base else []
    bounds: list[tuple[Decimal | None, Callable[[str], str]]] = [
        (total.min, lambda points: say("The total is at least {points} points.", points=points)),
        (total.max, lambda points: say("The total is at most {points} points.", points=points)),
        (total.target, lambda points: say("Target: {points} points.", points=points)),
        (total.carry, lambda share: say("Of the last total, {share} times is carried over.", share=share)),
    ]
    told += [say_it(figure(bound)) for bound, say_it in bounds if bound is not None]
    if total.formula is not None:
        told.append(say("The total by formula: {formula}", formula=formula_in_words(say, total.formula)))
    told += [say("The total is {told}.", told=each) for each in periods_in_words(say, total.periods)]
    for pool in scheme.pools:
        inside = [clean(each.name) for each in scheme.criteria.values() if each.pool == pool.name]
        facts = {"criteria": names(say, inside), "caps": caps_in_words(say, pool.caps)}
        told.append(say("{criteria} together at most {caps}.", **facts))
    told += [say("{name}: {told}", name=clean(group.name), told=_once(say, group.dedupe)) for group in scheme.groups]
    return [*told, *_suspensions(say, scheme)]


def _suspensions(say: Say, scheme: Scheme) -> list[str]:
    told = []
    for each in scheme.suspend:
        when = formula_in_words(say, each.when)
        minus = say("While {condition}, deductions are only recorded.", condition=when)
        told.append(
            minus if each.sign == "minus" else say("While {condition}, additions are only recorded.", condition=when)
        )
    return told


def exemptions_in_words(say: Say, scheme: Scheme) -> list[str]:
    """Who is not scored, or not graded."""
    told = []
    for each in scheme.subjects.exempt:
        effect = say("not scored") if each.effect == "not_scored" else say("scored, not graded")
        whom = joined(say, *_held(say, each.classes, each.when), clean(each.about))
        asked = [say("on application")] if each.on_request else []
        steps = [say("approved by {names}", names=listed(say, each.approvals))] if each.approvals else []
        told.append(say("{effect}: {told}", effect=effect, told=joined(say, whom, *asked, *steps)))
    return told


def process_in_words(say: Say, scheme: Scheme) -> list[str]:
    """The stages in order, and the dates of a month."""
    told = []
    for number, stage in enumerate(scheme.process, 1):
        name = clean(stage.name)
        if stage.by:
            name = say("{name} ({text})", name=name, text=clean(stage.by))
        days = [] if stage.days is None else [say("within {days} days", days=stage.days)]
        told.append(f"{number}. " + joined(say, name, *days, clean(stage.about)))
    facts = {"review": scheme.months.review_until, "close": scheme.months.close_on}
    return [*told, say("Reviewed until day {review} of the next month, closed on day {close}.", **facts)]
