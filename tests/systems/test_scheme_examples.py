"""The thirty commonest shapes on the page for secretaries: every example gives what its table works out by hand."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from rules.documents import read
from rules.schemes import Scheme, check, parse
from rules.scoring import Facts, Score, score
from rules.scoring.file import facts_of

PAGE = Path(__file__).parents[2] / "docs" / "scheme-examples.md"
SHAPES = re.findall(
    r"\S+",
    "A04 B02 B01 A01 F02 B37 A03 A09 A10 C03 F07 A11 C01 A14 B11 "
    "B28 D02 E02 F04 B03 F03 C02 C07 A12 B06 B08 B14 B27 A05 B05",
)
HEADING = re.compile(r"^### (?P<shape>[A-F]\d\d) \S.*$", re.MULTILINE)
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = "| 对象 | 总分 | 等次 | 手算 |"


class Example(NamedTuple):
    """What stands under one heading."""

    shape: str
    words: str
    blocks: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def examples() -> list[Example]:
    page = PAGE.read_text(encoding="utf-8")
    found = list(HEADING.finditer(page))
    ends = [heading.start() for heading in found[1:]] + [len(page)]
    return [example(each["shape"], page[each.end() : end]) for each, end in zip(found, ends, strict=True)]


def example(shape: str, text: str) -> Example:
    text = re.split(r"^## ", text, flags=re.MULTILINE)[0]
    _, _, table = text.partition(HEAD)
    cells = (tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in table.splitlines())
    rows = tuple(row for row in cells if len(row) == 4 and not set(row[0]) <= {"-"})
    return Example(shape, text.partition("```")[0].strip(), tuple(BLOCK.findall(text)), rows)


EXAMPLES = examples()


def scheme_of(found: Example) -> Scheme:
    scheme = parse(found.blocks[0].encode())
    assert isinstance(scheme, Scheme), scheme
    return scheme


def scored(found: Example) -> dict[str, Score]:
    scheme = scheme_of(found)
    facts = facts_of(read(found.blocks[1].encode()).value, scheme, date(2026, 12, 31))
    assert isinstance(facts, Facts), facts
    return {str(who): each for who, each in score(scheme, facts).items()}


def told(each: Score) -> tuple[object, str | None]:
    return "不计分" if each.state == "not_scored" else each.total, each.grade


def test_each_of_the_thirty_shapes_has_one_heading():
    assert sorted(each.shape for each in EXAMPLES) == sorted(SHAPES)


@pytest.mark.parametrize("found", EXAMPLES, ids=lambda found: found.shape)
def test_an_example_has_words_a_small_scheme_facts_and_a_table(found: Example):
    assert found.words
    assert len(found.blocks) == 2
    assert 10 <= len(found.blocks[0].splitlines()) <= 22
    assert found.blocks[1].startswith("# 数据\n")
    assert len(found.rows) >= 2


@pytest.mark.parametrize("found", EXAMPLES, ids=lambda found: found.shape)
def test_an_example_gives_the_totals_and_grades_worked_out_by_hand(found: Example):
    expected = {
        who: ("不计分" if total == "不计分" else Decimal(total), grade or None) for who, total, grade, _ in found.rows
    }
    assert {who: told(each) for who, each in scored(found).items()} == expected


@pytest.mark.parametrize("found", EXAMPLES, ids=lambda found: found.shape)
def test_checking_an_example_warns_of_nothing(found: Example):
    assert [finding.problem for finding in check(scheme_of(found))] == []


@pytest.mark.parametrize("found", EXAMPLES, ids=lambda found: found.shape)
def test_every_total_of_an_example_says_how_it_came_about(found: Example):
    assert all(row[3] for row in found.rows)
