"""One message of a known person inside its unit: which request is meant, and the screens that answer it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from msgspec import structs

from bot import dialogs, marks, matching, secrets, strangers
from bot.channel import Inbound, Rendered
from bot.commands import QUEUES, Heard
from bot.replies import MOST_TEXT
from handlers.announcements.writing import WriteAnnouncement
from handlers.context import Context, Refused
from handlers.declarations.forms import AddFile, Undo
from handlers.declarations.review import Queue
from handlers.desk import Desk
from handlers.members import Home, Invite
from handlers.phones import AskForPhoneLink
from handlers.signin import AskForLink
from handlers.tasks.deciding import Reports
from handlers.tasks.giving import GiveTask
from handlers.tasks.promises import TypePromiseDay
from handlers.tasks.reporting import AddTaskFile, AddTaskWords, TaskDone, WithdrawReport
from screens import door
from screens.problems import refused
from screens.render import screen_of
from screens.screen import Screen
from screens.texts import Say
from storage import inbox

BULK = {request.__name__ for request in QUEUES}
UNDOING = {request.__name__ for request in (Undo, WithdrawReport)}


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
    refused: bool = False

    def answer(self) -> tuple[list[Screen], list[Rendered]]:
        """The screens; or words about an old button together with the current screen as it stands."""
        if self.inbound.problems:
            return [refused(self.say, Refused(self.inbound.problems))], self._current()
        if self.inbound.token:
            return self._pressed()
        if self.inbound.invitation:
            return self._tried(strangers.asked(self.inbound))
        if self.inbound.file is not None:
            return self._tried(self._filed())
        if len(self.inbound.text) > MOST_TEXT:
            return [door.too_long(self.say, len(self.inbound.text), MOST_TEXT)], self._current()
        return self._typed()

    def _do(self, request: Any) -> list[Screen]:
        return [screen_of(self.say, self._asked(request))]

    def _asked(self, request: Any) -> Any:
        if isinstance(request, Invite) and not request.token_hash:
            request = structs.replace(request, **asdict(self.spare.take()))
        if isinstance(request, AskForLink | AskForPhoneLink):
            token = secrets.fresh()
            request = structs.replace(request, token=token, token_hash=secrets.hashed(token))
        if isinstance(request, TypePromiseDay):
            request = structs.replace(request, key=secrets.fresh())
        if isinstance(request, GiveTask) and not request.draft.drawn:
            request = structs.replace(request, draft=structs.replace(request.draft, drawn=secrets.fresh()))
        answer = self.desk.handle(self.context, request)
        self.refused = isinstance(answer, Refused)
        return answer

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
            self.refused = True
            return self._instead(door.old_button(self.say, used=row is not None and row.state == "used"))
        self.spent = row.token
        return self._do(dialogs.request_of(row)), []

    def _filed(self) -> Any:
        """A file answers the question for evidence, of a task with the words it came with; else it goes to the newest
        draft."""
        dialog = self._dialog()
        if self.inbound.file is None:
            raise ValueError("no file")
        if dialog is None or dialog.expects != "evidence":
            return AddFile(self.inbound.file)
        asked = dialogs.completed(dialog, self.inbound.text or dialog.args[dialog.field])
        if isinstance(asked, TaskDone):
            return AddTaskFile(self.inbound.file, asked.task, asked.figure, asked.text)
        if isinstance(asked, AddTaskWords):
            return AddTaskFile(self.inbound.file, asked.task, text=asked.text)
        return AddFile(self.inbound.file, asked.line)

    def _dialog(self) -> inbox.DialogRow | None:
        row = inbox.dialog_of(self.context.connection, self.inbound.channel, self.inbound.address)
        return row if row is not None and row.expires_at >= self.context.now else None

    def _typed(self) -> tuple[list[Screen], list[Rendered]]:
        heard = self.heard
        dialog = self._dialog() if heard.opened else None
        if dialog is not None and (dialog.expects == "writing" or _wants_words(dialog)):
            return self._answered(dialog)
        if heard.request is not None and heard.approve_but is None and not heard.undo:
            return self._tried(heard.request)
        live = self._live()
        if heard.approve_but is not None or heard.undo:
            return self._on_screen(live)
        chosen = self._chosen(live)
        if chosen is not None:
            self.spent = chosen.token
            return self._do(dialogs.request_of(chosen)), []
        dialog = self._dialog()
        return self._unasked(live) if dialog is None else self._answered(dialog)

    def _chosen(self, live: list[inbox.TokenRow]) -> inbox.TokenRow | None:
        """The choice of the screen being seen that a text means by its label, or by the mark it was shown with."""
        folded = matching.folded(self.heard.text)
        named = next((row for row in live if folded and matching.folded(row.label) == folded), None)
        if named is not None or not live or not marks.typed(self.heard.text):
            return named
        place = self.inbound
        shown = inbox.last_reply(self.context.connection, place.channel, place.address)
        token = marks.chosen(self.heard.text, shown)
        return next((row for row in live if row.token == token and row.expires_at >= self.context.now), None)

    def _unasked(self, live: list[inbox.TokenRow]) -> tuple[list[Screen], list[Rendered]]:
        """Text while nothing is being asked: a number of the queue, or lines to declare."""
        number = matching.number(self.heard.text)
        queue = next((dialogs.request_of(row) for row in live if row.kind in BULK), None)
        if number is not None and queue is not None and 1 <= number <= len(queue.pins):
            return self._do(QUEUES[type(queue)](queue.pins[int(number) - 1])), []
        place = f"{marks.typed(self.heard.text)}. "
        listed = next((row for row in live if row.label.startswith(place)), None)
        if listed is not None:
            self.spent = listed.token
            return self._do(dialogs.request_of(listed)), []
        if self.heard.spontaneous is not None:
            return self._tried(self.heard.spontaneous)
        if marks.typed(self.heard.text).isdecimal():
            return self._instead(door.list_changed(self.say, self.heard.text))
        return [door.unknown(self.say, self.heard.text)], self._current() if live else []

    def _instead(self, told: Screen) -> tuple[list[Screen], list[Rendered]]:
        """Why nothing was done, and the screen to go on from."""
        current = self._current()
        # after a restore no button of the last screen does anything: the home screen has some that do
        dead = any(screen["choices"] for screen in current) and not self._live()
        return ([told], current) if current and not dead else ([told, *self._do(Home())], [])

    def _live(self) -> list[inbox.TokenRow]:
        return inbox.live_tokens(self.context.connection, self.inbound.channel, self.inbound.address)

    def _on_screen(self, live: list[inbox.TokenRow]) -> tuple[list[Screen], list[Rendered]]:
        """Words that only mean something on the screen being seen: 全部通过 除 3 7, 撤销."""
        wanted = UNDOING if self.heard.undo else BULK
        row = next((row for row in live if row.kind in wanted), None)
        if row is None and self.heard.undo:
            return [door.nothing_to_undo(self.say), *self._do(self.heard.request)], []
        if row is None:
            answer = self._asked(self.heard.request)
            before = [door.queue_first(self.say)] if isinstance(answer, Queue | Reports) and answer.pins else []
            return [*before, screen_of(self.say, answer)], []
        request = dialogs.request_of(row)
        if self.heard.approve_but is not None:
            request = structs.replace(request, but=self.heard.approve_but)
        return self._tried(request)

    def _answered(self, dialog: inbox.DialogRow) -> tuple[list[Screen], list[Rendered]]:
        """The answer to the question being asked; a wrong kind of answer leaves the question standing."""
        value: Any = _asked_for(self.heard, dialog)
        if dialog.expects == "number":
            value = matching.number(self.heard.text)
            if value is None and self.heard.spontaneous is not None:
                return self._tried(self.heard.spontaneous)
        if dialog.kind == AddTaskWords.__name__ and self.heard.spontaneous is not None:
            return self._tried(self.heard.spontaneous)  # the report is whole already: what is declared is no part of it
        if dialog.expects == "marks":
            value = self.heard.marks or None
        if value is None:
            marks = dialog.expects == "marks"
            wrong = door.marks_wanted(self.say) if marks else door.number_wanted(self.say, self.heard.text)
            return [wrong], self._current()
        return self._tried(dialogs.completed(dialog, value))


def _wants_words(dialog: inbox.DialogRow) -> bool:
    """Whether a report is being made: what is typed is its words, however it begins."""
    return dialog.kind == TaskDone.__name__ and dialog.expects == "evidence"


def _asked_for(heard: Heard, dialog: inbox.DialogRow) -> str:
    """What was typed, without the 公告 or 交办 before it where it is asked for by one of them."""
    said = heard.request
    if type(said).__name__ != dialog.kind:
        return heard.text
    if isinstance(said, WriteAnnouncement):
        return said.text
    return said.line if isinstance(said, GiveTask) and said.line else heard.text
