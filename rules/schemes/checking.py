"""Every contradiction in a scheme that can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rules.problems import Problem
from rules.schemes.criteria import Criterion
from rules.schemes.nodes import Node
from rules.schemes.scheme import Scheme


def check(scheme: Scheme) -> list[Problem]:
    """Every contradiction in a scheme that can be read."""
    codes = Counter([*(node.code for node in scheme.every_node.values()), *(each.code for _, each in scheme.walk())])
    names = Counter(name for _, criterion in scheme.walk() for name in (criterion.name, *criterion.aliases))
    problems = [Problem("scheme_code_twice", {"code": code}) for code, count in codes.items() if count > 1]
    problems += [Problem("scheme_name_twice", {"name": name}) for name, count in names.items() if count > 1]
    for node, criterion in scheme.walk():
        problems += _check_criterion(node, criterion)
    starts = [grade.start for grade in scheme.grades]
    if starts != sorted(starts, reverse=True):
        problems.append(Problem("scheme_grades_unordered", {}))
    return problems


def _check_criterion(node: Node, criterion: Criterion) -> Iterator[Problem]:
    facts = {"code": criterion.code, "name": criterion.name}
    value = criterion.value
    if len(value.kinds) != 1:
        yield Problem("scheme_value_unclear", facts)
    if not criterion.by:
        yield Problem("scheme_nobody_records", facts)
    if (criterion.sign == "minus" or value.attendance is not None) and "member" in criterion.by:
        yield Problem("scheme_member_deducts", facts)
    for cap in criterion.caps.windows.values():
        if node.max is not None and criterion.sign == "plus" and cap > node.max:
            yield Problem("scheme_cap_above_category", facts | {"category": node.name})
