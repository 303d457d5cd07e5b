"""A scheme with its faulty parts left out, so that what contradicts itself elsewhere is told at the same time.

What is told must be true however the faults are mended: so nothing is told of the parts that hold one, and nothing at
all when leaving out would take away what others refer to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from rules.documents import Fault, Path
from rules.schemes.findings import Finding
from rules.schemes.scheme import Scheme

# For fields that a part cannot be without, and to which nothing refers.
STAND_INS = {"value": {"fixed": 1}, "name": "?", "title": "?", "version": "?", "scheme": "?"}
KEPT = frozenset({"document_field_unknown"})  # leaving such a field out loses nothing that was understood

NAMING = frozenset({"subjects", "pools", "groups", "passes", "grades", "grading"})  # others refer to what they name
# What these say follows from the figures or names of many parts together.
FROM_MANY = frozenset(
    {
        "scheme_exempts_all",
        "scheme_grade_unreachable",
        "scheme_inner_above_category",
        "scheme_items_above_category",
        "scheme_items_above_max",
        "scheme_max_below_least",
        "scheme_max_unreachable",
        "scheme_min_unreachable",
        "scheme_quotas_above_all",
        "scheme_quotas_below_all",
        "scheme_quotas_contradict",
        "scheme_target_above_max",
        "scheme_weights_sum",
    }
)


def mended(value: Any, faults: list[Fault]) -> Scheme | None:
    """The scheme without its faulty fields, None when too much would be left out."""
    for fault in faults:
        path = _field(fault)
        if not path or path[0] in NAMING or (_missing(fault) and path[-1] not in STAND_INS):
            return None
        value = _left_out(value, path)
        if value is None:
            return None
    try:
        return msgspec.convert(value, Scheme)
    except msgspec.ValidationError:
        return None


def untouched(findings: list[Finding], faults: list[Fault]) -> list[Finding]:
    """The errors that do not lie in a part with a fault and follow from no such part."""
    parts = [_part(_field(fault)) for fault in faults if fault.problem.code not in KEPT]
    parts = [part for part in parts if part not in (("title",), ("version",), ("scheme",))]
    certain = [each for each in findings if each.severity == "error" and not (parts and each.code in FROM_MANY)]
    return [each for each in certain if not any(each.path[: len(part)] == part for part in parts)]


def _missing(fault: Fault) -> bool:
    return fault.problem.code == "document_field_missing"


def _field(fault: Fault) -> Path:
    """The innermost field that a fault lies in: of an item of a list, the list."""
    if _missing(fault):
        return (*fault.path, str(fault.problem.facts["field"]))
    last = max((number for number, part in enumerate(fault.path) if isinstance(part, str)), default=-1)
    return fault.path[: last + 1]


def _part(field: Path) -> Path:
    """The criterion, category or other item of a list that a field lies in; else what the field belongs to."""
    last = max((number for number, part in enumerate(field) if isinstance(part, int)), default=-1)
    if last >= 0:
        return field[: last + 1]
    return field if field[-1] in STAND_INS else field[:-1]


def _left_out(value: Any, path: Any) -> Any:
    """The value without a field, None when other parts may refer to what is in the field."""
    part, rest = path[0], path[1:]
    if not rest:
        if not isinstance(value, Mapping):
            return value
        held = value.get(part)
        if isinstance(held, list) and any(isinstance(each, Mapping) for each in held):
            return None
        stand_in = {part: STAND_INS[part]} if part in STAND_INS else {}
        return {name: each for name, each in value.items() if name != part} | stand_in
    try:
        inner = _left_out(value[part], rest)
    except (LookupError, TypeError):  # left out before
        return value
    if inner is None:
        return None
    return [*value[:part], inner, *value[part + 1 :]] if isinstance(value, list) else {**value, part: inner}
