"""A criterion (积分标准): what it is worth, who records it, how much of it counts, and for how long."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from rules.schemes.bounds import MOST_POINTS, Code, Formula, Often, Piece, Small, Source, Text, Window, expect_points
from rules.schemes.standing import standing
from rules.schemes.values import Value

Recorder = Literal["member", "organisation", "committee", "peer", "witness", "host", "system"]
"""Who may record: oneself, the organisation, a committee above, peers, who was helped, who held it, the system."""
WINDOWS = ("occurrence", "day", "week", "month", "quarter", "half", "year", "cycle")


class Caps(Piece, frozen=True):
    """Most points a criterion (or a pool of several) may bring in each window; for a minus criterion: may cost."""

    occurrence: Decimal | None = None
    day: Decimal | None = None
    week: Decimal | None = None
    month: Decimal | None = None
    quarter: Decimal | None = None
    half: Decimal | None = None
    year: Decimal | None = None
    cycle: Decimal | None = None

    def __post_init__(self) -> None:
        expect_points(*self.windows.values(), least=0)

    @property
    def windows(self) -> dict[str, Decimal]:
        """The caps that are written, the narrowest window first."""
        return {name: cap for name in WINDOWS if (cap := getattr(self, name)) is not None}


class Pool(Piece, frozen=True):
    """A cap that several criteria share."""

    name: Code
    caps: Caps
    source: Source = ""


class Dedupe(Piece, frozen=True):
    """One matter counts once (不重复计分): entries with the same key, of which only some are kept.

    Entries that lack the key are matters of their own. Without `by`, all entries of a window compete.
    """

    by: tuple[Text, ...] = ("matter",)  # matter, option, on, or another detail of the entry
    keep: Literal["highest", "lowest", "first", "last"] = "highest"
    most: Often = 1
    per: Window = "cycle"
    kinds: dict[str, Small] = {}  # of the kept ones at most so many with a detail, as "scope=outside": 1


class Group(Piece, frozen=True):
    """Criteria among which one matter counts once."""

    name: Code
    dedupe: Dedupe
    source: Source = ""


class Factor(Piece, frozen=True):
    """A multiplier: on a condition, or looked up by a detail of the entry."""

    times: Formula | None = None
    when: Formula | None = None
    by: Text | None = None
    of: dict[str, Decimal] = {}
    source: Source = ""


class Validity(Piece, frozen=True):
    """How long an entry counts, in months (a formula may give it by its points), from its day or the end of the act."""

    months: Formula
    start: Literal["on", "until"] = msgspec.field(name="from", default="on")
    source: Source = ""


class Enter(Piece, frozen=True):
    """Within how many days of the fact an entry must be recorded; a late one is refused or kept."""

    within_days: Small
    late: Literal["refused", "kept"] = "refused"
    source: Source = ""


class Credit(Piece, frozen=True):
    """Whose ledger an entry goes to: a relation of the actor (an attribute naming a subject), as another criterion."""

    to: Text
    code: Code | None = msgspec.field(name="as", default=None)
    source: Source = ""


class Criterion(Piece, frozen=True):
    """One standard (积分标准) of the scheme."""

    code: Code
    name: str
    value: Value
    about: str = ""
    aliases: tuple[str, ...] = ()
    sign: Literal["plus", "minus", "both"] = "plus"
    caps: Caps = Caps()
    pool: Code | None = None
    dedupe: Dedupe | None = None
    group: Code | None = None
    factors: tuple[Factor, ...] = ()
    most: Annotated[int, msgspec.Meta(ge=1, le=MOST_POINTS)] = 31
    by: tuple[Recorder, ...] = ("member",)
    evidence: Literal["none", "optional", "required"] = "optional"
    proof: tuple[str, ...] = ()  # the kinds of evidence: 照片, 原件 …
    classes: tuple[str, ...] = msgspec.field(name="for", default=())
    when: Formula | None = None
    valid: Validity | None = None
    enter: Enter | None = None
    credit: tuple[Credit, ...] = ()
    lifts: tuple[Code, ...] = ()  # an entry ends the effect of entries of these criteria with the same matter
    winners: Often | None = None  # at most so many subjects get it in a cycle
    round: Small | None = None  # decimal places of each entry's points
    clause: str = ""
    source: Source = ""

    @property
    def unit(self) -> str:
        """The word after the quantity: 次, 小时 …; of a range the quantity is points."""
        return self.value.per or self.value.unit or ("次" if self.value.range is None else "分")

    def open_to(self, recorder: Recorder) -> bool:
        """Whether somebody may record it; what stands without entries nobody records."""
        return recorder in self.by and not standing(self.value)

    @property
    def options(self) -> tuple[str, ...]:
        """What each entry must choose from; nothing where there is no choice."""
        value = self.value
        if value.options is not None:
            return tuple(value.options)
        if value.table is not None:
            return tuple(value.table.rows) if value.table.keys[:1] == ("option",) else ()
        return tuple(value.map or ()) if value.of is None else ()
