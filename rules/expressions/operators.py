"""The operators of a formula as closures: made once, run for each entry."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from rules.expressions.answers import CONTEXT, ZERO, Answer, Look, Run, members, number, true

Figure = Callable[[Decimal, Decimal], Decimal]
Compare = Callable[[Any, Any], bool]

FIGURES: dict[str, Figure] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
}
COMPARES: dict[str, Compare] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
EQUALITY = (operator.eq, operator.ne)


def figured(sign: str, left: Run, right: Run) -> Run:
    """Arithmetic; None when a side is no number, when divided by zero, and when the result is too large."""
    act = FIGURES[sign]

    def run(look: Look) -> Answer:
        one, other = left(look), right(look)
        if type(one) is not Decimal or type(other) is not Decimal:
            one, other = number(one), number(other)
            if one is None or other is None:
                return None
        try:
            return act(one, other) or ZERO  # 0 x -2 would be shown as -0
        except ArithmeticError:
            return None

    return run


def signed(sign: str, inner: Run) -> Run:
    """A number with a sign before it; None when it is no number."""

    def minus(look: Look) -> Answer:
        figure = number(inner(look))
        return None if figure is None else CONTEXT.minus(figure)

    def plus(look: Look) -> Answer:
        return number(inner(look))

    return minus if sign == "-" else plus


def compared(sign: str, left: Run, right: Run) -> Run:
    """A comparison; of a list with one answer, the list of its members' comparisons."""
    act = COMPARES[sign]

    def run(look: Look) -> Answer:
        one, other = left(look), right(look)
        kind = type(one)
        try:
            if kind is type(other) and (kind is Decimal or kind is str):
                return act(one, other)
            return _compared(act, one, other)
        except ArithmeticError:  # a Decimal that is not a number has no order
            return False

    return run


def among(left: Run, options: Sequence[Run], fixed: bool, wanted: bool) -> Run:
    """Whether an answer is one of a list (`wanted`), or none of it; `fixed` when the list names nothing."""
    held = _options(options, lambda name: None) if fixed else ()

    def run(look: Look) -> Answer:
        one = left(look)
        choices = held if fixed else _options(options, look)
        try:
            if isinstance(one, tuple):
                return _each(one, lambda member: (member in choices) is wanted)
            return (one in choices) is wanted
        except ArithmeticError:
            return not wanted

    return run


def both(left: Run, right: Run) -> Run:
    """Yes when both conditions hold; the second is not looked at when the first does not."""
    return lambda look: true(left(look)) and true(right(look))


def either(left: Run, right: Run) -> Run:
    """Yes when one of two conditions holds; the second is not looked at when the first does."""
    return lambda look: true(left(look)) or true(right(look))


def negated(inner: Run) -> Run:
    """Yes when a condition does not hold."""
    return lambda look: not true(inner(look))


def constant(answer: Answer) -> Run:
    """The same answer always."""
    return lambda look: answer


def named(name: str) -> Run:
    """What a name stands for."""
    return lambda look: look(name)


def _compared(act: Compare, one: Answer, other: Answer) -> Answer:
    if isinstance(one, tuple) and not isinstance(other, tuple):
        return _each(one, lambda member: _singly(act, member, other))
    if isinstance(other, tuple) and not isinstance(one, tuple):
        return _each(other, lambda member: _singly(act, one, member))
    return _singly(act, one, other)


def _singly(act: Compare, one: Answer, other: Answer) -> bool:
    if act in EQUALITY or (isinstance(one, str) and isinstance(other, str)):
        return act(one, other)
    first, second = number(one), number(other)
    return first is not None and second is not None and act(first, second)


def _options(options: Sequence[Run], look: Look) -> tuple[Answer, ...]:
    answers = [option(look) for option in options]
    singles = [answer for answer in answers if not isinstance(answer, tuple)]
    return (*singles, *members(answer for answer in answers if isinstance(answer, tuple)))


def _each(answers: tuple[Answer, ...], act: Callable[[Answer], bool]) -> Answer:
    return tuple(None if answer is None else act(answer) for answer in answers)
