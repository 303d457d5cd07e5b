"""The way of a message: seen before, who, what is meant, the handler, the reply stored, the commit, the answer."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from msgspec import structs

from bot import commands, dialogs, matching, secrets, strangers
from bot.channel import Inbound, Rendered
from bot.clock import Clock
from bot.commands import Heard
from bot.dialogs import Place
from bot.replies import HIDDEN, MOST_TEXT, Answered, Reply, given_before, row_of, sent, turn_of
from handlers.announcements.writing import WriteAnnouncement
from handlers.context import Context, Refused
from handlers.declarations.forms import AddFile, Undo
from handlers.declarations.review import ApproveAll, Queue, ReviewLine
from handlers.desk import Desk
from handlers.members import WEBCHAT, Home, Invite
from handlers.signin import AskForLink
from rules.access import SYSTEM
from screens import door
from screens.problems import refused
from screens.render import screen_of
from screens.screen import Screen
from screens.texts import Say, words
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

    async def receive(self, inbound: Inbound) -> list[Rendered]:
        """The reply to a message, after the commit; words when nothing could be stored."""
        try:
            return (await self.accept(inbound)).screens
        except Busy:
            log.exception("database busy", channel=inbound.channel)
            return [dialogs.plain(door.busy(words(self.locale)), self.public_url)]

    async def accept(self, inbound: Inbound, parked: int = 0) -> Reply:
        """The reply to a message, after the commit; Busy when nothing could be stored. `parked` is the number of a
        message that could not be handled before and is tried again."""
        now = self.clock.now()
        inbound = replace(inbound, text=INVISIBLE.sub("", inbound.text).strip())
        try:
            heard = Heard("") if inbound.token else await asyncio.to_thread(self._hear, inbound, now)
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

    def _hear(self, inbound: Inbound, now: datetime) -> Heard:
        """Text matching happens before the unit."""
        text = inbound.text[:MOST_TEXT]
        if not text or len(inbound.text) > MOST_TEXT:
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
            return Answered(member, before + current, pressed=turn.pressed)
        reply = dialogs.present(connection, place, screens, now, self.public_url, turn.spent)
        if any(screen.once for screen in screens):
            once = [dialogs.plain(door.shown_once(say), self.public_url)]
            return Answered(member, reply, once, pressed=turn.pressed)
        return Answered(member, reply, pressed=turn.pressed)

    def _stranger(self, connection: Connection, inbound: Inbound, heard: Heard, now: datetime) -> Answered:
        """An address that nobody is bound to, or somebody who belongs to no unit today."""
        say, place = words(self.locale), Place(inbound.channel, inbound.address)
        member = members.bound_member(connection, inbound.channel, inbound.address)
        screens, ends = strangers.answer(self.desk.context(connection, SYSTEM, now), self.desk, say, inbound, heard)
        hidden = "" if heard.pin_correct is None else HIDDEN
        if ends:
            return Answered(member, dialogs.present(connection, place, screens, now, self.public_url), None, hidden)
        return Answered(member, [dialogs.plain(screen, self.public_url) for screen in screens], None, hidden)


@dataclass(slots=True)
class Turn:
    """One message of a known person inside its unit: which request is meant, and the screens that answer it."""

    context: Context
    say: Say
    inbound: Inbound
    heard: Heard
    desk: Desk
    spare: secrets.Spare
    pressed: str = ""
    spent: str = ""

    def answer(self) -> tuple[list[Screen], list[Rendered]]:
        """The screens; or words about an old button together with the current screen as it stands."""
        if self.inbound.problems:
            return [refused(self.say, Refused(self.inbound.problems))], self._current()
        if self.inbound.token:
            return self._pressed()
        if self.inbound.invitation:
            return self._tried(strangers.asked(self.inbound))
        if self.inbound.file is not None:
            return self._do(self._filed()), []
        if len(self.inbound.text) > MOST_TEXT:
            return [door.too_long(self.say, len(self.inbound.text), MOST_TEXT)], self._current()
        return self._typed()

    def _do(self, request: Any) -> list[Screen]:
        return [screen_of(self.say, self._asked(request))]

    def _asked(self, request: Any) -> Any:
        if isinstance(request, Invite) and not request.token_hash:
            request = structs.replace(request, **asdict(self.spare.take()))
        if isinstance(request, AskForLink):
            token = secrets.fresh()
            request = AskForLink(token, secrets.hashed(token))
        return self.desk.handle(self.context, request)

    def _tried(self, request: Any) -> tuple[list[Screen], list[Rendered]]:
        """A typed request; when it is refused, the screen and its question stand as they were."""
        answer = self._asked(request)
        current = self._current() if isinstance(answer, Refused) else []
        return [screen_of(self.say, answer)], current if any(screen["choices"] for screen in current) else []

    def _current(self) -> list[Rendered]:
        """The last screen of the last reply, whose keyboard is still the live one."""
        place = self.inbound
        return inbox.last_reply(self.context.connection, place.channel, place.address)[-1:]

    def _pressed(self) -> tuple[list[Screen], list[Rendered]]:
        connection, place = self.context.connection, self.inbound
        row = inbox.token_of(connection, place.channel, place.address, place.token)
        self.pressed = row.label if row is not None else ""
        if row is None or row.state != "live" or row.expires_at < self.context.now:
            old = door.old_button(self.say, used=row is not None and row.state == "used")
            current = self._current()
            # after a restore no button of the last screen does anything: the home screen has some that do
            dead = any(screen["choices"] for screen in current) and not self._live()
            return ([old], current) if current and not dead else ([old, *self._do(Home())], [])
        self.spent = row.token
        return self._do(dialogs.request_of(row)), []

    def _filed(self) -> Any:
        """A file answers the question for evidence, else it goes to the newest draft."""
        dialog = self._dialog()
        line = dialog.args["line"] if dialog is not None and dialog.expects == "evidence" else 0
        if self.inbound.file is None:
            raise ValueError("no file")
        return AddFile(self.inbound.file, line)

    def _dialog(self) -> inbox.DialogRow | None:
        row = inbox.dialog_of(self.context.connection, self.inbound.channel, self.inbound.address)
        return row if row is not None and row.expires_at >= self.context.now else None

    def _typed(self) -> tuple[list[Screen], list[Rendered]]:
        heard = self.heard
        dialog = self._dialog() if heard.opened else None
        if dialog is not None and dialog.expects == "writing":
            return self._answered(dialog)
        if heard.request is not None and heard.approve_but is None and not heard.undo:
            return self._tried(heard.request)
        live = self._live()
        if heard.approve_but is not None or heard.undo:
            return self._on_screen(live)
        folded = matching.folded(heard.text)
        chosen = next((row for row in live if folded and matching.folded(row.label) == folded), None)
        if chosen is not None:
            self.spent = chosen.token
            return self._do(dialogs.request_of(chosen)), []
        dialog = self._dialog()
        return self._unasked(live) if dialog is None else self._answered(dialog)

    def _unasked(self, live: list[inbox.TokenRow]) -> tuple[list[Screen], list[Rendered]]:
        """Text while nothing is being asked: a number of the queue, or lines to declare."""
        number = matching.number(self.heard.text)
        queue = next((dialogs.request_of(row) for row in live if row.kind == ApproveAll.__name__), None)
        if number is not None and queue is not None and 1 <= number <= len(queue.pins):
            return self._do(ReviewLine(queue.pins[int(number) - 1])), []
        if self.heard.spontaneous is not None:
            return self._tried(self.heard.spontaneous)
        return [door.unknown(self.say, self.heard.text)], self._current() if live else []

    def _live(self) -> list[inbox.TokenRow]:
        return inbox.live_tokens(self.context.connection, self.inbound.channel, self.inbound.address)

    def _on_screen(self, live: list[inbox.TokenRow]) -> tuple[list[Screen], list[Rendered]]:
        """Words that only mean something on the screen being seen: 全部通过 除 3 7, 撤销."""
        wanted = Undo if self.heard.undo else ApproveAll
        row = next((row for row in live if row.kind == wanted.__name__), None)
        if row is None and self.heard.undo:
            return [door.nothing_to_undo(self.say), *self._do(self.heard.request)], []
        if row is None:
            answer = self._asked(self.heard.request)
            before = [door.queue_first(self.say)] if isinstance(answer, Queue) and answer.lines else []
            return [*before, screen_of(self.say, answer)], []
        request = dialogs.request_of(row)
        if self.heard.approve_but is not None:
            request = structs.replace(request, but=self.heard.approve_but)
        return self._tried(request)

    def _answered(self, dialog: inbox.DialogRow) -> tuple[list[Screen], list[Rendered]]:
        """The answer to the question being asked; a wrong kind of answer leaves the question standing."""
        said = self.heard.request  # 公告 and a text, though only the text is asked for
        value: Any = said.text if isinstance(said, WriteAnnouncement) else self.heard.text
        if dialog.expects == "number":
            value = matching.number(self.heard.text)
            if value is None and self.heard.spontaneous is not None:
                return self._tried(self.heard.spontaneous)
        if dialog.expects == "marks":
            value = self.heard.marks or None
        if value is None:
            marks = dialog.expects == "marks"
            wrong = door.marks_wanted(self.say) if marks else door.number_wanted(self.say, self.heard.text)
            return [wrong], self._current()
        return self._tried(dialogs.completed(dialog, value))
