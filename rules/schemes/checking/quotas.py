"""Quotas: in the smallest group they leave room for somebody and do not contradict one another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rules.schemes.bounds import Formula
from rules.schemes.checking.numbers import constant, written
from rules.schemes.checking.outline import Outline, Path, error, warning
from rules.schemes.findings import Finding
from rules.schemes.grades import Quota


class Placed(NamedTuple):
    """A quota with its place and whom it holds for."""

    path: Path
    quota: Quota
    classes: tuple[str, ...]


def found_in(outline: Outline) -> Iterator[Finding]:
    """Quotas without a number, quotas that leave nobody, quotas that cannot hold together."""
    quotas = [
        Placed((*path, "quota"), step.quota, step.classes)
        for path, step in zip(outline.steps_at, outline.scheme.steps, strict=True)
        if step.quota is not None
    ]
    for each in quotas:
        yield from _open(each)
        yield from _nobody(each)
    for index, first in enumerate(quotas):
        for second in quotas[index:]:
            yield from _against(first, second)
    yield from _together(outline, quotas)


def number_of(share: Formula | None, size: int, rounding: str) -> int | None:
    """How many of a group a share (below 1) or a number allows; None when it must be worked out or is not written."""
    number = constant(share)
    if number is None:
        return None
    exact = number * size if number < 1 else number
    if rounding == "half_up":
        return math.floor(exact + Fraction(1, 2))
    return math.ceil(exact) if rounding == "up" else math.floor(exact)


def _open(each: Placed) -> Iterator[Finding]:
    quota, facts = each.quota, {"grades": "、".join(each.quota.grades)}
    if not quota.grades:
        yield error((*each.path, "grades"), "scheme_quota_gradeless")
    if quota.most is None and quota.least is None and not quota.allotted:
        yield error(each.path, "scheme_quota_open", **facts)


def _nobody(each: Placed) -> Iterator[Finding]:
    """A share that, rounded, gives nobody in the smallest group; of one group of all, the size is not known."""
    quota = each.quota
    share = constant(quota.most)
    if share is None or not 0 < share < 1 or number_of(quota.most, quota.smallest, quota.round) != 0:
        return
    enough = math.ceil(1 / (2 * share)) if quota.round == "half_up" else math.ceil(1 / share)
    facts = {"grades": "、".join(quota.grades), "share": str(quota.most), "size": quota.smallest, "enough": enough}
    tell = error if quota.among or quota.smallest > 1 else warning
    yield tell((*each.path, "most"), "scheme_quota_nobody", **facts)


def _against(first: Placed, second: Placed) -> Iterator[Finding]:
    """At least so many of some grades, at most fewer of the same or of more."""
    pairs = [(first, second), (second, first)] if first is not second else [(first, first)]
    for lower, upper in pairs:
        if not (set(lower.quota.grades) <= set(upper.quota.grades) and _same_groups(lower, upper)):
            continue
        size = max(lower.quota.smallest, upper.quota.smallest)
        least = number_of(lower.quota.least, size, lower.quota.round)
        most = number_of(upper.quota.most, size, upper.quota.round)
        if least is not None and most is not None and least > most:
            facts = {"grades": "、".join(upper.quota.grades), "size": size, "least": least, "most": most}
            yield error((*lower.path, "least"), "scheme_quotas_contradict", **facts)


def _same_groups(first: Placed, second: Placed) -> bool:
    return first.quota.among == second.quota.among and first.classes == second.classes


def _together(outline: Outline, quotas: list[Placed]) -> Iterator[Finding]:
    """All that is asked for at least, and all that is allowed at most, held against a group of a hundred and more."""
    seen: list[Placed] = []
    for each in quotas:
        if any(_same_groups(each, other) for other in seen):
            continue
        seen.append(each)
        alike = [other for other in quotas if _same_groups(each, other)]
        yield from _too_many(alike)
        yield from _too_few(outline, alike)


def _too_many(quotas: list[Placed]) -> Iterator[Finding]:
    asked = [each for each in quotas if 0 < (constant(each.quota.least) or 0) < 1]
    if _apart(asked):
        shares = sum((constant(each.quota.least) or Fraction(0) for each in asked), Fraction(0))
        if shares > 1:
            yield error((*asked[-1].path, "least"), "scheme_quotas_above_all", share=written(shares * 100))


def _too_few(outline: Outline, quotas: list[Placed]) -> Iterator[Finding]:
    """Every grade has its share at most, and the shares do not make up all."""
    allowed = [each for each in quotas if 0 <= (constant(each.quota.most) or -1) < 1]
    named = {grade for each in allowed for grade in each.quota.grades}
    if allowed and _apart(allowed) and named >= set(outline.grade_names):
        shares = sum((constant(each.quota.most) or Fraction(0) for each in allowed), Fraction(0))
        if shares < 1:
            yield error((*allowed[-1].path, "most"), "scheme_quotas_below_all", share=written(shares * 100))


def _apart(quotas: list[Placed]) -> bool:
    """Whether no two of them speak of the same grade."""
    grades = [grade for each in quotas for grade in set(each.quota.grades)]
    return len(grades) == len(set(grades))
