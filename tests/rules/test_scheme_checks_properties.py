"""No scheme that can be read breaks the checks, and each finding has a sentence, a hint and a place in the file."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rules.schemes.checking
from rules.schemes import Scheme, check
from screens.problems import HINTS, WORDS
from screens.texts import words
from tests.rules import (
    test_scheme_checks,
    test_scheme_checks_categories,
    test_scheme_checks_circles,
    test_scheme_checks_formulas,
    test_scheme_checks_grading,
    test_scheme_checks_values,
)
from tests.rules.scheme_texts import HEAD, found, read

EXAMPLE = Path(__file__).parents[2] / "examples/b1-member-points/scheme.yaml"
TABLES = (
    *test_scheme_checks.NAMES,
    *test_scheme_checks_values.VALUES,
    *test_scheme_checks.CRITERIA,
    *test_scheme_checks.WARNINGS,
    *test_scheme_checks_categories.ERRORS,
    *test_scheme_checks_categories.WARNINGS,
    *test_scheme_checks_formulas.ERRORS,
    *test_scheme_checks_circles.ERRORS,
    *test_scheme_checks_grading.ERRORS,
    *test_scheme_checks_grading.WARNINGS,
)
RICH = (
    HEAD
    + """
subjects: {classes: [甲类, 乙类], exempt: [{effect: not_graded, for: [乙类]}]}
cycle: {from: "09-01", months: 12}
total: {base: 20, min: 0, periods: {per: half}, target: 10}
pools: [{name: p, caps: {month: 2}}]
groups: [{name: g, dedupe: {most: 2, per: month, kinds: {scope=outside: 1}}}]
passes: [{name: best, of: node.A, take: best}, {name: r, of: "children.total", take: mean, for: [甲类]}]
suspend: [{when: imported.warned > 3}]
grading:
  - thresholds: [{name: 优, from: 30}, {name: 差, from: 0}]
  - veto: {name: v, when: points.A1 < 1, effect: {at_most: 差}}
  - quota: {grades: [优], most: 1/3, least: 1, among: [unit], smallest: 3, ties: [total]}
  - consequence: {name: c, when: "streak.差 >= 2 and grade = '差'"}
visibility: {points: [self]}
nodes:
  - code: A
    name: 甲
    max: 30
    periods: {per: quarter, combine: weighted, weights: [0.5, 0.5]}
    criteria:
      - {code: A1, name: 一, value: {per: 小时, brackets: [{from: 0, points: 1}, {from: 5, points: 2}]}, pool: p}
      - {code: A2, name: 二, value: {options: {好: 3, 差: 0}, zero: [差]}, group: g, caps: {week: 1, month: 3}}
      - {code: A3, name: 三, value: {table: {keys: [a, b], rows: {x: {y: 1}}}}, factors: [{times: 2}]}
      - {code: A4, name: 四, value: {cumulative: {tiers: [{from: 1, points: 1}], per: day}}, credit: [{to: h, as: A1}]}
      - {code: A5, name: 五, value: {count: {points: [1, 2], then: 0, per: month}}, dedupe: {per: month}}
      - {code: A6, name: 六, value: {expected: {times: 2, per: month, each: 1, missing: -1}}, sign: both}
  - code: B
    name: 乙
    weight: 50%
    any: {need: 2, full: 5, extra: 1, most: 2}
    criteria:
      - {code: B1, name: 七, value: {map: {优: 5}, of: imported.hr}}
      - {code: B2, name: 八, value: {bands: [{from: 1, points: 1}], of: imported.rate}, valid: {months: 9}}
      - {code: B3, name: 九, value: {target: {at: figure.best, full: 5, points: -1}, of: imported.rate}}
      - {code: B4, name: 十, value: {promise: {most: 5}}}
      - {code: B5, name: 甲一, value: {deadline: {days: {"*": 5}, points: -1, kept: 1}}, by: [system]}
      - {code: B6, name: 甲二, value: {survey: {round: r, options: {好: 100}, quorum: 2/3}}, by: [committee]}
      - {code: B7, name: 甲三, value: {formula: quantity * 0.5 + node.C}, lifts: [A1], by: [organisation]}
    nodes: [{code: C, name: 丙, full: 10, max: 10, min: 0, counts: outside, for: [甲类], absent: mean}]
"""
)
NUMBERS = [None, 0, 1, -1, 2, 10**6, 10**30, 0.001, 1e-30, 1e300, True, "0.5", "30%", "1/0"]
HOSTILE = ["NaN", "Infinity", "1E+999999", "1E-999999", "", " ", "1 +"]
NAMES = ["total", "*", "node.A", "children.total", "unit.node.B", "grade", "quantity", "优", "p", "A1"]
CHOICES = [
    "quarter",
    "month",
    "year",
    "cycle",
    "half",
    "minus",
    "both",
    "never",
    "event",
    "weighted",
    "outside",
    "rank",
]
SCALARS = st.sampled_from([*NUMBERS, *HOSTILE, *NAMES, *CHOICES])


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def changed(document: Any, place: tuple[Any, ...], how: str, value: Any) -> None:
    """Replaces, removes or doubles what stands at a place."""
    *outer, last = place
    for key in outer:
        document = document[key]
    if how == "double" and isinstance(document, list):
        document.append(copy.deepcopy(document[last]))
    elif how == "remove":
        del document[last]
    else:
        document[last] = value


@given(st.sampled_from([RICH, EXAMPLE.read_text("utf-8")]), st.data())
@settings(max_examples=150, deadline=None)
def test_no_change_of_a_real_scheme_breaks_the_checks(text: str, data: st.DataObject):
    document = msgspec.yaml.decode(text)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(places(document)[1:]))
        changed(document, place, data.draw(st.sampled_from(["replace", "remove", "double"])), data.draw(SCALARS))
    try:
        scheme = msgspec.convert(document, Scheme)
    except msgspec.ValidationError:
        return
    for finding in check(scheme):
        assert all(WORDS[finding.code](words(locale), finding.problem.facts) for locale in ("en", "zh_CN"))


def test_the_rich_scheme_has_only_the_faults_that_are_in_it():
    assert [row for row in found(RICH) if row[2] == "error"] == []


def test_the_example_has_no_finding():
    assert found(EXAMPLE.read_text("utf-8")) == []


def test_every_code_of_the_checks_has_a_row_a_sentence_and_a_hint():
    folder = Path(rules.schemes.checking.__file__).parent
    codes = set(re.findall(r'"(scheme_\w+)"', "".join(path.read_text("utf-8") for path in folder.glob("*.py"))))
    assert codes - {str(row.values[1]) for row in TABLES} == {"scheme_ranking_unfounded"}  # it comes with a warning
    assert codes <= set(WORDS)
    assert codes <= set(HINTS)


@pytest.mark.parametrize(("text", "code", "path"), TABLES)
def test_a_sentence_and_its_hint_take_their_facts(text: str, code: str, path: tuple[str | int, ...]):
    (finding,) = check(read(text))
    say = words("en")
    assert "{" not in WORDS[code](say, finding.problem.facts)
    if code in HINTS:
        assert HINTS[code](say, finding.problem.facts)


@pytest.mark.parametrize(("text", "code", "path"), TABLES)
def test_a_finding_points_to_a_place_of_the_file_or_to_what_is_missing_there(
    text: str, code: str, path: tuple[str | int, ...]
):
    assert path in places(msgspec.yaml.decode(text)) or path[:-1] in places(msgspec.yaml.decode(text))
