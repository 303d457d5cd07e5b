"""The committee looks at what was sent: every message and attempt, and who is not reached by any channel."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from handlers.acted import acted
from handlers.context import Context, Handler, Refused, refuse
from handlers.scope import PAGE, people_named, scope_of, span_of
from storage import deliveries, lists, outbox
from storage.deliveries import Attempt, Message

DAYS = 7
"""How far back the list goes when no day is asked for."""


class ListDeliveries(Struct, frozen=True):
    """Messages to members in sight, newest first; days as "2026-11-22", `first` "" is a week ago."""

    unit: int = 0
    member: str = ""
    state: str = ""
    kind: str = ""
    first: str = ""
    last: str = ""
    offset: int = 0
    limit: int = PAGE
    notice: str = ""


class ListedMessage(Struct, frozen=True):
    """A message: to whom, what it held (kind of notice, how many), what each channel said, and for how many of the
    notices that ask for something that was done."""

    message: Message
    code: str
    member_name: str
    unit_name: str
    notices: tuple[tuple[str, int], ...]
    attempts: tuple[Attempt, ...]
    acted: tuple[int, int] | None = None


class Messages(Struct, frozen=True):
    """One page of messages; `first` and `last` are the days looked at."""

    request: ListDeliveries
    rows: tuple[ListedMessage, ...]
    total: int
    first: date
    last: date


class ListUnreached(Struct, frozen=True):
    """Members in sight whom no channel reaches."""

    unit: int = 0
    offset: int = 0
    limit: int = PAGE


class UnreachedMember(Struct, frozen=True):
    """A member nobody reaches: without an address, or what the channel said last."""

    member: int
    code: str
    name: str
    unit_name: str
    bound: bool
    channel: str | None
    error: str
    message: int | None
    at: datetime | None


class UnreachedPage(Struct, frozen=True):
    """One page of them."""

    request: ListUnreached
    rows: tuple[UnreachedMember, ...]
    total: int


def days_between(context: Context, first: str, last: str) -> tuple[date, date] | Refused:
    """The local days a list is narrowed to, the last a week by itself."""
    try:
        until = date.fromisoformat(last) if last else context.today
        since = date.fromisoformat(first) if first else until - timedelta(days=DAYS - 1)
    except ValueError:
        return refuse("day_unclear")
    return (since, until) if since <= until else refuse("day_unclear")


def instants(context: Context, days: tuple[date, date]) -> tuple[datetime, datetime]:
    """From the first moment of the first day to that after the last."""
    zone = context.house.zone
    start = datetime.combine(days[0], datetime.min.time(), zone)
    end = datetime.combine(days[1] + timedelta(days=1), datetime.min.time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def list_deliveries(context: Context, request: ListDeliveries) -> Messages | Refused:
    """One page of messages, each with its attempts."""
    scope = scope_of(context, "see_deliveries", request.unit)
    if isinstance(scope, Refused):
        return scope
    days, people = days_between(context, request.first, request.last), people_named(context, request.member)
    if isinstance(days, Refused):
        return days
    if isinstance(people, Refused):
        return people
    units = scope.within(request.unit)
    narrowed = (request.state, request.kind, *instants(context, days), request.notice)
    wanted = deliveries.Filter(context.today, units, people, *narrowed)
    total = deliveries.count(context.connection, wanted)
    found = deliveries.page(context.connection, wanted, span_of(request.offset, request.limit, total))
    return Messages(request, tuple(_listed(context, found)), total, *days)


def _listed(context: Context, found: list[Message]) -> list[ListedMessage]:
    ids, who = [row.id for row in found], [row.member for row in found]
    people = lists.codes(context.connection, who)
    units = lists.units_of(context.connection, who, context.today)
    attempts = deliveries.attempts_of(context.connection, ids)
    kinds = deliveries.kinds_of(context.connection, ids)
    done = acted(context, outbox.notices_of(context.connection, ids))
    return [
        ListedMessage(
            row,
            *people[row.member],
            units.get(row.member, (0, ""))[1],
            tuple(kinds.get(row.id, ())),
            tuple(attempts.get(row.id, ())),
            done.get(row.id),
        )
        for row in found
    ]


def list_unreached(context: Context, request: ListUnreached) -> UnreachedPage | Refused:
    """Who has no address on any channel, or whose newest message could not be delivered."""
    scope = scope_of(context, "see_deliveries", request.unit)
    if isinstance(scope, Refused):
        return scope
    everybody = deliveries.unreached(context.connection, scope.within(request.unit), context.today)
    span = span_of(request.offset, request.limit, len(everybody))
    some = everybody[span.start : span.stop]
    who = [row.member for row in some]
    people = lists.codes(context.connection, who)
    units = lists.units_of(context.connection, who, context.today)
    attempts = deliveries.attempts_of(context.connection, [row.message for row in some if row.message is not None])
    rows = []
    for row in some:
        tried = attempts.get(row.message or 0, ())
        error = tried[-1].code if tried else ""
        name = units.get(row.member, (0, ""))[1]
        rows.append(
            UnreachedMember(row.member, *people[row.member], name, row.bound, row.channel, error, row.message, row.at)
        )
    return UnreachedPage(request, tuple(rows), len(everybody))


REQUESTS: dict[type, Handler] = {ListDeliveries: list_deliveries, ListUnreached: list_unreached}
