"""How long scoring takes: a whole city's year under the scheme of 50 criteria, and one entry's effect on one year."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, against
from benchmarks.process import HOUSE, Samples
from benchmarks.town import NOW, town
from handlers.context import Context, House
from handlers.ledger.posting import summarise
from rules.access import SYSTEM
from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, score
from storage import ledger
from storage.engine import Connection, Database

CITY, ENTRY = "score_city_s", "score_entry_ms"
RULEBOOK = Path(__file__).parents[1] / "examples" / "b1-member-points" / "scheme.yaml"
MEMBERS, MONTHS, A_MONTH = 10_000, 12, 8
YEAR = NOW.year
READ_ON = date(2026, 12, 31)


def figures(_samples: Samples, full: bool) -> list[Figure]:
    """Seconds for a full recompute of a city, and milliseconds an entry costs a member's year beyond its insert."""
    return [_city(MEMBERS if full else MEMBERS // 10), _entry(200 if full else 50)]


def _city(members: int) -> Figure:
    scheme = parse(RULEBOOK.read_bytes())
    if not isinstance(scheme, Scheme):
        raise TypeError(f"the rulebook does not read: {scheme}")
    rows = _rows(scheme, members)
    begun = perf_counter()
    plain: dict[int, Decimal] = {}
    for member, _, _, _, points in rows:
        plain[member] = plain.get(member, Decimal(60)) + points
    added = perf_counter()
    facts: dict[int | str, list[Entry]] = {member: [] for member in range(members)}
    for member, number, code, day, points in rows:
        facts[member].append(Entry(number, code, day, points))
    found = score(scheme, Facts(READ_ON, facts), parts=False)
    took = perf_counter() - added
    if len(found) != members:
        raise ValueError(f"{len(found)} of {members} members were scored")
    detail = (
        f"{members:,} members × {MONTHS} months × {A_MONTH} entries under {len(scheme.criteria)} criteria, "
        f"one process, rows already read, with grades; here scaled to {MEMBERS:,} members; "
        f"baseline: the same points summed, without any cap"
    )
    scale = MEMBERS / members
    return against(CITY, took * scale, "s", (added - begun) * scale, detail)


def _rows(scheme: Scheme, members: int) -> list[tuple[int, int, str, date, Decimal]]:
    chance = random.Random(4)
    criteria = list(scheme.criteria.values())
    points = [Decimal(quarters) / 4 for quarters in range(1, 9)]
    rows: list[tuple[int, int, str, date, Decimal]] = []
    for member in range(members):
        for month in range(1, MONTHS + 1):
            for _ in range(A_MONTH):
                criterion = chance.choice(criteria)
                worth = chance.choice(points)
                signed = -worth if criterion.sign == "minus" else worth
                rows.append((member, len(rows), criterion.code, date(2026, month, 1), signed))
    return rows


def _entry(rounds: int) -> Figure:
    """In the town of the console's figures: re-scoring one member's year and storing its sums, inside a unit."""
    folder = town(HOUSE / "build")
    database = Database(folder / "zhibu.db")
    surroundings = House(ZoneInfo("Asia/Shanghai"))
    try:
        people = database.read(
            lambda connection: sorted(ledger.members_with_figures(connection, "b1-member-points", YEAR))
        )
        chosen = random.Random(5).sample(people, rounds)

        def unit(connection: Connection) -> tuple[list[float], list[float], int]:
            context = Context(connection, SYSTEM, NOW, surroundings)
            entries, summarised, read = 0, [], []
            for member in [people[0], *chosen]:
                begun = perf_counter()
                entries += len(ledger.years_of(connection, [member], "b1-member-points", YEAR)[member].entries)
                between = perf_counter()
                summarise(context, {("b1-member-points", YEAR, member)})
                read.append(between - begun)
                summarised.append(perf_counter() - between)
            return summarised[1:], read[1:], entries  # the first one reads the rulebook

        took, read, entries = database.write(unit)
    finally:
        database.close()
    detail = (
        f"median of {rounds} members with {entries / (rounds + 1):.0f} entries each, of 10,000 with 1,000,000: "
        f"the year is read, scored by caps and categories and its sums are stored; "
        f"baseline: the entries read and not scored"
    )
    return against(ENTRY, median(took) * 1000, "ms", median(read) * 1000, detail)
