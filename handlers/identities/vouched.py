"""Accounts whose owner the employer vouches for: they ask to be bound without an invitation, by their name alone."""

from __future__ import annotations

from dataclasses import replace

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.identities.binding import tell_confirming
from storage import claims, identities
from storage.identities import VOUCHED, BindingRow
from storage.members import Person

VOUCHING = ("wecom",)
"""Channels on which an address is the name that the employer gave its account."""
MOST_A_DAY = 3


class AskByAccount(Struct, frozen=True):
    """Somebody asks that this account be bound to the member it is named after; who asks is known to the door."""

    channel: str = ""
    address: str = ""
    name: str = ""


class AccountNoted(Struct, frozen=True):
    """What everybody is told who asks, whether there is such a member or not."""


def ask_by_account(context: Context, request: AskByAccount) -> AccountNoted | Refused:
    """The same words whether a member was found, refused before, or too many requests were made today."""
    if request.channel not in VOUCHING:
        return refuse("invitation_over")
    if identities.bound(context.connection, request.channel, request.address) is not None:
        return refuse("account_bound")
    if claims.count(context.connection, request.channel, request.address, context.today) <= MOST_A_DAY:
        person = _meant(context, request.address)
        if person is not None:
            _ask(context, request, person)
    return AccountNoted()


def _meant(context: Context, account: str) -> Person | None:
    """The one member an account is named after; nobody when there are several."""
    found = claims.named(context.connection, account)
    return context.person(found[0]) if len(found) == 1 else None


def _ask(context: Context, request: AskByAccount, person: Person) -> None:
    """A request that waits is not made twice, and one that was refused not again: then an invitation is needed."""
    row = identities.vouched(context.connection, request.channel, request.address)
    if row is not None and row.member == person.id and row.state in ("asked", "refused"):
        return
    name = (request.name or request.address)[:64]
    stands_on = f"{VOUCHED}{int(context.now.timestamp() * 1000)}"
    row = BindingRow(0, person.id, request.channel, request.address, name, stands_on, "asked")
    row = replace(row, id=identities.ask(context.connection, row, context.now))
    context.audit("ask_binding", "member", person.id, channel=request.channel, binding=row.id)
    tell_confirming(context, row, person)


REQUESTS: dict[type, Handler] = {AskByAccount: ask_by_account}
