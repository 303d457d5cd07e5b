"""Who shares the places of a quota, and how many places that makes: exact fractions, then rounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from rules.expressions import compiled, number
from rules.grading.results import told
from rules.grading.state import State
from rules.schemes.bounds import Formula
from rules.schemes.grades import Quota

if TYPE_CHECKING:  # rules.scoring uses this package
    from rules.scoring.facts import Facts

# A formula gives 28 digits, and 1/3 of 30 must be 10: so the fraction is found again. Two different fractions with
# denominators no larger than this are at least 10^-18 apart, so it is the right one.
LARGEST_DENOMINATOR = 10**9
HALF = Fraction(1, 2)
ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "down": floor,
    "half_up": lambda figure: floor(figure + HALF),
    "up": ceil,
}
Strictest = Callable[[Iterable[Decimal]], Decimal]


@dataclass(frozen=True, slots=True)
class Circle:
    """Those who share the places of a quota; `merged` names the groups taken together because they were small."""

    name: str
    members: list[State]
    merged: tuple[str, ...] = ()


def circles(rule: Quota, states: Iterable[State]) -> list[Circle]:
    """The groups of a quota; who has none of its grades on his scale takes no part."""
    groups: dict[str, list[State]] = defaultdict(list)
    for state in states:
        if not set(rule.grades).isdisjoint(state.scale.names):
            groups["/".join(_trait(state, name) for name in rule.among)].append(state)
    small = tuple(sorted(name for name, members in groups.items() if len(members) < rule.smallest))
    found = [Circle(name, members) for name, members in groups.items() if name not in small]
    if len(small) > 1:
        found.append(Circle(" + ".join(small), [state for name in small for state in groups[name]], small))
    return found + [Circle(name, groups[name]) for name in small if len(small) == 1]


def allotted(circle: Circle, facts: Facts) -> int | None:
    """The number given from above; of groups taken together, the sum; None when one of them was given none."""
    given = [facts.allotted.get(name) for name in circle.merged or (circle.name,)]
    known = [each for each in given if each is not None]
    return sum(known) if len(known) == len(given) else None


def places(formula: Formula, rule: Quota, members: Sequence[State], strictest: Strictest) -> int | None:
    """How many places a share or number makes; None without data. Where members' formulas differ, the strictest."""
    expression = compiled(formula)
    asked = members if expression.names else members[:1]
    answers = [number(expression.value(state.look)) for state in asked]
    figures = [each for each in answers if each is not None]
    if not figures or len(figures) < len(answers):
        return None
    exact = Fraction(strictest(figures)).limit_denominator(LARGEST_DENOMINATOR)
    share = exact < 1 or expression.text.rstrip().endswith(("%", "％"))
    return max(ROUNDINGS[rule.round](exact * len(members) if share else exact), 0)


def _trait(state: State, name: str) -> str:
    subject = state.standing.subject
    trait: object
    if name == "unit":
        trait = subject.unit
    elif name in {"class", "kind"}:
        trait = state.standing.look(name)
    else:
        trait = subject.details.get(name.removeprefix("subject."))
    if trait is None or isinstance(trait, bool | Decimal | str | tuple):
        return told(trait)
    return str(trait)
