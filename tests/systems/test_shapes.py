"""Every shape of rule has one example that runs, and what the table of shapes says beside it holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from benchmarks.rulebooks import FAMILIES, ROW, SHAPES, books
from bot.documents import read
from rules.documents import read as read_text
from rules.schemes import Criterion, Overlay, Scheme, parse
from rules.schemes.reading import judge
from rules.schemes.versions import with_overlay
from rules.scoring import Entry, Facts, score
from rules.scoring.file import facts_of

FOLDER = Path(__file__).parents[2] / "examples" / "rulebooks"
POINTS = FOLDER / "shapes-points"
ROWS = [row for line in SHAPES.read_text(encoding="utf-8").splitlines() if (row := ROW.match(line))]
EVERY = [f"{family}{place:02}" for family, last in FAMILIES.items() for place in range(1, last + 1)]


@pytest.fixture(scope="module")
def ran() -> dict[str, set[str]]:
    """Rulebook → the rules its traces name."""
    return {book.folder.name: book.rules for book in books()}


def test_every_shape_has_one_row():
    assert len(EVERY) == 100
    assert [row[1] for row in ROWS] == EVERY


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_the_example_of_a_shape_runs(row: list[str], ran: dict[str, set[str]]):
    assert row[3] in ran[row[2]]


def scheme_and_overlay() -> tuple[Scheme, Overlay]:
    scheme = parse((POINTS / "scheme.yaml").read_bytes())
    assert isinstance(scheme, Scheme), scheme
    judged = judge(read_text((POINTS / "overlay.yaml").read_bytes()))
    assert isinstance(judged.found, Overlay), judged.wrong
    return scheme, judged.found


def test_a_village_adds_criteria_of_its_own_and_they_count():
    scheme, overlay = scheme_and_overlay()
    both = with_overlay(scheme, overlay)
    assert isinstance(both, Scheme), both
    facts = facts_of(read(POINTS / "facts.yaml").value, both, date(2026, 12, 31))
    assert isinstance(facts, Facts), facts
    before = score(scheme, facts)
    own = [Entry("o1", "E1", date(2026, 4, 4)), Entry("o2", "E2", date(2026, 4, 5), option="组织")]
    after = score(both, replace(facts, entries={**facts.entries, "甲": [*facts.entries["甲"], *own]}))
    gained = {who: after[who].total - before[who].total for who in before}
    assert {who: more for who, more in gained.items() if more} == {"甲": Decimal(4)}


@pytest.mark.parametrize(
    ("points", "more", "code"), [(3, 0, "overlay_too_much"), (2, 4, "overlay_too_many"), (2, 3, None)]
)
def test_a_village_adds_no_more_than_the_rulebook_lets_it(points: int, more: int, code: str | None):
    scheme, overlay = scheme_and_overlay()
    value = {"fixed": points}
    added = [
        msgspec.convert({"code": f"N{n}", "name": f"新{n}", "value": value}, Criterion, strict=False)
        for n in range(more)
    ]
    first, second = overlay.add["village_items"]
    if not more:
        second = msgspec.structs.replace(second, value=msgspec.convert(value, type(second.value), strict=False))
    found = with_overlay(scheme, msgspec.structs.replace(overlay, add={"village_items": (first, second, *added)}))
    codes = Counter(each.problem.code for each in found) if isinstance(found, list) else Counter()
    assert codes == Counter([code] if code else [])


def test_a_source_that_contradicts_itself_is_refused_place_by_place():
    judged = judge(read_text((FOLDER / "102-quarter-quota" / "scheme.yaml").read_bytes()))
    assert [each.problem.code for each in judged.errors] == [
        "scheme_window_longer",
        "scheme_items_above_category",
        "scheme_window_longer",
    ]
