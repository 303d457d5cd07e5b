"""Before anything else of a person is handled he has read how his data is handled: his message waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from bot import dialogs, matching
from bot.channel import Inbound, Rendered
from bot.commands import Heard
from bot.dialogs import Place
from bot.replies import HIDDEN, Answered
from handlers.context import Context
from handlers.desk import Desk
from handlers.members import Home
from handlers.privacy import AcknowledgeNotice, Declined, DeclineNotice, ReadNotice, show_notice
from rules.access import SYSTEM
from screens.privacy import declined as declined_screen
from screens.render import screen_of
from screens.screen import Screen
from screens.texts import words
from storage import acknowledgements, held, identities, inbox, members
from storage.acknowledgements import Proof
from storage.engine import Connection

MOST_HELD = 5
"""How many of the messages that waited are handled, the newest; a flood of them does not hold up the unit."""
AGREE, DECLINE, READ = "agree", "decline", "read"
KINDS = {AcknowledgeNotice.__name__: AGREE, DeclineNotice.__name__: DECLINE, ReadNotice.__name__: READ}
TYPED: dict[str, str] = {
    **dict.fromkeys(("1", "一", "a", "同意", "我同意", "我已阅读", "已阅读", "我已阅读并同意"), AGREE),
    **dict.fromkeys(("agree", "iagree", "ihavereadit", "yes"), AGREE),
    **dict.fromkeys(("2", "二", "b", "不同意", "我不同意", "拒绝", "disagree", "idonotagree", "no"), DECLINE),
    **dict.fromkeys(("重新阅读告知书", "readthenoticeagain"), READ),
}
GoOn = Callable[[Inbound, Heard], Answered]


@dataclass(frozen=True, slots=True)
class Consent:
    """Stands before the turn of a message; open where the house has no notice."""

    desk: Desk
    locale: str
    public_url: str

    def waiting(self, connection: Connection, inbound: Inbound) -> list[Inbound]:
        """The messages that an agreement sets going; none when the message is no agreement, or nothing waits."""
        proof = self._proof(connection, inbound)
        if proof is None or proof.acknowledged_at is not None or _said(connection, inbound) != AGREE:
            return []
        rows = held.held_at(connection, inbound.channel, inbound.address)
        return [msgspec.convert(said["inbound"], Inbound) for said in rows[-MOST_HELD:]]

    def answered(self, connection: Connection, inbound: Inbound, heard: Heard, now: datetime, go_on: GoOn) -> Answered:
        """The answer of the turn, or the notice in its place."""
        notice = self.desk.house.notice
        if notice is None:
            return go_on(inbound, heard)
        proof = self._proof(connection, inbound)
        if proof is not None and proof.acknowledged_at is not None:
            return go_on(inbound, heard)
        meant = _said(connection, inbound)
        said = "" if proof is None else meant
        context, locale = self._context(connection, inbound, now)
        here = (inbound.channel, inbound.address, notice.version)
        if said == AGREE:
            self.desk.handle(context, AcknowledgeNotice(*here))
            return _together(inbound, heard, go_on)
        if said == DECLINE:
            return self._told(
                context, inbound, screen_of(words(locale), self.desk.handle(context, DeclineNotice(*here)))
            )
        if proof is not None and proof.declined_at is not None and said != READ:
            return self._told(context, inbound, declined_screen(words(locale), Declined()))
        screen = screen_of(words(locale), show_notice(context, inbound.channel, inbound.address, notice))
        # a PIN is not kept, whoever typed it; nor a press on the notice itself, of an older version
        waits = not said and heard.pin_correct is None and not (inbound.token and meant)
        return self._told(context, inbound, screen, held.HELD if waits else held.DECLINED)

    def _proof(self, connection: Connection, inbound: Inbound) -> Proof | None:
        notice = self.desk.house.notice
        if notice is None:
            return None
        member = members.bound_member(connection, inbound.channel, inbound.address)
        return acknowledgements.proof_at(connection, inbound.channel, inbound.address, notice.version, member)

    def _context(self, connection: Connection, inbound: Inbound, now: datetime) -> tuple[Context, str]:
        """Who says so in the trail, and in which language he reads."""
        day = self.desk.house.today(now)
        found = identities.known_at(connection, inbound.channel, inbound.address, day)
        if found is None:
            return self.desk.context(connection, SYSTEM, now), self.locale
        return self.desk.context(connection, found.actor, now), found.person.locale or self.locale

    def _told(self, context: Context, inbound: Inbound, screen: Screen, state: str = held.DECLINED) -> Answered:
        """The screen beside the question and the buttons there were: who goes on finds them as he left them."""
        connection, place = context.connection, Place(inbound.channel, inbound.address)
        rendered, rows = dialogs.drawn(place, [screen], context.now, self.public_url, pushed=False)
        inbox.issue(connection, rows)
        member = members.bound_member(connection, inbound.channel, inbound.address)
        return Answered(member, rendered, pressed="" if state == held.HELD else HIDDEN, state=state)


def _said(connection: Connection, inbound: Inbound) -> str:
    """What a message says to the notice, "" when it says something else."""
    if inbound.token:
        row = inbox.token_of(connection, inbound.channel, inbound.address, inbound.token)
        return KINDS.get(row.kind, "") if row is not None and row.state == "live" else ""
    return TYPED.get(matching.folded(inbound.text), "")


def _together(inbound: Inbound, heard: Heard, go_on: GoOn) -> Answered:
    """What waited is answered now, all in one reply; without it, the home screen."""
    if not heard.held:
        return go_on(replace(inbound, token="", text=""), Heard("", request=Home()))
    answers = [go_on(each, understood) for each, understood in heard.held]
    *before, last = answers
    reply = [_ended(screen) for answer in before for screen in answer.reply] + last.reply
    kept = None
    if any(answer.kept is not None for answer in answers):
        kept = [screen for answer in answers for screen in (answer.reply if answer.kept is None else answer.kept)]
    return replace(last, reply=reply, kept=kept, pressed="")


def _ended(screen: Rendered) -> dict[str, Any]:
    """A screen whose buttons the next one ended."""
    return screen | {"choices": []}
