"""A word of a YAML file without quotes: a number, a day, true, nothing; else the text that it is.

As YAML 1.2 has it: `yes`, `on` and `12:30` are texts, and `010` is ten. Decimals stay decimal.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

from rules.problems import Problem

WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
WHOLE = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
MOST_DIGITS = 15  # so many come unchanged through floats too, as which other programs read them
LONGEST = 40  # letters of a number; what is longer is a text
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
Plain = str | int | Decimal | bool | date | None


def plain(text: str) -> Plain | Problem:
    """The value of a word without quotes."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if len(text) <= LONGEST and NUMBER.fullmatch(text):
        return int(text) if WHOLE.fullmatch(text) else Decimal(text)
    if ENDLESS.fullmatch(text):
        return Problem("document_number_endless")
    if day := DAY.fullmatch(text):
        with suppress(ValueError):  # 2026-02-30 is a text: it is on no calendar
            return date(*map(int, day.groups()))
    return text


def number_problems(number: int | Decimal | str) -> list[Problem]:
    """What keeps a number from coming unchanged through every way of writing it."""
    text = str(int(number) if isinstance(number, bool) else number)
    exact = Decimal(text) if len(text) <= LONGEST else None
    if exact is not None and len(exact.as_tuple().digits) <= MOST_DIGITS and abs(exact.adjusted()) <= MOST_DIGITS:
        return []
    return [Problem("document_number_long", {"most": MOST_DIGITS})]
