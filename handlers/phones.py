"""Coming into the phone pages: by a one-time link from the chat, or by a platform that vouches for an address."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.signin import Done
from rules.access import Actor
from storage import identities, members, phones
from storage.locks import hold_members

LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=2)
DECLARE, POINTS = "declare", "points"
PAGES = (DECLARE, POINTS)


class AskForPhoneLink(Struct, frozen=True):
    """打开表单: a one-time link to a phone page; the token is drawn before the unit."""

    page: str = DECLARE
    token: str = ""
    token_hash: str = ""


class FindPhoneLink(Struct, frozen=True):
    """Whether a link can be used; nothing is spent."""

    token_hash: str


class EnterByPhoneLink(Struct, frozen=True):
    """Spends a link and opens a session."""

    token_hash: str
    key_hash: str


class EnterFromChannel(Struct, frozen=True):
    """Opens a session for whoever is bound to an address, which the platform has vouched for before the unit."""

    channel: str
    address: str
    key_hash: str
    page: str = DECLARE


class FindPhoneSession(Struct, frozen=True):
    """Who is behind a key."""

    key_hash: str


class LeavePhone(Struct, frozen=True):
    """Ends a session."""

    key_hash: str


class PhoneLink(Struct, frozen=True):
    """A one-time link, shown once."""

    token: str
    page: str
    until: datetime


class PhoneLinkFor(Struct, frozen=True):
    """The link can be used; by whom is not told."""

    page: str


class OnPhone(Struct, frozen=True):
    """A session was opened."""

    page: str
    until: datetime


class PhoneSession(Struct, frozen=True):
    """A live session's member, with the unit and roles of this very moment."""

    actor: Actor


def ask_for_phone_link(context: Context, request: AskForPhoneLink) -> PhoneLink | Refused:
    """A link for oneself; an older one ends."""
    if request.page not in PAGES:
        return refuse("absent")
    if not context.actor.declares:
        return refuse("not_declaring")
    hold_members(context.connection, [context.actor.member])
    until = context.now + LINK_LIFE
    values = {"token_hash": request.token_hash, "member_id": context.actor.member, "page": request.page}
    phones.issue_link(context.connection, {**values, "issued_at": context.now, "expires_at": until})
    context.audit("phone_link", "member", context.actor.member)
    return PhoneLink(request.token, request.page, until)


def find_phone_link(context: Context, request: FindPhoneLink) -> PhoneLinkFor | Refused:
    """One refusal for all links that cannot be used."""
    row = phones.link(context.connection, request.token_hash, context.now)
    return refuse("phone_link_over") if row is None else PhoneLinkFor(row.page)


def enter_by_phone_link(context: Context, request: EnterByPhoneLink) -> OnPhone | Refused:
    """The database settles who was first: of many that press the button one gets a session."""
    row = phones.link(context.connection, request.token_hash, context.now)
    if row is None or not phones.spend_link(context.connection, request.token_hash, context.now):
        return refuse("phone_link_over")
    return _open(context, row.member, request.key_hash, "link", row.page)


def enter_from_channel(context: Context, request: EnterFromChannel) -> OnPhone | Refused:
    """An address that nobody is bound to gets the same words, whoever it is."""
    bound = identities.bound(context.connection, request.channel, request.address)
    if bound is None or request.page not in PAGES:
        return refuse("phone_unknown")
    return _open(context, bound.member, request.key_hash, request.channel, request.page)


def _open(context: Context, member: int, key_hash: str, means: str, page: str) -> OnPhone:
    until = context.now + SESSION_LIFE
    values = {"key_hash": key_hash, "member_id": member, "means": means}
    phones.open_session(context.connection, {**values, "opened_at": context.now, "expires_at": until})
    context.audit("phone_enter", "member", member, means=means)
    return OnPhone(page, until)


def find_phone_session(context: Context, request: FindPhoneSession) -> PhoneSession | Refused:
    """Whoever belongs to no unit any more comes no further."""
    member = phones.session_member(context.connection, request.key_hash, context.now)
    actor = None if member is None else members.actor(context.connection, member, context.today)
    return refuse("session_over") if actor is None else PhoneSession(actor)


def leave_phone(context: Context, request: LeavePhone) -> Done:
    """The key opens nothing any more."""
    phones.close_session(context.connection, request.key_hash)
    return Done()


REQUESTS: dict[type, Handler] = {
    AskForPhoneLink: ask_for_phone_link,
    FindPhoneLink: find_phone_link,
    EnterByPhoneLink: enter_by_phone_link,
    EnterFromChannel: enter_from_channel,
    FindPhoneSession: find_phone_session,
    LeavePhone: leave_phone,
}
