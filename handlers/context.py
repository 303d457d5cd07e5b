"""What every handler gets: the connection, who acts, the instant, and the house it happens in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.access import Actor
from rules.notices import KINDS
from rules.periods import Calendar, weekdays
from rules.privacy import Notice
from rules.problems import Problem
from rules.schemes import Scheme
from rules.schemes.kept import kept_scheme
from rules.schemes.versions import carried
from rules.tasks.plan import Plan
from storage import members, outbox, schemes
from storage.audit import Deed
from storage.audit import record as record_deeds
from storage.calendars import OwnDay
from storage.engine import Connection
from storage.members import Person
from storage.schemes import SchemeVersion


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was not accepted, with every reason."""

    problems: tuple[Problem, ...]


def refuse(code: str, **facts: Any) -> Refused:
    """A refusal for one reason."""
    return Refused((Problem(code, facts),))


@dataclass(frozen=True, slots=True)
class Published:
    """A scheme version in force: its number, its row and the parsed scheme."""

    id: int
    row: SchemeVersion
    scheme: Scheme


@dataclass(slots=True)
class House:
    """What is the same for all requests: time zone, calendar, the parsed schemes and plans (immutable once published),
    where an invitation can be opened besides the web (`doors`: channel → address that the invitation's token
    completes), and which channels there are (`channels`: each with whether it may write to people at any time), and
    the notice about personal data that everybody acknowledges first."""

    zone: ZoneInfo
    calendar: Calendar = field(default_factory=weekdays)
    parsed: dict[int, Published] = field(default_factory=dict)
    doors: dict[str, str] = field(default_factory=dict)
    channels: Mapping[str, bool] = field(default_factory=lambda: {"webchat": True})
    notice: Notice | None = None
    carrying: dict[tuple[int, ...], Published] = field(default_factory=dict)
    plans: dict[int, Plan] = field(default_factory=dict)

    def today(self, now: datetime) -> date:
        """The local day of an instant."""
        return now.astimezone(self.zone).date()

    def published(self, connection: Connection, version_id: int) -> Published:
        """A published version by its number."""
        if version_id not in self.parsed:
            row = schemes.version(connection, version_id)
            self.parsed[version_id] = Published(version_id, row, kept_scheme(row.text))
        return self.parsed[version_id]

    def carried(self, connection: Connection, versions: Iterable[int]) -> Published:
        """The newest of some versions of a scheme, with the criteria it dropped that an older one of them has."""
        newest, *older = sorted(set(versions), reverse=True)
        key = (newest, *older)
        if key not in self.carrying:
            found = self.published(connection, newest)
            schemes_before = [self.published(connection, number).scheme for number in older]
            self.carrying[key] = replace(found, scheme=carried(found.scheme, schemes_before))
        return self.carrying[key]


@dataclass(slots=True)
class Context:
    """One request's surroundings. `quiet` keeps notices back: history that is imported tells nobody."""

    connection: Connection
    actor: Actor
    now: datetime
    house: House
    quiet: bool = False
    in_force: dict[tuple[str, date], int | None] = field(default_factory=dict)
    known: dict[int, Person | None] = field(default_factory=dict)
    calendars: dict[tuple[str, ...], Calendar] | None = None
    own_days: dict[str, dict[date, OwnDay]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local day."""
        return self.house.today(self.now)

    def person(self, member: int) -> Person | None:
        """A member with his unit today; asked of the database once a request."""
        if member not in self.known:
            self.known[member] = members.person(self.connection, member, self.today)
        return self.known[member]

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Member → name; those of persons known already are not asked for again."""
        names = {number: found.name for number in ids if (found := self.known.get(number)) is not None}
        missing = set(ids) - names.keys()
        return names | members.names(self.connection, missing) if missing else names

    def scheme_for(self, path: str, day: date | None = None) -> Published | None:
        """The scheme in force for a unit on a day (today when none is given)."""
        key = (path, day or self.today)
        if key not in self.in_force:
            self.in_force[key] = schemes.version_in_force(self.connection, *key)
        version_id = self.in_force[key]
        return None if version_id is None else self.house.published(self.connection, version_id)

    def version(self, version_id: int) -> Published:
        """The scheme version a line was made under."""
        return self.house.published(self.connection, version_id)

    def carried(self, versions: Iterable[int]) -> Published:
        """The newest of some versions of a scheme, with the criteria it dropped that an older one of them has."""
        return self.house.carried(self.connection, versions)

    def audit(self, action: str, subject: str, subject_id: int, behalf: int | None = None, **facts: Any) -> None:
        """Records one deed of the actor."""
        self.audit_all([Deed(action, subject, subject_id, facts, behalf)])

    def audit_all(self, deeds: list[Deed]) -> None:
        """Records deeds of the actor."""
        record_deeds(self.connection, self.actor.recorded, deeds, self.now)

    def tell(self, member: int, kind: str, key: str, facts: Mapping[str, Any]) -> None:
        """Leaves a notice for a member; a known key is not told twice."""
        self.tell_all([{"member_id": member, "kind": kind, "key": key, "facts": dict(facts)}])

    def tell_all(self, rows: list[dict[str, Any]]) -> None:
        """Leaves notices; each row has member_id, kind, key and facts."""
        if self.quiet:
            return
        unknown = {row["kind"] for row in rows} - KINDS.keys()
        if unknown:
            raise KeyError(f"not in rules.notices.KINDS: {unknown}")
        outbox.tell(self.connection, [{**row, "made_at": self.now} for row in rows])


Handler = Callable[[Context, Any], Any]
"""What answers a request: a function of the surroundings and the request."""
