"""The days a period of a plan has."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

PERIOD = re.compile(r"(\d{4})(?:-(?:(?P<month>\d\d)|T(?P<two>[1-6])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?")
LENGTHS = {"month": 1, "two": 2, "quarter": 3, "half": 6}


@lru_cache(maxsize=4096)
def span(period: str) -> tuple[date, date]:
    """The first and the last day of "2026-03", "2026-T1" (two months), "2026-Q1", "2026-H1", "2026" or a single date.

    Raises ValueError for any other text.
    """
    found = PERIOD.fullmatch(period)
    if found is None:
        return date.fromisoformat(period), date.fromisoformat(period)
    year = int(found[1])
    for name, length in LENGTHS.items():
        if found[name]:
            last = int(found[name]) * length
            first = date(year, last - length + 1, 1)
            return first, date(year, last, monthrange(year, last)[1])
    return date(year, 1, 1), date(year, 12, 31)
