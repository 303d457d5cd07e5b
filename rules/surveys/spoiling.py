"""The rules of a ballot: a voter's ballots of a round are spoiled as a whole when they break one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rules.schemes.values import Survey
from rules.surveys.marks import EXACT, ROUNDED, Marked, constant

if TYPE_CHECKING:  # scoring imports this package
    from rules.scoring.facts import Id

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules of a ballot as numbers; `unreadable` when one of them is none and cannot be held against anybody."""

    high: tuple[tuple[Fraction, int], ...]
    low: tuple[tuple[Fraction, int], ...]
    shares: tuple[tuple[str, Decimal], ...]
    not_equal: bool
    unreadable: bool

    @property
    def any(self) -> bool:
        """Whether there is a rule to hold ballots against."""
        return bool(self.high or self.low or self.shares or self.not_equal)


def limits(survey: Survey) -> Limits:
    """The rules of a survey's ballots."""
    rule = survey.ballot
    high, low = _bounds(rule.at_most), _bounds(rule.at_least_below)
    shares = tuple((option, most) for option, share in rule.shares.items() if (most := constant(share)) is not None)
    written = len(rule.at_most) + len(rule.at_least_below) + len(rule.shares)
    return Limits(high, low, shares, rule.not_equal, len(high) + len(low) + len(shares) < written)


def _bounds(counts: Mapping[str, int]) -> tuple[tuple[Fraction, int], ...]:
    """Mark → how many, with the mark as a number."""
    marks = ((constant(mark), count) for mark, count in counts.items())
    return tuple((Fraction(mark), count) for mark, count in marks if mark is not None)


def spoilers(survey: Survey, rules: Limits, ballots: Iterable[Marked]) -> dict[Id, list[str]]:
    """Voter → the rules his ballots of the round break; ballots without a voter cannot be held together."""
    if not rules.any:
        return {}
    by_voter: dict[Id, list[Marked]] = defaultdict(list)
    for ballot in ballots:
        if ballot.voter is not None and ballot.clear:
            by_voter[ballot.voter].append(ballot)
    found = ((voter, list(_broken(rules, mine, survey.questions))) for voter, mine in by_voter.items())
    return {voter: codes for voter, codes in found if codes}


def _broken(rules: Limits, ballots: Sequence[Marked], weights: Mapping[str, Decimal]) -> Iterator[str]:
    marks = [mark for ballot in ballots if (mark := overall(ballot.marks(), weights)) is not None]
    if any(sum(mark >= bound for mark in marks) > most for bound, most in rules.high):
        yield "too_many_high"
    if any(sum(mark < bound for mark in marks) < least for bound, least in rules.low):
        yield "too_few_low"
    if rules.not_equal and len(marks) > 1 and len(set(marks)) == 1:
        yield "all_equal"
    options = Counter(each.option for ballot in ballots for each in ballot.readings.values())
    answers = Decimal(options.total())
    if any(answers and ROUNDED.divide(Decimal(options[option]), answers) > most for option, most in rules.shares):
        yield "share_exceeded"


def overall(marks: Iterable[tuple[str, Decimal]], weights: Mapping[str, Decimal]) -> Fraction | None:
    """One voter's mark of one subject over all questions; without weights all questions weigh the same."""
    whole = total = ZERO
    for name, mark in marks:  # in Decimal: a fraction for every answer of every voter would be slow
        weight = weights.get(name, ONE)
        whole = EXACT.add(whole, weight)
        total = EXACT.fma(weight, mark, total)
    return Fraction(total) / Fraction(whole) if whole else None
