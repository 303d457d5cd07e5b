"""What a criterion is worth in words: one function for each kind of value rule, WORTH names them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from rules.schemes import Criterion, Value
from rules.schemes.values import Cumulative, Step
from screens.formulas import formula_in_words
from screens.texts import Say, clean, joined, names, number

Figure = Decimal | int
Worth = Callable[[Say, Criterion], str]


def figure(value: Figure) -> str:
    """A number with the sign of printed tables: −3."""
    return number(value).replace("-", "−")


def points(say: Say, value: Figure) -> str:
    """A number of points: 0.5 分."""
    return say("{points} points", points=figure(value))


def _own(criterion: Criterion, value: Decimal) -> Decimal:
    """Points with the sign of the criterion."""
    return -value if criterion.sign == "minus" and value > 0 else value


def _each(say: Say, criterion: Criterion) -> str:
    value, points = criterion.value, criterion.value.rate
    if value.brackets:
        return joined(say, *_brackets(say, criterion), *_limits(say, value))
    unit = clean(criterion.unit) if value.every == 1 else f" {figure(value.every)} {clean(criterion.unit)}"
    facts = {"points": figure(points), "unit": unit}
    if criterion.sign == "minus":
        text = say("{points} points off for each {unit}", **facts)
    elif criterion.sign == "both":
        text = say("{points} points for or against, each {unit}", **facts)
    else:
        text = say("{points} points for each {unit}", **facts)
    return joined(say, text, *_limits(say, value))


def _brackets(say: Say, criterion: Criterion) -> list[str]:
    rows = []
    for bracket in criterion.value.brackets:
        facts = {"start": figure(bracket.start), "unit": clean(criterion.unit), "every": figure(bracket.every)}
        points = figure(_own(criterion, bracket.points))
        row = say("from {start} {unit} on, {points} points for every {every}", **facts, points=points)
        rows.append(row if bracket.most is None else say("{row}, at most {most}", row=row, most=figure(bracket.most)))
    return rows


def _limits(say: Say, value: Value) -> list[str]:
    limits = [] if value.at_least is None else [say("nothing below {least}", least=figure(value.at_least))]
    return [*limits, say("only whole steps count")] if value.whole else limits


def _named_points(say: Say, name: str, value: Decimal) -> str:
    return say("{name} {points} points", name=clean(name), points=figure(value))


def _rows(say: Say, criterion: Criterion, rows: Mapping[str, Decimal]) -> str:
    return names(say, [_named_points(say, name, _own(criterion, worth)) for name, worth in rows.items()])


def _options(say: Say, criterion: Criterion) -> str:
    value = criterion.value
    zero = [say("{name}: the category is zero", name=clean(name)) for name in value.zero]
    rows = {name: worth for name, worth in (value.options or {}).items() if name not in value.zero}
    return joined(say, _rows(say, criterion, rows), *zero)


def _range(say: Say, criterion: Criterion) -> str:
    assert criterion.value.range is not None
    least, most = criterion.value.range.least, criterion.value.range.most
    facts = {"least": figure(least), "most": figure(most)}
    if criterion.sign == "minus":
        return say("{least} to {most} points off, as judged", **facts)
    return say("{least} to {most} points, as judged", **facts)


def _table(say: Say, criterion: Criterion) -> str:
    assert criterion.value.table is not None
    table, lines, flat = criterion.value.table, [], {}
    for name, row in table.rows.items():
        if isinstance(row, Mapping):
            lines.append(say("{name}: {told}", name=clean(name), told=_rows(say, criterion, row)))
        else:
            flat[name] = row
    return joined(say, _rows(say, criterion, flat), *lines, *_other(say, criterion, table.other))


def _other(say: Say, criterion: Criterion, other: Decimal | None) -> list[str]:
    return [] if other is None else [_named_points(say, say("all others"), _own(criterion, other))]


def _attendance(say: Say, criterion: Criterion) -> str:
    value = criterion.value.attendance
    states = {word(say): getattr(value, state) for state, word in STATES.items()}
    return _rows(say, criterion, {word: worth for word, worth in states.items() if worth is not None})


def _steps(say: Say, criterion: Criterion, steps: tuple[Step, ...]) -> str:
    rows = [
        say("from {start} on {points} points", start=figure(s.start), points=figure(_own(criterion, s.points)))
        for s in steps
    ]
    return names(say, rows)


def _cumulative(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.cumulative
    assert rule is not None
    window = WINDOWS[rule.per](say)
    told = say("by the sum of {window}: {steps}", window=window, steps=_steps(say, criterion, rule.tiers))
    return joined(say, told, say("only the highest tier counts"), *_outside(say, rule))


def _outside(say: Say, rule: Cumulative) -> list[str]:
    told = []
    for each, under in ((rule.under, True), (rule.beyond, False)):
        if each is not None:
            facts = {"points": figure(each.points), "every": figure(each.every)}
            below = say("below the first tier {points} points for every {every}", **facts)
            told.append(below if under else say("above the last tier {points} points for every {every}", **facts))
    return told


def _count(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.count
    assert rule is not None
    rows = [
        say("time {nth}: {points} points", nth=nth, points=figure(_own(criterion, worth)))
        for nth, worth in enumerate(rule.points, 1)
    ]
    if rule.then is not None:
        facts = {"nth": len(rows) + 1, "points": figure(_own(criterion, rule.then))}
        rows.append(say("from time {nth} on {points} points each", **facts))
    if rule.zero_from is not None:
        rows.append(say("from time {nth} on the category is zero", nth=rule.zero_from))
    counted = [] if rule.per == "cycle" else [say("counted in {window}", window=WINDOWS[rule.per](say))]
    return joined(say, names(say, rows), *counted)


def _expected(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.expected
    assert rule is not None
    times = formula_in_words(say, rule.times)
    told = [say("{times} times expected in {window}", times=times, window=WINDOWS[rule.per](say))]
    if rule.each:
        told.append(say("{points} points for each time", points=figure(rule.each)))
    if rule.missing:
        told.append(say("{points} points for each that lacks", points=figure(_against(rule.missing))))
    if rule.extra:
        told.append(say("times beyond count as well"))
    return joined(say, *told)


def _against(value: Decimal) -> Decimal:
    return -abs(value)


def _of(say: Say, value: Value, told: str) -> str:
    if value.of is None:
        return told
    return say("{name}: {told}", name=formula_in_words(say, value.of), told=told)


def _map(say: Say, criterion: Criterion) -> str:
    value = criterion.value
    told = joined(say, _rows(say, criterion, value.map or {}), *_other(say, criterion, value.other))
    return _of(say, value, told)


def _bands(say: Say, criterion: Criterion) -> str:
    return _of(say, criterion.value, _steps(say, criterion, criterion.value.bands or ()))


def _target(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.target
    assert rule is not None
    told = [say("{points} points at {at}", points=figure(rule.full), at=formula_in_words(say, rule.at))]
    facts = {"every": figure(rule.every), "points": figure(rule.points), "above": figure(rule.above)}
    if rule.points:
        told.append(say("for every {every} below {points} points off", **facts))
    if rule.above:
        told.append(say("for every {every} above {above} points more", **facts))
    whole = [say("only whole steps count")] if rule.whole else []
    return _of(say, criterion.value, joined(say, *told, *whole))


def _promise(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.promise
    assert rule is not None
    told = [say("the points that were promised, by how far the promise is kept")]
    if rule.most is not None:
        told.append(say("at most {most} points", most=figure(rule.most)))
    if rule.kept != 1 or rule.broken != 0:
        told.append(say("kept {kept} times, broken {broken} times", kept=figure(rule.kept), broken=figure(rule.broken)))
    return joined(say, *told)


def _deadline(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.deadline
    assert rule is not None
    day = say("working days") if rule.working else say("days")
    terms = [
        say("{name} {count} {days}", name=say("all others") if name == "*" else clean(name), count=count, days=day)
        for name, count in rule.days.items()
    ]
    late = figure(_own(criterion, rule.points))
    told = [say("within {terms}", terms=names(say, terms))]
    told += [say("in time {points} points", points=figure(rule.kept))] if rule.kept else []
    each = say("each late day {points} points", points=late)
    return joined(say, *told, each if rule.per == "day" else say("each late case {points} points", points=late))


def _survey(say: Say, criterion: Criterion) -> str:
    rule = criterion.value.survey
    assert rule is not None
    told = [say("by the result of the evaluation “{name}”", name=clean(rule.round))]
    marks = [
        say("{name} not counted", name=clean(name)) if mark is None else f"{clean(name)} {figure(mark)}"
        for name, mark in rule.options.items()
    ]
    told += [names(say, marks)] if marks else []
    if rule.share:
        told.append(say("share of the ballots with {options}", options=names(say, map(clean, rule.share))))
    weights = {**rule.questions, **rule.audiences}
    if weights:
        rows = [f"{clean(name)} {figure(weight)}" for name, weight in weights.items()]
        told.append(say("weights: {rows}", rows=names(say, rows)))
    return joined(say, *told)


def _formula(say: Say, criterion: Criterion) -> str:
    assert criterion.value.formula is not None
    return say("by formula: {formula}", formula=formula_in_words(say, criterion.value.formula))


WORTH: Mapping[str, Worth] = {
    "fixed": _each,
    "per": _each,
    "options": _options,
    "range": _range,
    "table": _table,
    "attendance": _attendance,
    "cumulative": _cumulative,
    "count": _count,
    "expected": _expected,
    "map": _map,
    "bands": _bands,
    "target": _target,
    "promise": _promise,
    "deadline": _deadline,
    "survey": _survey,
    "formula": _formula,
}
WINDOWS: Mapping[str, Callable[[Say], str]] = {
    "occurrence": lambda say: say("each time"),
    "day": lambda say: say("each day"),
    "week": lambda say: say("each week"),
    "month": lambda say: say("each month"),
    "quarter": lambda say: say("each quarter"),
    "half": lambda say: say("each half-year"),
    "year": lambda say: say("each year"),
    "cycle": lambda say: say("the whole cycle"),
}
STATES: Mapping[str, Callable[[Say], str]] = {
    "present": lambda say: say("present"),
    "late": lambda say: say("late"),
    "left_early": lambda say: say("left early"),
    "leave": lambda say: say("on leave"),
    "absent": lambda say: say("absent"),
    "substitute": lambda say: say("represented"),
    "made_up": lambda say: say("made up for"),
}
