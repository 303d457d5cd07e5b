"""The functions a formula may call: one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import reduce
from typing import NamedTuple

from rules.expressions.answers import CONTEXT, ZERO, Answer, Look, Run, members, number, numbers, true
from rules.problems import Unfit

MOST_PLACES = 20
# Wide enough for every number of 28 digits at the most places.
ROUNDING = Context(prec=60, traps=[InvalidOperation])
Make = Callable[[Sequence[Run]], Run]


class Function(NamedTuple):
    """How many values a function takes (`most` None: any number), and what makes its closure."""

    make: Make
    least: int
    most: int | None

    @property
    def wanted(self) -> str:
        """How many values it takes, such as "3", "1-2" or "1+"."""
        if self.most is None:
            return f"{self.least}+"
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"


def called(name: str, column: int, arguments: Sequence[Run]) -> Run:
    """The closure of a call; raises Unfit for a function nobody knows, or with too few or too many values."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise Unfit("formula_function_unknown", name=name, known=", ".join(FUNCTIONS), column=column)
    given = len(arguments)
    if given < function.least or (function.most is not None and given > function.most):
        raise Unfit("formula_arguments", name=name, wanted=function.wanted, given=given, column=column)
    return function.make(arguments)


def _if(arguments: Sequence[Run]) -> Run:
    condition, yes, no = arguments

    def run(look: Look) -> Answer:
        answer = condition(look)
        if answer is True or (answer is not False and true(answer)):
            return yes(look)
        return no(look)

    return run


def _of_all(act: Callable[[list[Answer]], Answer]) -> Make:
    """A function of any number of values and lists."""

    def make(arguments: Sequence[Run]) -> Run:
        def run(look: Look) -> Answer:
            try:
                return act([argument(look) for argument in arguments])
            except ArithmeticError:  # too large, or not a number
                return None

        return run

    return make


def _of_numbers(act: Callable[..., Answer]) -> Make:
    """A function of numbers, each in its place: None when the first is none; `act` sees to the others."""

    def make(arguments: Sequence[Run]) -> Run:
        def run(look: Look) -> Answer:
            first, *others = [number(argument(look)) for argument in arguments]
            if first is None:
                return None
            try:
                return act(first, *others)
            except ArithmeticError:
                return None

        return run

    return make


def _sum(answers: list[Answer]) -> Decimal:
    return reduce(CONTEXT.add, numbers(answers), ZERO)


def _mean(answers: list[Answer]) -> Answer:
    found = numbers(answers)
    return CONTEXT.divide(_sum(answers), Decimal(len(found))) if found else None


def _round(figure: Decimal, places: Decimal | None = ZERO) -> Answer:
    if places is None or abs(places) > MOST_PLACES or places % 1:
        return None
    return figure.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, ROUNDING) or ZERO


def _whole(direction: str) -> Callable[[Decimal], Answer]:
    return lambda figure: figure.to_integral_value(direction, ROUNDING) or ZERO


def _clamp(figure: Decimal, least: Decimal | None, most: Decimal | None) -> Answer:
    """A bound without data does not bind; the upper one wins over a lower one above it."""
    if least is not None and figure < least:
        figure = least
    return most if most is not None and figure > most else figure


def _share(part: Decimal, whole: Decimal | None) -> Answer:
    return CONTEXT.divide(part, whole) or ZERO if whole else None


FUNCTIONS: dict[str, Function] = {
    "if": Function(_if, 3, 3),
    "min": Function(_of_all(lambda answers: min(numbers(answers), default=None)), 1, None),
    "max": Function(_of_all(lambda answers: max(numbers(answers), default=None)), 1, None),
    "sum": Function(_of_all(_sum), 1, None),
    "mean": Function(_of_all(_mean), 1, None),
    "count": Function(_of_all(lambda answers: Decimal(len(members(answers)))), 1, None),
    "any": Function(_of_all(lambda answers: any(map(true, members(answers)))), 1, None),
    "all": Function(_of_all(lambda answers: all(map(true, members(answers)))), 1, None),
    "round": Function(_of_numbers(_round), 1, 2),
    "floor": Function(_of_numbers(_whole(ROUND_FLOOR)), 1, 1),
    "ceil": Function(_of_numbers(_whole(ROUND_CEILING)), 1, 1),
    "abs": Function(_of_numbers(CONTEXT.abs), 1, 1),
    "clamp": Function(_of_numbers(_clamp), 3, 3),
    "share": Function(_of_numbers(_share), 2, 2),
}
