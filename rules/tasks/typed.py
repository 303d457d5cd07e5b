"""What is typed about tasks in one line: a title with its last day, and numbers of a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date

from rules.days import day_typed

LONGEST_DAY = 16
"""Characters of a day as people type it."""
BETWEEN = " ,，;；。.、:：\t"
EVERYBODY = ("全部", "全员", "全体", "所有", "all", "everybody", "everyone")
BUT = re.compile(
    rf"(?:{'|'.join(EVERYBODY)})?\s*(?:除了?|除去|不含|all but|but|except)\s*"
    r"([\d\s,、和及号]+?)\s*(?:号|外|以外|之外)?"
)
NUMBERS = re.compile(r"[\d\s,、和及号]+")


def titled(line: str, today: date) -> tuple[str, date | None]:
    """The title in a line such as “报送学习小结 12月5日” or “12月5日前 报送学习小结”, and the day when it names one."""
    text = " ".join(line.split())
    for start in range(max(1, len(text) - LONGEST_DAY), len(text)):
        if text[start - 1].isdecimal() and text[start].isdecimal():
            continue  # not in the middle of a number
        day = day_typed(text[start:], today)
        if day is not None:
            return text[:start].strip(BETWEEN), day
    for end in range(min(LONGEST_DAY, len(text) - 1), 1, -1):
        if text[end] in BETWEEN and (day := day_typed(text[:end], today)) is not None:
            return text[end:].strip(BETWEEN), day
    return text, None


def picked(text: str, most: int) -> list[int] | None:
    """The numbers of a list that are meant: “3 7”, “全部”, “除 3 7”; None when it is nothing of that kind.

    Numbers beyond the list are given as they were typed: who asked says so.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if plain in EVERYBODY:
        return list(range(1, most + 1))
    if found := BUT.fullmatch(plain):
        out = _numbers(found[1])
        return None if not out else [*(n for n in out if not 1 <= n <= most), *_rest(out, most)]
    return _numbers(plain) or None if NUMBERS.fullmatch(plain) else None


def _numbers(text: str) -> list[int]:
    return list(dict.fromkeys(int(each) for each in re.findall(r"\d{1,6}", text)))


def _rest(out: Collection[int], most: int) -> list[int]:
    return [number for number in range(1, most + 1) if number not in out]
