"""A platform's interface: calls with the account's token, and every failure as a DeliveryError."""

from __future__ import annotations

import asyncio
import json
import logging
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
import structlog

from bot.channel import DeliveryError
from bot.clock import Clock
from bot.tencent.errors import CALL_REFUSED, TOKEN_INVALID, mapped, of_code, of_status, unclear
from bot.tencent.tokens import Asked, Tokens

log = structlog.get_logger(__name__)
Answer = dict[str, Any]
Query = Mapping[str, str]
T = TypeVar("T")
CONNECT_S, ANSWER_S, POOL_S = 5.0, 10.0, 10.0
WHOLE_S, FILE_S = 20.0, 60.0
"""However slowly an answer drips, it is waited for no longer; a file longer."""
TIMEOUT = httpx.Timeout(ANSWER_S, connect=CONNECT_S, pool=POOL_S)
# a connection at rest is left before the platform leaves it: a call on one that just ended may have arrived
LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=4.0)
MOST_BYTES = 25 * 1024 * 1024


class Api:
    """An account's calls. The token stands in every address: none of them is ever logged."""

    def __init__(self, channel: str, base: str, tokens: Tokens, clock: Clock) -> None:
        self.channel = channel
        self._base = base.rstrip("/")
        self._tokens = tokens
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._resting: dict[str, tuple[datetime, str]] = {}
        """Path → until when it is not called, and why."""

    async def open(self) -> None:
        """Makes the client; nothing is sent yet."""
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log addresses
        self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS)

    async def close(self) -> None:
        """Ends all connections."""
        await self._tokens.close()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def call(self, path: str, body: Answer | None = None, query: Query | None = None) -> Answer:
        """POSTs a body, or GETs without one, with the account's token; gives the answer."""

        async def send(token: str) -> Answer:
            return await self.bare(path, body, {**(query or {}), "access_token": token})

        return await self._with_token(send)

    async def bare(self, path: str, body: Answer | None = None, query: Query | None = None) -> Answer:
        """The same without a token, for what proves itself otherwise."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {} if content is None else {"content-type": "application/json"}
        return await self._asked(path, "POST" if content else "GET", query, content=content, headers=headers)

    async def upload(self, path: str, name: str, data: bytes, query: Query | None = None) -> Answer:
        """POSTs a file as the form's part `media`."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"

        async def send(token: str) -> Answer:
            whole = {**(query or {}), "access_token": token}
            return await self._asked(path, "POST", whole, files={"media": (name, data, kind)})

        return await self._with_token(send)

    async def fetch(self, path: str, query: Query | None = None) -> bytes:
        """A file's content; a refusal comes as JSON in its place."""

        async def send(token: str) -> bytes:
            self._may(path)
            whole = {**(query or {}), "access_token": token}
            status, head, content = await self._sent(path, FILE_S, "GET", whole)
            if status == 200 and not _is_answer(head):
                return content
            self._read(path, status, content)
            raise unclear()  # a good answer, and no file

        return await self._with_token(send)

    async def _with_token(self, send: Callable[[str], Awaitable[T]]) -> T:
        """One other token and one other try where the platform refuses the first; never a loop."""
        token = await self._tokens.value(self._token)
        try:
            return await send(token)
        except DeliveryError as error:
            if error.code != TOKEN_INVALID:
                raise
        return await send(await self._tokens.value(self._token, token))

    async def _token(self, asked: Asked) -> Answer:
        return await self.bare(asked.path, asked.body, asked.query)

    async def _asked(self, path: str, method: str, query: Query | None, **content: Any) -> Answer:
        self._may(path)
        status, _, answer = await self._sent(path, WHOLE_S, method, query, **content)
        return self._read(path, status, answer)

    def _may(self, path: str) -> None:
        """Refuses what the platform has asked us to leave alone."""
        until, code = self._resting.get(path, (None, ""))
        if until is not None and (left := (until - self._clock.now()).total_seconds()) > 0:
            raise DeliveryError(code, retry=True, rest_s=left)

    async def _sent(
        self, path: str, most_s: float, method: str, query: Query | None, **content: Any
    ) -> tuple[int, httpx.Headers, bytes]:
        """One request: status, headers and body of its answer."""
        client = self._client
        if client is None:
            raise DeliveryError("channel_off", retry=True)
        try:
            async with (
                asyncio.timeout(most_s),
                client.stream(method, f"{self._base}{path}", params=dict(query or {}), **content) as response,
            ):
                return response.status_code, response.headers, await _whole(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise mapped(self.channel, error, self._clock.now()) from error

    def _read(self, path: str, status: int, content: bytes) -> Answer:
        """An answer's fields; raises DeliveryError for a refusal, in HTTP's words or in the platform's."""
        error = of_status(status)
        if error is not None:
            raise self._noted(path, error)
        try:
            answer = json.loads(content)
            number = int(answer.get("errcode", 0)) if isinstance(answer, dict) else None
        except (ValueError, TypeError, OverflowError, RecursionError) as broken:
            raise unclear() from broken
        if number is None:
            raise unclear()
        if number:
            raise self._noted(path, of_code(self.channel, number, self._clock.now()), number)
        return dict(answer)

    def _noted(self, path: str, error: DeliveryError, number: int = 0) -> DeliveryError:
        if error.rest_s:
            self._resting[path] = (self._clock.now() + timedelta(seconds=error.rest_s), error.code)
        if error.rest_s or error.code == CALL_REFUSED.code:  # a call of ours that is wrong, or too many
            log.warning("platform refused", channel=self.channel, path=path, code=error.code, number=number)
        return error


async def _whole(response: httpx.Response) -> bytes:
    """The body, up to what any platform lets people send."""
    parts = bytearray()
    async for part in response.aiter_bytes():
        parts += part
        if len(parts) > MOST_BYTES:
            raise DeliveryError("media_refused", retry=False)
    return bytes(parts)


def _is_answer(head: httpx.Headers) -> bool:
    """Whether it is the platform's own words: a file has a name, or a kind that no answer has."""
    if "content-disposition" in head:
        return False
    return head.get("content-type", "").split(";")[0].strip() in {"application/json", "text/plain", "text/html", ""}
