"""Value rules: exactly one, with its own keys only, and nothing in it that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from rules.schemes.checking.numbers import constant, written
from rules.schemes.checking.outline import CriterionPlace, Outline, Path, error, warning
from rules.schemes.checking.references import nearest
from rules.schemes.findings import Finding
from rules.schemes.values import Survey, Value

# keys that serve only some rules; those of `per` must stand together with it
SERVES: dict[str, tuple[str, ...]] = {
    "points": ("per",),
    "every": ("per",),
    "whole": ("per",),
    "brackets": ("per",),
    "at_least": ("per",),
    "zero": ("options",),
    "of": ("map", "bands", "target"),
    "other": ("map",),
}
# what counts alone, and the keys that say nothing beside it
ALONE: dict[str, tuple[str, ...]] = {"brackets": ("points", "every", "whole"), "per": ("unit",)}
UNSET = Value()
Check = Callable[[CriterionPlace, Path], Iterator[Finding]]


def found_in(outline: Outline) -> Iterator[Finding]:
    """What is wrong in the value rule of each criterion."""
    for at in outline.criteria:
        path = (*at.path, "value")
        yield from _one_rule(at, path)
        yield from _left_over(at, path)
        yield from _beside(at, path)
        for each in (_empty, _rates, _tiers, _options, _table, _expected, _promise):
            yield from each(at, path)
        if at.criterion.value.survey is not None:
            yield from _survey(at, (*path, "survey"), at.criterion.value.survey)


def _one_rule(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    value = at.criterion.value
    found = value.kinds + (["points"] if value.points is not None and value.per is None else [])
    if value.kinds == ["per"] and value.points is None and not value.brackets:
        yield error(path, "scheme_per_without_points", **at.facts)
    elif len(found) != 1 or "points" in found:
        yield error(path, "scheme_value_unclear", **at.facts, found="、".join(found))


def _left_over(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    """Keys that serve a rule which is not written."""
    value = at.criterion.value
    for key, rules in SERVES.items():
        if key == "points" or getattr(value, key) == getattr(UNSET, key) or set(rules) & set(value.kinds):
            continue
        yield error((*path, key), "scheme_value_key_left", **at.facts, key=key, serves="、".join(rules))


def _beside(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    """Keys of the written rule that another of its keys makes idle."""
    value = at.criterion.value
    for alone, idle in ALONE.items():
        for key in idle if value.kinds == ["per"] and getattr(value, alone) else ():
            if getattr(value, key) != getattr(UNSET, key):
                yield error((*path, key), "scheme_value_key_beside", **at.facts, key=key, beside=alone)


def _empty(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    value = at.criterion.value
    contents: dict[str, Any] = {
        "options": value.options,
        "map": value.map,
        "bands": value.bands,
        "table": value.table and value.table.rows,
        "cumulative": value.cumulative and value.cumulative.tiers,
        "count": value.count and value.count.points,
        "deadline": value.deadline and value.deadline.days,
    }
    inner = {"table": "rows", "cumulative": "tiers", "count": "points", "deadline": "days"}
    for rule, content in contents.items():
        if content is not None and not content:
            place = (*path, rule, inner[rule]) if rule in inner else (*path, rule)
            yield error(place, "scheme_value_empty", **at.facts, key=str(place[-1]))


def _rates(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    """Steps that quantities are divided by."""
    value = at.criterion.value
    steps = [((*path, "brackets", index, "every"), each.every) for index, each in enumerate(value.brackets)]
    if value.cumulative is not None:
        each_of = {"under": value.cumulative.under, "beyond": value.cumulative.beyond}
        steps += [((*path, "cumulative", key, "every"), each.every) for key, each in each_of.items() if each]
    for place, every in steps:
        if every <= 0:
            yield error(place, "scheme_step_zero", **at.facts, every=written(every))


def _tiers(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    value = at.criterion.value
    yield from _ordered(at, (*path, "brackets"), [each.start for each in value.brackets])
    yield from _ordered(at, (*path, "bands"), [each.start for each in value.bands or ()])
    if value.cumulative is not None:
        yield from _ordered(at, (*path, "cumulative", "tiers"), [each.start for each in value.cumulative.tiers])


def _ordered(at: CriterionPlace, path: Path, starts: Sequence[Decimal]) -> Iterator[Finding]:
    """Tiers go up, or down, all the way; each begins somewhere else."""
    pairs = list(pairwise(starts))
    down = bool(pairs) and pairs[0][0] > pairs[0][1]
    for index, (before, after) in enumerate(pairs, 1):
        facts = at.facts | {"before": written(before), "after": written(after)}
        if before == after:
            yield error((*path, index, "from"), "scheme_tiers_equal", **facts)
        elif (before > after) != down:
            yield error((*path, index, "from"), "scheme_tiers_unordered", **facts)


def _options(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    options = at.criterion.value.options
    for index, option in enumerate(at.criterion.value.zero if options is not None else ()):
        if option not in (options or {}):
            near = nearest(option, options or {})
            yield error((*path, "zero", index), "scheme_option_unknown", **at.facts, unknown=option, nearest=near)


def _table(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    table = at.criterion.value.table
    if table is None:
        return
    if len(table.keys) not in (1, 2):
        yield error((*path, "table", "keys"), "scheme_table_keys", **at.facts, count=len(table.keys))
        return
    for row, cell in table.rows.items():
        if isinstance(cell, dict) != (len(table.keys) == 2):
            facts = at.facts | {"row": row, "keys": "、".join(table.keys)}
            yield error((*path, "table", "rows", row), "scheme_table_row", **facts)


def _expected(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    expected = at.criterion.value.expected
    if expected is None:
        return
    times = constant(expected.times)
    if times is not None and times <= 0:
        yield error((*path, "expected", "times"), "scheme_expected_never", **at.facts, times=written(times))
    if expected.per == "occurrence":
        yield error((*path, "expected", "per"), "scheme_expected_window", **at.facts)
    if expected.each == 0 and expected.missing == 0:
        yield warning((*path, "expected"), "scheme_expected_worthless", **at.facts)


def _promise(at: CriterionPlace, path: Path) -> Iterator[Finding]:
    promise = at.criterion.value.promise
    if promise is not None and promise.broken > promise.kept:
        facts = at.facts | {"kept": written(promise.kept), "broken": written(promise.broken)}
        yield error((*path, "promise", "broken"), "scheme_promise_upside_down", **facts)


def _survey(at: CriterionPlace, path: Path, survey: Survey) -> Iterator[Finding]:
    spans = sorted((low, high, option) for option, (low, high) in survey.ranges.items())
    for low, high, option in spans:
        if low > high:
            facts = at.facts | {"option": option, "least": written(low), "most": written(high)}
            yield error((*path, "ranges", option), "scheme_range_backwards", **facts)
    for (_, before, first), (after, _, second) in pairwise(spans):
        if after < before:
            facts = at.facts | {"first": first, "second": second}
            yield error((*path, "ranges", second), "scheme_ranges_overlap", **facts)
    known = {**survey.options, **survey.ranges}
    for index, option in enumerate(survey.share if known else ()):
        if option not in known:
            near = nearest(option, known)
            yield error((*path, "share", index), "scheme_option_unknown", **at.facts, unknown=option, nearest=near)
