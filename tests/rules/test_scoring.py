"""A year's figures by hand-computed tables: caps by month and year, categories, deductions, attendance, the total."""

from datetime import date
from decimal import Decimal

import pytest

from rules.schemes import Scheme, parse
from rules.scoring import Entry, Facts, Id, Score, score

TEXT = """
scheme: s
version: "1"
title: 办法
total: {base: 60, min: 50, max: 75}
grades: [{name: 优, from: 70}, {name: 中, from: 60}, {name: 差, from: 0}]
nodes:
  - code: A
    name: 甲
    max: 8
    min: -5
    criteria:
      - {code: study, name: 学习, value: {fixed: 0.5}, caps: {month: 1, year: 3}}
      - {code: help, name: 服务, value: {per: 小时, points: 0.5}, caps: {year: 4}}
      - {code: prize, name: 表彰, value: {fixed: 6}}
      - {code: meeting, name: 会议, caps: {month: 0.5, year: 2}, by: [organisation],
         value: {attendance: {present: 0.5, late: 0.25, leave: 0, absent: -1}}}
      - {code: late, name: 迟交, value: {fixed: 1}, sign: minus, caps: {month: 2, year: 3}, by: [organisation]}
      - {code: breach, name: 违纪, value: {fixed: 4}, sign: minus, by: [organisation]}
  - code: B
    name: 乙
    criteria:
      - {code: free, name: 其他, value: {fixed: 1}}
"""


def read(text: str) -> Scheme:
    scheme = parse(text)
    assert isinstance(scheme, Scheme), scheme
    return scheme


SCHEME = read(TEXT)


def entries(rows: str) -> list[Entry]:
    """Rows "criterion month points", or "back N" for the reversal of row N; numbered from 1."""
    found: list[Entry] = []
    for number, row in enumerate(filter(None, map(str.strip, rows.split(","))), 1):
        name, month, *points = row.split()
        if name == "back":
            taken = found[int(month) - 1]
            found.append(
                Entry(number, taken.criterion, date(2026, 12, 1), -(taken.points or Decimal(0)), reverses=taken.id)
            )
        else:
            found.append(Entry(number, name, date(2026, int(month), 1), Decimal(points[0])))
    return found


def year(rows: str, scheme: Scheme = SCHEME) -> Score:
    return score(scheme, Facts(date(2026, 12, 31), {1: entries(rows)}))[1]


def counted(result: Score) -> dict[str, Decimal]:
    return {figure.node: figure.counted for figure in result.figures}


@pytest.mark.parametrize(
    ("rows", "a", "b", "total"),
    [
        pytest.param("", "0", "0", "60", id="nothing: the base"),
        pytest.param("study 01 0.5", "0.5", "0", "60.5", id="one entry"),
        pytest.param("study 01 0.5, study 01 0.5", "1", "0", "61", id="exactly the month's cap"),
        pytest.param("study 01 0.5, study 01 0.5, study 01 0.5", "1", "0", "61", id="over the month's cap"),
        pytest.param("study 01 0.75, study 01 0.5", "1", "0", "61", id="half of an entry over the month's cap"),
        pytest.param("study 01 1.5, study 02 0.5", "1.5", "0", "61.5", id="what a month lost comes back in no other"),
        pytest.param(
            "study 01 1, study 02 1, study 03 1, study 04 1", "3", "0", "63", id="over the year's cap, month by month"
        ),
        pytest.param("help 01 3, help 02 3", "4", "0", "64", id="a year's cap without a month's"),
        pytest.param("study 01 9, help 01 9", "5", "0", "65", id="each criterion has its own caps"),
        pytest.param("study 01 1, meeting 01 0.5", "1.5", "0", "61.5", id="also within one month"),
        pytest.param("prize 01 6, help 01 4", "8", "0", "68", id="over the category's most"),
        pytest.param("prize 01 6, help 01 4, late 01 -1", "8", "0", "68", id="a deduction from what was over the most"),
        pytest.param("prize 01 6, help 01 4, breach 01 -4", "6", "0", "66", id="a deduction beyond what was over"),
        pytest.param("late 01 -1", "-1", "0", "59", id="a deduction"),
        pytest.param("late 01 -1, late 01 -1, late 01 -1", "-2", "0", "58", id="over the month's cap of a deduction"),
        pytest.param("late 01 -2, late 02 -2", "-3", "0", "57", id="over the year's cap of a deduction"),
        pytest.param("breach 01 -4, breach 01 -4", "-5", "0", "55", id="below the category's least"),
        pytest.param("breach 01 -4, breach 02 -4, help 03 2", "-5", "0", "55", id="a gain below the least"),
        pytest.param(
            "breach 01 -4, breach 02 -4, help 03 4", "-4", "0", "56", id="a gain that reaches above the least"
        ),
        pytest.param("meeting 01 0.5", "0.5", "0", "60.5", id="present"),
        pytest.param("meeting 01 0.25", "0.25", "0", "60.25", id="late for a meeting"),
        pytest.param("meeting 01 0", "0", "0", "60", id="on leave"),
        pytest.param("meeting 01 -1", "-1", "0", "59", id="absent"),
        pytest.param("meeting 01 0.5, meeting 01 0.5", "0.5", "0", "60.5", id="two meetings of a month, one counts"),
        pytest.param("meeting 01 -1, meeting 01 -1", "-2", "0", "58", id="a cap upward does not bound absences"),
        pytest.param("meeting 01 0.5, meeting 01 -1", "-0.5", "0", "59.5", id="present once, absent once"),
        pytest.param(
            "meeting 01 0.5, meeting 01 0.5, meeting 01 -1", "0", "0", "60", id="the month is capped as a sum"
        ),
        pytest.param(
            "meeting 01 0.5, meeting 02 0.5, meeting 03 0.5, meeting 04 0.5, meeting 05 0.5, meeting 06 -1",
            "1.5",
            "0",
            "61.5",
            id="so is the year",
        ),
        pytest.param("free 01 7", "0", "7", "67", id="a category without bounds"),
        pytest.param("free 01 7, prize 01 6", "6", "7", "73", id="categories are added"),
        pytest.param("free 01 20", "0", "20", "75", id="the most of the total"),
        pytest.param("free 01 20, breach 01 -4", "-4", "20", "75", id="still the most of the total"),
        pytest.param("free 01 -20", "0", "-20", "50", id="the least of the total"),
        pytest.param("study 12 1, study 01 1", "2", "0", "62", id="months in any order"),
        pytest.param("gone 01 5, study 01 0.5", "0.5", "0", "60.5", id="a criterion the scheme does not have"),
        pytest.param("study 01 1, back 1", "0", "0", "60", id="taken back"),
        pytest.param(
            "study 01 1, study 01 1, back 1", "1", "0", "61", id="the next one moves up when one is taken back"
        ),
        pytest.param("prize 01 6, prize 02 6, back 1", "6", "0", "66", id="also under the category's most"),
        pytest.param("breach 01 -4, back 1", "0", "0", "60", id="a deduction taken back"),
    ],
)
def test_entries_become_the_figures_of_the_year(rows: str, a: str, b: str, total: str):
    result = year(rows)
    assert (counted(result), result.total) == ({"A": Decimal(a), "B": Decimal(b)}, Decimal(total))


