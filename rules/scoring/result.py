"""What scoring answers: totals, figures of categories, the part of each entry, and the trace of it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rules.scoring.facts import Id


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry brought: as posted, after its own caps, after the category's bound; `why` it did not count."""

    entry: Id
    posted: Decimal
    capped: Decimal
    counted: Decimal
    cancelled: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A category's cycle: points posted, points counted, and how much more may still count (None: no cap)."""

    node: str
    posted: Decimal
    counted: Decimal
    room: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trace: at which step, by which rule, what it made of how much, and where the rule stands.

    `rule` is a criterion's, category's or pass's code; `facts` the figures behind it as texts.
    """

    step: str
    rule: str
    points: Decimal | None = None
    before: Decimal | None = None
    entry: Id | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    clause: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A subject's cycle (得分): the total, its grade, a figure per category, and the part of each entry.

    `state` is "scored", "not_graded" or "not_scored"; `nodes` has the value of every category that applies.
    """

    total: Decimal
    grade: str | None
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]
    state: str = "scored"
    nodes: Mapping[str, Decimal] = field(default_factory=dict)
    ineligible: tuple[str, ...] = ()
    consequences: tuple[tuple[str, Decimal | None], ...] = ()
    vetoes: Mapping[str, int] = field(default_factory=dict)
    trace: tuple[Line, ...] = ()
