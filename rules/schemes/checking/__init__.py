"""Every contradiction in a scheme that can be read, and what a national rule advises against, each with its place."""

from __future__ import annotations

from rules.schemes.checking import (
    bounds,
    criteria,
    formulas,
    grading,
    links,
    names,
    nodes,
    numbers,
    quotas,
    references,
    switches,
    values,
    windows,
)
from rules.schemes.checking.outline import Outline, outline_of
from rules.schemes.findings import Finding
from rules.schemes.scheme import Scheme

CHECKS = (names, references, criteria, values, windows, nodes, bounds, formulas, links, grading, quotas, switches)


def check(scheme: Scheme) -> list[Finding]:
    """Every error and warning, in the order of the subjects; a number no arithmetic can use is told alone."""
    unusable = list(numbers.found_in(scheme))
    if unusable:
        return unusable
    outline: Outline = outline_of(scheme)
    return [finding for each in CHECKS for finding in each.found_in(outline)]
