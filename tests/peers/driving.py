"""How a test acts on Telegram's side and sees what the bot did; works on an emulator in a thread or in a process."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Protocol
from urllib.parse import urlsplit

from PIL import Image

from tests.peers.delivery import Delivery
from tests.peers.wire import posted

MOST_S = 10.0
Json = dict[str, Any]
Do = Callable[[str, Json], Any]


class Unseen(AssertionError):
    """What a test waited for did not happen."""


class Answered(Protocol):
    """What is known of an HTTP answer."""

    status_code: int

    @property
    def content(self) -> bytes:
        """The body."""


class Poster(Protocol):
    """A client that posts into an application in this process: Starlette's TestClient."""

    def post(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answered:
        """One request."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a person sees it; `kind` is message, edit or toast."""

    kind: str
    id: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    """(label, callback data or address), row by row."""
    rows: tuple[int, ...]
    raw: Json

    @property
    def labels(self) -> tuple[str, ...]:
        """The words on the buttons."""
        return tuple(label for label, _ in self.buttons)

    def data(self, *starts: str) -> str:
        """What the first button sends whose label holds one of the words."""
        for label, data in self.buttons:
            if any(each in label for each in starts):
                return data
        raise Unseen(f"no button has {' or '.join(starts)}, there are {self.labels} under: {self.text}")


def shown(event: Json) -> Shown:
    """An event or a message, read."""
    rows = event.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple((each["text"], each.get("callback_data") or each.get("url", "")) for row in rows for each in row)
    text = event.get("text") or event.get("caption") or ""
    kind = event.get("kind", "message")
    return Shown(kind, event.get("message_id", 0), text, buttons, tuple(len(row) for row in rows), event)


@dataclass(slots=True)
class Person:
    """Somebody with Telegram; what the bot does in the chat is seen once each, in order, by `sees`."""

    do: Do
    id: int
    chat: int
    _read: int = 0
    _waiting: list[Shown] = field(default_factory=list)

    def says(self, text: str) -> int:
        """Writes; gives the update."""
        return int(self._does("text", text=text)["update"])

    def presses(self, message: Shown, *starts: str) -> int:
        """Presses the button of a message as it was when it was seen."""
        return int(self._does("press", message_id=message.id, data=message.data(*starts))["update"])

    def sends_photo(self, content: bytes, caption: str = "") -> int:
        """Sends a picture."""
        with Image.open(BytesIO(content)) as image:
            width, height = image.size
        facts = {"content": b64encode(content).decode(), "width": width, "height": height, "caption": caption}
        return int(self._does("photo", **facts)["update"])

    def sends_document(self, content: bytes, name: str, kind: str = "", caption: str = "") -> int:
        """Sends a file."""
        facts = {"content": b64encode(content).decode(), "name": name, "kind": kind, "caption": caption}
        return int(self._does("document", **facts)["update"])

    def edits(self, message_id: int, text: str) -> int:
        """Changes what he wrote."""
        return int(self.do("edit", {"chat": self.chat, "message_id": message_id, "text": text})["update"])

    def blocks(self, blocked: bool = True) -> None:
        """Blocks the bot, or takes it back."""
        self.do("block", {"chat": self.chat, "blocked": blocked})

    def sees(self, *words: str, kind: str = "", most_s: float = MOST_S) -> Shown:
        """The next thing the bot did here that has all the words; what came before it is passed over."""
        passed = []
        while True:
            while self._waiting:
                event = self._waiting.pop(0)
                fits = kind == event.kind or (not kind and event.kind in ("message", "edit"))
                if fits and all(each in event.text for each in words):
                    return event
                passed.append(f"{event.kind}: {event.text}")
            if not self._fetch(most_s):
                raise Unseen(f"nothing with {words} was seen; passed over: {passed}")

    def unseen(self) -> list[Shown]:
        """What the bot did and nobody looked at yet, without waiting."""
        self._fetch(0)
        found, self._waiting = self._waiting, []
        return found

    def sees_now(self) -> list[Shown]:
        """The chat as it stands, oldest message first."""
        return [shown(each) for each in self.do("chat", {"chat": self.chat})["messages"]]

    def _fetch(self, most_s: float) -> bool:
        events = self.do("events", {"chat": self.chat, "after": self._read, "most_s": most_s})
        self._read += len(events)
        self._waiting += [shown(each) for each in events]
        return bool(events)

    def _does(self, name: str, /, **facts: Any) -> Json:
        done: Json = self.do(name, {"chat": self.chat, "person": self.id, **facts})
        return done


@dataclass(slots=True)
class Driver:
    """An emulator that serves: people, groups, trouble, and what the bot did."""

    do: Do
    address: str
    token: str
    delivery: Delivery | None = None

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls `base_url`."""
        return f"{self.address}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot calls `base_file_url`."""
        return f"{self.address}/file/bot"

    @property
    def violations(self) -> list[str]:
        """What the real API would not have taken from a well-made bot."""
        return list(self.do("violations", {}))

    @property
    def acknowledged(self) -> dict[int, tuple[str, float]]:
        """Update → how ("offset", "200") and when."""
        return {int(number): (how, at) for number, (how, at) in self.do("acknowledged", {}).items()}

    def person(self, number: int, name: str, *, started: bool = False, language: str = "zh-hans") -> Person:
        """Somebody; `started` when he wrote to the bot before."""
        self.do("person", {"chat": number, "name": name, "started": started, "language": language})
        return Person(self.do, number, number)

    def group(self, number: int, title: str, *members: Person) -> list[Person]:
        """A group; gives its members as they are in it."""
        self.do("group", {"chat": number, "title": title})
        return [Person(self.do, each.id, number) for each in members]

    def inject(self, update: Json, chat: int = 0, *, checked: bool = True) -> int:
        """Any update."""
        return int(self.do("inject", {"update": update, "chat": chat, "checked": checked}))

    def calls(self, method: str = "") -> list[Json]:
        """The calls so far: at, method, facts, status, description, via, result."""
        return list(self.do("calls", {"method": method}))

    def called(self, method: str, times: int = 1, most_s: float = MOST_S) -> list[Json]:
        """The same, once there are so many."""
        if not self.do("called", {"method": method, "times": times, "most_s": most_s}):
            raise Unseen(f"{method} was called {len(self.calls(method))} times, not {times}")
        return self.calls(method)

    def settled(self, most_s: float = MOST_S) -> None:
        """Waits until every update is acknowledged."""
        if not self.do("settled", {"most_s": most_s}):
            raise Unseen("updates are still waiting for the bot")

    def fail(self, method: str = "", kind: str = "error", **facts: Any) -> None:
        """Orders trouble for the next call: status, description, parameters, seconds, times, chat."""
        self.do("fail", {"method": method, "kind": kind, **facts})

    def deliver_to(self, client: Poster) -> None:
        """Webhook posts go into an application of this process instead of over the wire."""
        if self.delivery is None:
            raise Unseen("only an emulator in this process can deliver without a wire")

        async def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
            answer = await asyncio.to_thread(client.post, urlsplit(url).path, content=body, headers=headers)
            return answer.status_code, answer.content

        self.delivery.post = post


def remote(address: str, token: str) -> Driver:
    """Drives an emulator in another process."""

    def do(name: str, facts: Json) -> Any:
        answer = posted(f"{address}/control/{name}", json.dumps(facts).encode())
        if isinstance(answer, dict) and "error" in answer:
            raise ValueError(answer["error"])
        return answer

    return Driver(do, address, token)
