"""The way of a message: seen before, who, what is meant, the handler, the reply stored, the commit, the answer."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import structlog

from bot import commands, dialogs, matching, secrets, strangers
from bot.channel import Inbound, Rendered
from bot.clock import Clock
from bot.commands import Heard
from bot.consent import Consent
from bot.dialogs import Place
from bot.replies import HIDDEN, MOST_TEXT, Answered, Reply, given_before, row_of, sent, turn_of
from bot.scenes import Scene, with_scene
from bot.turn import Turn
from handlers.desk import Desk
from handlers.members import WEBCHAT
from rules.access import SYSTEM
from screens import door
from screens.texts import words
from storage import identities, inbox, members
from storage.engine import Busy, Connection

log = structlog.get_logger(__name__)
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(slots=True)
class Router:
    """One message in, one reply out: stored before it is given, given again when the message comes again."""

    desk: Desk
    clock: Clock
    locale: str
    public_url: str
    indexes: dict[int, matching.Index] = field(default_factory=dict)
    spare: secrets.Spare = field(default_factory=secrets.Spare)
    scene: Scene | None = None
    consent: Consent = field(init=False)

    def __post_init__(self) -> None:
        self.consent = Consent(self.desk, self.locale, self.public_url)

    async def receive(self, inbound: Inbound) -> list[Rendered]:
        """The reply to a message, after the commit; words when nothing could be stored."""
        try:
            reply = await self.accept(inbound)
            return reply.screens if self.scene is None else await with_scene(words(self.locale), reply, self.scene)
        except Busy:
            log.exception("database busy", channel=inbound.channel)
            return [dialogs.plain(door.busy(words(self.locale)), self.public_url)]

    async def accept(self, inbound: Inbound, parked: int = 0) -> Reply:
        """The reply to a message, after the commit; Busy when nothing could be stored. `parked` is the number of a
        message that could not be handled before and is tried again."""
        now = self.clock.now()
        inbound = strangers.opened(replace(inbound, text=INVISIBLE.sub("", inbound.text).strip()))
        try:
            alone = inbound.token and self.desk.house.notice is None
            heard = Heard("") if alone else await asyncio.to_thread(self._heard, inbound, now)
            return await asyncio.wrap_future(
                self.desk.store.submit(
                    lambda connection: self._unit(connection, inbound, heard, now, parked), turn_of(inbound)
                )
            )
        except Busy:
            raise
        except Exception as error:
            log.exception("message parked", channel=inbound.channel)
            return await self._park(inbound, error, now, parked)

    async def _park(self, inbound: Inbound, error: Exception, now: datetime, parked: int) -> Reply:
        """Keeps a message that could not be handled with what went wrong; the sender goes on with the next one."""
        screen, why = door.broken(words(self.locale)), f"{type(error).__name__}: {error}"[:2000]

        def unit(connection: Connection) -> Reply:
            if parked:
                inbox.park_again(connection, parked, why)
                return Reply([])
            if (known := given_before(connection, inbound)) is not None:  # the same message at two doors
                return known
            place = Place(inbound.channel, inbound.address)
            reply = dialogs.present(connection, place, [screen], now, self.public_url)
            row = row_of(inbound, Answered(None, reply), now)
            row["said"]["inbound"] = asdict(inbound)
            inbox.keep(connection, row | {"state": "parked", "error": why})
            return sent(connection, inbound, Answered(None, reply), now)

        return await asyncio.wrap_future(self.desk.store.submit(unit, turn_of(inbound)))

    def _heard(self, inbound: Inbound, now: datetime) -> Heard:
        """What a message means, and what those mean that wait for it."""
        heard = self._hear(inbound, now)
        if self.desk.house.notice is None:
            return heard
        held = self.desk.store.read(lambda connection: self.consent.waiting(connection, inbound))
        return replace(heard, held=tuple((each, self._hear(each, now)) for each in held))

    def _hear(self, inbound: Inbound, now: datetime) -> Heard:
        """Text matching happens before the unit."""
        text = inbound.text[:MOST_TEXT]
        if not text or len(inbound.text) > MOST_TEXT or inbound.token:
            return Heard(text)
        if inbound.channel != WEBCHAT and strangers.PIN.fullmatch(text):
            return Heard(text, pin_correct=strangers.pin_correct(self.desk, inbound))
        heard = commands.understand(text, None, None)
        if heard.request is not None:
            return heard

        def scheme(connection: Connection) -> Heard:
            member = members.bound_member(connection, inbound.channel, inbound.address)
            actor = None if member is None else members.actor(connection, member, self.desk.house.today(now))
            published = None if actor is None else self.desk.context(connection, actor, now).scheme_for(actor.path)
            if published is None:
                return heard
            if published.id not in self.indexes:
                self.indexes[published.id] = matching.index(published.scheme, published.row.initials)
            return commands.understand(text, published.scheme, self.indexes[published.id])

        return self.desk.store.read(scheme)

    def _unit(self, connection: Connection, inbound: Inbound, heard: Heard, now: datetime, parked: int) -> Reply:
        if parked and not inbox.is_parked(connection, parked):
            return Reply([])  # somebody else has tried again, too, and was faster
        if not parked and (known := given_before(connection, inbound)) is not None:
            return known
        answered = self._answered(connection, inbound, heard, now)
        row = row_of(inbound, answered, now)
        if parked:
            inbox.answer_parked(connection, parked, row)
        else:
            inbox.keep(connection, row)
        return sent(connection, inbound, answered, now, again=f":{parked}" if parked else "")

    def _answered(self, connection: Connection, inbound: Inbound, heard: Heard, now: datetime) -> Answered:
        def go_on(each: Inbound, understood: Heard) -> Answered:
            return self._handled(connection, each, understood, now)

        return self.consent.answered(connection, inbound, heard, now, go_on)

    def _handled(self, connection: Connection, inbound: Inbound, heard: Heard, now: datetime) -> Answered:
        place = Place(inbound.channel, inbound.address)
        found = identities.known_at(connection, place.channel, place.address, self.desk.house.today(now))
        if found is None:
            return self._stranger(connection, inbound, heard, now)
        if found.blocked:
            identities.unblock(connection, inbound.channel, inbound.address)
        member, say = found.person.id, words(found.person.locale or self.locale)
        context = self.desk.context(connection, found.actor, now)
        context.known[member] = found.person
        turn = Turn(context, say, inbound, heard, self.desk, self.spare)
        screens, current = turn.answer()
        if current:
            before = [dialogs.plain(replace(screen, choices=()), self.public_url) for screen in screens]
            return Answered(member, before + current, pressed=turn.pressed, refused=turn.refused)
        reply = dialogs.present(connection, place, screens, now, self.public_url, turn.spent)
        if any(screen.once for screen in screens):
            once = [dialogs.plain(door.shown_once(say), self.public_url)]
            return Answered(member, reply, once, pressed=turn.pressed)
        return Answered(member, reply, pressed=turn.pressed, refused=turn.refused)

    def _stranger(self, connection: Connection, inbound: Inbound, heard: Heard, now: datetime) -> Answered:
        """An address that nobody is bound to, or somebody who belongs to no unit today."""
        say, place = words(self.locale), Place(inbound.channel, inbound.address)
        member = members.bound_member(connection, inbound.channel, inbound.address)
        screens, ends = strangers.answer(self.desk.context(connection, SYSTEM, now), self.desk, say, inbound, heard)
        hidden = "" if heard.pin_correct is None else HIDDEN
        if ends:
            return Answered(member, dialogs.present(connection, place, screens, now, self.public_url), None, hidden)
        return Answered(member, [dialogs.plain(screen, self.public_url) for screen in screens], None, hidden)
