"""Who has read the notice about personal data of today, and who has not: the proof that the committee takes away."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from handlers.context import Context, Handler, Refused
from handlers.scope import PAGE, scope_of, span_of
from storage import acknowledgements, lists
from storage.acknowledgements import Standing


class ListProofs(Struct, frozen=True):
    """Members in sight, narrowed to a unit and to read, declined, shown (not answered) or never (shown)."""

    unit: int = 0
    state: str = ""
    offset: int = 0
    limit: int = PAGE


class ProvenMember(Struct, frozen=True):
    """A member and how he stands to the notice."""

    member: int
    code: str
    name: str
    unit_name: str
    state: str
    shown_at: datetime | None
    answered_at: datetime | None
    channels: tuple[str, ...]


class ProofPage(Struct, frozen=True):
    """One page of them; `version` is the notice of today, "" when the house has none."""

    request: ListProofs
    rows: tuple[ProvenMember, ...]
    total: int
    version: str


def list_proofs(context: Context, request: ListProofs) -> ProofPage | Refused:
    """By code; without a notice nobody stands in the list."""
    scope = scope_of(context, "see_deliveries", request.unit)
    if isinstance(scope, Refused):
        return scope
    notice = context.house.notice
    if notice is None:
        return ProofPage(request, (), 0, "")
    units = scope.within(request.unit)
    inside = [unit.id for unit in scope.units] if units is None else units
    people = lists.members_in(context.connection, inside, context.today)
    found = acknowledgements.standings(context.connection, notice.version)
    wanted = {member for member in people if request.state in ("", state_of(found.get(member)))}
    names = lists.codes(context.connection, wanted)
    ordered = sorted(names, key=lambda member: names[member][0])
    span = span_of(request.offset, request.limit, len(ordered))
    some = ordered[span.start : span.stop]
    belongs = lists.units_of(context.connection, some, context.today)
    rows = [_row(member, names[member], belongs.get(member, (0, ""))[1], found.get(member)) for member in some]
    return ProofPage(request, tuple(rows), len(ordered), notice.version)


def state_of(standing: Standing | None) -> str:
    """How a member stands, in one word of `screens.privacy`."""
    if standing is None:
        return "never"
    if standing.acknowledged_at is not None:
        return "read"
    return "shown" if standing.declined_at is None else "declined"


def _row(member: int, names: tuple[str, str], unit: str, found: Standing | None) -> ProvenMember:
    if found is None:
        return ProvenMember(member, *names, unit, "never", None, None, ())
    answered = found.acknowledged_at or found.declined_at
    return ProvenMember(member, *names, unit, state_of(found), found.shown_at, answered, found.channels)


REQUESTS: dict[type, Handler] = {ListProofs: list_proofs}
