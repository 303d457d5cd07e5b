"""What a formula works on: numbers, text, yes or no, lists of these, and None where there is no data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

Answer = Decimal | str | bool | None | tuple[Any, ...]
"""What a name stands for and what a formula gives; None is no data, a tuple is a list such as that of all children."""
Look = Callable[[str], Answer]
"""Gives what a name stands for; None for a name without data."""
Run = Callable[[Look], Answer]
"""A part of a formula, made ready to be figured."""

ZERO = Decimal(0)
ONE = Decimal(1)
# A context of our own: a caller's decimal context must not change what a formula gives.
CONTEXT = Context(prec=28, traps=[DivisionByZero, InvalidOperation, Overflow])


def number(answer: Answer) -> Decimal | None:
    """A number as it is, yes and no as 1 and 0; None for text, a list and no data."""
    if type(answer) is Decimal:
        return answer
    if isinstance(answer, bool):
        return ONE if answer else ZERO
    return answer if isinstance(answer, Decimal) else None


def true(answer: Answer) -> bool:
    """Whether a condition holds: not no, 0, empty text or no data; a list is no condition, any() and all() make one."""
    return bool(answer) and not isinstance(answer, tuple)


def members(answers: Iterable[Answer]) -> list[Answer]:
    """Answers and the members of lists among them, without those that have no data."""
    found: list[Answer] = []
    for answer in answers:
        if isinstance(answer, tuple):
            found.extend(member for member in answer if member is not None)
        elif answer is not None:
            found.append(answer)
    return found


def numbers(answers: Iterable[Answer]) -> list[Decimal]:
    """The numbers among answers and in lists; yes and no are 1 and 0, what is no number is left out."""
    found: list[Decimal] = []
    for answer in answers:
        if type(answer) is Decimal:  # the most usual, so first
            found.append(answer)
        elif isinstance(answer, tuple):
            found.extend(figure for member in answer if (figure := number(member)) is not None)
        elif (figure := number(answer)) is not None:
            found.append(figure)
    return found
