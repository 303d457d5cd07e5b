"""People who chat: they type, tap and read, and know nothing else of the house."""

from collections.abc import Sequence
from typing import Any

import httpx2 as httpx
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from bot.opening import Parts

Screen = dict[str, Any]


class Person:
    """One persona; `screens` is the last answer."""

    def __init__(self, client: httpx.Client, code: str) -> None:
        self.client = client
        self.code = code
        self.screens: list[Screen] = []
        self.taps = 0
        self.typed = 0

    def post(self, **said: str) -> list[Screen]:
        answer = self.client.post("/chat/api/messages", json={"persona": self.code, **said})
        return self.read(answer)

    def read(self, answer: httpx.Response) -> list[Screen]:
        assert answer.status_code == 200
        self.screens = answer.json()["screens"]
        assert self.screens
        for screen in self.screens:
            assert set(screen) == {"title", "lines", "choices", "image", "link"}
            assert screen["title"]
        return self.screens

    def say(self, text: str, **more: str) -> list[Screen]:
        self.typed += len(text)
        return self.post(text=text, **more)

    def tap(self, label: str, **more: str) -> list[Screen]:
        self.taps += 1
        return self.post(token=self.token(label), **more)

    def send(self, name: str, content: bytes, **said: str) -> list[Screen]:
        answer = self.client.post(
            "/chat/api/messages", data={"persona": self.code, **said}, files={"file": (name, content)}
        )
        return self.read(answer)

    def token(self, label: str, screens: Sequence[Screen] | None = None) -> str:
        """The token of the first choice whose label starts so."""
        shown = self.screens if screens is None else screens
        choices = [choice for screen in shown for choice in screen["choices"]]
        found = [choice["token"] for choice in choices if choice["label"].startswith(label)]
        assert found, (label, [choice["label"] for choice in choices])
        return str(found[0])

    @property
    def labels(self) -> list[str]:
        return [choice["label"] for screen in self.screens for choice in screen["choices"]]

    @property
    def text(self) -> str:
        """All that stands on the screens."""
        return "\n".join(line for screen in self.screens for line in (screen["title"], *screen["lines"]))

    def inbox(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get("/chat/api/inbox", params={"persona": self.code}).json()["items"]
        return items


class People:
    """Personas by code, and the clock."""

    def __init__(self, client: httpx.Client, parts: Parts) -> None:
        self.client = client
        self.parts = parts
        self._known: dict[str, Person] = {}

    @property
    def app(self) -> ASGIApp:
        """The house's application, where it is served in this process."""
        assert isinstance(self.client, TestClient)
        return self.client.app

    def __getitem__(self, code: str) -> Person:
        return self._known.setdefault(code, Person(self.client, code))

    def clock(self, now: str) -> httpx.Response:
        return self.client.post("/demo/clock", json={"now": now})
