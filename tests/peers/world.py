"""Telegram's side of the chats: people, groups, messages as they stand, and the updates that wait for the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from time import monotonic
from typing import Any

from tests.peers.entities import commands

Json = dict[str, Any]
EPOCH = int(datetime(2026, 11, 22, 1, 0, tzinfo=UTC).timestamp())
"""The emulator's clock starts here."""
DEFAULT_UPDATES = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
"""What a bot gets when it never said what it wants, of what the emulator makes."""
ON_WISH = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Refusal(Exception):
    """The Bot API says no: an HTTP status, a description, and perhaps parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's) or a group; `events` is what the bot did there, in order."""

    id: int
    kind: str
    name: str
    started: bool = False
    blocked: bool = False
    migrated_to: int | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        """The chat as messages carry it."""
        if self.kind == "private":
            return {"id": self.id, "type": self.kind, "first_name": self.name}
        return {"id": self.id, "type": self.kind, "title": self.name}


class Signal:
    """Wakes who waits whenever something has changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something has changed."""
        for each in self._waiting:
            if not each.done():
                each.set_result(None)
        self._waiting.clear()

    async def until(self, reached: Callable[[], bool], most_s: float) -> bool:
        """Whether it was reached in time."""
        end = monotonic() + most_s
        while not reached():
            left = end - monotonic()
            if left <= 0:
                return False
            changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(changed)
            try:
                await asyncio.wait_for(changed, left)
            except TimeoutError:
                continue
            finally:
                self._waiting.discard(changed)
        return True


class World:
    """Everything but the calls; lives in one event loop."""

    def __init__(self, first_update: int = 100_000) -> None:
        self.me: Json = {
            "id": 4242,
            "is_bot": True,
            "first_name": "支部",
            "username": "zhibu_emulated_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, Json] = {}
        self.pending: dict[int, Json] = {}
        self.of_chat: dict[int, int] = {}
        """update → chat, for what is pending."""
        self.files: dict[str, tuple[str, bytes]] = {}
        self.queries: dict[str, int] = {}
        """callback query that may be answered → chat."""
        self.commands: dict[str, list[Json]] = {}
        self.wanted = DEFAULT_UPDATES
        self.arrived = Signal()
        self.happened = Signal()
        self.pushed: Callable[[int], None] = lambda _chat: None
        self._updates = count(first_update)
        self._messages = count(1)
        self._others = count(1)
        self._began = monotonic()

    def now(self) -> int:
        """Unix seconds."""
        return EPOCH + int(monotonic() - self._began)

    def unique(self, kind: str) -> str:
        """An id nobody had before."""
        return f"{kind}{next(self._others):06d}"

    def person(self, number: int, name: str, language: str = "zh-hans") -> Chat:
        """Somebody with a private chat; known ones are left as they are."""
        if number not in self.chats:
            self.people[number] = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
            self.chats[number] = Chat(number, "private", name)
        return self.chats[number]

    def group(self, number: int, title: str, kind: str = "group") -> Chat:
        """A group the bot is in."""
        return self.chats.setdefault(number, Chat(number, kind, title, started=True))

    def says(self, chat: Chat, person: int, **content: Any) -> tuple[int, Json]:
        """A message of a person; gives its update and the message."""
        content = {name: value for name, value in content.items() if value is not None}
        for text, entities in (("text", "entities"), ("caption", "caption_entities")):
            if text in content and (found := commands(content[text])):
                content.setdefault(entities, found)
        chat.started = True
        message = self._message(chat, self.people[person], content)
        heard = chat.kind == "private" or self._meant(message)
        return (self.push("message", message, chat.id) if heard else 0), message

    def edits(self, chat: Chat, number: int, text: str) -> int:
        """A person changes his message."""
        message = chat.messages[number] | {"text": text, "edit_date": self.now()}
        message.pop("entities", None)
        chat.messages[number] = message
        return self.push("edited_message", message, chat.id)

    def presses(self, chat: Chat, person: int, number: int, data: str) -> int:
        """A person presses a button; the update carries the message as it stands."""
        query = self.unique("query")
        self.queries[query] = chat.id
        facts = {
            "id": query,
            "from": self.people[person],
            "message": chat.messages.get(number) or {"chat": chat.as_json(), "message_id": number, "date": 0},
            "chat_instance": f"instance{chat.id}",
            "data": data,
        }
        return self.push("callback_query", facts, chat.id)

    def membership(self, chat: Chat, before: str, after: str) -> int:
        """The bot is blocked, unblocked, added or removed."""
        person = self.people.get(chat.id) or next(iter(self.people.values()))
        states = [
            {"user": self.me, "status": each} | ({"until_date": 0} if each == "kicked" else {})
            for each in (before, after)
        ]
        facts = {
            "chat": chat.as_json(),
            "from": person,
            "date": self.now(),
            "old_chat_member": states[0],
            "new_chat_member": states[1],
        }
        return self.push("my_chat_member", facts, chat.id)

    def migrate(self, group: Chat, number: int) -> Chat:
        """A group becomes a supergroup with another id; both chats tell."""
        heir = self.group(number, group.name, "supergroup")
        group.migrated_to = number
        sender = next(iter(self.people.values()))
        for chat, fact in ((group, {"migrate_to_chat_id": number}), (heir, {"migrate_from_chat_id": group.id})):
            self.push("message", self._message(chat, sender, fact), chat.id)
        return heir

    def push(self, kind: str, content: Json, chat: int) -> int:
        """Queues an update the bot wants; 0 when it does not want that kind."""
        if kind not in self.wanted:
            return 0
        return self.inject({kind: content}, chat)

    def inject(self, update: Json, chat: int = 0) -> int:
        """Queues any update; without an id it gets the next one."""
        number = int(update.get("update_id") or next(self._updates))
        self.pending[number] = {"update_id": number, **update}
        self.of_chat[number] = chat
        self.arrived.ring()
        self.pushed(chat)
        return number

    def done(self, number: int) -> None:
        """An update is delivered for good."""
        self.pending.pop(number, None)
        self.of_chat.pop(number, None)
        self.happened.ring()

    def posted(self, chat: Chat, content: Json) -> Json:
        """A message of the bot."""
        message = self._message(
            chat, {key: self.me[key] for key in ("id", "is_bot", "first_name", "username")}, content
        )
        self.tell(chat, "message", message)
        return message

    def tell(self, chat: Chat, kind: str, content: Json) -> None:
        """Something the bot did that is seen in a chat."""
        chat.events.append({"kind": kind, "at": monotonic(), **content})
        self.happened.ring()

    def keep_file(self, name: str, content: bytes) -> Json:
        """Stores a file; gives its ids and size."""
        number = self.unique("file")
        self.files[number] = (name, content)
        return {"file_id": number, "file_unique_id": f"unique{number}", "file_size": len(content)}

    def want(self, kinds: list[str] | None) -> None:
        """Sets which updates are made from now on; None leaves it as it was, an empty list is the default."""
        if kinds is not None:
            self.wanted = frozenset(kinds) or DEFAULT_UPDATES

    def _message(self, chat: Chat, sender: Json, content: Json) -> Json:
        number = next(self._messages)
        message = {"message_id": number, "from": sender, "chat": chat.as_json(), "date": self.now(), **content}
        chat.messages[number] = message
        return message

    def _meant(self, message: Json) -> bool:
        """Privacy mode: in a group the bot hears commands, its name, and answers to itself."""
        text = message.get("text") or message.get("caption") or ""
        answered = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text.startswith("/") or f"@{self.me['username']}" in text or answered == self.me["id"]
