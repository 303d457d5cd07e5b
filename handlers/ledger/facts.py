"""A year of the ledger as the facts a rulebook is tried on: what another version would make of what really happened."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.context import Context, Handler, Refused, refuse
from rules.periods import read_on
from rules.scoring import Entry
from storage import ledger, members, schemes


@dataclass(frozen=True, slots=True)
class YearOfFacts:
    """The entries of a scheme's year, of everybody under the unit it holds for; year 0 is the current one."""

    scheme: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class FactsOfYear:
    """Who was there (code, name, unit's name) and the entries of each, as scoring takes them; judged anew."""

    as_of: str
    people: tuple[tuple[str, str, str], ...]
    entries: tuple[tuple[str, Entry, bool], ...]


def year_of_facts(context: Context, request: YearOfFacts) -> FactsOfYear | Refused:
    """Everything a scheme's year was made of."""
    known = {row.scheme: row for row in schemes.versions(context.connection)}
    row = known.get(request.scheme) if request.scheme else next(iter(known.values()), None)
    if row is None:
        return refuse("no_scheme")
    year = request.year or context.today.year
    people = {person.id: person for person in members.people_under(context.connection, row.path, context.today)}
    found = ledger.years_of(context.connection, people, row.scheme, year)
    ledger.add_lines(
        context.connection, found, row.scheme, year, {e.criterion for of in found.values() for e in of.entries}
    )
    scheme = context.version(row.id).scheme
    judged = {code for code, criterion in scheme.criteria.items() if criterion.value.range is not None}
    return FactsOfYear(
        read_on(context.today, year).isoformat(),
        tuple((person.code, person.name, person.unit_name) for person in people.values()),
        tuple(
            (people[number].code, entry, entry.criterion in judged)
            for number, of in found.items()
            for entry in of.entries
        ),
    )


REQUESTS: dict[type, Handler] = {YearOfFacts: year_of_facts}
