"""The files of an example: people.yaml and scheme.yaml, read into values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import yaml

from rules.problems import Problem
from rules.schemes import Scheme, parse


class UnitSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit of an example."""

    code: str
    kind: str
    name: str
    parent: str | None = None


class RoleSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role of a person."""

    role: str
    unit: str


class PersonSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person: `usual` is what he declares each month, `habit` the share of months in which he does."""

    code: str
    name: str
    unit: str
    kind: str = msgspec.field(name="class", default="full")
    joined: date | None = None
    roles: tuple[RoleSpec, ...] = ()
    phone_less: bool = False
    usual: dict[str, Decimal] = {}
    habit: float = 0.95


class DeputySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deputy with days relative to the example's date."""

    of: str
    deputy: str
    role: str
    unit: str
    from_days: int
    until_days: int


class MeetingSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A meeting whose attendance is recorded in these months."""

    criterion: str
    months: tuple[int, ...]
    day: int


class EventSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the organisation recorded so many months ago."""

    member: str
    criterion: str
    months_ago: int
    note: str
    quantity: Decimal = Decimal(1)


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people file of an example."""

    units: tuple[UnitSpec, ...]
    people: tuple[PersonSpec, ...]
    deputies: tuple[DeputySpec, ...] = ()
    meetings: tuple[MeetingSpec, ...] = ()
    events: tuple[EventSpec, ...] = ()


class Unusable(ValueError):
    """The example's scheme has problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(str(problems))
        self.problems = problems


def read(folder: Path) -> tuple[Sample, str, Scheme]:
    """The example in a folder; raises Unusable when its scheme has problems."""
    sample = msgspec.convert(yaml.safe_load((folder / "people.yaml").read_bytes()), Sample)
    text = (folder / "scheme.yaml").read_text(encoding="utf-8")
    scheme = parse(text)
    if isinstance(scheme, list):
        raise Unusable(scheme)
    return sample, text, scheme
