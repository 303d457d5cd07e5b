"""A slim client of the web chat's JSON interface: it keeps its connection and repeats what was not answered."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec

from benchmarks.process import HOST, Failed

MESSAGES = "/chat/api/messages"
AGAIN_S = 0.01
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class Choice(msgspec.Struct, frozen=True):
    """A button."""

    label: str
    token: str


class Screen(msgspec.Struct, frozen=True):
    """What is shown; the picture and the link are left out."""

    title: str
    lines: list[str]
    choices: list[Choice]


class Reply(msgspec.Struct, frozen=True):
    """The answer to one message."""

    screens: list[Screen]

    def choice(self, *starts: str) -> str:
        """The token of the first button whose label starts with one of the words."""
        for screen in self.screens:
            for choice in screen.choices:
                if choice.label.startswith(starts):
                    return choice.token
        raise Failed(f"No button starts with {' or '.join(starts)}: {msgspec.json.encode(self).decode()[:600]}")

    @property
    def kind(self) -> str:
        """The titles without their figures."""
        return re.sub(r"[\d+.]+", "#", " / ".join(screen.title for screen in self.screens))


class Persona(msgspec.Struct, frozen=True):
    """Somebody of the demo."""

    id: str
    name: str
    role: str
    unit: str


class Wire:
    """One connection, opened again when it breaks and the server is up."""

    def __init__(self, port: int, up: asyncio.Event | None = None) -> None:
        self._port = port
        self._up = up
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.repeated = 0

    async def tell(self, message: dict[str, str]) -> Any:
        """The answer to a message, which is repeated until it comes."""
        body = msgspec.json.encode(message)
        while True:
            try:
                return msgspec.json.decode(await self.post(MESSAGES, "application/json", body))
            except (OSError, asyncio.IncompleteReadError):
                self.repeated += 1
                await asyncio.sleep(AGAIN_S)
                if self._up is not None:
                    await self._up.wait()

    async def said(self, **message: str) -> Reply:
        """The same, as screens."""
        return msgspec.convert(await self.tell(message), Reply)

    async def personas(self) -> list[Persona]:
        """Everybody the demo offers."""
        return msgspec.json.decode(await self._exchange("GET", "/chat/api/personas", ""), type=list[Persona])

    async def post(self, path: str, kind: str, body: bytes) -> bytes:
        """One request; a broken connection raises."""
        return await self._exchange("POST", path, f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n", body)

    async def _exchange(self, method: str, path: str, headers: str, body: bytes = b"") -> bytes:
        try:
            if self._reader is None or self._writer is None:
                self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
            self._writer.write(f"{method} {path} HTTP/1.1\r\nhost: {HOST}\r\n{headers}\r\n".encode() + body)
            head = await self._reader.readuntil(b"\r\n\r\n")
            found = LENGTH.search(head)
            answer = await self._reader.readexactly(int(found[1]) if found else 0)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            raise
        if not head.startswith(b"HTTP/1.1 200"):
            status = head.split(b"\r\n")[0].decode()
            raise Failed(f"{method} {path} was answered with {status}: {answer[:300].decode('utf-8', 'replace')}")
        return answer

    def close(self) -> None:
        """Hangs up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
