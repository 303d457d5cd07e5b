"""情况: how a month stands in the units one looks after."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from rules.periods import period_of
from storage import audit, declarations, deliveries, inbox, ledger, members, upgrade


class Overview(Struct, frozen=True):
    """The month's state of all branches in one's scope; `period` "" is the current one."""

    period: str = ""


class BranchMonth(Struct, frozen=True):
    """One branch's month: people, who declared, lines by state, who was not reached."""

    name: str
    people: int
    declared: int
    missing: tuple[str, ...]
    waiting: int
    approved: int
    unreached: tuple[str, ...]


class Month(Struct, frozen=True):
    """The branches in scope."""

    period: str
    branches: tuple[BranchMonth, ...]
    earlier: int
    reviews: bool


def overview(context: Context, request: Overview) -> Month | Refused:
    """Counts from the rows, one query a fact."""
    scopes = context.actor.granted("overview")
    if not scopes:
        return refuse("not_allowed")
    period = request.period or period_of(context.today)
    people = {
        person.id: person
        for grant, scope in scopes
        for person in members.people_under(context.connection, grant.path, context.today)
        if scope == "under" or person.unit == grant.unit
    }
    declared = declarations.declared(context.connection, period, people)
    unreached = deliveries.out_of_reach(context.connection, people)
    units = {person.unit: person.unit_name for person in people.values()}
    counts = declarations.state_counts(context.connection, units, period)
    branches = []
    for unit, name in units.items():
        mine = [person for person in people.values() if person.unit == unit]
        branches.append(
            BranchMonth(
                name,
                len(mine),
                sum(person.id in declared for person in mine),
                tuple(person.name for person in mine if person.id not in declared),
                counts.get(unit, {}).get("submitted", 0),
                counts.get(unit, {}).get("approved", 0),
                tuple(person.name for person in mine if person.id in unreached),
            )
        )
    earlier = sum(line.period < period for line in declarations.waiting(context.connection, units))
    reviews = bool(context.actor.granted("review"))
    return Month(period, tuple(branches), earlier, reviews)


class Status(Struct, frozen=True):
    """What is stored, for the operator."""


class Facts(Struct, frozen=True):
    """Name → count or counts."""

    facts: dict[str, Any]


def status(context: Context, _request: Status) -> Facts:
    """Counts of everything that waits or is kept."""
    connection = context.connection
    return Facts(
        {
            "revision": upgrade.revision(connection),
            "messages": inbox.count(connection),
            "parked": inbox.parked(connection),
            "lines": declarations.all_state_counts(connection),
            "entries": ledger.count(connection),
            "outbox": deliveries.counts(connection),
            "audit": audit.count(connection) + audit.tail(connection),
        }
    )


REQUESTS: dict[type, Handler] = {Overview: overview, Status: status}
