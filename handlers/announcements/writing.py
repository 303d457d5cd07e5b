"""Writing an announcement: the text, whom it is for, until when it is to be confirmed, and sending it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from handlers.announcements.audience import grant_for, hold_drafts, own_draft, units_in_scope
from handlers.announcements.receiving import Notes, to_me
from handlers.announcements.status import AnnouncementDone, AnnouncementState, state_of
from handlers.announcements.waves import SENT, begin, roll_of, tell_next
from handlers.context import Context, Handler, Refused, refuse
from rules.announcements import AUDIENCES, CONFIRM_DAYS, check, written
from storage import announcements, confirmations
from storage.announcements import AnnouncementRow

PAGE = 10


class Announce(Struct, frozen=True):
    """公告: asks whoever may announce for the text; shows others what was announced to them."""


class WriteAnnouncement(Struct, frozen=True):
    """Keeps a text as a draft; `draft` is the one it replaces, `key` makes a second call find the first one's."""

    text: str
    draft: int = 0
    key: str = ""


class RewriteAnnouncement(Struct, frozen=True):
    """Asks for another text."""

    draft: int


class CheckAnnouncement(Struct, frozen=True):
    """Shows a draft before it is sent."""

    draft: int


class SetAudience(Struct, frozen=True):
    """Makes a draft one for a unit and those below it: all, secretary, officer or member."""

    draft: int
    unit: int
    role: str = "all"


class SetConfirmDays(Struct, frozen=True):
    """How many days recipients have to confirm; 0 for no last day."""

    draft: int
    days: int


class DropAnnouncement(Struct, frozen=True):
    """Throws a draft away."""

    draft: int


class SendAnnouncement(Struct, frozen=True):
    """Sends a draft; a second time it shows how the announcement stands."""

    draft: int


class Writing(Struct, frozen=True):
    """The text is asked for; `draft` is one that was begun, `changing` when its text is to be replaced."""

    draft: AnnouncementRow | None
    changing: bool
    to_confirm: int


class AnnouncementPreview(Struct, frozen=True):
    """A draft with the number of its recipients, the last day to confirm, and whether another audience is possible."""

    draft: AnnouncementRow
    recipients: int
    confirm_by: date | None
    choosable: bool


class AnnouncementDropped(Struct, frozen=True):
    """The draft is gone."""


def announce(context: Context, _request: Announce) -> Writing | Notes | Refused:
    """Whoever may announce is asked for the text, others see what they were told."""
    if not context.actor.granted("announce"):
        return to_me(context)
    waiting = confirmations.open_to(context.connection, context.actor.member, PAGE)
    return Writing(announcements.draft_of(context.connection, context.actor.member), False, len(waiting))


def write(context: Context, request: WriteAnnouncement) -> AnnouncementPreview | AnnouncementState | Refused:
    """The first line is the title; the draft is for one's own unit until another is chosen."""
    grants = context.actor.granted("announce")
    if not grants:
        return refuse("not_announcer")
    wanted = written(request.text)
    if problems := check(wanted):
        return Refused(tuple(problems))
    hold_drafts(context)
    known = announcements.known(context.connection, request.key) if request.key else None
    if known is not None:
        return _shown(context, known)
    if request.draft:
        row = own_draft(context, request.draft)
        if isinstance(row, Refused):
            return row
        announcements.change_draft(context.connection, row.id, title=wanted.title, text=wanted.text)
        return _shown(context, row.id)
    grant = min((each for each, _ in grants), key=lambda each: each.behalf is not None)
    values = {
        "key": request.key or None,
        "author_id": context.actor.member,
        "behalf_id": grant.behalf,
        "unit_id": grant.unit,
        "audience_id": grant.unit,
        "path": grant.path,
        "role": "all",
        "title": wanted.title,
        "text": wanted.text,
        "confirm_days": 0,
        "recipients": 0,
        "made_at": context.now,
    }
    return _shown(context, announcements.add(context.connection, values))


