"""The grammar of formulas, and what each part of one becomes.

A name is parts with dots between: the first begins with a letter, the others may begin with a digit. Letters are those
of every script. A hyphen belongs to a name when it stands after the first dot of it, directly between two letters or
digits: `node.A-1` is a name; `node.A - 1`, `node.A -1` and `quantity-1` are subtractions. The full-width minus
always subtracts. After an operand, the Chinese words for and, or need no space before what follows: they cannot begin
a name there; before a name they do (`a或b` is one name).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from rules.expressions import operators
from rules.expressions.answers import Answer, Run
from rules.expressions.functions import called

if TYPE_CHECKING:
    from lark import Lark, Token

GRAMMAR = r"""
?start: either
?either: both | either _OR both -> either
?both: negated | both _AND negated -> both
?negated: compared | _NOT negated -> negated
?compared: added
    | added COMPARE added -> compared
    | added _IN _OPEN listed _CLOSE -> among
    | added _NOT_IN _OPEN listed _CLOSE -> not_among
?added: multiplied | added (PLUS | MINUS) multiplied -> figured
?multiplied: signed | multiplied (TIMES | OVER) signed -> figured
?signed: atom | (PLUS | MINUS) signed -> signed
?atom: NUMBER -> number
    | TEXT -> text
    | TRUE -> yes
    | FALSE -> no
    | NAME -> name
    | NAME _OPEN _CLOSE -> call
    | NAME _OPEN listed _CLOSE -> call
    | _OPEN either _CLOSE -> bracketed
listed: either (_COMMA either)*

NUMBER: /[0-9]+(\.[0-9]+)?[%％]?/
TEXT: /"[^"\n]*"|'[^'\n]*'|[“”][^“”\n]*[“”]|[‘’][^‘’\n]*[‘’]/
NAME: /(?!(?:and|or|not|in|true|false|且|或|非)\b)[^\W\d]\w*(?:\.\w+(?:-\w+)*)*/
TRUE: /true\b/
FALSE: /false\b/
_AND: /and\b|且/
_OR: /or\b|或/
_NOT: /(?:not|非)\b/
_IN: /in\b/
_NOT_IN: /not[ \t\r\n\u00a0\u3000]+in\b/
COMPARE: /[<＜][=＝]|[>＞][=＝]|[!！][=＝]|[=＝]{1,2}|[<＜>＞≤≥≦≧≠]/
PLUS: /[+＋]/
MINUS: /[-－−]/
TIMES: /[*＊×]/
OVER: /[\/／÷]/
_OPEN: /[(（]/
_CLOSE: /[)）]/
_COMMA: /[,，;；]/
%ignore /[ \t\r\n\u00a0\u3000]+/
"""
# The parser reads full-width signs itself: a text turned to ASCII first would have other columns.
ASCII = str.maketrans("＜＞＝！＋－−＊×／÷≤≥≦≧≠", "<>=!+--**//≤≥≤≥≠")
SIGNS = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula: its closure, the names in it, how deep it is nested and of how many parts it is made."""

    run: Run
    names: tuple[str, ...] = ()
    levels: int = 0
    size: int = 1


class Reading:
    """What the parser calls for each part, innermost first: so no text can nest our calls."""

    def number(self, found: list[Token]) -> Part:
        """A number; a percentage is a hundredth of it."""
        digits = found[0].rstrip("%％")
        figure = Decimal(digits)
        return _constant(figure if digits == found[0] else figure.scaleb(-2))

    def text(self, found: list[Token]) -> Part:
        """Text between quotation marks."""
        return _constant(str(found[0][1:-1]))

    def yes(self, found: list[Token]) -> Part:
        """The word for yes."""
        return _constant(True)

    def no(self, found: list[Token]) -> Part:
        """The word for no."""
        return _constant(False)

    def name(self, found: list[Token]) -> Part:
        """A name."""
        name = str(found[0])
        return Part(operators.named(name), (name,))

    def listed(self, found: list[Part]) -> list[Part]:
        """What stands in the brackets of a call or a list."""
        return found

    def call(self, found: list[Any]) -> Part:
        """A call of a function: its name, and what stands in the brackets if anything does."""
        name: Token = found[0]
        arguments: list[Part] = found[1] if len(found) > 1 else []
        run = called(str(name), (name.start_pos or 0) + 1, [part.run for part in arguments])
        return _made(run, arguments, deeper=1)

    def bracketed(self, found: list[Part]) -> Part:
        """A part in brackets: one level deeper, and nothing else."""
        inner = found[0]
        return Part(inner.run, inner.names, inner.levels + 1, inner.size)

    def signed(self, found: tuple[Token, Part]) -> Part:
        """A part with a sign before it."""
        sign, inner = found
        return _made(operators.signed(sign.translate(ASCII), inner.run), [inner], deeper=1)

    def figured(self, found: tuple[Part, Token, Part]) -> Part:
        """Arithmetic."""
        left, sign, right = found
        return _made(operators.figured(sign.translate(ASCII), left.run, right.run), [left, right])

    def compared(self, found: tuple[Part, Token, Part]) -> Part:
        """A comparison."""
        left, sign, right = found
        plain = sign.translate(ASCII)
        return _made(operators.compared(SIGNS.get(plain, plain), left.run, right.run), [left, right])

    def among(self, found: tuple[Part, list[Part]]) -> Part:
        """Whether something is in a list."""
        return _among(*found, wanted=True)

    def not_among(self, found: tuple[Part, list[Part]]) -> Part:
        """Whether something is not in a list."""
        return _among(*found, wanted=False)

    def both(self, found: list[Part]) -> Part:
        """Two conditions that must hold."""
        return _made(operators.both(found[0].run, found[1].run), found)

    def either(self, found: list[Part]) -> Part:
        """Two conditions of which one must hold."""
        return _made(operators.either(found[0].run, found[1].run), found)

    def negated(self, found: list[Part]) -> Part:
        """A condition that must not hold."""
        return _made(operators.negated(found[0].run), found, deeper=1)


@cache
def parser() -> Lark:
    """The parser; made when the first formula is read, for the start of the program need not wait for it."""
    from lark import Lark  # here for the same reason

    return Lark(GRAMMAR, parser="lalr", transformer=Reading())


def _among(one: Part, options: list[Part], wanted: bool) -> Part:
    fixed = not any(option.names for option in options)
    run = operators.among(one.run, [option.run for option in options], fixed, wanted)
    return _made(run, [one, *options], deeper=1)


def _constant(answer: Answer) -> Part:
    return Part(operators.constant(answer))


def _made(run: Run, inner: Sequence[Part], deeper: int = 0) -> Part:
    names = tuple(dict.fromkeys(name for part in inner for name in part.names))
    if not names:  # figured once, now
        run = operators.constant(run(lambda name: None))
    levels = max((part.levels for part in inner), default=0) + deeper
    return Part(run, names, levels, sum(part.size for part in inner) + 1)
