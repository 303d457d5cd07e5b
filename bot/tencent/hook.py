"""Where a platform posts messages: proven, committed, and only then answered; its three tries share one job."""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.bodies import read_body
from bot.tencent.envelope import Envelope, Forged
from bot.tencent.key import key_of
from bot.tencent.xml import MOST_BYTES, Fields, Unreadable, text_of
from storage.engine import Busy, Closed

log = structlog.get_logger(__name__)
PATIENCE_S, TRIES_S = 4.2, 16.0
"""The platform waits 5 s for an answer, and gives up after three tries of so long."""
MOST_JOBS, MOST_OF_ONE = 2000, 20
LETTERS = string.ascii_letters + string.digits
Take = Callable[[Fields], Awaitable[Fields | None]]
Late = Callable[[Fields, Fields], Awaitable[None]]


def drawn(length: int) -> str:
    """Random letters and digits, from a secure source."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


@dataclass(slots=True)
class Job:
    """What is done with one message, for all tries of the platform; `answered` when one of them got the reply, `pushed`
    when it goes another way."""

    fields: Fields
    work: asyncio.Task[Fields | None]
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    pushed: bool = False


@dataclass(slots=True)
class Turn:
    """The messages of one sender are handled one after another."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass(slots=True)
class Hook:
    """One account's door: `take` handles a message and gives its reply, `late` pushes one that no try could carry."""

    path: str
    envelope: Envelope
    take: Take
    late: Late
    now: Callable[[], datetime]
    patience_s: float = PATIENCE_S
    tries_s: float = TRIES_S
    _jobs: dict[str, Job] = field(default_factory=dict)
    _turns: dict[str, Turn] = field(default_factory=dict)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    def routes(self) -> list[Route]:
        """The check of the address, and the posts."""
        return [Route(self.path, self._check, methods=["GET"]), Route(self.path, self._post, methods=["POST"])]

    async def _check(self, request: Request) -> Response:
        try:
            said = self.envelope.echo(request.query_params, self.now())
            return PlainTextResponse(said, headers={"x-content-type-options": "nosniff"})
        except Forged:
            return Response(status_code=HTTPStatus.FORBIDDEN)

    async def _post(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(self.patience_s):
                body = await read_body(request, MOST_BYTES)
        except TimeoutError:
            return Response(status_code=HTTPStatus.REQUEST_TIMEOUT)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            fields = self.envelope.opened(request.query_params, body, self.now())
        except Forged:
            return Response(status_code=HTTPStatus.FORBIDDEN)
        except Unreadable:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        job = self._job(fields)
        if job is None:
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return await self._answered(request, job)

    async def _answered(self, request: Request, job: Job) -> Response:
        """The reply; 503 while nothing is stored, so that the platform tries again and shares the job."""
        try:
            async with asyncio.timeout(self.patience_s):
                reply = await asyncio.shield(job.work)
        except (TimeoutError, Busy, Closed):
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception:  # noqa: BLE001 - told where the job ends
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        if not await request.is_disconnected():
            job.answered.set()
        if reply is None or job.pushed:
            return Response()
        return Response(self.envelope.sealed(reply, self.now(), drawn), media_type="text/xml")

    def _job(self, fields: Fields) -> Job | None:
        """The job of this message; None when there are too many, of all or of its sender."""
        key, sender = key_of(fields), text_of(fields, "FromUserName").casefold()
        if key in self._jobs:
            return self._jobs[key]
        turn = self._turns.setdefault(sender, Turn())
        if len(self._jobs) >= MOST_JOBS or turn.waiting >= MOST_OF_ONE:
            self._leave(sender, turn)
            return None
        turn.waiting += 1
        job = self._jobs[key] = Job(fields, asyncio.create_task(self._done(fields, sender, turn)))
        self._beside(self._end(key, job))
        return job

    async def _done(self, fields: Fields, sender: str, turn: Turn) -> Fields | None:
        try:
            async with turn.lock:
                return await self.take(fields)
        finally:
            turn.waiting -= 1
            self._leave(sender, turn)

    def _leave(self, sender: str, turn: Turn) -> None:
        if not turn.waiting:
            self._turns.pop(sender, None)

    async def _end(self, key: str, job: Job) -> None:
        """Forgets the job once it was answered or no try can ask for it any more; then its reply is pushed."""
        until = asyncio.get_running_loop().time() + self.tries_s
        try:
            reply = await asyncio.shield(job.work)
            if reply is not None and not await _within(until, job.answered):
                await self._push(job, reply)
        except (Busy, Closed):
            return  # nothing was stored: the next try begins anew
        except Exception:
            log.exception("message not handled", path=self.path)
        finally:
            del self._jobs[key]

    async def _push(self, job: Job, reply: Fields) -> None:
        job.pushed = True
        try:
            await self.late(job.fields, reply)
        except Exception:
            log.exception("reply not pushed", path=self.path)

    def _beside(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._ending.add(task)  # a task nobody holds may vanish
        task.add_done_callback(self._ending.discard)


async def _within(until: float, event: asyncio.Event) -> bool:
    """Whether something came to pass by an instant of the loop."""
    try:
        async with asyncio.timeout_at(until):
            await event.wait()
    except TimeoutError:
        return event.is_set()
    return True
