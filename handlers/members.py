"""The home screen, invitations, and sessions of the web chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct, field

from handlers.context import Context, Handler, Published, Refused, refuse
from handlers.declarations.review import waiting_lines
from handlers.ledger.posting import scored
from handlers.tasks.deciding import waiting_tasks
from handlers.tasks.mine import count_open
from rules.periods import period_of
from rules.scoring.plan import plan_of
from storage import confirmations, declarations, invitations, ledger, members, phones, signin
from storage.locks import hold_members
from storage.members import Person

INVITATION_DAYS = timedelta(days=7)
SESSION_DAYS = timedelta(days=90)
MOST_ATTEMPTS = 5
MOST_OPEN = 10
WEBCHAT = "webchat"


class Home(Struct, frozen=True):
    """The start: what waits for the actor, and what he can do."""


class Help(Struct, frozen=True):
    """帮助: what can be typed."""


class Stop(Struct, frozen=True):
    """取消: ends the question being asked; drafts stay."""


class Invite(Struct, frozen=True):
    """Makes a personal link and PIN for a member; the secrets are drawn before the unit."""

    member: int
    token: str = ""
    token_hash: str = ""
    pin: str = ""
    pin_hash: str = ""


class FindMember(Struct, frozen=True):
    """The member with a code."""

    code: str


class FoundMember(Struct, frozen=True):
    """His number."""

    member: int


class FindInvitation(Struct, frozen=True):
    """Who a link is for, and the hash of its PIN."""

    token_hash: str


class Redeem(Struct, frozen=True):
    """Enters by link and PIN; `correct` was found out before the unit."""

    token_hash: str
    correct: bool
    key_hash: str


class Leave(Struct, frozen=True):
    """Ends a session of the web chat."""

    key_hash: str


class Left(Struct, frozen=True):
    """The session is over."""


class Welcome(Struct, frozen=True):
    """The home screen's facts."""

    name: str
    unit_name: str
    period: str
    declares: bool
    roles: tuple[str, ...]
    drafts: int
    states: dict[str, int]
    to_review: int
    returned: tuple[int, ...]
    total: str
    to_confirm: int = 0
    announces: bool = False
    tasks: int = 0
    to_verify: int = 0


class Manual(Struct, frozen=True):
    """What can be typed, for these roles."""

    roles: tuple[str, ...]
    declares: bool
    announces: bool = False


class Stopped(Struct, frozen=True):
    """The question is over."""

    drafts: int


class Invitation(Struct, frozen=True):
    """A personal link and its PIN, shown once; `links` are its other doors, channel → address."""

    person: Person
    token: str
    pin: str
    until: datetime
    links: Mapping[str, str] = field(default_factory=dict)


class Invited(Struct, frozen=True):
    """The invitation behind a link."""

    name: str
    pin_hash: str


class Entered(Struct, frozen=True):
    """A session of the web chat was opened."""

    member: int
    until: datetime


def address_of(member: int) -> str:
    """A member's one address in the web chat, whatever device he uses."""
    return f"m{member}"


def home(context: Context, _request: Home) -> Welcome | Refused:
    """What waits, and what can be done."""
    person = context.person(context.actor.member)
    if person is None:
        return refuse("member_unknown")
    period = period_of(context.today)
    published = context.scheme_for(person.path)
    lines = declarations.of_period(context.connection, person.id, period)
    states: dict[str, int] = {}
    for line in lines:
        if line.source == "member":
            states[line.state] = states.get(line.state, 0) + 1
    total = ""
    if published is not None:
        total = str(_total(context, person.id, published))
    reviews = bool(context.actor.granted("review"))
    return Welcome(
        person.name,
        person.unit_name,
        period,
        published is not None and context.actor.declares,
        tuple(sorted({grant.role for grant in context.actor.grants})),
        len(declarations.drafts(context.connection, person.id, period)),
        states,
        len(waiting_lines(context)) if reviews else 0,
        tuple(line.id for line in lines if line.state == "returned"),
        total,
        len(confirmations.open_to(context.connection, person.id, MOST_OPEN)),
        bool(context.actor.granted("announce")),
        count_open(context),
        len(waiting_tasks(context)),
    )


