"""Which provisions of published rulebooks run as files: `make rulebooks` prints a row for each of the 104 records.

A provision is one entry of a record's lists. It is expressed when a part of the scheme names it (`source: 041.items.3`)
and the facts beside it bring that part into a trace; the tiers of an item are expressed as far as the facts use them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.documents import read
from rules.schemes import Scheme, parse, sources_of
from rules.scoring import Facts, Line, score
from rules.scoring.file import facts_of
from rules.scoring.worth import standing

FOLDER = Path(__file__).parents[1] / "examples" / "rulebooks"
SHAPES = Path(__file__).parents[1] / "docs" / "scheme-shapes.md"
STRICT = ("items", "deductions", "conditions", "rules")
LAST_DAY = date(2026, 12, 31)
ROW = re.compile(r"^\| ([A-F]\d\d) \|[^|]*\| `([^`]+)` \| `([^`]+)` \|")


@dataclass(slots=True)
class Book:
    """One rulebook that runs: the sources its traces name, and the different tiers used under each."""

    folder: Path
    sources: set[str] = field(default_factory=set)
    tiers: dict[str, set[str]] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)


def books() -> Iterator[Book]:
    """Every rulebook with facts, scored with its trace."""
    for path in sorted(FOLDER.glob("*/facts.yaml")):
        scheme = parse((path.parent / "scheme.yaml").read_bytes())
        if not isinstance(scheme, Scheme):
            raise ValueError(f"{path.parent.name}: {scheme}")
        facts = facts_of(read(path).value, scheme, LAST_DAY)
        if not isinstance(facts, Facts):
            raise ValueError(f"{path.parent.name}: {facts}")
        book = Book(path.parent)
        for result in score(scheme, facts, trace=True).values():
            for line in result.trace:
                _note(book, scheme, line)
        yield book


def _note(book: Book, scheme: Scheme, line: Line) -> None:
    book.sources.update(line.sources)
    book.rules.add(line.rule)
    criterion = scheme.criteria.get(line.rule)
    if criterion is None or "why" in line.facts or line.step not in ("entry", "criterion"):
        return
    if line.step == "entry":
        used = line.facts.get("option") or line.facts.get("state") or f"{line.before} for {line.facts['quantity']}"
    elif standing(criterion.value) and "standing" in line.facts:
        used = line.facts["standing"]
    else:
        return
    for source in sources_of(criterion.source):
        book.tiers.setdefault(source, set()).add(used)


def expressed(
    number: str, lists: Mapping[str, int], sources: set[str], tiers: Mapping[str, set[str]]
) -> dict[str, int]:
    """How many entries of each list of a record are expressed."""
    found = {}
    for name, length in lists.items():
        own = sum(f"{number}.{name}.{index}" in sources for index in range(1, length + 1))
        item = re.fullmatch(r"(items|deductions)\.(\d+)\.\w+", name)
        used = len(tiers.get(f"{number}.{item[1]}.{item[2]}", ())) if item else 0
        found[name] = max(own, min(length, used))
    return found


def shapes_shown(books_: list[Book]) -> tuple[set[str], set[str]]:
    """The shapes whose example is in the table of shapes and ran, and those whose row names what did not run."""
    rules = {book.folder.name: book.rules for book in books_}
    shown: set[str] = set()
    broken: set[str] = set()
    for line in SHAPES.read_text(encoding="utf-8").splitlines():
        if row := ROW.match(line):
            (shown if row[3] in rules.get(row[2], ()) else broken).add(row[1])
    return shown, broken


def main() -> None:
    """Prints the table, then the sums."""
    records: dict[str, Any] = yaml.safe_load((FOLDER / "records.yaml").read_text(encoding="utf-8"))
    running = list(books())
    sources = {source for book in running for source in book.sources}
    tiers = {source: used for book in running for source, used in book.tiers.items()}
    folders = {number: book.folder.name for book in running for number in re.findall(r"\d{3}", book.folder.name)}
    sums = [0, 0, 0, 0]
    print(f"{'record':<8}{'kind':<24}{'strict':>9}{'all lists':>12}  rulebook")
    for number, record in records.items():
        figures = _figures(number, record["lists"], sources, tiers) if number in folders else (0, 0, 0, 0)
        sums = [one + other for one, other in zip(sums, figures, strict=True)]
        strict, whole = f"{figures[1]}/{figures[0]}", f"{figures[3]}/{figures[2]}"
        print(f"{number:<8}{record['kind']:<24}{strict:>9}{whole:>12}  {folders.get(number, '-')}")
    shown, broken = shapes_shown(running)
    every = {f"{family}{place:02}" for family, last in FAMILIES.items() for place in range(1, last + 1)}
    print(f"rulebooks {len(folders)} of {len(records)} records")
    print(f"shapes {len(shown)} of {len(every)}; missing: {' '.join(sorted(every - shown)) or 'none'}")
    if broken:
        print(f"shapes whose example does not run: {' '.join(sorted(broken))}")
    print(f"items, deductions, conditions, rules alone: provisions {sums[0]} expressed {sums[1]}")
    print(f"provisions {sums[2]} expressed {sums[3]}")


FAMILIES = {"A": 17, "B": 38, "C": 11, "D": 5, "E": 14, "F": 15}


def _figures(
    number: str, lists: Mapping[str, int], sources: set[str], tiers: Mapping[str, set[str]]
) -> tuple[int, int, int, int]:
    """Strict and wide: how many entries there are, how many are expressed."""
    found = expressed(number, lists, sources, tiers)
    strict = [name for name in lists if name in STRICT]
    return (
        sum(lists[name] for name in strict),
        sum(found[name] for name in strict),
        sum(lists.values()),
        sum(found.values()),
    )


if __name__ == "__main__":
    main()
