"""What a recipient does: read an announcement, confirm it, and look at the last ones."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from storage import announcements, confirmations
from storage.announcements import AnnouncementRow
from storage.confirmations import ToMember

MOST = 10


class AnnouncementsToMe(Struct, frozen=True):
    """The last announcements to the actor."""


class ReadAnnouncement(Struct, frozen=True):
    """The full text, for its recipients and those who look after it."""

    announcement: int


class ConfirmAnnouncement(Struct, frozen=True):
    """收到; 0 means the one that is to be confirmed."""

    announcement: int = 0


class Note(Struct, frozen=True):
    """An announcement in a recipient's list; `confirmed_on` None: still to confirm."""

    number: int
    title: str
    unit_name: str
    sent_on: date
    withdrawn: bool
    confirmed_on: date | None


class Notes(Struct, frozen=True):
    """The last announcements to a member."""

    rows: tuple[Note, ...]


class FullText(Struct, frozen=True):
    """An announcement as it was sent; `note` is None for one who only looks after it."""

    row: AnnouncementRow
    note: Note | None
    manages: bool


class Confirmed(Struct, frozen=True):
    """What became of 收到: confirmed now (`fresh`) or before, or withdrawn meanwhile."""

    note: Note
    fresh: bool


def to_me(context: Context) -> Notes | Refused:
    """The newest first."""
    rows = confirmations.to_member(context.connection, context.actor.member, MOST)
    return Notes(tuple(_note(context, row) for row in rows))


def read(context: Context, request: ReadAnnouncement) -> FullText | Refused:
    """Nothing is cut."""
    row = announcements.get(context.connection, request.announcement)
    if row is None or row.sent_at is None:
        return refuse("announcement_unknown")
    mine = confirmations.one_to(context.connection, row.id, context.actor.member)
    manages = context.actor.may("announce", row.unit, row.unit_path) is not None
    if mine is None and not manages:
        return refuse("announcement_unknown")
    return FullText(row, None if mine is None else _note(context, mine), manages)


def confirm(context: Context, request: ConfirmAnnouncement) -> Confirmed | Notes | Refused:
    """Counts once; a second tap is told when it was, a late one that the announcement is withdrawn."""
    number = request.announcement
    if not number:
        waiting = confirmations.open_to(context.connection, context.actor.member, MOST)
        if len(waiting) > 1:
            return Notes(tuple(_note(context, row) for row in waiting))
        if not waiting:
            return refuse("nothing_to_confirm")
        number = waiting[0].number
    mine = confirmations.one_to(context.connection, number, context.actor.member)
    if mine is None:
        return refuse("announcement_unknown")
    if mine.withdrawn:
        return Confirmed(_note(context, mine), fresh=False)
    fresh = confirmations.confirm(context.connection, number, context.actor.member, context.now)
    if fresh:
        context.audit("confirm", "announcement", number)
    after = confirmations.one_to(context.connection, number, context.actor.member) or mine
    return Confirmed(_note(context, after), fresh=fresh)


def _note(context: Context, row: ToMember) -> Note:
    on = None if row.confirmed_at is None else context.house.today(row.confirmed_at)
    return Note(row.number, row.title, row.unit_name, row.sent_on, row.withdrawn, on)


REQUESTS: dict[type, Handler] = {
    AnnouncementsToMe: lambda context, _request: to_me(context),
    ReadAnnouncement: read,
    ConfirmAnnouncement: confirm,
}