def rewrite(context: Context, request: RewriteAnnouncement) -> Writing | Refused:
    """The draft stays until the new text is there."""
    row = own_draft(context, request.draft)
    return row if isinstance(row, Refused) else Writing(row, True, 0)


def preview(context: Context, request: CheckAnnouncement) -> AnnouncementPreview | AnnouncementState | Refused:
    """What would be sent, and to how many."""
    return _shown(context, request.draft)


def set_audience(context: Context, request: SetAudience) -> AnnouncementPreview | AnnouncementState | Refused:
    """The unit must lie in the actor's scope."""
    row = own_draft(context, request.draft)
    if isinstance(row, Refused):
        return row
    grant, unit = grant_for(context, request.unit)
    if grant is None or unit is None or request.role not in AUDIENCES:
        return refuse("not_allowed")
    changes = {"audience_id": unit.id, "path": unit.path, "role": request.role}
    from_unit = {"unit_id": grant.unit, "behalf_id": grant.behalf}
    announcements.change_draft(context.connection, row.id, **changes, **from_unit)
    return _shown(context, row.id)


def set_days(context: Context, request: SetConfirmDays) -> AnnouncementPreview | AnnouncementState | Refused:
    """Counted in calendar days from the day of sending."""
    row = own_draft(context, request.draft)
    if isinstance(row, Refused):
        return row
    if request.days not in CONFIRM_DAYS:
        return refuse("not_allowed")
    announcements.change_draft(context.connection, row.id, confirm_days=request.days)
    return _shown(context, row.id)


def drop(context: Context, request: DropAnnouncement) -> AnnouncementDropped | Refused:
    """Nothing was sent."""
    row = own_draft(context, request.draft)
    if isinstance(row, Refused):
        return row
    announcements.drop_draft(context.connection, row.id)
    return AnnouncementDropped()


def send(context: Context, request: SendAnnouncement) -> AnnouncementDone | AnnouncementState | Refused:
    """Freezes whom it is for and tells the first slice of them; the sender goes on with the others."""
    hold_drafts(context)
    row = announcements.get(context.connection, request.draft)
    if row is None or row.author != context.actor.member:
        return refuse("announcement_unknown")
    if row.sent_at is not None:
        return state_of(context, row)
    grant, unit = grant_for(context, row.audience)
    if grant is None or unit is None:
        return refuse("not_allowed")
    count = announcements.count_roll(context.connection, roll_of(row, context))
    if count == 0:
        return refuse("announcement_nobody")
    facts: dict[str, Any] = {
        "path": unit.path,
        "unit_id": grant.unit,
        "behalf_id": grant.behalf,
        "recipients": count,
        "confirm_by": _last_day(context, row.confirm_days),
        "sent_on": context.today,
        "sent_at": context.now,
    }
    announcements.mark_sent(context.connection, row.id, **facts)
    context.audit("announce", "announcement", row.id, grant.behalf, unit=unit.id, role=row.role, recipients=count)
    row = announcements.get(context.connection, row.id) or row
    wave = begin(context, row, SENT)
    if wave is not None:
        tell_next(context, wave)
    return AnnouncementDone(row, "sent", count)


def _last_day(context: Context, days: int) -> date | None:
    return context.today + timedelta(days=days) if days else None


def _shown(context: Context, number: int) -> AnnouncementPreview | AnnouncementState | Refused:
    row = announcements.get(context.connection, number)
    if row is None or row.author != context.actor.member:
        return refuse("announcement_unknown")
    if row.sent_at is not None:
        return state_of(context, row)
    count = announcements.count_roll(context.connection, roll_of(row, context))
    choosable = len(units_in_scope(context)) > 1
    return AnnouncementPreview(row, count, _last_day(context, row.confirm_days), choosable)


REQUESTS: dict[type, Handler] = {
    Announce: announce,
    WriteAnnouncement: write,
    RewriteAnnouncement: rewrite,
    CheckAnnouncement: preview,
    SetAudience: set_audience,
    SetConfirmDays: set_days,
    DropAnnouncement: drop,
    SendAnnouncement: send,
}