# row by row: posted, after the criterion's caps, after the category's bounds
@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ("study 01 0.5", [("0.5", "0.5", "0.5")]),
        ("study 01 0.75, study 01 0.5", [("0.75", "0.75", "0.75"), ("0.5", "0.25", "0.25")]),
        ("study 02 1, study 01 1, study 03 1, study 04 1", [("1", "1", "1")] * 3 + [("1", "0", "0")]),
        ("prize 01 6, help 02 3, late 03 -1", [("6", "6", "6"), ("3", "3", "2"), ("-1", "-1", "0")]),
        ("help 02 3, prize 01 6", [("3", "3", "2"), ("6", "6", "6")]),
        ("breach 01 -4, late 02 -2, help 03 1.5", [("-4", "-4", "-4"), ("-2", "-2", "-1"), ("1.5", "1.5", "0.5")]),
        ("meeting 01 0.5, meeting 01 0.5", [("0.5", "0.5", "0.5"), ("0.5", "0", "0")]),
        ("meeting 01 1, meeting 01 -1", [("1", "0.5", "0.5"), ("-1", "-0.5", "-0.5")]),
    ],
)  # fmt: skip
def test_each_entry_says_what_it_brought(rows: str, parts: list[tuple[str, str, str]]):
    found = sorted(year(rows).parts, key=lambda part: part.entry)
    assert [(part.posted, part.capped, part.counted, part.cancelled) for part in found] == [
        (*(Decimal(number) for number in part), False) for part in parts
    ]


def test_what_was_taken_back_stands_in_the_parts_as_cancelled():
    found = {
        part.entry: (part.posted, part.counted, part.cancelled) for part in year("study 01 1, help 01 1, back 1").parts
    }
    assert found == {
        1: (Decimal(1), Decimal(0), True),
        2: (Decimal(1), Decimal(1), False),
        3: (Decimal(-1), Decimal(0), True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "posted", "room"),
    [
        ("", "0", "8"),
        ("prize 01 6", "6", "2"),
        ("prize 01 6, prize 02 6", "12", "0"),
        ("study 01 3", "3", "7"),
        ("breach 01 -4", "-4", "12"),
        ("prize 01 6, back 1", "0", "8"),
    ],
)
def test_a_category_says_what_was_posted_and_what_may_still_count(rows: str, posted: str, room: str):
    figure = year(rows).figures[0]
    assert (figure.node, figure.posted, figure.room) == ("A", Decimal(posted), Decimal(room))


def test_a_category_without_a_most_has_no_room_to_name():
    assert year("free 01 7").figures[1].room is None


@pytest.mark.parametrize(
    ("rows", "grade"),
    [
        ("free 01 10", "优"),
        ("free 01 9.999", "中"),
        ("", "中"),
        ("late 01 -0.001", "差"),
        ("free 01 -60", "差"),
    ],
)
def test_the_total_within_its_bounds_decides_the_grade(rows: str, grade: str):
    assert year(rows).grade == grade


@pytest.mark.parametrize(
    ("total", "rows", "expected"),
    [
        ("{}", "free 01 -3", "-3"),
        ("{base: 100}", "free 01 -3", "97"),
        ("{base: 100, max: 100}", "free 01 3", "100"),
        ("{base: 10, min: 0}", "free 01 -30", "0"),
        ("{base: 20, min: 20}", "late 01 -1", "20"),
    ],
)
def test_base_and_bounds_of_the_total(total: str, rows: str, expected: str):
    scheme = read(TEXT.replace("{base: 60, min: 50, max: 75}", total))
    assert year(rows, scheme).total == Decimal(expected)


def test_everybody_of_a_class_has_his_own_score():
    everybody: dict[Id, list[Entry]] = {1: entries("study 01 1"), 2: entries("late 01 -1"), 3: []}
    found = score(SCHEME, Facts(date(2026, 12, 31), everybody))
    assert {member: result.total for member, result in found.items()} == {
        1: Decimal(61),
        2: Decimal(59),
        3: Decimal(60),
    }
