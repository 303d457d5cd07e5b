"""Cells of real workbooks: numbers that are codes, padded names, days in every usual spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rules.problems import Problem

EARLIEST = date(1900, 1, 1)
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
PADDED = re.compile(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(?:(\d{1,2})\s*日?)?)?")
SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
MIDNIGHT = re.compile(r"[ T]00?:00(:00)?(\.0+)?$")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell without a value of its own: a formula, or the error one gave."""


Value = Any
"""What a cell holds: text, number, day, nothing, or Unreadable."""


def text_of(value: Value) -> str:
    """A cell as text: a whole number without its .0, outer and invisible spaces gone, full-width letters made plain."""
    if value is None or isinstance(value, Unreadable):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", str(value))).strip()


def name_of(value: Value) -> str:
    """A name as it is stored: 王　芳 is padded, not two words; full-width letters and brackets stay as they are."""
    if value is None or isinstance(value, Unreadable):
        return ""
    return PADDED.sub("", INVISIBLE.sub("", str(value)).strip())


def day_of(value: Value, today: date) -> date | Problem | None:
    """A cell as a day; a month alone is its first day; None for an empty cell."""
    if isinstance(value, datetime):
        found: date | None = value.date()
    elif isinstance(value, date):
        found = value
    else:
        text = MIDNIGHT.sub("", text_of(value))
        if not text:
            return None
        found = _day(text)
    if found is None:
        return Problem("day_unclear")
    return found if EARLIEST <= found <= today else Problem("day_unlikely")


def _day(text: str) -> date | None:
    parts = SOLID.fullmatch(text) or DAY.fullmatch(text)
    if parts is None:
        return None
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3] or 1))
    except ValueError:
        return None
