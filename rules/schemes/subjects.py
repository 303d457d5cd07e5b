"""Whom a scheme scores: classes, exemption, the cycle, figures of the whole population, and who sees what."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from rules.schemes.bounds import Code, Formula, Piece, Source, Text

MonthDay = Annotated[str, msgspec.Meta(pattern="^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]


class Exemption(Piece, frozen=True):
    """Who is not scored at all, or scored without a grade: by class or condition, after so many approvals."""

    effect: Literal["not_scored", "not_graded"]
    classes: tuple[str, ...] = msgspec.field(name="for", default=())
    when: Formula | None = None
    on_request: bool = False  # only for subjects whose application went through all approvals
    approvals: tuple[str, ...] = ()
    about: str = ""
    source: Source = ""


class Subjects(Piece, frozen=True):
    """Whom the scheme scores. A subject's classes are dated; `of` says whether members or units keep the ledger."""

    of: Literal["member", "unit"] = "member"
    classes: tuple[Text, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    source: Source = ""


class Cycle(Piece, frozen=True):
    """When counting begins anew: on a day of the year, at an event (its dates are facts), or never."""

    by: Literal["dates", "event", "never"] = "dates"
    start: MonthDay = msgspec.field(name="from", default="01-01")
    months: Literal[3, 6, 12] = 12
    event: str = ""
    source: Source = ""


class Pass(Piece, frozen=True):
    """A figure of a whole population: the best, worst, mean, sum or count of a value, or one's own rank or percentile.

    `among` names what must be equal ("class", "unit" or an attribute) for two subjects to be compared. `absent` says
    what becomes of subjects without the value.
    """

    name: Code
    of: Formula
    take: Literal["best", "worst", "mean", "sum", "count", "rank", "percentile"]
    among: tuple[Text, ...] = ()
    lowest_first: bool = False
    ties: Literal["same", "dense", "mean"] = "same"
    absent: Literal["skip", "zero"] = "skip"
    classes: tuple[str, ...] = msgspec.field(name="for", default=())
    source: Source = ""


class Suspension(Piece, frozen=True):
    """While a condition holds, entries of a sign are only recorded."""

    when: Formula
    sign: Literal["plus", "minus"] = "plus"
    source: Source = ""


class Ranking(Piece, frozen=True):
    """Ranking of subjects: off unless a body decided it and wrote on what basis."""

    on: bool = False
    basis: str = ""
    decided_by: str = ""
    source: Source = ""


class Visibility(Piece, frozen=True):
    """Who sees a member's points, and what a national rule asks to leave off."""

    points: tuple[Literal["self", "branch", "above", "public"], ...] = ("self", "branch")
    ranking: Ranking = Ranking()
    streaks: bool = False
    online_time: bool = False
    advisory: bool = True
    names: Literal["shown", "hidden"] = "shown"
    source: Source = ""


class Stage(Piece, frozen=True):
    """A step of the process in words: who does what, within how many days; printed, not computed."""

    name: str
    by: str = ""
    days: Annotated[int, msgspec.Meta(ge=0, le=3660)] | None = None
    about: str = ""
    source: Source = ""
