"""A plan of obligations as its file tells it: what falls when, on whom, what is asked, who verifies and is reminded."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from rules.schemes.bounds import Code, Piece, Text

UNIT_KINDS = ("committee", "grid", "organisation", "branch")
Every = Literal["month", "two_months", "quarter", "half_year", "year"]
MONTHS: dict[str, int] = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
"""How many months a period of each beat has; the year begins with January."""
Days = Annotated[int, msgspec.Meta(ge=0, le=366)]
DayOfMonth = Annotated[int, msgspec.Meta(ge=1, le=31)]
Holder = Literal["secretary", "officer", "grid_lead", "instructor", "committee"]


class Due(Piece, frozen=True):
    """When a task is due in its period: one of `day`, `working_day`, `on` or `after`.

    `month` counts from 1 within the period, -1 is its last. `day` beyond the month's end is its last day. `working_day`
    counts working days of that month from 1, or from its end (-1 is the last). `move` says where a `day` that is not
    worked goes. `after` is another obligation of the plan whose due date in the same period (or in the one that holds
    it) is counted from, `days` calendar days or, with `working`, working days. `on` is a single date.
    """

    month: Annotated[int, msgspec.Meta(ge=-12, le=12)] = -1
    day: DayOfMonth | None = None
    working_day: Annotated[int, msgspec.Meta(ge=-23, le=23)] | None = None
    move: Literal["", "next", "before"] = ""
    after: Code = ""
    days: Annotated[int, msgspec.Meta(ge=-366, le=366)] = 0
    working: bool = False


class Audience(Piece, frozen=True):
    """On whom it falls: every unit of a kind at or below the plan's unit (or `under`, a unit's code), carried by who
    holds `by` there; or, with `members`, each member there himself, `classes` narrowing it; or, with `roles`, each
    holder of one of the roles himself."""

    units: Literal["committee", "grid", "organisation", "branch"] = "branch"
    under: str = ""
    by: Holder = "secretary"
    members: bool = False
    classes: tuple[Text, ...] = ()
    roles: tuple[Holder, ...] = ()


class Figure(Piece, frozen=True):
    """A figure that is asked: its name, unit, and the bounds it is taken within."""

    name: Text
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None


class Item(Piece, frozen=True):
    """A line of an item sheet, scored on the spot from 0 to `max`; `how` is hear, check, read, demand or free words."""

    code: Code
    name: Text
    max: Decimal
    how: str = ""


class Posting(Piece, frozen=True):
    """What a task posts by itself: the code of a criterion that the organisation records, when done in time or late."""

    done: Annotated[str, msgspec.Meta(max_length=32)] = ""  # no Code: kept terms hold the empty one, too
    late: Annotated[str, msgspec.Meta(max_length=32)] = ""
    scheme: str = ""


class Step(Piece, frozen=True):
    """One step of an escalation: so many days after the due date, to whoever holds `to` above the unit, at most
    `times` times, every `every` days."""

    after: Annotated[int, msgspec.Meta(ge=1, le=366)]
    to: Literal["self", "secretary", "officer", "grid_lead", "committee"]
    times: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1
    every: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7


class Terms(Piece, frozen=True):
    """What holds for a task whoever issued it."""

    evidence: Literal["none", "optional", "required"] = "optional"
    figure: Figure | None = None
    sheet: tuple[Item, ...] = ()
    verify: Literal["nobody", "issuer"] = "issuer"
    remind: tuple[Annotated[int, msgspec.Meta(ge=0, le=90)], ...] = (3, 0)
    overdue: tuple[Step, ...] = (Step(1, "self"), Step(3, "officer"), Step(10, "committee"))
    still: Annotated[int, msgspec.Meta(ge=0, le=180)] = 0
    compulsory: bool = False
    posts: Posting | None = None


class Obligation(Piece, frozen=True):
    """A standing duty (责任事项): it becomes a task for each of its audience every time it falls.

    It falls once in every period of `every`, or only on the dates of `dates`; `months` narrows which months of the year
    (1 to 12) its periods may begin in. It is issued `lead` days before it is due, in working days with `lead_working`.
    """

    code: Code
    name: Text
    every: Every | None = None
    dates: tuple[Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")], ...] = ()
    months: tuple[Annotated[int, msgspec.Meta(ge=1, le=12)], ...] = ()
    due: Due = Due()
    lead: Days = 10
    lead_working: bool = False
    audience: Audience = msgspec.field(name="for", default=Audience())
    terms: Terms = Terms()
    about: str = ""


class Weak(Piece, frozen=True):
    """When a unit's weak items repeat so that it is proposed for rectification: `times` tasks late, returned or undone
    of one obligation (or of any, without `each`) within `months`."""

    times: Annotated[int, msgspec.Meta(ge=2, le=60)] = 3
    months: Annotated[int, msgspec.Meta(ge=1, le=36)] = 6
    each: bool = True
    due_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 90


class Plan(Piece, frozen=True):
    """A plan (任务计划): its code, title, version, and its obligations."""

    plan: Code
    title: Text
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    obligations: tuple[Obligation, ...]
    weak: Weak | None = None
    about: str = ""
