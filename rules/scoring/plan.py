"""A scheme made ready for scoring: what is looked up for every entry is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from rules.schemes.criteria import Caps, Criterion, Dedupe
from rules.schemes.nodes import Node, Periods
from rules.schemes.scheme import Scheme
from rules.schemes.subjects import Pass
from rules.scoring.spans import KEYS
from rules.scoring.worth import WINDOWED, WORTH, Worth, standing

Bound = tuple[Callable[[date], Hashable] | None, Decimal | None, Decimal | None]
"""One cap: the window's key (None: each entry by itself), the least and the most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion made ready; `plain` ones need no more than their worth and their caps."""

    criterion: Criterion
    node: Node
    worth: Worth
    minus: bool
    bounds: tuple[Bound, ...]
    windowed: bool
    standing: bool
    plain: bool
    lifted_by: tuple[str, ...]

    @property
    def ahead(self) -> int:
        """The sign of what a row is going to bring where only its window says how much; 0 where it is known already."""
        return (-1 if self.minus else 1) if self.windowed else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole scheme made ready."""

    scheme: Scheme
    rules: dict[str, Rule]
    standing: tuple[str, ...]
    pools: dict[str, tuple[str, ...]]
    pool_bounds: dict[str, tuple[Bound, ...]]
    groups: dict[str, tuple[str, ...]]
    group_rules: dict[str, Dedupe]
    passes: dict[str, Pass]
    credited: frozenset[str]
    crossing: bool  # whether figures of one subject may ask for those of another
    detailed: tuple[str, ...]  # criteria whose entries count by more than their month and points
    above: dict[str, tuple[Periods, ...]]  # category → the sub-periods of what stands around it


def plan_of(scheme: Scheme) -> Plan:
    """The scheme's plan, kept with it: a scheme never changes."""
    kept: Plan | None = scheme.__dict__.get("plan")
    if kept is None:
        kept = scheme.__dict__["plan"] = _planned(scheme)
    return kept


def _planned(scheme: Scheme) -> Plan:
    rules = {criterion.code: _rule(scheme, node, criterion) for node, criterion in scheme.walk()}
    return Plan(
        scheme,
        rules,
        tuple(code for code, rule in rules.items() if rule.standing or rule.criterion.value.expected is not None),
        {pool.name: tuple(c.code for _, c in scheme.walk() if c.pool == pool.name) for pool in scheme.pools},
        {pool.name: _bounds(pool.caps, "both") for pool in scheme.pools},
        {group.name: tuple(c.code for _, c in scheme.walk() if c.group == group.name) for group in scheme.groups},
        {group.name: group.dedupe for group in scheme.groups},
        {each.name: each for each in scheme.passes},
        frozenset(code for code, rule in rules.items() if rule.criterion.credit),
        bool(scheme.passes) or any(_reaches_out(node) for node in scheme.every_node.values()),
        _detailed(scheme, rules),
        _above(scheme),
    )


def _detailed(scheme: Scheme, rules: dict[str, Rule]) -> tuple[str, ...]:
    # a formula anywhere may add up the quantities of any criterion by `sum.CODE`
    adds_up = b"sum." in msgspec.json.encode(scheme)
    return tuple(code for code, rule in rules.items() if adds_up or not rule.plain)


def _reaches_out(node: Node) -> bool:
    criteria = any(not each.value.kinds or each.value.kind in ("formula", "survey") for each in node.criteria)
    return criteria or node.formula is not None or node.absent == "mean" or node.when is not None


def _above(scheme: Scheme) -> dict[str, tuple[Periods, ...]]:
    found: dict[str, tuple[Periods, ...]] = {}

    def walk(nodes: tuple[Node, ...], above: tuple[Periods, ...]) -> None:
        for node in nodes:
            found[node.code] = above
            own = () if node.periods is None else (node.periods,)
            walk(node.nodes, above + own)

    whole = () if scheme.total.periods is None else (scheme.total.periods,)
    for node in scheme.nodes:
        walk((node,), whole if node.counts == "inside" else ())
    return found


def _rule(scheme: Scheme, node: Node, criterion: Criterion) -> Rule:
    value = criterion.value
    special = (
        criterion.classes,
        criterion.when,
        criterion.factors,
        criterion.dedupe,
        criterion.group,
        criterion.pool,
        criterion.valid,
        criterion.enter,
        criterion.winners,
        criterion.round is not None,
        value.zero,
        value.of is not None,
        value.formula is not None,
        criterion.evidence == "required",
        scheme.suspend,
        value.formula is not None,  # these ask for names of the entry
        value.of is not None,
        value.target is not None,
    )
    lifted_by = tuple(other.code for _, other in scheme.walk() if criterion.code in other.lifts)
    windowed, stands = value.kind in WINDOWED, standing(value)
    return Rule(
        criterion,
        node,
        WORTH[value.kind],
        criterion.sign == "minus",
        _bounds(criterion.caps, criterion.sign),
        windowed,
        stands,
        not any(special) and not lifted_by and not windowed and not stands,
        lifted_by,
    )


def _bounds(caps: Caps, sign: str) -> tuple[Bound, ...]:
    return tuple(
        (
            KEYS.get(window),
            -cap if sign in ("minus", "both") else None,
            cap if sign in ("plus", "both") else None,
        )
        for window, cap in caps.windows.items()
    )
