"""Quotas: how many of a group may, or must, have a grade; who has no place goes to the next grade, the lowest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rules.grading.circles import Circle, allotted, circles, places
from rules.grading.ranking import Row, divided, ranked
from rules.grading.results import told
from rules.grading.state import State
from rules.schemes.grades import Quota

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Facts, Id


def quota(rule: Quota, states: Iterable[State], facts: Facts) -> None:
    """Keeps each group to the numbers of a quota; `most` before `least` where both are written."""
    for circle in circles(rule, states):
        given = allotted(circle, facts) if rule.allotted else None
        if rule.least is None or rule.most is not None:
            _most(rule, circle, given)
        if rule.least is not None:
            _least(rule, circle, None if rule.most is not None else given)


def _most(rule: Quota, circle: Circle, given: int | None) -> None:
    limit = given
    if limit is None and rule.most is not None:
        limit = places(rule.most, rule, circle.members, min)
    holders = [state for state in circle.members if state.grade in rule.grades]
    if limit is None:
        return _unknown(rule, circle, holders)
    rows = ranked(holders, rule)
    stay, leave = divided(rows, limit, rule.equal == "in")
    equal = _boundary(rows, len(stay)) if len(stay) < limit else []
    ranks = _ranks(rows, stay)
    for state in leave:
        why = "equal" if state in equal else "surplus"
        _move(rule, state, _below(rule, state), _facts(why, rule, circle, limit) | ranks[state.id])
    return None


def _least(rule: Quota, circle: Circle, given: int | None) -> None:
    needed = given
    if needed is None and rule.least is not None:
        needed = places(rule.least, rule, circle.members, max)
    better = [state for state in circle.members if state.scale.place(state.grade) < _first(rule, state)]
    if needed is None:
        return _unknown(rule, circle, better)
    # No grade at all is less than the lowest of them.
    there = sum(1 for state in circle.members if state.grade is None or state.grade in rule.grades)
    rows = ranked(better, rule)
    stay, leave = divided(rows, len(better) - max(needed - there, 0), rule.equal == "out")
    ranks = _ranks(rows, stay)
    for state in leave:
        target = state.fits(state.scale.names[_first(rule, state)])
        _move(rule, state, target, _facts("shortfall", rule, circle, needed) | ranks[state.id])
    return None


def _unknown(rule: Quota, circle: Circle, touched: Iterable[State]) -> None:
    """A number nobody knows yet takes nothing from anybody, but must be seen."""
    for state in touched:
        _move(rule, state, state.grade, _facts("no_number", rule, circle, None))


def _move(rule: Quota, state: State, grade: str | None, facts: dict[str, str]) -> None:
    before = state.grade
    state.to(grade)
    state.trace("quota", "/".join(rule.grades), before, facts, "", rule.source)


def _first(rule: Quota, state: State) -> int:
    """The place of the best of the quota's grades."""
    return min(state.scale.place(grade) for grade in rule.grades)


def _below(rule: Quota, state: State) -> str | None:
    """The next grade below all of the quota's that no veto or gate keeps from."""
    names = state.scale.names
    last = max(names.index(grade) for grade in rule.grades if grade in names)
    return state.fits(names[last + 1]) if last + 1 < len(names) else None


def _boundary(rows: list[Row], places_taken: int) -> Row:
    """The row that stands on the boundary, with fewer places left than it needs."""
    before = 0
    for row in rows:
        if before == places_taken:
            return row
        before += len(row)
    return []


def _facts(why: str, rule: Quota, circle: Circle, limit: int | None) -> dict[str, str]:
    formula = rule.least if why == "shortfall" or rule.most is None else rule.most
    facts = {"why": why, "group": circle.name, "size": str(len(circle.members))}
    if limit is not None:
        facts["limit"] = str(limit)
    if formula is not None:
        facts["rule"] = str(formula)
    if circle.merged:
        facts["merged"] = ", ".join(circle.merged)
    return facts


def _ranks(rows: list[Row], stay: Row) -> dict[Id, dict[str, str]]:
    """Each one's place (equal ones share it) among those who were ranked, and the lowest total that stayed."""
    shared = {"ranked": str(sum(map(len, rows)))}
    if stay:
        shared["boundary"] = told(min(state.total for state in stay))
    found: dict[Id, dict[str, str]] = {}
    for row in rows:
        place = str(len(found) + 1)
        found |= {state.id: shared | {"place": place, "total": told(state.total)} for state in row}
    return found
