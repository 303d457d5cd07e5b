"""HTTP beneath the emulator: serving, forms, answers that break off, clients that hang up."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from tests.peers.description import Upload

HOST = "127.0.0.1"
T = TypeVar("T")


class _Server(uvicorn.Server):
    """Leaves the signals to the program it runs in, and tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens."""
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[str]:
    """Serves in this event loop and gives the address; raises OSError for a port that cannot be had."""
    with socket.create_server((HOST, port), backlog=512) as door:
        config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        server = _Server(config)
        task = asyncio.create_task(server.serve([door]))
        await server.up.wait()
        try:
            yield f"http://{HOST}:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


def broken() -> Response:
    """An answer that ends before it should: the server hangs up."""

    async def nothing() -> AsyncIterator[bytes]:
        yield b"{"

    return StreamingResponse(nothing(), 200, {"content-length": "1000"}, "application/json")


async def parameters(request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """What came in the address, as JSON or as a form, and the files."""
    raw: dict[str, Any] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        return raw | await request.json(), uploads
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, str):
                raw[name] = value
            else:
                kind = value.content_type or "application/octet-stream"
                uploads[name] = Upload(value.filename or "file", kind, await value.read())
    return raw, uploads


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The answer; the work ends when nobody waits for it any more."""
    task = asyncio.create_task(work)
    gone = asyncio.ensure_future(request.receive())
    await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        raise ClientDisconnect
    return task.result()


def posted(url: str, body: bytes) -> Any:
    """Posts JSON and gives the JSON of the answer, whatever its status."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or HOST, where.port, timeout=60)
    try:
        connection.request("POST", where.path, body, {"content-type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
