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

# What says why a bound is below the least there is: the bound need not be told beside it.
TELLING = ("scheme_base_above_max", "scheme_full_above_max", "scheme_inner_above_category")
CHECKS = (names, references, criteria, values, windows, nodes, bounds, formulas, links, grading, quotas, switches)


def check(scheme: Scheme) -> list[Finding]:
    """Every error and warning, in the order of the subjects; a number no arithmetic can use is told alone."""
    unusable = list(numbers.found_in(scheme))
    if unusable:
        return unusable
    outline: Outline = outline_of(scheme)
    found = [finding for each in CHECKS for finding in each.found_in(outline)]
    told = {finding.path[:-1] for finding in found if finding.code in TELLING}
    return [each for each in found if each.code != "scheme_max_below_least" or each.path[:-1] not in told]
