"""Value rules (分值): how what happened becomes points. Each is written under a key of its own; a criterion has one."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from rules.problems import Unfit
from rules.schemes.bounds import Formula, Often, Piece, Small, Text, Window, expect_points

ATTENDANCE = ("present", "late", "left_early", "leave", "absent", "substitute", "made_up")


class Attendance(Piece, frozen=True):
    """Points of each attendance state of a meeting."""

    present: Decimal
    late: Decimal
    leave: Decimal
    absent: Decimal
    left_early: Decimal | None = None
    substitute: Decimal | None = None
    made_up: Decimal | None = None

    def __post_init__(self) -> None:
        expect_points(*(getattr(self, state) for state in ATTENDANCE))

    def of(self, state: str) -> Decimal:
        """Points of a state; left early counts as late, substituted and made up as present, unless written."""
        found: Decimal | None = getattr(self, state)
        if found is not None:
            return found
        return self.late if state == "left_early" else self.present


class Range(Piece, frozen=True):
    """Points somebody judges within bounds (酌情)."""

    least: Decimal = msgspec.field(name="from")
    most: Decimal = msgspec.field(name="to")

    def __post_init__(self) -> None:
        expect_points(self.least, self.most)
        if self.least > self.most:
            raise Unfit("range_backwards", least=str(self.least), most=str(self.most))


class Bracket(Piece, frozen=True):
    """One bracket of a rate: from this quantity on, so many points for every so much, at most `most`."""

    start: Decimal = msgspec.field(name="from")
    points: Decimal
    every: Decimal = Decimal(1)
    most: Decimal | None = None


class Step(Piece, frozen=True):
    """A tier: from this measure on, so many points."""

    start: Decimal = msgspec.field(name="from")
    points: Decimal

    def __post_init__(self) -> None:
        expect_points(self.points)


class Each(Piece, frozen=True):
    """So many points for every so much."""

    points: Decimal
    every: Decimal = Decimal(1)


class Cumulative(Piece, frozen=True):
    """Points of the running sum of quantities in a window; a higher tier replaces the lower, it does not add.

    `under` is the rate below the first tier, `beyond` the rate for every full `every` above the last.
    """

    tiers: tuple[Step, ...]
    under: Each | None = None
    beyond: Each | None = None
    per: Window = "cycle"


class Count(Piece, frozen=True):
    """Points by how often it happened in a window: the first, the second …; `then` for each one after the list.

    From the `zero_from`-th on, the whole category the criterion stands in is zero.
    """

    points: tuple[Decimal, ...]
    then: Decimal | None = None
    zero_from: Often | None = None
    per: Window = "cycle"

    def __post_init__(self) -> None:
        expect_points(*self.points, self.then)


class Expected(Piece, frozen=True):
    """So many times in each window: `each` points for every time, `missing` points for every time that lacks.

    A shortfall counts when its window is over. `times` may depend on the subject (a formula).
    """

    times: Formula
    per: Window
    each: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)
    extra: bool = False  # whether times beyond the expected ones earn `each` too

    def __post_init__(self) -> None:
        expect_points(self.each, self.missing)


class Target(Piece, frozen=True):
    """A measure against a target: `full` at the target; for every `every` below it `points`, above it `above`."""

    at: Formula
    full: Decimal = Decimal(0)
    every: Decimal = Decimal(1)
    points: Decimal = Decimal(0)
    above: Decimal = Decimal(0)
    whole: bool = False  # only whole steps count

    def __post_init__(self) -> None:
        expect_points(self.full, self.points, self.above)
        if self.every <= 0:
            raise Unfit("step_not_positive")


class Table(Piece, frozen=True):
    """A lookup by one or two keys: `option`, `class`, or the name of an attribute of the entry or the subject."""

    keys: tuple[Text, ...]
    rows: dict[str, Decimal | dict[str, Decimal]]
    other: Decimal | None = None  # for what is in no row; else it is worth nothing


class Promise(Piece, frozen=True):
    """The subject's own promised task (承诺): worth what was agreed at the start, at most `most`, by its fulfilment."""

    most: Decimal | None = None
    kept: Decimal = Decimal(1)  # share of the agreed points for 完成, for a part of it the entry gives the share
    broken: Decimal = Decimal(0)


