"""The tally (计票) of a round: every subject's outcome from all its ballots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rules.schemes.values import Survey
from rules.surveys.marks import ROUNDED, Marked, constant, marked, rounded
from rules.surveys.means import Mean, mean_inside, mean_over
from rules.surveys.spoiling import Limits, limits, spoilers

if TYPE_CHECKING:  # scoring imports this package
    from rules.scoring.facts import Ballot, Id

NOTES = (
    "quorum_missed",
    "quorum_unreadable",
    "roll_unknown",
    "too_many_high",
    "too_few_low",
    "all_equal",
    "share_exceeded",
    "answer_unknown",
    "rule_unreadable",
    "voter_unknown",
    "voted_again",
    "audience_left_out",
    "audience_missing",
    "question_missing",
    "importance_missing",
    "trimmed",
    "too_few_to_trim",
)
"""What may be noted at an outcome, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One subject's outcome of a round; `value` is None when no ballot is valid or the quorum was missed.

    `cast` counts every ballot on the subject (one's own only where it is included), `spoiled` those of voters whose
    ballots break a rule and those with an answer the survey does not know. `turnout` is cast by roll, 0-1.
    """

    value: Decimal | None
    cast: int
    valid: int
    spoiled: int
    turnout: Decimal | None
    notes: tuple[str, ...]
    audiences: Mapping[str, Decimal]
    questions: Mapping[str, Decimal]


@dataclass(slots=True)
class _Pile:
    """The ballots on one subject, sorted: valid ones by audience, the others counted."""

    cast: int = 0
    valid: int = 0
    spoiled: int = 0
    groups: dict[str, list[Marked]] = field(default_factory=lambda: defaultdict(list))
    notes: set[str] = field(default_factory=set)


def outcomes(
    survey: Survey, ballots: Sequence[Ballot], rolls: Mapping[str, int], subjects: Collection[Id]
) -> dict[Id, Outcome]:
    """The outcome of each subject from all ballots; those on others matter too, for the rules of a ballot."""
    rules = limits(survey)
    first, again = _divided(survey, marked(survey, ballots))
    piles = _piles(survey, rules, first)
    roll = rolls.get(survey.round)
    found = {subject: piles.get(subject) or _Pile() for subject in subjects}
    for pile in found.values():
        pile.notes |= {"rule_unreadable"} if rules.unreadable else set()
    for subject in again & found.keys():
        found[subject].notes.add("voted_again")
    return {subject: _outcome(survey, pile, roll) for subject, pile in found.items()}


def _divided(survey: Survey, ballots: Iterable[Marked]) -> tuple[list[Marked], set[Id]]:
    """The ballots that are cast, and the subjects somebody voted on again; without a voter nobody can tell."""
    cast: list[Marked] = []
    again: set[Id] = set()
    seen: set[tuple[Id, Id]] = set()
    for ballot in ballots:
        if survey.ballot.once and ballot.voter is not None:
            if (ballot.voter, ballot.subject) in seen:
                again.add(ballot.subject)
                continue
            seen.add((ballot.voter, ballot.subject))
        cast.append(ballot)
    return cast, again


def _piles(survey: Survey, rules: Limits, ballots: Sequence[Marked]) -> dict[Id, _Pile]:
    broken = spoilers(survey, rules, ballots)
    piles: dict[Id, _Pile] = defaultdict(_Pile)
    for ballot in ballots:
        pile = piles[ballot.subject]
        pile.cast += 1
        codes = _faults(survey, ballot, broken)
        pile.notes.update(codes)
        if rules.any and ballot.voter is None:
            pile.notes.add("voter_unknown")
        if codes:
            pile.spoiled += "audience_left_out" not in codes
        elif ballot.says:
            pile.valid += 1
            pile.groups[ballot.audience if _weighed(survey) else ""].append(ballot)
    return piles


def _faults(survey: Survey, ballot: Marked, broken: Mapping[Id, list[str]]) -> list[str]:
    """Why a ballot does not count; nothing when it does."""
    if survey.audiences and ballot.audience not in survey.audiences:
        return ["audience_left_out"]
    if not ballot.clear:
        return ["answer_unknown"]
    return [] if ballot.voter is None else broken.get(ballot.voter, [])


def _weighed(survey: Survey) -> bool:
    """Whether audiences are told apart."""
    return bool(survey.audiences) or survey.equal_audiences


def _outcome(survey: Survey, pile: _Pile, roll: int | None) -> Outcome:
    notes = set(pile.notes)
    turnout = ROUNDED.divide(Decimal(pile.cast), Decimal(roll)) if roll else None
    missed = _quorum(survey, turnout)
    if missed:
        notes.add(missed)
    means = {} if missed else {name: mean_inside(survey, group) for name, group in sorted(pile.groups.items())}
    if means and not survey.audiences.keys() <= means.keys():
        notes.add("audience_missing")
    mean = mean_over(means, _weights(survey, means))
    audiences = means if _weighed(survey) else {}
    return Outcome(
        None if mean.value is None else rounded(mean.value),
        pile.cast,
        pile.valid,
        pile.spoiled,
        turnout,
        tuple(note for note in NOTES if note in notes | mean.notes),
        {name: rounded(each.value) for name, each in audiences.items() if each.value is not None},
        {name: rounded(each) for name, each in mean.questions.items()},
    )


def _quorum(survey: Survey, turnout: Decimal | None) -> str | None:
    """Why the quorum cannot be said to be reached; None when it is, or when there is none."""
    if survey.quorum is None:
        return None
    least = constant(survey.quorum)
    if least is None:
        return "quorum_unreadable"
    if turnout is None:
        return "roll_unknown"
    return None if turnout >= least else "quorum_missed"


def _weights(survey: Survey, audiences: Mapping[str, Mean]) -> dict[str, Fraction]:
    if survey.equal_audiences or not survey.audiences:
        return dict.fromkeys(audiences, Fraction(1))
    return {name: Fraction(survey.audiences[name]) for name in audiences}
