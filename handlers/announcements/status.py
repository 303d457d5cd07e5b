"""How an announcement stands: who was reached, who has confirmed, reminding by hand, and withdrawing."""

from __future__ import annotations

from msgspec import Struct

from handlers.announcements.waves import REMINDER, SENT, URGED, WITHDRAWN, begin, tell_next, wave_key
from handlers.context import Context, Handler, Refused, refuse
from rules.access import Grant
from storage import announcements, confirmations, outbox, sending
from storage.announcements import AnnouncementRow
from storage.confirmations import Listed, Silent, Standing
from storage.locks import hold

PAGE = 20
LISTED = 10


class AnnouncementStatus(Struct, frozen=True):
    """How an announcement stands, with a page of those who have not confirmed."""

    announcement: int
    page: int = 0


class SentAnnouncements(Struct, frozen=True):
    """The announcements of one's own units, or (for the console) of all units in one's scope."""

    page: int = 0
    everything: bool = False


class UrgeAnnouncement(Struct, frozen=True):
    """催办: reminds those who have not confirmed; once a day."""

    announcement: int


class WithdrawAnnouncement(Struct, frozen=True):
    """Takes an announcement back; its recipients are told once."""

    announcement: int
    confirmed: bool = False


class AnnouncementDone(Struct, frozen=True):
    """What was done with an announcement (sent, urged or withdrawn), and how many are told of it."""

    row: AnnouncementRow
    done: str
    count: int


class AnnouncementState(Struct, frozen=True):
    """How an announcement stands, with a page of those who have not confirmed."""

    row: AnnouncementRow
    standing: Standing
    silent: tuple[Silent, ...]
    page: int
    pages: int
    may_urge: bool


class SentList(Struct, frozen=True):
    """Announcements that were sent, newest first."""

    rows: tuple[Listed, ...]
    page: int
    more: bool
    everything: bool


class WithdrawQuestion(Struct, frozen=True):
    """Really withdraw?"""

    row: AnnouncementRow


def state_of(context: Context, row: AnnouncementRow, page: int = 0) -> AnnouncementState:
    """How an announcement stands now."""
    standing = confirmations.standing(context.connection, row.id)
    left = standing.told - standing.confirmed
    pages = max(1, -(-left // PAGE))
    page = min(max(page, 0), pages - 1)
    day = row.sent_on or context.today
    silent = confirmations.silent(context.connection, row.id, day, page * PAGE, PAGE)
    urged = announcements.waves_of(context.connection, [_urged_key(context, row)])
    may_urge = bool(left) and row.withdrawn_at is None and not urged
    return AnnouncementState(row, standing, tuple(silent), page, pages, may_urge)


def status(context: Context, request: AnnouncementStatus) -> AnnouncementState | Refused:
    """For whoever may announce in the unit it comes from, or above."""
    found = managed(context, request.announcement)
    return found if isinstance(found, Refused) else state_of(context, found[0], request.page)


def sent_list(context: Context, request: SentAnnouncements) -> SentList | Refused:
    """Ten a page, newest first."""
    grants = context.actor.granted("announce")
    if not grants:
        return refuse("not_announcer")
    units = [grant.unit for grant, _ in grants]
    paths = [grant.path for grant, scope in grants if scope == "under"] if request.everything else []
    page = max(request.page, 0)
    rows = confirmations.sent(context.connection, units, paths, page * LISTED, LISTED + 1)
    return SentList(tuple(rows[:LISTED]), page, len(rows) > LISTED, request.everything)


def urge(context: Context, request: UrgeAnnouncement) -> AnnouncementDone | Refused:
    """The key of the wave holds the day: the database lets only one begin."""
    _hold(context, request.announcement)
    found = managed(context, request.announcement)
    if isinstance(found, Refused):
        return found
    row, grant = found
    if row.withdrawn_at is not None:
        return refuse("announcement_withdrawn")
    left = confirmations.left(context.connection, row.id)
    if left == 0:
        return refuse("announcement_confirmed")
    wave = begin(context, row, URGED, f":{context.today.isoformat()}")
    if wave is None:
        return refuse("urged_today")
    tell_next(context, wave)
    context.audit("urge", "announcement", row.id, grant.behalf, people=left)
    return AnnouncementDone(row, "urged", left)


def withdraw(
    context: Context, request: WithdrawAnnouncement
) -> AnnouncementDone | AnnouncementState | WithdrawQuestion | Refused:
    """What waits to be sent is dropped; who was told hears that it is withdrawn."""
    _hold(context, request.announcement)
    found = managed(context, request.announcement)
    if isinstance(found, Refused):
        return found
    row, grant = found
    if row.withdrawn_at is not None:
        return state_of(context, row)
    if not request.confirmed:
        return WithdrawQuestion(row)
    announcements.mark_withdrawn(context.connection, row.id, context.now)
    outbox.hold_waiting(context.connection)
    sending.drop_waiting(context.connection, [wave_key(kind, row.id, ":") for kind in (SENT, URGED, REMINDER)])
    context.audit("withdraw", "announcement", row.id, grant.behalf)
    row = announcements.get(context.connection, row.id) or row
    wave = begin(context, row, WITHDRAWN)
    if wave is not None:
        tell_next(context, wave)
    return AnnouncementDone(row, "withdrawn", row.recipients)


def _hold(context: Context, number: int) -> None:
    """Nobody is reminded of what is being withdrawn."""
    hold(context.connection, f"announcement:{number}")


def _urged_key(context: Context, row: AnnouncementRow) -> str:
    return wave_key(URGED, row.id, f":{context.today.isoformat()}")


def managed(context: Context, number: int) -> tuple[AnnouncementRow, Grant] | Refused:
    """An announcement that was sent, with the role by which the actor looks after it."""
    row = announcements.get(context.connection, number)
    if row is None or row.sent_at is None:
        return refuse("announcement_unknown")
    grant = context.actor.may("announce", row.unit, row.unit_path)
    return refuse("announcement_unknown") if grant is None else (row, grant)


REQUESTS: dict[type, Handler] = {
    AnnouncementStatus: status,
    SentAnnouncements: sent_list,
    UrgeAnnouncement: urge,
    WithdrawAnnouncement: withdraw,
}
