"""The marks of choices where there are no buttons: 1, 2, 3, or A, B, C where numbers mean something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from string import ascii_uppercase

from bot import matching
from screens.screen import Screen

NUMBERED = re.compile(r"\d+\. ")
AROUND = " .。、,:;!()[]【】「」“”\"'"
LETTERS = len(ascii_uppercase)


def lettered(screens: Iterable[Screen]) -> bool:
    """Whether a number would be taken for something else: an answer to the question, or a line of a list."""
    return any(
        (screen.prompt is not None and screen.prompt.expects in ("number", "marks"))
        or any(NUMBERED.match(line) for line in screen.lines)
        for screen in screens
    )


def mark(position: int, *, letters: bool) -> str:
    """The mark of a choice, counted from 0; after Z comes AA."""
    if not letters:
        return str(position + 1)
    head, last = divmod(position, LETTERS)
    return (mark(head - 1, letters=True) if head else "") + ascii_uppercase[last]


def typed(text: str) -> str:
    """A mark as people type it (1, 一, "1.", a, all of it in full width) as it was shown; "" when the text is none."""
    plain = unicodedata.normalize("NFKC", text).strip(AROUND).upper()
    if plain.isdecimal() and len(plain) <= 3:
        return str(int(plain))
    if plain in matching.NUMERALS:
        return str(matching.NUMERALS[plain])
    return plain if re.fullmatch("[A-Z]{1,2}", plain) else ""


def chosen(text: str, screens: Sequence[dict[str, list[dict[str, str]]]]) -> str:
    """The token of the choice that was shown with a mark; "" when no choice has it."""
    meant = typed(text)
    marked = {choice.get("mark"): choice["token"] for screen in screens for choice in screen["choices"]}
    return marked.get(meant, "") if meant else ""
