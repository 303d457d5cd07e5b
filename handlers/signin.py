"""Coming into the console: by a one-time link from the chat, or by member code and password."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.periods import Ran
from rules.access import Actor
from rules.passwords import rest_after
from storage import members, phones, signin
from storage.locks import hold, hold_members
from storage.signin import RestRow, SessionRow

LINK_LIFE = timedelta(minutes=10)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
KEPT = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)


class AskForLink(Struct, frozen=True):
    """后台: a one-time link to the console; the token is drawn before the unit."""

    token: str = ""
    token_hash: str = ""


class FindLink(Struct, frozen=True):
    """Whose link this is; nothing is spent."""

    token_hash: str


class EnterByLink(Struct, frozen=True):
    """Spends a link and opens a session."""

    token_hash: str
    key_hash: str
    device: str


class FindPassword(Struct, frozen=True):
    """The hash a typed password is held against."""

    code: str


class EnterByPassword(Struct, frozen=True):
    """Opens a session by password; `correct` was found out before the unit, against `against`."""

    code: str
    correct: bool
    against: str
    key_hash: str
    device: str


class OpenForDemo(Struct, frozen=True):
    """Opens a session without any proof; only the demo asks this."""

    member: int
    key_hash: str


class FindSession(Struct, frozen=True):
    """Who works with a session."""

    key_hash: str


class StillHere(Struct, frozen=True):
    """The session is in use."""

    session: int


class ConsoleLink(Struct, frozen=True):
    """A one-time link, shown once."""

    token: str
    until: datetime


class LinkFor(Struct, frozen=True):
    """The link can be used; by whom is not told."""

    until: datetime


class KeptPassword(Struct, frozen=True):
    """The hash of a password; empty when there is none."""

    hash: str


class ConsoleEntered(Struct, frozen=True):
    """A session of the console was opened."""

    until: datetime


class Session(Struct, frozen=True):
    """A live session and who acts in it, with the roles of this very moment."""

    row: SessionRow
    actor: Actor


class Done(Struct, frozen=True):
    """It is done; nothing more is to be said."""


def ask_for_link(context: Context, request: AskForLink) -> ConsoleLink | Refused:
    """A link for those who hold a role; an older one ends."""
    if not context.actor.granted("console"):
        return refuse("no_console")
    hold_members(context.connection, [context.actor.member])
    until = context.now + LINK_LIFE
    signin.issue_link(
        context.connection,
        {
            "token_hash": request.token_hash,
            "member_id": context.actor.member,
            "issued_at": context.now,
            "expires_at": until,
        },
    )
    context.audit("console_link", "member", context.actor.member)
    return ConsoleLink(request.token, until)


def find_link(context: Context, request: FindLink) -> LinkFor | Refused:
    """Whether a link can be used; one refusal for all that cannot."""
    if signin.link_member(context.connection, request.token_hash, context.now) is None:
        return refuse("link_over")
    return LinkFor(context.now + LINK_LIFE)


def enter_by_link(context: Context, request: EnterByLink) -> ConsoleEntered | Refused:
    """The database settles who was first: of many that press the button one gets a session."""
    member = signin.link_member(context.connection, request.token_hash, context.now)
    if member is None or not signin.spend_link(context.connection, request.token_hash, context.now):
        return refuse("link_over")
    return _open(context, member, request.key_hash, "link", request.device)


def _open(context: Context, member: int, key_hash: str, means: str, device: str) -> ConsoleEntered:
    """Opens a session and tells its owner in the chat."""
    until = context.now + LONGEST
    number = signin.open_session(
        context.connection,
        {
            "key_hash": key_hash,
            "member_id": member,
            "means": means,
            "device": device[:80],
            "opened_at": context.now,
            "seen_at": context.now,
            "expires_at": until,
        },
    )
    context.audit("console_enter", "member", member, means=means, session=number)
    local = context.now.astimezone(context.house.zone)
    facts = {"at": local.isoformat(timespec="minutes"), "means": means, "device": device[:80]}
    context.tell(member, "console_entered", f"console:{key_hash[:32]}", facts)
    return ConsoleEntered(until)


def find_password(context: Context, request: FindPassword) -> KeptPassword:
    """What a password is held against; an unknown code has none."""
    member = members.member_by_code(context.connection, request.code)
    return KeptPassword((member and signin.password_of(context.connection, member)) or "")


def enter_by_password(context: Context, request: EnterByPassword) -> ConsoleEntered | Refused:
    """Known and unknown codes get the same refusals: wrong, or resting after five wrong ones."""
    hold_code(context, request.code)
    pause = resting(context, request.code)
    if pause is not None:
        return pause
    member = members.member_by_code(context.connection, request.code)
    hold_members(context.connection, [] if member is None else [member])  # a password changed now opens nothing
    kept = None if member is None else signin.password_of(context.connection, member)
    if member is None or not request.correct or kept != request.against:
        return count_wrong(context, request.code, member)
    signin.put_rest(context.connection, _code_hash(request.code), None, context.now)
    return _open(context, member, request.key_hash, "password", request.device)


def hold_code(context: Context, code: str) -> None:
    """Five wrong passwords are the most, however many come at once."""
    hold(context.connection, f"code:{_code_hash(code)}")


def resting(context: Context, code: str) -> Refused | None:
    """The refusal of an account that rests; a right password does not shorten it."""
    row = signin.rest_of(context.connection, _code_hash(code))
    if row is None or row.rests_until is None or row.rests_until <= context.now:
        return None
    return refuse("account_rests", minutes=_minutes(row.rests_until - context.now))


def count_wrong(context: Context, code: str, member: int | None) -> Refused:
    """Counts a wrong password; every fifth in a row lets the account rest, twice as long each time."""
    before = signin.rest_of(context.connection, _code_hash(code))
    failures = 1 + (before.failures if before else 0)
    pause = rest_after(failures)
    row = RestRow(failures, None if pause is None else context.now + pause)
    signin.put_rest(context.connection, _code_hash(code), row, context.now)
    if member is not None:
        context.audit("password_wrong", "member", member, failures=failures)
    return refuse("password_wrong") if pause is None else refuse("account_rests", minutes=_minutes(pause))


def _code_hash(code: str) -> str:
    """What is typed may be anything, even a password: only its hash is kept."""
    return hashlib.sha256(code.encode()).hexdigest()


def _minutes(pause: timedelta) -> int:
    return -(-pause // timedelta(minutes=1))


def open_for_demo(context: Context, request: OpenForDemo) -> ConsoleEntered:
    """The demo's people have no secrets."""
    return _open(context, request.member, request.key_hash, "demo", "")


def find_session(context: Context, request: FindSession) -> Session | Refused:
    """The roles are those of this moment: whoever lost his role has lost it here too."""
    row = signin.session_by_key(context.connection, request.key_hash, context.now, IDLE)
    actor = None if row is None else members.actor(context.connection, row.member, context.today)
    if row is None or actor is None:
        return refuse("session_over")
    return Session(row, actor)


def still_here(context: Context, request: StillHere) -> Done:
    """Puts off the end by idleness."""
    signin.seen(context.connection, request.session, context.now)
    return Done()


class TidyConsole(Struct, frozen=True):
    """Forgets links, sessions and counts that were over a day ago, those of the phone pages too."""


def tidy(context: Context, _request: TidyConsole) -> Ran:
    """Nothing of it is needed: the audit keeps who came in when."""
    before = context.now - KEPT
    return Ran(signin.forget(context.connection, before) + phones.forget(context.connection, before))


REQUESTS: dict[type, Handler] = {
    AskForLink: ask_for_link,
    FindLink: find_link,
    EnterByLink: enter_by_link,
    FindPassword: find_password,
    EnterByPassword: enter_by_password,
    OpenForDemo: open_for_demo,
    FindSession: find_session,
    StillHere: still_here,
    TidyConsole: tidy,
}
