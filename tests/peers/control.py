"""What a test may do on Telegram's side; every name here is also `POST /control/NAME` with the arguments as JSON."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.peers.delivery import Delivery
from tests.peers.description import wrong
from tests.peers.faults import Fault, Faults
from tests.peers.ledger import Ledger, plain
from tests.peers.limits import Gate, Limits
from tests.peers.methods import pictures
from tests.peers.world import Chat, Json, World


@dataclass(slots=True)
class Control:
    """Arguments and results are what JSON can hold."""

    world: World
    ledger: Ledger
    delivery: Delivery
    gate: Gate
    faults: Faults

    async def person(self, chat: int, name: str, language: str = "zh-hans", started: bool = False) -> None:
        """Somebody with Telegram; `started` when he has pressed Start before."""
        known = self.world.person(chat, name, language)
        known.started = known.started or started

    async def people(self, chats: Sequence[int]) -> None:
        """Many at once, all of whom pressed Start before."""
        for chat in chats:
            self.world.person(chat, f"P{chat}").started = True

    async def group(self, chat: int, title: str, kind: str = "group") -> None:
        """A group with the bot in it."""
        self.world.group(chat, title, kind)

    async def text(self, chat: int, text: str, person: int = 0, reply_to: int = 0) -> Json:
        """Somebody writes; gives the update (0: the bot does not hear it) and the message."""
        place = self.world.chats[chat]
        answered = place.messages[reply_to] if reply_to else None
        return self._said(place, person, text=text, reply_to_message=answered)

    async def texts(self, said: Sequence[tuple[int, str]]) -> list[int]:
        """Many texts at once, to private chats; gives the updates."""
        return [self.world.says(self.world.chats[chat], chat, text=text)[0] for chat, text in said]

    async def press(self, chat: int, message_id: int, data: str, person: int = 0) -> Json:
        """Somebody presses a button; it may be one that is no longer shown, as on a second device."""
        place = self.world.chats[chat]
        return {"update": self.world.presses(place, person or chat, message_id, data)}

    async def photo(self, chat: int, content: str, width: int, height: int, caption: str = "", person: int = 0) -> Json:
        """Somebody sends a picture, its bytes in base64."""
        photo = pictures(self.world, b64decode(content), (width, height))
        return self._said(self.world.chats[chat], person, photo=photo, caption=caption or None)

    async def document(
        self, chat: int, content: str, name: str, kind: str = "", caption: str = "", person: int = 0
    ) -> Json:
        """Somebody sends a file, its bytes in base64."""
        file = self.world.keep_file(name, b64decode(content)) | {"file_name": name, "mime_type": kind}
        return self._said(self.world.chats[chat], person, document=file, caption=caption or None)

    async def edit(self, chat: int, message_id: int, text: str) -> Json:
        """Somebody changes what he wrote."""
        return {"update": self.world.edits(self.world.chats[chat], message_id, text)}

    async def block(self, chat: int, blocked: bool = True) -> None:
        """A person blocks the bot or takes it back; a group removes or adds it."""
        place = self.world.chats[chat]
        place.blocked = blocked
        away = "kicked" if place.kind == "private" else "left"
        self.world.membership(place, *(("member", away) if blocked else (away, "member")))

    async def migrate(self, chat: int, to: int) -> None:
        """A group becomes a supergroup."""
        self.world.migrate(self.world.chats[chat], to)

    async def inject(self, update: Json, chat: int = 0, checked: bool = True) -> int:
        """Any update; one that the real API could not send is refused unless `checked` is off."""
        number = update.get("update_id", 0)
        if checked and (faults := wrong("Update", {**update, "update_id": number})):
            raise ValueError("; ".join(faults))
        return self.world.inject(update, chat)

    async def expire(self) -> None:
        """All presses so far are too old to be answered."""
        self.world.queries.clear()

    async def chat(self, chat: int) -> Json:
        """A chat as it stands: messages with their edits, oldest first."""
        place = self.world.chats[chat]
        return {
            "messages": [place.messages[number] for number in sorted(place.messages)],
            "events": len(place.events),
            "blocked": place.blocked,
        }

    async def events(self, chat: int, after: int, most_s: float = 5.0) -> list[Json]:
        """What the bot did in a chat from event number `after` on; waits until there is something."""
        place = self.world.chats[chat]
        await self.world.happened.until(lambda: len(place.events) > after, most_s)
        return place.events[after:]

    async def settled(self, most_s: float = 10.0) -> bool:
        """Waits until the bot has acknowledged every update."""
        return await self.world.happened.until(lambda: not self.world.pending, most_s)

    async def called(self, method: str, times: int = 1, most_s: float = 10.0) -> bool:
        """Waits until a method was called so many times; an empty name stands for all."""

        def enough() -> bool:
            return sum(method in ("", each.method) for each in self.ledger.calls) >= times

        return await self.world.happened.until(enough, most_s)

    async def calls(self, method: str = "") -> list[Json]:
        """The calls so far, oldest first."""
        return [plain(asdict(each)) for each in self.ledger.calls if method in ("", each.method)]

    async def violations(self) -> list[str]:
        """What the real API would not have taken from a well-made bot."""
        return self.ledger.violations

    async def acknowledged(self) -> dict[str, Any]:
        """Update → how it was acknowledged and when."""
        return {str(number): facts for number, facts in self.ledger.acknowledged.items()}

    async def fail(self, **facts: Any) -> None:
        """Orders trouble; see Fault."""
        self.faults.waiting.append(Fault(**facts))

    async def limit(self, **facts: Any) -> None:
        """Sets the sending limits; see Limits."""
        self.gate.limits = Limits(**facts)

    async def unlimit(self) -> None:
        """Lets everything through."""
        self.gate.limits = None

    async def pause(self, paused: bool = True) -> None:
        """Holds updates back, so that they arrive together."""
        self.delivery.pause(paused)

    def _said(self, place: Chat, person: int, **content: Any) -> Json:
        update, message = self.world.says(place, person or place.id, **content)
        return {"update": update, "message_id": message["message_id"]}
