"""Posting to the ledger, and the summary of each member's year kept with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from handlers.context import Context, Published
from rules.periods import period_of, read_on, year_of
from rules.scoring import ZERO, Entry, Facts, Score, score
from rules.scoring.plan import plan_of
from storage import ledger, schemes
from storage.declarations import Line
from storage.locks import hold_members


def post_lines(context: Context, lines: Sequence[Line]) -> None:
    """Posts approved lines and brings the summary of each member's year up to date.

    An entry belongs to its line's month, or to the month of the decision when that one is closed.
    """
    rows, touched = [], set()
    periods = {line.period for line in lines}
    names = {context.version(line.version).scheme.scheme for line in lines}
    closed = {name: schemes.closed_among(context.connection, name, periods, keep=True) for name in names}
    for line in lines:
        published = context.version(line.version)
        over = line.period in closed[published.scheme.scheme]
        period = period_of(context.today) if over else line.period
        rows.append(
            {
                "key": f"line:{line.id}",
                "member_id": line.member,
                "unit_id": line.unit,
                "version_id": line.version,
                "scheme": published.scheme.scheme,
                "year": year_of(period),
                "period": period,
                "line_id": line.id,
                "criterion": line.criterion,
                "points": line.points,
                "posted_by": context.actor.member or line.recorded_by,
                "posted_at": context.now,
            }
        )
        touched.add((published.scheme.scheme, year_of(period), line.member))
    ledger.post(context.connection, rows)
    summarise(context, touched)


def summarise(context: Context, touched: Iterable[tuple[str, int, int]]) -> None:
    """Re-scores (scheme, year, member) and stores the figures."""
    classes: dict[tuple[str, int], set[int]] = {}
    wanted = list(touched)
    hold_members(context.connection, [member for _, _, member in wanted])
    for scheme, year, member in wanted:
        classes.setdefault((scheme, year), set()).add(member)
    for (scheme, year), who in classes.items():
        rows = []
        for member, published, facts in _years(context, scheme, year, who, NOTHING, None):
            result = score(published.scheme, facts, parts=False)[member]
            for node, posted, counted in figures_of(result):
                rows.append(
                    {
                        "member_id": member,
                        "scheme": scheme,
                        "year": year,
                        "node": node,
                        "posted": posted,
                        "counted": counted,
                        "updated_at": context.now,
                    }
                )
        ledger.put_summary(context.connection, rows)


def figures_of(result: Score) -> list[tuple[str, Decimal, Decimal]]:
    """The rows of the summary: (node, posted, counted), the total last; a category posts its own entries only."""
    rows = [(figure.node, figure.posted, figure.counted) for figure in result.figures]
    return [*rows, (ledger.TOTAL, sum((row[1] for row in rows), ZERO), result.total)]


@dataclass(frozen=True, slots=True)
class Tried:
    """Entries tried as if they were posted, by member, and the scheme versions they would be posted under."""

    entries: Mapping[int, list[Entry]] = field(default_factory=dict)
    versions: frozenset[int] = frozenset()


NOTHING = Tried()


def scored(
    context: Context, scheme: str, year: int, who: Iterable[int], tried: Tried = NOTHING, today: date | None = None
) -> dict[int, tuple[Published, Score]]:
    """Member → the version that holds for his year and his score, as of a day (now when none is given).

    It is the newest version of his entries, with the criteria it dropped that others of them were posted under.
    """
    return {
        member: (published, score(published.scheme, facts)[member])
        for member, published, facts in _years(context, scheme, year, who, tried, today)
    }


def _years(
    context: Context, scheme: str, year: int, who: Iterable[int], tried: Tried, today: date | None
) -> Iterator[tuple[int, Published, Facts]]:
    """Each member with the version that holds for his year, and the facts of it."""
    years = ledger.years_of(context.connection, list(who), scheme, year)
    as_of = read_on(today or context.today, year)
    holding = {member: _holding(context, member, found.versions | tried.versions) for member, found in years.items()}
    detailed = {code for each in holding.values() if each is not None for code in plan_of(each.scheme).detailed}
    ledger.add_lines(context.connection, years, scheme, year, sorted(detailed))
    for member, published in holding.items():
        if published is not None:
            entries = years[member].entries + tried.entries.get(member, [])
            yield member, published, Facts(as_of, {member: entries}, calendar=context.house.calendar, whole=False)


def _holding(context: Context, member: int, versions: set[int]) -> Published | None:
    return context.carried(versions) if versions else _in_force(context, member)


def _in_force(context: Context, member: int) -> Published | None:
    """The version for a member whose year has no entry yet."""
    person = context.person(member)
    return None if person is None else context.scheme_for(person.path)
