"""Invitations for many at once: who has no account yet, and their links and PINs drawn before the unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.context import Context, Handler, Refused, refuse
from storage import invitations, members
from storage.audit import Deed
from storage.locks import hold_members

MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class ShowUninvited:
    """The members at and below a path without an account; `fresh` leaves out who holds an invitation."""

    path: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member without an account, with his unit."""

    member: int
    code: str
    name: str
    unit: int
    unit_name: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """In the order of the tree, then by code."""

    people: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """One member's invitation; only the hashes reach the database."""

    member: int
    token_hash: str
    pin_hash: str


@dataclass(frozen=True, slots=True)
class InviteAll:
    """Makes invitations good for some days; who got an account meanwhile is left out."""

    slips: tuple[Slip, ...]
    days: int


@dataclass(frozen=True, slots=True)
class InvitedAll:
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
