"""A scheme (积分办法) as a value: read from its file, checked, and looked up by criterion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from rules.problems import Problem, Unfit

ATTENDANCE = ("present", "late", "leave", "absent")
Recorder = Literal["member", "organisation"]
MOST_POINTS = 1_000_000
FINEST = Decimal("0.001")  # half of it still fits the four decimals of the ledger
DayOfMonth = Annotated[int, msgspec.Meta(ge=1, le=28)]


def _expect_points(*numbers: Decimal | None, least: int = -MOST_POINTS, most: int = MOST_POINTS) -> None:
    """Raises Unfit, which the reader of the file reports with the place where it stands."""
    for number in numbers:
        if number is not None and not (number.is_finite() and least <= number <= most and number % FINEST == 0):
            raise Unfit("points_out_of_range", number=str(number), least=least, most=most)


class Attendance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of each attendance state of a meeting."""

    present: Decimal
    late: Decimal
    leave: Decimal
    absent: Decimal

    def __post_init__(self) -> None:
        _expect_points(self.present, self.late, self.leave, self.absent)


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a quantity becomes points: `fixed` per occurrence, `per` unit, or by attendance state."""

    fixed: Decimal | None = None
    unit: str | None = None
    per: str | None = None
    points: Decimal | None = None
    attendance: Attendance | None = None

    def __post_init__(self) -> None:
        _expect_points(self.fixed, self.points, least=0)

    @property
    def rate(self) -> Decimal:
        """Points of one unit of quantity (of being present, for attendance)."""
        if self.attendance is not None:
            return self.attendance.present
        rate = self.fixed if self.per is None else self.points
        return Decimal(0) if rate is None else rate

    @property
    def whole(self) -> bool:
        """Only whole quantities count (occurrences); units of time or money may have halves."""
        return self.per is None


class Caps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Most points a criterion may bring in a month and in a year."""

    month: Decimal | None = None
    year: Decimal | None = None

    def __post_init__(self) -> None:
        _expect_points(self.month, self.year, least=0)


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One standard (积分标准) of the scheme."""

    code: str
    name: str
    value: Value
    about: str = ""
    aliases: tuple[str, ...] = ()
    sign: Literal["plus", "minus"] = "plus"
    caps: Caps = Caps()
    most: Annotated[int, msgspec.Meta(ge=1, le=MOST_POINTS)] = 31
    by: tuple[Recorder, ...] = ("member",)
    evidence: Literal["none", "optional", "required"] = "optional"
    clause: str = ""

    @property
    def unit(self) -> str:
        """The word after the quantity: 次, 小时 …"""
        return self.value.per or self.value.unit or "次"

    def points(self, quantity: Decimal, state: str | None = None) -> Decimal:
        """Signed points of a quantity, before any cap."""
        if self.value.attendance is not None:
            points: Decimal = getattr(self.value.attendance, state or "present") * quantity
        else:
            points = self.value.rate * quantity
        return -points if self.sign == "minus" else points


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category (类别) with the most and least it may bring in a year."""

    code: str
    name: str
    criteria: tuple[Criterion, ...]
    about: str = ""
    max: Decimal | None = None
    min: Decimal | None = None

    def __post_init__(self) -> None:
        _expect_points(self.max, least=0)
        _expect_points(self.min, most=0)


class Total(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points each member starts the year with, and the bounds of the year's total."""

    base: Decimal = Decimal(0)
    min: Decimal | None = None
    max: Decimal | None = None

    def __post_init__(self) -> None:
        _expect_points(self.base, self.min, self.max)
        if self.min is not None and self.max is not None and self.min > self.max:
            raise Unfit("total_min_above_max", least=str(self.min), most=str(self.max))


class Months(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dates of a month: days of the next month, and days before the last day."""

    review_until: DayOfMonth = 5
    close_on: DayOfMonth = 6
    remind: tuple[Annotated[int, msgspec.Meta(ge=0, le=27)], ...] = (7, 3, 1, 0)

    def __post_init__(self) -> None:
        if self.close_on <= self.review_until:
            raise Unfit("scheme_closes_before_review")


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tier of the year's total, reached from `from` points upward."""

    name: str
    start: Decimal = msgspec.field(name="from")

    def __post_init__(self) -> None:
        _expect_points(self.start)


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A whole rulebook, one version of it."""

    scheme: str
    version: str
    title: str
    nodes: tuple[Node, ...]
    total: Total = Total()
    months: Months = Months()
    grades: tuple[Grade, ...] = ()

    @cached_property
    def criteria(self) -> dict[str, Criterion]:
        """Criteria by code, in the order of the file."""
        return {criterion.code: criterion for _, criterion in self.walk()}

    @cached_property
    def category(self) -> dict[str, Node]:
        """Criterion code → its category."""
        return {criterion.code: node for node, criterion in self.walk()}

    def walk(self) -> Iterator[tuple[Node, Criterion]]:
        """Each criterion with its category."""
        for node in self.nodes:
            for criterion in node.criteria:
                yield node, criterion

    def recorded_by(self, recorder: Recorder) -> list[Criterion]:
        """The criteria that a member, or the organisation, may record."""
        return [criterion for criterion in self.criteria.values() if recorder in criterion.by]

    def grade(self, total: Decimal) -> str | None:
        """The tier a total reaches, None when the scheme has no tiers."""
        return next((grade.name for grade in self.grades if total >= grade.start), None)


def parse(text: bytes | str) -> Scheme | list[Problem]:
    """The scheme in a YAML file, or every problem that keeps it from being used."""
    try:
        scheme = msgspec.yaml.decode(text, type=Scheme)
    except msgspec.DecodeError as error:
        return [Problem("scheme_unreadable", {"detail": str(error)})]
    return check(scheme) or scheme


def check(scheme: Scheme) -> list[Problem]:
    """Every contradiction in a scheme that can be read."""
    codes = Counter([node.code for node in scheme.nodes] + [criterion.code for _, criterion in scheme.walk()])
    names = Counter(name for _, criterion in scheme.walk() for name in (criterion.name, *criterion.aliases))
    problems = [Problem("scheme_code_twice", {"code": code}) for code, count in codes.items() if count > 1]
    problems += [Problem("scheme_name_twice", {"name": name}) for name, count in names.items() if count > 1]
    for node, criterion in scheme.walk():
        problems += _check_criterion(node, criterion)
    starts = [grade.start for grade in scheme.grades]
    if starts != sorted(starts, reverse=True):
        problems.append(Problem("scheme_grades_unordered", {}))
    return problems


def _check_criterion(node: Node, criterion: Criterion) -> Iterator[Problem]:
    facts = {"code": criterion.code, "name": criterion.name}
    value = criterion.value
    if [value.fixed is not None, value.per is not None, value.attendance is not None].count(True) != 1:
        yield Problem("scheme_value_unclear", facts)
    if (value.per is None) != (value.points is None):
        yield Problem("scheme_value_unclear", facts)
    if not criterion.by:
        yield Problem("scheme_nobody_records", facts)
    if (criterion.sign == "minus" or value.attendance is not None) and "member" in criterion.by:
        yield Problem("scheme_member_deducts", facts)
    for cap in (criterion.caps.month, criterion.caps.year):
        if cap is not None and node.max is not None and criterion.sign == "plus" and cap > node.max:
            yield Problem("scheme_cap_above_category", facts | {"category": node.name})
