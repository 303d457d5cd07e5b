"""What a scheme asks of the facts beyond entries: a running house refuses what it cannot feed, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rules.expressions import compiled
from rules.problems import Problem
from rules.schemes.checking.outline import outline_of
from rules.schemes.checking.sites import sites_of
from rules.schemes.criteria import Criterion
from rules.schemes.scheme import Scheme

OF_NAMES = {
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
OF_ENTRIES = frozenset({"option", "matter", "on", "state"})


def beyond_house(scheme: Scheme) -> list[Problem]:
    """Why a running house cannot score by a scheme yet; `zhibu scheme score` takes such facts from a file."""
    found = dict.fromkeys(_needs(scheme))
    return [Problem("scheme_not_live", {"need": need}) for need in found]


def _needs(scheme: Scheme) -> Iterator[str]:
    yield from (need for asks, need in OF_SCHEMES if asks(scheme))
    for criterion in scheme.criteria.values():
        yield from _of_criterion(criterion)
    for site in sites_of(outline_of(scheme)):
        for name in compiled(site.formula).names:
            head, _, rest = name.partition(".")
            if head in OF_NAMES:
                yield OF_NAMES[head]
            elif (head == "entry" and rest not in OF_ENTRIES) or head == "days":
                yield "details"


def _of_criterion(criterion: Criterion) -> Iterator[str]:
    yield from (need for asks, need in OF_CRITERIA if asks(criterion))
    table, factors = criterion.value.table, criterion.factors
    keys = [*(table.keys if table else ()), *(factor.by for factor in factors if factor.by)]
    if any(key not in OF_ENTRIES for key in keys):
        yield "details"


def _by_class(scheme: Scheme) -> bool:
    exempt = scheme.subjects.exempt
    named = [each.classes for each in scheme.every_node.values()]
    named += [each.classes for each in scheme.steps] + [each.classes for each in exempt]
    return any(named) or any(each.when is not None for each in exempt)


def _other_cycle(scheme: Scheme) -> bool:
    cycle = scheme.cycle
    return cycle.by == "never" or (cycle.by == "dates" and (cycle.start, cycle.months) != ("01-01", 12))


OF_SCHEMES: tuple[tuple[Callable[[Scheme], bool], str], ...] = (
    (lambda scheme: scheme.subjects.of == "unit", "units"),
    (lambda scheme: scheme.cycle.by == "event", "event"),
    (_other_cycle, "cycle"),
    (lambda scheme: scheme.total.carry is not None, "past"),
    (_by_class, "classes"),
)
OF_CRITERIA: tuple[tuple[Callable[[Criterion], bool], str], ...] = (
    (lambda criterion: bool(criterion.classes), "classes"),
    (lambda criterion: bool(criterion.credit), "units"),
    (lambda criterion: criterion.winners is not None, "population"),
    (lambda criterion: criterion.enter is not None or criterion.valid is not None, "dates"),
    (lambda criterion: criterion.value.deadline is not None, "dates"),
    (lambda criterion: criterion.value.survey is not None, "ballots"),
    (lambda criterion: criterion.value.promise is not None, "promises"),
)
