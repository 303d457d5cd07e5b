"""A rulebook's file as the commands and publishing read it: everything wrong in it, in the order of its lines."""

import pytest

from rules.documents import read
from rules.problems import Problem
from rules.schemes import Overlay, Scheme, parse
from rules.schemes.reading import judge

FILE = """\
scheme: s
version: "1"
title: 办法
total: {base: 60, min: 0, max: 70}
grades:
  - {name: 合格, from: 60}
  - {name: 优秀, from: 61}
nodes:
  - code: A
    name: 甲
    max: 10
    criteria:
      - {code: A1, name: 学习, value: {fixed: 1}, caps: {year: 9}}
      - {code: A1, name: 服务, value: {fixed: 1}}
      - {code: A3, name: 扣分, value: {fixed: 1}, sign: minus, by: [organisation]}
"""


def told(text: str) -> list[tuple[str, int]]:
    return [(each.problem.code, each.place[0]) for each in judge(read(text)).errors]


def changed(*changes: tuple[str, str]) -> str:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


TWICE = ("scheme_code_twice", 14)
UNORDERED = ("scheme_grades_unordered", 7)


def test_contradictions_stand_where_they_are():
    assert told(FILE) == [UNORDERED, TWICE]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [("title: 办法", "title: 办法\ncolour: red")],
            [("document_field_unknown", 4), ("scheme_grades_unordered", 8), ("scheme_code_twice", 15)],
        ),
        (
            [("title: 办法", "titel: 办法")],
            [("document_field_missing", 1), ("document_field_unknown", 3), UNORDERED, TWICE],
        ),
        ([("name: 扣分, ", "")], [UNORDERED, TWICE, ("document_field_missing", 15)]),
        ([("value: {fixed: 1}, sign", "sign")], [UNORDERED, TWICE, ("document_field_missing", 15)]),
        ([("by: [organisation]", "by: [all]")], [UNORDERED, TWICE, ("document_choice", 15)]),
        ([("value: {fixed: 1}, sign", "value: {fixed: -1}, sign")], [UNORDERED, TWICE, ("points_out_of_range", 15)]),
        ([("sign: minus", "sign: minus, sign: plus")], [UNORDERED, TWICE, ("document_key_twice", 15)]),
        ([("sign: minus", "most: .inf")], [UNORDERED, TWICE, ("document_number_endless", 15)]),
    ],
)
def test_contradictions_are_told_beside_faults_elsewhere(
    changes: list[tuple[str, str]], expected: list[tuple[str, int]]
):
    assert told(changed(*changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("    max: 10", "    max: x")], [UNORDERED, ("document_type", 11)]),
        ([("max: 70}", "max: -1}")], [("total_min_above_max", 4)]),
        ([("code: A3, ", "")], [("document_field_missing", 15)]),
        ([("from: 60", "from: x")], [("document_type", 6)]),
        ([("title: 办法", "title: 办法\nsubjects: {classes: 5}")], [("document_type", 4)]),
        ([("  - code: A\n", "  - 5\n  - code: A\n")], [("document_type", 9)]),
        ([("title: 办法", "<<: {a: 1}")], [("document_merge", 3)]),
        ([("title: 办法", "\ttitle: 办法")], [("document_tab", 3)]),
    ],
)
def test_nothing_is_told_that_mending_a_fault_may_undo(changes: list[tuple[str, str]], expected: list[tuple[str, int]]):
    assert told(changed(*changes)) == expected


def test_advice_keeps_no_scheme_from_being_used():
    text = changed(("from: 60}", "from: 62}"), ("A1, name: 服", "A2, name: 服")) + "visibility: {streaks: true}\n"
    judged = judge(read(text))
    assert isinstance(judged.found, Scheme)
    assert ("scheme_streaks_on", "warning", (16, 23)) in [
        (each.problem.code, each.severity, each.place) for each in judged.wrong
    ]
    assert judged.errors == []
    assert isinstance(parse(text), Scheme)


OVERLAY = """\
overlay: s
version: "1"
title: 补充
unit: water
add:
  A:
    - {code: A9, name: 巡河, value: {fixed: 1}}
"""


def test_an_addition_is_read_as_one():
    judged = judge(read(OVERLAY))
    assert isinstance(judged.found, Overlay)
    assert judged.wrong == []
    wrong = judge(read(OVERLAY.replace("fixed: 1", "fixed: -1").replace("unit: water", "unti: water")))
    assert [(each.problem.code, each.place) for each in wrong.wrong] == [
        ("document_field_missing", (1, 1)),
        ("document_field_unknown", (4, 1)),
        ("points_out_of_range", (7, 28)),
    ]


def test_publishing_reads_as_safely_and_names_every_place():
    found = parse(changed(("code: A3", "code: 3"), ("    max: 10", "    mx: 10")))
    assert isinstance(found, list)
    assert [(problem.facts["line"], problem.facts["column"], problem.facts["code"]) for problem in found] == [
        (11, 5, "document_field_unknown"),
        (15, 16, "document_type"),
    ]
    assert parse("a: &a [*a]") == [
        Problem("scheme_unreadable", {"line": 1, "column": 8, "code": "document_alias_itself", "facts": {"name": "a"}})
    ]
