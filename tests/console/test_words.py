"""Everything the lists may hold has a word: deeds, kinds of notice, states, kinds of file."""

import re
from pathlib import Path

import pytest

from console.exports import LISTINGS
from handlers.declarations.lists import Lines
from rules.notices import KINDS
from screens.deeds import ACTIONS, EXPORTED
from screens.deliveries import NOTICES, STATES
from screens.filters import FILTERS
from screens.lists import TABLES
from screens.texts import words
from screens.trail import SUBJECTS, facts_text
from storage import deliveries

HANDLERS = Path(__file__).parents[2] / "handlers"


def audited() -> set[str]:
    """Every deed that some handler records by name."""
    text = "".join(path.read_text("utf-8") for path in HANDLERS.rglob("*.py"))
    return set(re.findall(r'(?:\.audit|Deed)\(\s*"([a-z_]+)"', text))


def test_every_deed_that_is_recorded_has_a_word():
    found = audited()
    assert {"submit", "export", "reverse"} <= found
    assert found - set(ACTIONS) == set()


def test_every_thing_a_deed_is_done_to_has_a_word():
    text = "".join(path.read_text("utf-8") for path in HANDLERS.rglob("*.py"))
    named = re.findall(r'(?:\.audit|Deed)\(\s*[\w."]+,\s*"([a-z_]+)"', text)
    assert {"line", "backup", "import_run"} <= set(named)
    assert set(named) - set(SUBJECTS) == set()


def test_every_kind_of_notice_and_state_of_a_message_has_a_word():
    assert set(NOTICES) == set(KINDS)
    assert set(STATES) == set(deliveries.STATES)


def test_every_list_that_can_be_taken_away_has_a_name_and_a_table():
    assert set(LISTINGS) | {"publication"} == set(EXPORTED) == set(FILTERS)
    assert Lines in TABLES


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"reason": "材料不清", "edition": 3}, "理由：材料不清"),
        (
            {"kind": "lines", "form": "xlsx", "rows": 12, "narrowed": {"period": "2026-10"}},
            "申报条目；行数：12；筛选：月份或年份：2026-10；格式：xlsx",
        ),
        ({"sha256": "ab"}, ""),
        ({"reason": ""}, ""),
    ],
)
def test_particulars_are_said_in_words(facts: dict[str, object], text: str):
    assert facts_text(words("zh_CN"), facts, {}) == text
