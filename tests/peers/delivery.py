"""How updates reach the bot: by its polls, or by posts to its webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.peers.ledger import Ledger
from tests.peers.world import Json, Refusal, World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
DOUBLE = "terminated by other getUpdates request; make sure that only one bot instance is running"
Post = Callable[[str, dict[str, str], bytes], Awaitable[tuple[int, bytes]]]
"""url, headers, body → status, body of the answer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the emulator waits, in seconds; the real one is far more patient."""

    longest_poll: float = 5.0
    webhook_answer: float = 10.0
    webhook_again: float = 0.1


@dataclass(slots=True)
class Delivery:
    """One of the two ways at a time; `answered` gets the method a webhook's answer asks for."""

    world: World
    ledger: Ledger
    patience: Patience
    hook: Json | None = None
    answered: Callable[[Json], Awaitable[None]] | None = None
    post: Post | None = None
    paused: bool = False
    last_error: str = ""
    _poll: int = 0
    _busy: set[int] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _client: httpx.AsyncClient | None = None
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))

    def __post_init__(self) -> None:
        self.world.pushed = self._push

    async def poll(self, offset: int, limit: int, timeout_s: float, kinds: list[str] | None) -> list[Json]:
        """getUpdates: what lies below the offset is confirmed and gone; the newest of two polls wins."""
        if self.hook is not None:
            message = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise Refusal(409, f"Conflict: {message}")
        self._poll += 1
        mine = self._poll
        self.world.arrived.ring()
        self.world.want(kinds)
        pending = self.world.pending
        if offset < 0:
            offset = max([0, *sorted(pending)[offset:][:1]])
        for number in [each for each in pending if each < offset]:
            self._confirm(number, "offset")
        wait = min(timeout_s, self.patience.longest_poll)
        await self.world.arrived.until(lambda: (bool(pending) and not self.paused) or mine != self._poll, wait)
        if mine != self._poll:
            raise Refusal(409, f"Conflict: {DOUBLE}")
        return [] if self.paused else [pending[number] for number in sorted(pending)[:limit]]

    def set_hook(self, facts: Json) -> None:
        """setWebhook; an empty address removes it."""
        self.world.want(facts.get("allowed_updates"))
        if facts.get("drop_pending_updates"):
            self.forget()
        if not facts["url"]:
            self.hook = None
            return
        self.hook = facts
        self._room = asyncio.Semaphore(facts.get("max_connections", 40))
        self._poll += 1
        self.world.arrived.ring()
        for chat in set(self.world.of_chat.values()):
            self._push(chat)

    def info(self) -> Json:
        """getWebhookInfo."""
        hook = self.hook or {}
        found: Json = {
            "url": hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.pending),
            "allowed_updates": sorted(self.world.wanted),
        }
        if self.last_error:
            found |= {"last_error_message": self.last_error, "last_error_date": self.world.now()}
        return found

    def forget(self) -> None:
        """Drops what waits without delivering it."""
        for number in list(self.world.pending):
            self.world.done(number)

    def pause(self, paused: bool) -> None:
        """Holds updates back, or lets them go."""
        self.paused = paused
        self.world.arrived.ring()
        for chat in set(self.world.of_chat.values()):
            self._push(chat)

    async def close(self) -> None:
        """Ends open polls and deliveries."""
        self._poll += 1
        self.hook = None
        self.world.arrived.ring()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _confirm(self, number: int, how: str) -> None:
        self.ledger.confirmed(number, how)
        self.world.done(number)

    def _push(self, chat: int) -> None:
        if self.hook is None or self.paused or chat in self._busy:
            return
        self._busy.add(chat)
        task = asyncio.get_running_loop().create_task(self._lane(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _lane(self, chat: int) -> None:
        """The updates of one chat, one after another; each is posted until it is answered with success."""
        try:
            while self.hook is not None and not self.paused and (number := self._first(chat)) is not None:
                async with self._room:
                    ok, answer = await self._posted(self.world.pending[number])
                if not ok:
                    await asyncio.sleep(self.patience.webhook_again)
                    continue
                self._confirm(number, "200")
                await self._execute(answer)
        finally:
            self._busy.discard(chat)

    def _first(self, chat: int) -> int | None:
        return min((number for number, of in self.world.of_chat.items() if of == chat), default=None)

    async def _posted(self, update: Json) -> tuple[bool, bytes]:
        hook = self.hook
        if hook is None:
            return False, b""
        headers = {"content-type": "application/json"}
        if hook.get("secret_token"):
            headers[SECRET_HEADER] = hook["secret_token"]
        try:
            body = json.dumps(update, ensure_ascii=False).encode()
            status, answer = await (self.post or self._over_the_wire)(hook["url"], headers, body)
        except (httpx.HTTPError, OSError) as error:
            self.last_error = f"{type(error).__name__}: {error}"
            return False, b""
        if not 200 <= status < 300:
            self.last_error = f"Wrong response from the webhook: {status}"
            return False, b""
        return True, answer

    async def _over_the_wire(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if self._client is None:
            limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
            self._client = httpx.AsyncClient(timeout=self.patience.webhook_answer, limits=limits, trust_env=False)
        answer = await self._client.post(url, headers=headers, content=body)
        return answer.status_code, answer.content

    async def _execute(self, answer: bytes) -> None:
        """Telegram calls the method an answer names, and nobody learns how that went."""
        wanted: Any = None
        with suppress(ValueError):
            wanted = json.loads(answer)
        if isinstance(wanted, dict) and "method" in wanted and self.answered is not None:
            await self.answered(wanted)
