"""The console's lists: what was announced in sight, and an announcement's recipients with what became of it."""

from __future__ import annotations

from msgspec import Struct

from handlers.announcements.status import managed
from handlers.context import Context, Handler, Refused, refuse
from handlers.scope import PAGE, span_of
from storage import confirmations
from storage.announcements import AnnouncementRow
from storage.confirmations import Listed, Recipient, Standing


class ListAnnouncements(Struct, frozen=True):
    """The announcements that come from units in sight, newest first."""

    offset: int = 0
    limit: int = PAGE


class AnnouncementPage(Struct, frozen=True):
    """One page of them."""

    request: ListAnnouncements
    rows: tuple[Listed, ...]
    total: int


class ListRecipients(Struct, frozen=True):
    """An announcement's recipients in the order of the tree; `state` is "" or one of storage.confirmations.STATES."""

    announcement: int
    state: str = ""
    offset: int = 0
    limit: int = PAGE


class Recipients(Struct, frozen=True):
    """How an announcement stands, with one page of its recipients."""

    request: ListRecipients
    row: AnnouncementRow
    standing: Standing
    rows: tuple[Recipient, ...]
    total: int


def list_announcements(context: Context, request: ListAnnouncements) -> AnnouncementPage | Refused:
    """Of one's own units and of all below those one looks after."""
    reach = context.actor.reach("announce")
    if not reach.units and not reach.paths:
        return refuse("not_announcer")
    units, paths = sorted(reach.units), sorted(reach.paths)
    total = confirmations.count_sent(context.connection, units, paths)
    span = span_of(request.offset, request.limit, total)
    rows = confirmations.sent(context.connection, units, paths, span.start, len(span))
    return AnnouncementPage(request, tuple(rows), total)


def list_recipients(context: Context, request: ListRecipients) -> Recipients | Refused:
    """For whoever may announce in the unit it comes from, or above."""
    found = managed(context, request.announcement)
    if isinstance(found, Refused):
        return found
    if request.state and request.state not in confirmations.STATES:
        return refuse("filter_unclear")
    row = found[0]
    standing = confirmations.standing(context.connection, row.id)
    wanted = confirmations.Roll(row.id, row.sent_on or context.today, request.state)
    total = confirmations.count_roll(context.connection, wanted)
    rows = confirmations.roll(context.connection, wanted, span_of(request.offset, request.limit, total))
    return Recipients(request, row, standing, tuple(rows), total)


REQUESTS: dict[type, Handler] = {ListAnnouncements: list_announcements, ListRecipients: list_recipients}
