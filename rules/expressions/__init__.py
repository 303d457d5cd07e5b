"""The formulas of a scheme: a small language of numbers, names and conditions, read once and run often.

No data (None) never breaks a scoring run: arithmetic with it, with text or with a list gives None, and so does a
division by zero; a comparison with it is no, but for = and !=. Text is compared with text only: "10" is not 10, and
neither more nor less than it. A list compared with one answer gives the list of its members' comparisons, so
`any(children.total < 60)` and `sum(children.grade = "A")` tell whether and how many.
Division keeps 28 digits; nothing is rounded but by round().
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import cast

from rules.expressions.answers import Answer, Look, Run, number
from rules.expressions.functions import FUNCTIONS
from rules.expressions.grammar import Part, parser
from rules.expressions.operators import constant
from rules.problems import Unfit

__all__ = ["FUNCTIONS", "Answer", "Expression", "Look", "compiled", "number"]

MOST_CHARACTERS = 500
MOST_LEVELS = 40
MOST_PARTS = 200
NEAR = 20


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula ready to be figured: its text, and the names in it, in order, each once."""

    text: str
    names: tuple[str, ...]
    _run: Run = field(repr=False, compare=False)

    def value(self, look: Look) -> Answer:
        """What the formula gives with what each name stands for; names that do not matter are not looked up."""
        return self._run(look)


@lru_cache(maxsize=8192, typed=True)
def compiled(formula: str | int | float) -> Expression:
    """The expression of a formula or a plain number; raises Unfit, with the column (from 1) where it does not read."""
    text = str(formula)
    if not isinstance(formula, str):
        figure: Answer = formula if isinstance(formula, bool) else Decimal(text)
        if isinstance(figure, Decimal) and not figure.is_finite():
            raise Unfit("formula_unreadable", formula=text, column=1, near=text)
        return Expression(text, (), constant(figure))
    if len(text) > MOST_CHARACTERS:
        raise Unfit("formula_too_long", formula=text[:NEAR], length=len(text), most=MOST_CHARACTERS)
    part = _read(text)
    if part.levels > MOST_LEVELS:
        raise Unfit("formula_too_deep", formula=text, levels=part.levels, most=MOST_LEVELS)
    if part.size > MOST_PARTS:
        raise Unfit("formula_too_many_parts", formula=text, parts=part.size, most=MOST_PARTS)
    return Expression(text, part.names, part.run)


def _read(text: str) -> Part:
    from lark.exceptions import UnexpectedInput  # as late as the parser itself

    try:
        return cast("Part", parser().parse(text))
    except UnexpectedInput as error:
        at = _place(error, text)
        raise Unfit("formula_unreadable", formula=text, column=at + 1, near=text[at : at + NEAR]) from None


def _place(error: Exception, text: str) -> int:
    """Where reading stopped; the end of the text when it is cut short."""
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return len(text)
    place = getattr(error, "pos_in_stream", None)
    return len(text) if place is None else int(place)
