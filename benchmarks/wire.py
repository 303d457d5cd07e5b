"""One slim HTTP/1.1 on both sides of a measurement: a connection that keeps, a server that answers JSON."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from benchmarks.process import HOST

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
MOST_HEAD = 64 * 1024
Take = Callable[[str, bytes], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer."""

    status: int
    body: bytes


class Wire:
    """One connection, opened when it is needed; OSError or IncompleteReadError when it breaks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, kind: str, body: bytes) -> Answer:
        """One request; once more where the connection had been left by the other side while it was at rest."""
        rested = self._reader is not None
        try:
            return await self._post(path, kind, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if not rested:
                raise
            return await self._post(path, kind, body)

    async def _post(self, path: str, kind: str, body: bytes) -> Answer:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(HOST, self._port)
        head = f"POST {path} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        told = await self._reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(told)
        return Answer(int(told[9:12]), await self._reader.readexactly(int(found[1]) if found else 0))

    def close(self) -> None:
        """Hangs up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def serving(take: Take) -> tuple[asyncio.Server, int]:
    """A server on a port of its own that answers each request (path without query, body) with JSON."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = LENGTH.search(head)
                body = await reader.readexactly(int(found[1]) if found else 0)
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                answer = msgspec.json.encode(await take(path, body))
                told = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
                writer.write(told.encode() + answer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()  # the bot hung up, was killed, or the measurement is over

    server = await asyncio.start_server(connected, HOST, 0, limit=MOST_HEAD)
    return server, int(server.sockets[0].getsockname()[1])
