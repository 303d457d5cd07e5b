"""Where two rules of a scheme meet: factors and windows, zeroing and validity, places and refusals, and others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rules.scoring import Facts, Score, score
from rules.scoring.file import facts_of
from tests.rules.scheme_texts import criterion, nodes, one, read
from tests.texts import values_of

BY = "by: [organisation]"
LAST = date(2026, 12, 31)


def scored(scheme: str, *entries: str, subjects: str = "{id: m}", more: str = "") -> dict[str, Score]:
    """Scores of entries of criterion B1 of m, unless they say otherwise."""
    rows = [{"subject": "m", "criterion": "B1", "on": "2026-03-02"} | values_of(f"{{{each}}}") for each in entries]
    given = values_of(f"subjects: [{subjects}]\n{more}") | {"entries": rows}
    facts = facts_of(given, read(scheme), LAST)
    assert isinstance(facts, Facts), facts
    return {str(who): found for who, found in score(read(scheme), facts).items()}


def test_a_part_of_a_category_asks_for_what_its_formula_makes():
    inner = "nodes: [{code: X, name: 乙, formula: node.P / 2}]"
    text = nodes(f"{{code: P, name: 甲, formula: imported.x, {inner}}}")
    assert scored(text, more="imported: {x: {m: 10}}")["m"].nodes == {"P": 10, "X": 5}


def test_a_criterion_beside_a_formula_asks_for_what_the_formula_makes():
    text = one(criterion(rest="when: node.A > 1"), node="formula: imported.x,")
    found = scored(text, "", more="imported: {x: {m: 10}}")["m"]
    assert [part.why for part in found.parts] == [""]


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ("{count: {points: [3, 3]}}", "9"),
        ("{cumulative: {tiers: [{from: 1, points: 3}, {from: 2, points: 6}]}}", "9"),
        ("{expected: {times: 2, per: year, each: 3}}", "9"),
    ],
)
@pytest.mark.parametrize(
    "factor", ["when: entry.level = '市', times: 2", "by: level, of: {市: 2}", "times: entry.often"]
)
def test_a_factor_of_the_entry_holds_where_only_the_window_tells_the_points(value: str, points: str, factor: str):
    text = one(criterion(value, f"{BY}, factors: [{{{factor}}}]"))
    assert scored(text, "level: 市, often: 2", "level: 区, often: 1")["m"].total == Decimal(points)


def test_each_of_a_series_is_rounded_as_its_criterion_says():
    text = one(criterion("{count: {points: [1, 1]}}", f"{BY}, round: 1, factors: [{{times: 0.25}}]"))
    assert scored(text, "", "")["m"].total == Decimal("0.6")


@pytest.mark.parametrize(
    ("rest", "second", "total"),
    [
        ("valid: {months: 3}", "", 5),
        ("", "criterion: B2, matter: 甲", 5),
        ("", "", 0),
    ],
    ids=["expired", "lifted", "in force"],
)
def test_an_option_sets_the_category_to_zero_as_long_as_its_entry_is_in_force(rest: str, second: str, total: int):
    forged = criterion("{options: {造假: 1}, zero: [造假]}", f"{BY}, sign: minus, {rest}")
    lifting = criterion("{fixed: 0}", f"{BY}, lifts: [B1]", "B2", "改正")
    text = one(forged, lifting, criterion("{fixed: 5}", "", "B3", "服务"))
    rows = ["option: 造假, matter: 甲", "criterion: B3, on: 2026-11-01", *([second] if second else [])]
    assert scored(text, *rows)["m"].total == total


@pytest.mark.parametrize("bounds", ["", "max: 9,", "periods: {per: half},"])
def test_entries_of_a_category_set_to_zero_count_nothing(bounds: str):
    forged = criterion("{options: {造假: 1}, zero: [造假]}", f"{BY}, sign: minus")
    text = one(forged, criterion("{fixed: 5}", "", "B2", "服务"), node=bounds)
    found = scored(text, "option: 造假", "criterion: B2")["m"]
    assert found.total == 0
    assert [part.counted for part in found.parts] == [0, 0]
    assert {part.capped for part in found.parts} == {-1, 5}


@pytest.mark.parametrize(
    ("rest", "first", "subject"),
    [
        ("evidence: required", "evidence: false", "{id: a}"),
        ("when: entry.level = '市'", "level: 区", "{id: a}"),
        ("for: [党员]", "level: 市", "{id: a}"),
        ("enter: {within_days: 3}", "recorded: 2026-12-01", "{id: a}"),
        ("", "level: 市", "{id: a, class: 免}"),
    ],
    ids=["without evidence", "against the condition", "of another class", "too late", "exempt"],
)
def test_what_cannot_count_takes_no_place(rest: str, first: str, subject: str):
    exempt = "subjects: {exempt: [{effect: not_scored, for: [免]}]}"
    text = one(criterion("{fixed: 5}", f"{BY}, winners: 1, {rest}"), rest=exempt)
    rows = [f"subject: a, on: 2026-03-01, {first}", "subject: b, level: 市", "subject: c, level: 市"]
    people = f"{subject}, {{id: b, class: 党员}}, {{id: c, class: 党员}}"
    found = scored(text, *rows, subjects=people)
    assert {who: each.total for who, each in found.items()} == {"a": 0, "b": 5, "c": 0}


def test_a_reversal_goes_to_the_ledger_of_what_it_takes_back():
    text = one(criterion("{fixed: 5}", "credit: [{to: head, as: B2}]"), criterion("{fixed: 3}", "", "B2", "带队"))
    rows = ["id: x, head: h", "head: h", "reverses: x"]
    found = scored(text, *rows, subjects="{id: m}, {id: h}")
    assert found["h"].total == 3
    assert [(part.entry, part.cancelled) for part in found["h"].parts] == [("2", False), ("x", True), ("3", True)]


@pytest.mark.parametrize(
    ("start", "days", "total"),
    [
        ("09-01", ("2026-09-10", "2027-01-10"), 0),
        ("09-01", ("2026-09-10", "2027-03-10"), 2),
        ("01-01", ("2027-01-10", "2027-06-10"), 0),
        ("01-01", ("2027-01-10", "2027-07-10"), 2),
    ],
)
def test_what_was_done_and_what_lacks_are_told_by_the_same_halves_of_the_cycle(
    start: str, days: tuple[str, str], total: int
):
    text = one(
        criterion("{expected: {times: 1, per: half, each: 1, missing: 1}}", BY), rest=f'cycle: {{from: "{start}"}}'
    )
    last = "2027-08-31" if start == "09-01" else "2027-12-31"
    assert scored(text, *(f"on: {day}" for day in days), more=f"as_of: {last}")["m"].total == total
