"""Means: by question inside an audience, then over the questions and the audiences by their weights."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.schemes.values import Survey
from rules.surveys.marks import EXACT, Marked, weighted
from rules.surveys.spoiling import overall

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of an audience (or of all of them) and of each question in it; None where nobody said anything."""

    value: Fraction | None
    questions: Mapping[str, Fraction]
    notes: frozenset[str]


def mean_inside(survey: Survey, ballots: Sequence[Marked]) -> Mean:
    """The mean of one audience from its valid ballots."""
    asked = {name: Fraction(weight) for name, weight in survey.questions.items()}
    kept, note = _trimmed(survey, ballots)
    notes = {note} if note else set()
    questions = _by_question(kept)
    if kept and len(questions) < len(asked):
        notes.add("question_missing")
    weights = {name: asked.get(name, ONE) for name in questions}
    if survey.importance and kept:
        found = _importance(survey, kept, weights)
        notes |= set() if any(found.values()) else {"importance_missing"}
        weights = found if any(found.values()) else weights
    value = weighted((weights[name], mean) for name, mean in questions.items())
    return Mean(value, questions, frozenset(notes))


def mean_over(audiences: Mapping[str, Mean], weights: Mapping[str, Fraction]) -> Mean:
    """The mean of all audiences that said something, by their weights."""
    value = weighted((weights[name], each.value) for name, each in audiences.items() if each.value is not None)
    names = {question: None for each in audiences.values() for question in each.questions}
    means = {
        question: weighted(
            (weights[name], each.questions[question]) for name, each in audiences.items() if question in each.questions
        )
        for question in names
    }
    questions = {question: mean for question, mean in means.items() if mean is not None}
    return Mean(value, questions, frozenset[str]().union(*(each.notes for each in audiences.values())))


def _by_question(ballots: Sequence[Marked]) -> dict[str, Fraction]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    counts: Counter[str] = Counter()
    for ballot in ballots:
        for name, figure in ballot.figures():
            sums[name] = EXACT.add(sums[name], figure)
            counts[name] += 1
    return {name: Fraction(sums[name]) / counts[name] for name in sorted(sums)}


def _importance(survey: Survey, ballots: Sequence[Marked], weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The weight of each question: what its ranks are worth, over all voters, times its own weight."""
    places: dict[str, Counter[int]] = {name: Counter() for name in weights}
    for ballot in ballots:
        for place, name in enumerate(ballot.ranked[: len(survey.importance)]):
            if name in places and name not in ballot.ranked[:place]:  # who names it twice has ranked it once
                places[name][place] += 1
    return {
        name: weights[name] * sum((Fraction(survey.importance[at]) * times for at, times in found.items()), Fraction(0))
        for name, found in places.items()
    }


def _trimmed(survey: Survey, ballots: Sequence[Marked]) -> tuple[Sequence[Marked], str | None]:
    """The ballots without the highest and lowest, and a note; a share of ballots has none that is highest."""
    trim = survey.trim
    if trim is None or survey.share or len(ballots) <= trim.above:
        return ballots, None
    if len(ballots) <= 2 * trim.each:
        return ballots, "too_few_to_trim"

    def height(ballot: Marked) -> tuple[Fraction, list[tuple[str, Decimal]], tuple[str, ...]]:
        # Of two with the same mark the answers decide, so that the order of the ballots does not.
        mark = overall(ballot.figures(), survey.questions)
        return mark or Fraction(0), sorted(ballot.figures()), ballot.ranked

    return sorted(ballots, key=height)[trim.each : -trim.each], "trimmed"