class Deadline(Piece, frozen=True):
    """Days allowed from `on` to `done`, by option ("*" for all others); `points` for each late case or late day."""

    days: dict[str, Small]
    points: Decimal
    per: Literal["case", "day"] = "case"
    kept: Decimal = Decimal(0)  # points when it was in time
    working: bool = False

    def __post_init__(self) -> None:
        expect_points(self.points, self.kept)


class BallotRule(Piece, frozen=True):
    """What one ballot may hold: at most so many marks from a mark on, at least so many below one, not all equal."""

    at_most: dict[str, Small] = {}
    at_least_below: dict[str, Small] = {}
    not_equal: bool = False
    shares: dict[str, Formula] = {}  # option → most share of a ballot's marks
    places: Small | None = None  # decimal places a mark may have
    once: bool = False  # of a voter's ballots on one subject only the first is cast


class Trim(Piece, frozen=True):
    """Drop so many highest and lowest marks when there are more than `above` raters."""

    each: Often = 1
    above: Small = 0


class Survey(Piece, frozen=True):
    """The outcome of a round of ballots for this subject: options to marks, questions and audiences by weight.

    `share` takes the share (0–1) of ballots with one of these options instead of a mean mark. An option whose mark is
    absent (`null`) leaves the denominator. In a category figured by sub-periods, ballots of the round "name@2026Q1" (as
    imported values are named) are those of the sub-period.
    """

    round: Text
    options: dict[str, Decimal | None] = {}
    ranges: dict[str, tuple[Decimal, Decimal]] = {}
    questions: dict[str, Decimal] = {}
    audiences: dict[str, Decimal] = {}
    importance: tuple[Decimal, ...] = ()  # weight of the question a voter ranks first, second …
    equal_audiences: bool = False
    share: tuple[str, ...] = ()
    own: Literal["excluded", "included"] = "excluded"
    trim: Trim | None = None
    quorum: Formula | None = None
    ballot: BallotRule = BallotRule()


class Value(Piece, frozen=True):
    """How a quantity, an option, a state or a measure becomes points; exactly one of the rules is written."""

    fixed: Decimal | None = None
    per: str | None = None
    options: dict[str, Decimal] | None = None
    range: Range | None = None
    table: Table | None = None
    attendance: Attendance | None = None
    cumulative: Cumulative | None = None
    count: Count | None = None
    expected: Expected | None = None
    map: dict[str, Decimal] | None = None
    bands: tuple[Step, ...] | None = None
    target: Target | None = None
    promise: Promise | None = None
    deadline: Deadline | None = None
    survey: Survey | None = None
    formula: Formula | None = None
    unit: str | None = None
    points: Decimal | None = None
    every: Decimal = Decimal(1)
    at_least: Decimal | None = None  # per: a smaller quantity earns nothing
    whole: bool = False  # per: only whole `every` count
    brackets: tuple[Bracket, ...] = ()
    zero: tuple[str, ...] = ()  # those of the options that set the whole category to zero
    of: Formula | None = None  # the measure of map, bands and target; else the entry's quantity (option, for map)
    other: Decimal | None = None  # map: for what is not in it

    def __post_init__(self) -> None:
        expect_points(self.fixed, self.points, least=0)
        expect_points(*(self.options or {}).values(), *(self.map or {}).values(), self.other)
        if self.every <= 0:
            raise Unfit("step_not_positive")

    @property
    def kinds(self) -> list[str]:
        """The rules that are written; a value that can be used has exactly one."""
        return [kind for kind in KINDS if getattr(self, kind) is not None]

    @property
    def kind(self) -> str:
        """The rule that is written."""
        return self.kinds[0]

    @property
    def rate(self) -> Decimal:
        """Points of one unit of quantity (of being present, for attendance), as far as they are known beforehand."""
        if self.attendance is not None:
            return self.attendance.present
        rate = self.points if self.per is not None else self.fixed
        return Decimal(0) if rate is None else rate

    @property
    def zeroes(self) -> bool:
        """Whether an entry may set the whole category to zero."""
        return bool(self.zero) or (self.count is not None and self.count.zero_from is not None)

    @property
    def takes_fractions(self) -> bool:
        """Units of time or money may have halves; occurrences are whole."""
        return self.kind in ("per", "cumulative", "bands", "target", "formula")


KINDS = (
    "fixed",
    "per",
    "options",
    "range",
    "table",
    "attendance",
    "cumulative",
    "count",
    "expected",
    "map",
    "bands",
    "target",
    "promise",
    "deadline",
    "survey",
    "formula",
)
