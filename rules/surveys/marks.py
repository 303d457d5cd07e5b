"""What a ballot says: the option and the mark of each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from rules.expressions import compiled, number
from rules.problems import Unfit
from rules.schemes.bounds import FINEST, MOST_POINTS, Formula
from rules.schemes.values import Survey

if TYPE_CHECKING:  # scoring imports this package
    from rules.scoring.facts import Ballot, Id

Written = str | int | float
# Contexts of our own: a caller's decimal context must not change a figure.
ROUNDED = Context(prec=28, traps=[DivisionByZero, InvalidOperation, Overflow])
EXACT = Context(prec=200, traps=[DivisionByZero, InvalidOperation, Overflow])


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer read: its option, its mark, and what it brings to the mean (None: it leaves the denominator)."""

    option: str | None
    mark: Decimal | None
    figure: Decimal | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A ballot read, question by question; `clear` when every answer is one the survey knows."""

    subject: Id
    voter: Id | None
    audience: str
    ranked: tuple[str, ...]
    readings: Mapping[str, Reading]
    clear: bool

    @property
    def says(self) -> bool:
        """Whether any answer brings something to a mean."""
        return any(each.figure is not None for each in self.readings.values())

    def marks(self) -> Iterator[tuple[str, Decimal]]:
        """The questions that got a mark."""
        return ((name, each.mark) for name, each in self.readings.items() if each.mark is not None)

    def figures(self) -> Iterator[tuple[str, Decimal]]:
        """The questions that bring something to the mean."""
        return ((name, each.figure) for name, each in self.readings.items() if each.figure is not None)


def marked(survey: Survey, ballots: Iterable[Ballot]) -> Iterator[Marked]:
    """The ballots of the survey's round, read; without those on oneself where they are excluded."""
    read = lru_cache(maxsize=None, typed=True)(partial(reading, survey))
    for ballot in ballots:
        if ballot.round == survey.round and not (survey.own == "excluded" and ballot.voter == ballot.subject):
            yield _marked(survey, ballot, read)


def _marked(survey: Survey, ballot: Ballot, read: Callable[[Written], Reading | None]) -> Marked:
    asked = survey.questions or ballot.answers
    found = {name: read(answer) for name, answer in ballot.answers.items() if name in asked and answer != ""}
    readings = {name: each for name, each in found.items() if each is not None}
    clear = len(readings) == len(found)
    return Marked(ballot.subject, ballot.voter, ballot.audience, ballot.ranked, readings, clear)


def reading(survey: Survey, answer: Written) -> Reading | None:
    """An answer as option and mark; None when the survey knows no such answer."""
    name = str(answer)
    if name in survey.options:
        mark = survey.options[name]
        return Reading(name, mark, None if mark is None else _figure(survey, name, mark))
    mark = plain(answer)
    if mark is not None and _too_fine(mark, survey.ballot.places):
        return None
    if survey.ranges:
        option = None if mark is None else _range_of(survey, mark)
        return None if option is None else Reading(option, mark, _figure(survey, option, mark))
    if survey.options:
        return None
    if survey.share:  # names alone: any name is an option
        return Reading(name, None, _figure(survey, name, None))
    return None if mark is None else Reading(None, mark, mark)


def _too_fine(mark: Decimal, places: int | None) -> bool:
    return places is not None and EXACT.remainder(mark, Decimal(1).scaleb(-places)) != 0


def _figure(survey: Survey, option: str, mark: Decimal | None) -> Decimal | None:
    return Decimal(option in survey.share) if survey.share else mark


def _range_of(survey: Survey, mark: Decimal) -> str | None:
    """The option whose range holds a mark; the higher one where two ranges share their end."""
    holding = [(low, high, name) for name, (low, high) in survey.ranges.items() if low <= mark <= high]
    return max(holding)[2] if holding else None


def plain(answer: Written) -> Decimal | None:
    """A number within the bounds of points; None for anything else."""
    if isinstance(answer, bool):
        return None
    try:
        mark = Decimal(str(answer))
    except InvalidOperation:
        return None
    if not mark.is_finite() or not -MOST_POINTS <= mark <= MOST_POINTS:
        return None
    return mark if EXACT.remainder(mark, FINEST) == 0 else None


def constant(formula: Formula) -> Decimal | None:
    """A formula that names nothing, such as "2/3", as a number; None when it is none."""
    try:
        return number(compiled(formula).value(lambda name: None))
    except Unfit:
        return None


def weighted(figures: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """The mean of figures by their weights, each given as weight and figure; None when nothing has a weight."""
    sums = [(weight, weight * figure) for weight, figure in figures]
    whole = sum((weight for weight, _ in sums), Fraction(0))
    return sum((part for _, part in sums), Fraction(0)) / whole if whole else None


def rounded(figure: Fraction) -> Decimal:
    """An exact figure with 28 digits."""
    return ROUNDED.divide(Decimal(figure.numerator), Decimal(figure.denominator))
