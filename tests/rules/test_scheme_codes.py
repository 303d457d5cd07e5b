"""Every code the checker may give has a sentence, a hint, and a row in the tests."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

import rules.schemes.checking
from rules.schemes import Criterion, Node, Scheme, Value, check
from rules.schemes.values import Bracket
from screens.problems import HINTS, WORDS

CHECKING = Path(rules.schemes.checking.__file__).parent
CODES = sorted(
    {code for path in CHECKING.glob("*.py") for code in re.findall(r'"(scheme_\w+)"', path.read_text("utf-8"))}
)
TESTS = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_scheme*.py"))


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_sentence_a_hint_and_a_row(code: str):
    assert code in WORDS
    assert code in HINTS
    assert f'"{code}"' in TESTS.replace("'", '"')


def test_a_number_no_arithmetic_can_use_is_told_alone():
    endless = Value(per="元", brackets=(Bracket(Decimal("Infinity"), Decimal(1)),))
    found = check(Scheme("s", "1", "s", (Node("A", "甲", (Criterion("B", "乙", endless, by=()),)),)))
    assert {finding.code for finding in found} == {"scheme_number_unusable"}


def test_there_are_codes():
    assert len(CODES) > 60
