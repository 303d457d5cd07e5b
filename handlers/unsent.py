"""The auditor: finds what should have gone out and did not, and alarms the administrators once a day and matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from handlers.context import Context, Handler
from handlers.periods import Ran
from rules.notices import KINDS
from rules.reminding import WAKING_TO, nearest_hour, waking
from storage import digests, members, unsent

SLICE = 200
GRACE = timedelta(minutes=30)
"""How long after a person's hour his digest may take."""
WAITING = tuple(kind for kind, urgent in KINDS.items() if not urgent)


class AuditDeliveries(Struct, frozen=True):
    """Looks at the next people `after` a number; `missing` of those before had no digest."""

    after: int = 0
    missing: int = 0


class Unsent(Struct, frozen=True):
    """What should have gone out and did not."""


def audit_deliveries(context: Context, request: AuditDeliveries) -> Ran:
    """By day, slice by slice; the last one tells."""
    if not waking(context.now.astimezone(context.house.zone).time()):
        return Ran(0)
    missing, last = _missing(context, request.after)
    missing += request.missing
    if last:
        return Ran(0, more=True, then=AuditDeliveries(last, missing))
    return alarm(context, _found(context, missing))


def alarm(context: Context, found: Mapping[str, int]) -> Ran:
    """Tells the administrators what should have gone out and did not, once a day and matter."""
    if not found:
        return Ran(0)
    units = [unit.id for unit in members.units_under(context.connection, "/")]
    holders = members.holders(context.connection, ("administrator",), units, context.today)
    people = sorted({holder.member for some in holders.values() for holder in some})
    day = context.today.isoformat()
    rows = [
        {
            "member_id": member,
            "kind": "not_sent",
            "key": f"not-sent:{matter}:{day}:{member}",
            "facts": {"found": {matter: count}},
        }
        for matter, count in found.items()
        for member in people
    ]
    context.tell_all(rows)
    return Ran(len(rows))


def unsent_now(context: Context, _request: Unsent) -> dict[str, int]:
    """Matter → how many, as the operator asks for it."""
    missing, last = _missing(context, 0)
    while last:
        more, last = _missing(context, last)
        missing += more
    return _found(context, missing)


def _found(context: Context, missing: int) -> dict[str, int]:
    counts = unsent.counted(context.connection, context.now, context.today) | {"missing": missing}
    return {matter: count for matter, count in counts.items() if count}


def _missing(context: Context, after: int) -> tuple[int, int]:
    """How many of the next people had no digest though something waited at their hour; and where to go on, 0 at the
    end."""
    local = context.now.astimezone(context.house.zone)
    people = digests.people(context.connection, context.today, after, SLICE)
    wishes = digests.wishes(context.connection)
    hours = {each.member: nearest_hour(each.hour, each.path, wishes) for each in people if not (each.away or each.sent)}
    ends = {
        member: datetime.combine(context.today, hour, context.house.zone).astimezone(UTC)
        for member, hour in hours.items()
    }
    over = {member: at for member, at in ends.items() if at + GRACE <= local.astimezone(UTC)}
    count = len(unsent.oldest(context.connection, over, WAITING)) if over and local.time() < WAKING_TO else 0
    return count, people[-1].member if len(people) == SLICE else 0


REQUESTS: dict[type, Handler] = {AuditDeliveries: audit_deliveries, Unsent: unsent_now}