def _total(context: Context, member: int, published: Published) -> Decimal:
    """The year's total as it is kept; figured anew when nothing is kept, or when something stands without entries."""
    name, year = published.scheme.scheme, context.today.year
    kept = ledger.summary_of(context.connection, member, name, year)
    if ledger.TOTAL in kept and not plan_of(published.scheme).standing:
        return kept[ledger.TOTAL][1]
    return scored(context, name, year, [member])[member][1].total


def manual(context: Context, _request: Help) -> Manual:
    """What can be typed."""
    roles = tuple(sorted({grant.role for grant in context.actor.grants}))
    return Manual(roles, context.actor.declares, bool(context.actor.granted("announce")))


def stop(context: Context, _request: Stop) -> Stopped:
    """Nothing changes; the dialog ends with the reply."""
    drafts = declarations.drafts(context.connection, context.actor.member, period_of(context.today))
    return Stopped(len(drafts))


def invite(context: Context, request: Invite) -> Invitation | Refused:
    """Makes an invitation; an older one of the same member ends, and all his sessions, of whatever page."""
    person = context.person(request.member)
    if person is None or context.actor.may("invite", person.unit, person.path) is None:
        return refuse("not_allowed")
    hold_members(context.connection, [person.id])
    until = context.now + INVITATION_DAYS
    invitations.replace(
        context.connection,
        {
            "token_hash": request.token_hash,
            "member_id": person.id,
            "pin_hash": request.pin_hash,
            "issued_by": context.actor.member or None,
            "issued_at": context.now,
            "expires_at": until,
            "attempts": 0,
        },
    )
    signin.end_all(context.connection, person.id)
    phones.end_all(context.connection, person.id)
    context.audit("invite", "member", person.id)
    links = {channel: address + request.token for channel, address in context.house.doors.items()}
    return Invitation(person, request.token, request.pin, until, links)


def find_member(context: Context, request: FindMember) -> FoundMember | Refused:
    """A code is how the operator names a member."""
    number = members.member_by_code(context.connection, request.code)
    return refuse("no_such_member", member=request.code) if number is None else FoundMember(number)


def find_invitation(context: Context, request: FindInvitation) -> Invited | Refused:
    """The invitation behind a link that can still be used; one refusal for all others."""
    row = invitations.find(context.connection, request.token_hash)
    if row is None or row.used_at is not None or row.expires_at < context.now or row.attempts >= MOST_ATTEMPTS:
        return refuse("invitation_over")
    return Invited(members.names(context.connection, [row.member])[row.member], row.pin_hash)


def redeem(context: Context, request: Redeem) -> Entered | Refused:
    """Opens a session and binds the web chat, or counts a wrong PIN."""
    known = invitations.find(context.connection, request.token_hash)
    hold_members(context.connection, [] if known is None else [known.member])  # five tries, however many at once
    found = find_invitation(context, FindInvitation(request.token_hash))
    row = invitations.find(context.connection, request.token_hash)
    if isinstance(found, Refused) or row is None:
        return refuse("invitation_over")
    if not request.correct:
        invitations.count_attempt(context.connection, request.token_hash)
        context.audit("pin_wrong", "member", row.member)
        return refuse("pin_wrong", left=MOST_ATTEMPTS - row.attempts - 1)
    until = context.now + SESSION_DAYS
    invitations.spend(context.connection, request.token_hash, context.now)
    invitations.open_session(context.connection, request.key_hash, row.member, context.now, until)
    members.bind(context.connection, WEBCHAT, address_of(row.member), row.member, context.now)
    context.audit("enter", "member", row.member)
    return Entered(row.member, until)


def leave(context: Context, request: Leave) -> Left:
    """The key opens nothing any more."""
    invitations.close_session(context.connection, request.key_hash)
    return Left()


REQUESTS: dict[type, Handler] = {
    Home: home,
    Help: manual,
    Stop: stop,
    Invite: invite,
    FindMember: find_member,
    FindInvitation: find_invitation,
    Redeem: redeem,
    Leave: leave,
}
