"""Rulebooks of public bodies run as files: every total and grade as worked out by hand in their tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.documents import read
from rules.schemes import Scheme, parse
from rules.scoring import Facts, Score, score
from rules.scoring.file import facts_of

FOLDER = Path(__file__).parents[2] / "examples" / "rulebooks"
BOOKS = sorted(path.parent for path in FOLDER.glob("*/facts.yaml"))


def scheme_of(folder: Path) -> Scheme:
    found = parse((folder / "scheme.yaml").read_bytes())
    assert isinstance(found, Scheme), found
    return found


def scored(folder: Path) -> dict[object, Score]:
    scheme = scheme_of(folder)
    facts = facts_of(read(folder / "facts.yaml").value, scheme, date(2026, 12, 31))
    assert isinstance(facts, Facts), facts
    return dict(score(scheme, facts).items())


def rows_of(folder: Path) -> Iterator[tuple[str, Decimal | None, str]]:
    """Subject, total (None: not scored) and grade of each row of the hand-worked table."""
    for line in (folder / "expected.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 4 and cells[0] not in ("对象", "") and not set(cells[0]) <= {"-", ":"}:
            yield cells[0], None if cells[1] == "不计分" else Decimal(cells[1]), cells[2]


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_a_rulebook_gives_the_totals_and_grades_worked_out_by_hand(folder: Path):
    found = scored(folder)
    expected = {who: ("not_scored" if total is None else total, grade or None) for who, total, grade in rows_of(folder)}
    told = {
        str(who): ("not_scored" if each.state == "not_scored" else each.total, each.grade)
        for who, each in found.items()
    }
    assert told == expected


def test_there_are_rulebooks():
    assert len(BOOKS) >= 1
