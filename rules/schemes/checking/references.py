"""What parts of a scheme say of one another: pools, groups, classes, lifted and credited criteria."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from rules.members import UNIT_KINDS
from rules.schemes.checking.names import alike
from rules.schemes.checking.outline import CriterionPlace, Outline, Path, error, warning
from rules.schemes.findings import Finding

KINDS = ("member", "unit", *UNIT_KINDS)  # a subject's kind may stand where a class does


def found_in(outline: Outline) -> Iterator[Finding]:
    """References to what is not there, credit that goes in a circle, shared rules nobody shares."""
    for at in outline.criteria:
        yield from _shared(outline, at)
        yield from _criteria(outline, at)
    yield from _credit_loops(outline)
    yield from _classes(outline)
    yield from _unused(outline)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, or nothing."""
    return next(iter(get_close_matches(word, list(known), 1, 0.5)), "")


def _shared(outline: Outline, at: CriterionPlace) -> Iterator[Finding]:
    pools = [pool.name for pool in outline.scheme.pools]
    groups = [group.name for group in outline.scheme.groups]
    if at.criterion.pool is not None and at.criterion.pool not in pools:
        near = nearest(at.criterion.pool, pools)
        yield error((*at.path, "pool"), "scheme_pool_unknown", **at.facts, pool=at.criterion.pool, nearest=near)
    if at.criterion.group is not None and at.criterion.group not in groups:
        near = nearest(at.criterion.group, groups)
        yield error((*at.path, "group"), "scheme_group_unknown", **at.facts, group=at.criterion.group, nearest=near)


def _criteria(outline: Outline, at: CriterionPlace) -> Iterator[Finding]:
    named: list[tuple[Path, str]] = [
        ((*at.path, "lifts", index), code) for index, code in enumerate(at.criterion.lifts)
    ]
    named += [
        ((*at.path, "credit", index, "as"), each.code) for index, each in enumerate(at.criterion.credit) if each.code
    ]
    known = outline.scheme.criteria
    unknown = [each for each in named if each[1] not in known]
    by_name = {alike(each.name): each.code for each in known.values()} if unknown else {}
    for path, code in unknown:
        near = by_name.get(alike(code)) or nearest(code, known)
        yield error(path, "scheme_criterion_unknown", **at.facts, unknown=code, nearest=near)


def _credit_loops(outline: Outline) -> Iterator[Finding]:
    onward = {
        at.criterion.code: [each.code for each in at.criterion.credit if each.code and each.code != at.criterion.code]
        for at in outline.criteria
    }
    told: set[frozenset[str]] = set()
    for at in outline.criteria:
        circle = _circle_from(at.criterion.code, onward)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            yield error((*at.path, "credit"), "scheme_credit_loop", **at.facts, circle=" → ".join([*circle, circle[0]]))


def _circle_from(start: str, onward: dict[str, list[str]]) -> list[str]:
    """The way from a criterion back to itself, nothing when there is none."""
    waiting, seen = [[start]], {start}
    while waiting:
        way = waiting.pop(0)
        for code in onward.get(way[-1], ()):
            if code == start:
                return way
            if code not in seen:
                seen.add(code)
                waiting.append([*way, code])
    return []


def _classes(outline: Outline) -> Iterator[Finding]:
    declared = outline.scheme.subjects.classes
    if not declared:
        return
    for path, classes in _restricted(outline):
        for index, name in enumerate(classes):
            if name not in declared and name not in KINDS:
                near = nearest(name, declared)
                yield error((*path, "for", index), "scheme_class_unknown", unknown=name, nearest=near)


def _restricted(outline: Outline) -> Iterator[tuple[Path, tuple[str, ...]]]:
    scheme = outline.scheme
    yield from ((at.path, at.node.classes) for at in outline.nodes)
    yield from ((at.path, at.criterion.classes) for at in outline.criteria)
    yield from ((("passes", index), each.classes) for index, each in enumerate(scheme.passes))
    yield from ((("grading", index), each.classes) for index, each in enumerate(scheme.grading))
    yield from ((("subjects", "exempt", index), each.classes) for index, each in enumerate(scheme.subjects.exempt))


def _unused(outline: Outline) -> Iterator[Finding]:
    used = {at.criterion.pool for at in outline.criteria} | {at.criterion.group for at in outline.criteria}
    named = [(("pools", index), each.name) for index, each in enumerate(outline.scheme.pools)]
    named += [(("groups", index), each.name) for index, each in enumerate(outline.scheme.groups)]
    for path, name in named:
        if name not in used:
            yield warning(path, "scheme_part_unused", name=name)
