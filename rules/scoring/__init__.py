"""Scoring (得分): a scheme and the facts of a whole class in, digits and their trace out.

The same input gives the same digits. Caps bound running sums: an entry counts for what it moves the bounded sum, so the
parts of all entries add up to the figure. Population figures, other levels and sub-periods are worked out when a
formula asks for them, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from rules.grading import Graded, Standing, graded
from rules.schemes import Scheme
from rules.scoring.board import Board, Sheet
from rules.scoring.facts import (
    Ballot,
    Decision,
    Entry,
    Exempted,
    Facts,
    Id,
    Membership,
    Past,
    Subject,
    day_of,
)
from rules.scoring.parts import figures_of, parts_of
from rules.scoring.result import Figure, Line, Part, Score

ZERO = Decimal(0)
__all__ = [
    "ZERO",
    "Ballot",
    "Decision",
    "Entry",
    "Exempted",
    "Facts",
    "Figure",
    "Id",
    "Line",
    "Membership",
    "Part",
    "Past",
    "Score",
    "Subject",
    "day_of",
    "score",
]


def score(scheme: Scheme, facts: Facts, *, parts: bool = True, trace: bool = False) -> dict[Id, Score]:
    """The score of every subject of a class; `parts` tells what each entry brought, `trace` opens figures to lines."""
    board = Board(scheme, facts)
    found = {number: _figured(sheet, parts, trace) for number, sheet in board.sheets.items()}
    if not scheme.steps:
        return found
    standings = {
        number: Standing(sheet.subject, sheet.total, sheet.state == "scored", sheet.asked)
        for number, sheet in board.sheets.items()
        if sheet.state != "not_scored"
    }
    grades = graded(scheme, standings, facts)
    return {
        number: _graded(each, grades[number], trace) if number in grades else each for number, each in found.items()
    }


def _figured(sheet: Sheet, parts: bool, trace: bool) -> Score:
    """A subject before grading."""
    found = Score(
        sheet.total,
        None,
        figures_of(sheet),
        parts_of(sheet) if parts else (),
        sheet.state,
        nodes_of(sheet),
        trace=tuple(_lines(sheet)) if trace else (),
    )
    if not sheet.board.plan.crossing:
        sheet.forget()
    return found


def _graded(found: Score, grade: Graded, trace: bool) -> Score:
    return replace(
        found,
        total=grade.total,
        grade=grade.grade,
        ineligible=grade.ineligible,
        consequences=grade.consequences,
        vetoes=grade.vetoes,
        trace=found.trace + tuple(_steps(grade)) if trace else (),
    )


def nodes_of(sheet: Sheet) -> dict[str, Decimal]:
    """The value of every category that applies."""
    if sheet.state == "not_scored":
        return {}
    values = {code: sheet.value(code) for code in sheet.board.plan.scheme.every_node}
    return {code: value for code, value in values.items() if value is not None}


def _lines(sheet: Sheet) -> Iterator[Line]:
    from rules.scoring.trace import traced  # traces are made on demand

    yield from traced(sheet)


def _steps(grade: Graded) -> Iterator[Line]:
    for step in grade.steps:
        facts = {"before": step.before or "", "after": step.after or "", **step.facts}
        yield Line(step.rule, step.name, None, None, None, facts, step.clause, step.sources)
