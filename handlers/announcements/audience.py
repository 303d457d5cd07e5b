"""Whom an announcement may be for: the units in the actor's scope, and the roles in them."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from rules.access import Grant
from rules.announcements import AUDIENCES
from storage import announcements, members
from storage.announcements import AnnouncementRow
from storage.locks import hold
from storage.members import UnitRow

PAGE = 10


class PickAudience(Struct, frozen=True):
    """Chooses whom a draft is for."""

    draft: int
    page: int = 0


class Audiences(Struct, frozen=True):
    """Units to choose from, one page of them, and the roles possible in the chosen one."""

    draft: AnnouncementRow
    roles: tuple[str, ...]
    units: tuple[UnitRow, ...]
    page: int
    pages: int


def pick_audience(context: Context, request: PickAudience) -> Audiences | Refused:
    """The units in the actor's scope, ten a page."""
    row = own_draft(context, request.draft)
    if isinstance(row, Refused):
        return row
    units = units_in_scope(context)
    pages = max(1, -(-len(units) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    chosen = next((unit for unit in units if unit.id == row.audience), None)
    roles = () if chosen is None or chosen.kind == "branch" else tuple(each for each in AUDIENCES if each != row.role)
    return Audiences(row, roles, tuple(units[page * PAGE : (page + 1) * PAGE]), page, pages)


def hold_drafts(context: Context) -> None:
    """Whoever writes with two devices changes and sends a draft with one at a time."""
    hold(context.connection, f"drafts:{context.actor.member}")


def own_draft(context: Context, number: int) -> AnnouncementRow | Refused:
    hold_drafts(context)
    row = announcements.get(context.connection, number)
    if row is None or row.author != context.actor.member:
        return refuse("announcement_unknown")
    return row if row.sent_at is None else refuse("announcement_sent")


def units_in_scope(context: Context) -> list[UnitRow]:
    """The units one may announce to, each once, one's own first."""
    found: dict[int, UnitRow] = {}
    for grant, scope in context.actor.granted("announce"):
        if scope == "under":
            some = members.units_under(context.connection, grant.path)
        else:
            some = list(members.units_by_ids(context.connection, [grant.unit]).values())
        found |= {unit.id: unit for unit in some}
    return list(found.values())


def grant_for(context: Context, number: int) -> tuple[Grant | None, UnitRow | None]:
    unit = members.units_by_ids(context.connection, [number]).get(number)
    return (None, None) if unit is None else (context.actor.may("announce", unit.id, unit.path), unit)


REQUESTS: dict[type, Handler] = {PickAudience: pick_audience}
