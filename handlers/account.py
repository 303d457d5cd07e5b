"""One's own account of the console: sessions, leaving, and the password."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.signin import IDLE, Done, count_wrong, hold_code, resting
from storage import signin
from storage.locks import hold_members
from storage.signin import SessionRow


class MyAccount(Struct, frozen=True):
    """One's sessions and whether a password is set."""


class EndSession(Struct, frozen=True):
    """Ends one of one's own sessions."""

    session: int


class SetPassword(Struct, frozen=True):
    """Sets a password, checked and hashed before the unit; `proved` tells that the old one was known or not needed."""

    hash: str
    session: int
    proved: bool


class Account(Struct, frozen=True):
    """The code one signs in with, live sessions (newest first), and the hash of the password ("" when none)."""

    code: str
    name: str
    sessions: tuple[SessionRow, ...]
    password: str


def account(context: Context, _request: MyAccount) -> Account | Refused:
    """One's own, nobody else's."""
    person = context.person(context.actor.member)
    if person is None:
        return refuse("member_unknown")
    sessions = signin.sessions_of(context.connection, person.id, context.now, IDLE)
    kept = signin.password_of(context.connection, person.id)
    return Account(person.code, person.name, tuple(sessions), kept or "")


def end_session(context: Context, request: EndSession) -> Done | Refused:
    """The key opens nothing any more."""
    if not signin.end_session(context.connection, context.actor.member, request.session):
        return refuse("absent")
    context.audit("console_leave", "member", context.actor.member, session=request.session)
    return Done()


def set_password(context: Context, request: SetPassword) -> Done | Refused:
    """A new password ends all other sessions, and its owner is told."""
    member = context.actor.member
    person = context.person(member)
    if person is None:
        return refuse("member_unknown")
    hold_code(context, person.code)
    hold_members(context.connection, [member])
    pause = resting(context, person.code)
    if pause is not None:
        return pause
    if not request.proved:
        return count_wrong(context, person.code, member)
    signin.set_password(context.connection, member, request.hash, context.now)
    ended = signin.end_all(context.connection, member, but=request.session)
    context.audit("console_password", "member", member, sessions_ended=ended)
    local = context.now.astimezone(context.house.zone)
    key = f"password:{member}:{int(context.now.timestamp() * 1000)}"
    context.tell(member, "console_password", key, {"at": local.isoformat(timespec="minutes")})
    return Done()


REQUESTS: dict[type, Handler] = {MyAccount: account, EndSession: end_session, SetPassword: set_password}
