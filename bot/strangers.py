"""Somebody whom nobody knows on a channel: an invitation, its PIN, or how to get in."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import matching, secrets
from bot.channel import Inbound
from bot.commands import Heard
from bot.dialogs import completed
from handlers.context import Context, Refused
from handlers.desk import Desk
from handlers.identities.binding import AskBinding
from handlers.identities.vouched import VOUCHING, AskByAccount
from handlers.members import WEBCHAT, FindInvitation
from screens import door
from screens.render import screen_of
from screens.screen import Screen
from screens.texts import Say
from storage import identities, inbox, invitations
from storage.engine import Connection

PIN = re.compile(r"\d{6}")
LINK = re.compile(r"\S*/chat/enter/([A-Za-z0-9_-]{20,64})")


def opened(inbound: Inbound) -> Inbound:
    """A personal link that was sent as a text on an app opens the invitation there; its token is not kept."""
    found = LINK.fullmatch(inbound.text) if inbound.channel != WEBCHAT else None
    return inbound if found is None else replace(inbound, text="", invitation=secrets.hashed(found[1]))


def asked(inbound: Inbound) -> AskBinding:
    """The request behind an invitation that was opened here."""
    return AskBinding(inbound.channel, inbound.address, inbound.name, inbound.invitation)


def pin_correct(desk: Desk, inbound: Inbound) -> bool | None:
    """Whether six digits are the PIN being asked for; None when none is. Hashing happens before the unit."""

    def stored(connection: Connection) -> str | None:
        dialog = inbox.dialog_of(connection, inbound.channel, inbound.address)
        if dialog is None or dialog.expects != "pin":
            return None
        row = invitations.find(connection, dialog.args["token_hash"])
        return None if row is None else row.pin_hash

    pin_hash = desk.store.read(stored)
    return None if pin_hash is None else secrets.matches(pin_hash, inbound.text)


def answer(context: Context, desk: Desk, say: Say, inbound: Inbound, heard: Heard) -> tuple[list[Screen], bool]:
    """The screens, and whether they end the question asked before (a wrong PIN may be typed again)."""
    if inbound.invitation:
        return [screen_of(say, desk.handle(context, asked(inbound)))], True
    if _wants_binding(context, inbound):
        request = AskByAccount(inbound.channel, inbound.address, inbound.name)
        return [screen_of(say, desk.handle(context, request))], True
    dialog = inbox.dialog_of(context.connection, inbound.channel, inbound.address)
    if dialog is None or dialog.expects != "pin" or dialog.expires_at < context.now:
        asked_with = identities.asked_with(context.connection, inbound.channel, inbound.address)
        if asked_with and not isinstance(desk.handle(context, FindInvitation(asked_with)), Refused):
            return [door.not_yet(say)], False
        return [door.stranger(say, inbound.channel)], inbound.channel in VOUCHING
    if heard.pin_correct is None:
        return [door.pin_wanted(say)], False
    result = desk.handle(context, completed(dialog, heard.pin_correct))
    wrong = isinstance(result, Refused) and result.problems[0].code == "pin_wrong"
    return [screen_of(say, result)], not wrong


def _wants_binding(context: Context, inbound: Inbound) -> bool:
    """Whether the offer to ask without an invitation was taken: pressed, or typed as its number or its words."""
    if inbound.channel not in VOUCHING or not (inbound.token or inbound.text):
        return False
    live = inbox.live_tokens(context.connection, inbound.channel, inbound.address)
    offer = next((row for row in live if row.kind == AskByAccount.__name__), None)
    if offer is None:
        return False
    typed = matching.folded(inbound.text)
    return offer.token == inbound.token or typed == matching.folded(offer.label) or matching.number(typed) == 1
