"""The grade pipeline (等次) as a file says it: steps in order, each of one kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from rules.schemes.bounds import Formula, Often, Piece, Small, Source, Text, expect_points


class Grade(Piece, frozen=True):
    """A tier of the total, reached from `from` points upward."""

    name: str
    start: Decimal = msgspec.field(name="from")
    source: Source = ""

    def __post_init__(self) -> None:
        expect_points(self.start)


class Level(Piece, frozen=True):
    """A level with a test of its own."""

    name: Text
    when: Formula
    source: Source = ""


class Effect(Piece, frozen=True):
    """What a veto does: a fixed grade, a ceiling, a grade that is barred, some grades down, the score to zero or to
    the lowest of the fixed grade, not eligible for some honours."""

    grade: Text | None = None
    at_most: Text | None = None
    never: Text | None = None
    down: Small = 0
    zero: bool = False
    lowest: bool = False
    ineligible: tuple[Text, ...] = ()


class Veto(Piece, frozen=True):
    """A cause and its effect. It lasts this cycle and `cycles` more; `lifted` ends it. Of two, the stronger wins."""

    name: Text
    when: Formula
    effect: Effect
    strength: Small = 1
    cycles: Small = 0
    lifted: Formula | None = None
    clause: str = ""
    source: Source = ""


class Gate(Piece, frozen=True):
    """A condition a grade needs (or better); who fails it gets the best grade below."""

    name: Text
    grade: Text
    when: Formula
    clause: str = ""
    source: Source = ""


class Quota(Piece, frozen=True):
    """How many may have a grade: at most, or at least, a share or a number of each group.

    A share is of those who are graded in the group. Surplus goes to the next grade, the lowest totals first; equal
    totals are told apart by `ties` (formulas, higher first), else they share their fate as `equal` says. Groups under
    `smallest` are taken together.
    """

    grades: tuple[Text, ...]
    most: Formula | None = None
    least: Formula | None = None
    among: tuple[Text, ...] = ()
    round: Literal["down", "half_up", "up"] = "down"
    ties: tuple[Formula, ...] = ()
    equal: Literal["out", "in"] = "out"
    within: Decimal | None = None  # totals that differ by no more than this are told apart by `ties`
    smallest: Often = 1
    allotted: bool = False  # numbers are given from above: facts.allotted[group]
    source: Source = ""


class Verdict(Piece, frozen=True):
    """The committee decides: it may override the grade, with a reason, and among some grades only."""

    by: Text
    grades: tuple[Text, ...] = ()
    source: Source = ""


class Consequence(Piece, frozen=True):
    """What follows from a grade or a condition, in words; `amount` when it is money."""

    name: Text
    when: Formula
    amount: Decimal | None = None
    days: Small | None = None
    source: Source = ""


class GradeStep(Piece, frozen=True):
    """One step of the pipeline; exactly one kind is written. `for` restricts it to some classes."""

    thresholds: tuple[Grade, ...] | None = None
    levels: tuple[Level, ...] | None = None
    veto: Veto | None = None
    gate: Gate | None = None
    quota: Quota | None = None
    verdict: Verdict | None = None
    consequence: Consequence | None = None
    classes: tuple[str, ...] = msgspec.field(name="for", default=())

    @property
    def kinds(self) -> list[str]:
        """The kinds that are written; a step that can be used has exactly one."""
        return [kind for kind in STEPS if getattr(self, kind) is not None]


STEPS = ("thresholds", "levels", "veto", "gate", "quota", "verdict", "consequence")
