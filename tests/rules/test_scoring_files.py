"""Facts of a file: the order and the ids of entries, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from rules.documents import Fault
from rules.scoring import Facts, Score, score
from rules.scoring.file import facts_of
from tests.rules.scheme_texts import criterion, one, read
from tests.texts import values_of

ORGANISATION = "by: [organisation]"
OPTIONS = "{options: {" + ", ".join(f"o{points}: {points}" for points in range(1, 13)) + "}}"


def scored(scheme: str, entries: list[str], codes: Sequence[str] = ()) -> dict[str, Score]:
    """Scores of entries of one day and of criterion B1, unless their codes are given."""
    found = [*codes] or ["B1"] * len(entries)
    rows = [
        f"{{subject: m, criterion: {code}, on: 2026-03-02, {each}}}" for code, each in zip(found, entries, strict=True)
    ]
    facts = facts_of(values_of(f"subjects: [{{id: m}}]\nentries: [{', '.join(rows)}]"), read(scheme), LAST)
    assert isinstance(facts, Facts), facts
    return {str(who): found for who, found in score(read(scheme), facts).items()}


LAST = date(2026, 12, 31)
TWELVE = [f"option: o{points}" for points in range(1, 13)]
NAMED = [f"id: {name}, {each}" for name, each in zip("lkjihgfedcba", TWELVE, strict=True)]
MIXED = [each if number % 2 else row for number, (each, row) in enumerate(zip(TWELVE, NAMED, strict=True))]


@pytest.mark.parametrize("entries", [TWELVE, NAMED, MIXED], ids=["without ids", "ids that fall", "some ids"])
@pytest.mark.parametrize(("keep", "points"), [("first", 1), ("last", 12)])
def test_entries_of_one_day_go_in_the_order_of_the_file(entries: list[str], keep: str, points: int):
    own = one(criterion(OPTIONS, f"{ORGANISATION}, dedupe: {{by: [], keep: {keep}}}"))
    assert scored(own, entries)["m"].total == points


@pytest.mark.parametrize(("keep", "points"), [("first", 1), ("last", 12)])
def test_entries_of_one_day_go_in_the_order_of_the_file_among_criteria_of_a_group(keep: str, points: int):
    both = one(
        criterion(OPTIONS, f"{ORGANISATION}, group: g"),
        criterion(OPTIONS, f"{ORGANISATION}, group: g", "B2", "学习"),
        rest=f"groups: [{{name: g, dedupe: {{by: [], keep: {keep}}}}}]",
    )
    codes = ["B1" if number % 3 else "B2" for number in range(12)]
    assert scored(both, TWELVE, codes)["m"].total == points


def test_an_id_that_is_the_place_of_another_entry_stays_its_own():
    entries = ['id: "2"', "quantity: 10", 'id: "#2", quantity: 100', 'reverses: "2"']
    found = scored(one(criterion()), entries)["m"]
    assert found.total == Decimal(110)
    assert sorted(str(part.entry) for part in found.parts) == ["##2", "#2", "2", "4"]


def test_two_entries_of_one_id_are_refused_at_the_second():
    text = "subjects: [{id: m}]\nentries: [ROW, {subject: m, criterion: B1, on: 2026-03-02}, ROW]"
    row = "{id: a, subject: m, criterion: B1, on: 2026-03-02}"
    found = facts_of(values_of(text.replace("ROW", row)), read(one(criterion())), LAST)
    assert isinstance(found, list)
    faults = [(each.path, each.problem.code) for each in found if isinstance(each, Fault)]
    assert faults == [(("entries", 2, "id"), "facts_entry_twice")]


def test_an_option_that_only_sets_the_category_to_zero_is_none_of_the_options():
    scheme = read(one(criterion("{options: {甲: 1}, zero: [乙]}", ORGANISATION)))
    text = "subjects: [{id: m}]\nentries: [{subject: m, criterion: B1, on: 2026-03-02, option: 乙}]"
    found = facts_of(values_of(text), scheme, LAST)
    assert isinstance(found, list)
    assert [each.problem.code for each in found] == ["facts_option_unknown"]


def test_the_last_place_goes_to_who_came_first_not_to_the_lower_digit():
    scheme = one(criterion(rest=f"{ORGANISATION}, winners: 9"))
    rows = ", ".join(f"{{subject: m{n}, criterion: B1, on: 2026-03-02}}" for n in range(1, 11))
    subjects = ", ".join(f"{{id: m{n}}}" for n in range(1, 11))
    facts = facts_of(values_of(f"subjects: [{subjects}]\nentries: [{rows}]"), read(scheme), LAST)
    assert isinstance(facts, Facts), facts
    assert [who for who, found in score(read(scheme), facts).items() if not found.total] == ["m10"]
