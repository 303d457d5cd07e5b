"""What waits for whoever opens the console, by what his roles may see."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler
from handlers.declarations.review import waiting_lines
from rules.periods import period_of
from storage import inbox, people
from storage.people import Listed, UnitFacts, Wanted

NAMED = 20


class ShowWaiting(Struct, frozen=True):
    """The start of the console."""


class Waiting(Struct, frozen=True):
    """What waits; None where the visitor's roles may not see it. `undecided` is period → lines, `month` the units."""

    period: str
    to_review: int | None
    undecided: dict[str, int] | None
    unreached: tuple[Listed, ...] | None
    unreached_total: int
    unbound_total: int
    parked: int | None
    branches: tuple[UnitFacts, ...] | None


def waiting(context: Context, _request: ShowWaiting) -> Waiting:
    """A few counts, each only for those who may see it."""
    actor, connection, today = context.actor, context.connection, context.today
    period = period_of(today)
    lines, deliveries = actor.reach("see_lines"), actor.reach("see_deliveries")
    seen, total = people.listed(connection, Wanted(reached="unreached"), deliveries, today, range(NAMED))
    _, unbound = people.listed(connection, Wanted(reached="unbound"), actor.reach("see_people"), today, range(0))
    units = people.tree(connection, lines, today, period) if lines else []
    return Waiting(
        period,
        len(waiting_lines(context)) if actor.granted("review") else None,
        people.undecided(connection, lines) if lines else None,
        tuple(seen) if deliveries else None,
        total,
        unbound,
        inbox.parked(connection) if actor.granted("see_parked") else None,
        tuple(unit for unit in units if unit.kind == "branch") if lines else None,
    )


REQUESTS: dict[type, Handler] = {ShowWaiting: waiting}
