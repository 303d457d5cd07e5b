"""Invitations for many at once: who has no account yet, and their links and PINs drawn before the unit."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from storage import invitations, members
from storage.audit import Deed
from storage.locks import hold_members

MOST_DAYS = 30


class ShowUninvited(Struct, frozen=True):
    """The members at and below a path without an account; `fresh` leaves out who holds an invitation."""

    path: str
    fresh: bool = False


class Candidate(Struct, frozen=True):
    """A member without an account, with his unit."""

    member: int
    code: str
    name: str
    unit: int
    unit_name: str


class Candidates(Struct, frozen=True):
    """In the order of the tree, then by code."""

    people: tuple[Candidate, ...]


class Slip(Struct, frozen=True):
    """One member's invitation; only the hashes reach the database."""

    member: int
    token_hash: str
    pin_hash: str


class InviteAll(Struct, frozen=True):
    """Makes invitations good for some days; who got an account meanwhile is left out."""

    slips: tuple[Slip, ...]
    days: int


class InvitedAll(Struct, frozen=True):
    """Who was invited, and until when."""

    members: tuple[int, ...]
    until: datetime


def show_uninvited(context: Context, request: ShowUninvited) -> Candidates:
    """Who came in already needs no slip."""
    found = invitations.without_account(context.connection, request.path, context.today)
    held = invitations.open_for(context.connection, context.now) if request.fresh else set()
    return Candidates(tuple(Candidate(p.id, p.code, p.name, p.unit, p.unit_name) for p in found if p.id not in held))


def invite_all(context: Context, request: InviteAll) -> InvitedAll | Refused:
    """Older invitations of the same members end."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    if not 1 <= request.days <= MOST_DAYS:
        return refuse("days_out_of_range", most=MOST_DAYS)
    hold_members(context.connection, [slip.member for slip in request.slips])
    until = context.now + timedelta(days=request.days)
    bound = members.addresses_of(context.connection, [slip.member for slip in request.slips])
    slips = [slip for slip in request.slips if slip.member not in bound]
    invitations.replace_all(
        context.connection,
        [
            {
                "token_hash": slip.token_hash,
                "member_id": slip.member,
                "pin_hash": slip.pin_hash,
                "issued_by": context.actor.member or None,
                "issued_at": context.now,
                "expires_at": until,
                "attempts": 0,
            }
            for slip in slips
        ],
    )
    context.audit_all([Deed("invite", "member", slip.member, {}) for slip in slips])
    return InvitedAll(tuple(slip.member for slip in slips), until)


REQUESTS: dict[type, Handler] = {ShowUninvited: show_uninvited, InviteAll: invite_all}
