"""The audit trail (留痕) for those who watch over the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused
from handlers.deliveries import days_between, instants
from handlers.naming import Key, Names, filtered, names_of
from handlers.scope import PAGE, people_named, scope_of, span_of
from storage import audit, lists
from storage.audit import DeedRow


class ListDeeds(Struct, frozen=True):
    """Deeds, newest first; `member` is who did them, `first` "" is a week ago."""

    member: str = ""
    action: str = ""
    first: str = ""
    last: str = ""
    offset: int = 0
    limit: int = PAGE


class ListedDeed(Struct, frozen=True):
    """A deed with the names of who did it and for whom; "" is the system or the operator."""

    deed: DeedRow
    by: str
    code: str
    behalf: str


class Deeds(Struct, frozen=True):
    """One page of deeds; `first` and `last` are the days looked at, `names` tells what things are called."""

    request: ListDeeds
    rows: tuple[ListedDeed, ...]
    total: int
    first: date
    last: date
    names: Names


def list_deeds(context: Context, request: ListDeeds) -> Deeds | Refused:
    """One page; who does not watch over the whole tree sees the deeds of the people below him."""
    scope = scope_of(context, "see_trail")
    if isinstance(scope, Refused):
        return scope
    days, people = days_between(context, request.first, request.last), people_named(context, request.member)
    if isinstance(days, Refused):
        return days
    if isinstance(people, Refused):
        return people
    if not scope.everything:
        inside = lists.members_in(context.connection, [unit.id for unit in scope.units], context.today)
        people = tuple(inside if people is None else inside & set(people))
    wanted = audit.Filter(people, request.action, None, *instants(context, days))
    total = audit.count_of(context.connection, wanted)
    found = audit.page(context.connection, wanted, span_of(request.offset, request.limit, total))
    names = lists.codes(context.connection, {who for row in found for who in (row.actor, row.behalf) if who})
    rows = [
        ListedDeed(row, names.get(row.actor, ("", ""))[1], names.get(row.actor, ("", ""))[0], _name(names, row.behalf))
        for row in found
    ]
    return Deeds(request, tuple(rows), total, *days, names_of(context, _things(found)))


def _things(found: Sequence[DeedRow]) -> set[Key]:
    things = {(row.subject, str(row.subject_id)) for row in found}
    return things.union(*(filtered(row.facts.get("narrowed", {})) for row in found))


def _name(names: dict[int, tuple[str, str]], member: int | None) -> str:
    return names[member][1] if member in names else ""


REQUESTS: dict[type, Handler] = {ListDeeds: list_deeds}
