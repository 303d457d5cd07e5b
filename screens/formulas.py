"""A formula with the names that people use; what it computes is left as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rules.schemes.bounds import Formula
from screens.texts import Say, clean

OUTSIDE_QUOTES = re.compile(r"""("[^"]*"|'[^']*')""")
DOTTED = re.compile(r"(?<![\w.])(imported|entry|subject|figure|unit|children|count|sum|points|node|streak)\.([\w\-]+)")
PLAIN = re.compile(
    r"(?<![\w.])(total|base|grade|quantity|option|points|days|previous\.total|previous\.grade)(?![\w.(])"
)
OF: Mapping[str, Callable[[Say, str], str]] = {
    "count": lambda say, code: say("number of {code}", code=code),
    "sum": lambda say, code: say("quantity of {code}", code=code),
    "points": lambda say, code: say("points of {code}", code=code),
    "node": lambda say, code: say("points of {code}", code=code),
    "streak": lambda say, grade: say("times {grade} in a row", grade=grade),
}
NAMES: Mapping[str, Callable[[Say], str]] = {
    "total": lambda say: say("total"),
    "base": lambda say: say("base"),
    "grade": lambda say: say("grade"),
    "quantity": lambda say: say("quantity"),
    "option": lambda say: say("degree"),
    "points": lambda say: say("points"),
    "days": lambda say: say("number of days"),
    "previous.total": lambda say: say("total of the cycle before"),
    "previous.grade": lambda say: say("grade of the cycle before"),
}


def formula_in_words(say: Say, formula: Formula) -> str:
    """A formula for people; texts in quotes stay as they are."""

    def dotted(found: re.Match[str]) -> str:
        return OF[found[1]](say, found[2]) if found[1] in OF else found[2]

    def plain(found: re.Match[str]) -> str:
        return NAMES[found[1]](say)

    parts = OUTSIDE_QUOTES.split(str(formula))
    parts[::2] = [DOTTED.sub(dotted, PLAIN.sub(plain, part)) for part in parts[::2]]
    return clean("".join(parts))
