"""What a scheme asks of the facts beyond entries: a running house refuses what it cannot feed, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from rules.expressions import compiled
from rules.problems import Problem
from rules.schemes.checking.outline import outline_of
from rules.schemes.checking.sites import sites_of
from rules.schemes.criteria import Criterion, Dedupe
from rules.schemes.scheme import Scheme
from rules.schemes.standing import standing
from rules.schemes.values import Value

Need = Literal[
    "imported",
    "details",
    "classes",
    "units",
    "population",
    "past",
    "event",
    "cycle",
    "dates",
    "recorders",
    "options",
    "formulas",
    "ballots",
    "promises",
]
"""What a house may not know; whoever names another here is told by mypy, whoever has no words for one by a test."""
OF_NAMES: dict[str, Need] = {
    "imported": "imported",
    "subject": "details",
    "class": "classes",
    "kind": "units",
    "unit": "units",
    "children": "units",
    "figure": "population",
    "previous": "past",
    "streak": "past",
}
OF_ENTRIES = frozenset({"option", "matter", "state"})
OF_WORTH = frozenset({"quantity", "option", "state", "entry.option", "entry.state"})
"""The names an entry's points may be made of: they are figured when the entry is made, from itself alone."""
HERE = frozenset({"member", "organisation"})
"""Who can record in a house: members declare, secretaries record for their organisation."""
LONGEST_OPTION = 64
FINE = frozenset({"day", "week"})
"""Windows shorter than the month: an entry of a house has a month, not a day."""


def beyond_house(scheme: Scheme) -> list[Problem]:
    """Why a running house cannot score by a scheme yet; `zhibu scheme score` takes such facts from a file."""
    found = dict.fromkeys(_needs(scheme))
    return [Problem("scheme_not_live", {"need": need}) for need in found]


def _needs(scheme: Scheme) -> Iterator[Need]:
    yield from (need for asks, need in OF_SCHEMES if asks(scheme))
    yield from _of_shared(scheme)
    for criterion in scheme.criteria.values():
        yield from _of_criterion(criterion)
    for site in sites_of(outline_of(scheme)):
        for name in compiled(site.formula).names:
            head, _, rest = name.partition(".")
            if head in OF_NAMES:
                yield OF_NAMES[head]
            elif name == "entry.on":
                yield "dates"
            elif (head == "entry" and rest not in OF_ENTRIES) or head == "days":
                yield "details"


def _of_shared(scheme: Scheme) -> Iterator[Need]:
    if any(FINE & pool.caps.windows.keys() for pool in scheme.pools):
        yield "dates"
    for group in scheme.groups:
        yield from _of_dedupe(group.dedupe)


def _of_criterion(criterion: Criterion) -> Iterator[Need]:
    yield from (need for asks, need in OF_CRITERIA if asks(criterion))
    table, dedupe = criterion.value.table, criterion.dedupe
    if table is not None and table.keys != ("option",):
        yield "details"
    yield from _of_keys([factor.by for factor in criterion.factors if factor.by])
    if dedupe is not None:
        yield from _of_dedupe(dedupe)
    if FINE & {*criterion.caps.windows, *_windows(criterion.value)}:
        yield "dates"
    if not standing(criterion.value) and _beyond_itself(criterion.value):
        yield "formulas"


def _of_dedupe(dedupe: Dedupe) -> Iterator[Need]:
    yield from _of_keys([*dedupe.by, *(kind.partition("=")[0] for kind in dedupe.kinds)])
    if dedupe.per in FINE:
        yield "dates"


def _of_keys(keys: list[str]) -> Iterator[Need]:
    for key in keys:
        if key not in OF_ENTRIES:
            yield "dates" if key == "on" else "details"


def _windows(value: Value) -> list[str]:
    return [rule.per for rule in (value.cumulative, value.count, value.expected) if rule is not None]


def _beyond_itself(value: Value) -> bool:
    """Whether an entry's points ask for more than the entry."""
    formulas = [value.formula, value.of, None if value.target is None else value.target.at]
    return any(set(compiled(formula).names) - OF_WORTH for formula in formulas if formula is not None)


def _by_class(scheme: Scheme) -> bool:
    exempt = scheme.subjects.exempt
    named = [each.classes for each in scheme.every_node.values()]
    named += [each.classes for each in scheme.steps] + [each.classes for each in exempt]
    return any(named) or any(each.when is not None for each in exempt)


def _other_cycle(scheme: Scheme) -> bool:
    cycle = scheme.cycle
    return cycle.by == "never" or (cycle.by == "dates" and (cycle.start, cycle.months) != ("01-01", 12))


OF_SCHEMES: tuple[tuple[Callable[[Scheme], bool], Need], ...] = (
    (lambda scheme: scheme.subjects.of == "unit", "units"),
    (lambda scheme: scheme.cycle.by == "event", "event"),
    (_other_cycle, "cycle"),
    (lambda scheme: scheme.total.carry is not None, "past"),
    (_by_class, "classes"),
)
OF_CRITERIA: tuple[tuple[Callable[[Criterion], bool], Need], ...] = (
    (lambda criterion: not (standing(criterion.value) or HERE & {*criterion.by}), "recorders"),
    (lambda criterion: any(len(option) > LONGEST_OPTION for option in criterion.options), "options"),
    (lambda criterion: bool(criterion.classes), "classes"),
    (lambda criterion: bool(criterion.credit), "units"),
    (lambda criterion: criterion.winners is not None, "population"),
    (lambda criterion: criterion.enter is not None or criterion.valid is not None, "dates"),
    (lambda criterion: criterion.value.deadline is not None, "dates"),
    (lambda criterion: criterion.value.survey is not None, "ballots"),
    (lambda criterion: criterion.value.promise is not None, "promises"),
)
