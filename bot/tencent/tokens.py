"""The access token of an account: one row, asked for by one process at a time, and by one task in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, Protocol, TypeVar

from bot.channel import DeliveryError
from bot.clock import Clock
from bot.tencent.errors import TOKEN_INVALID, without_doubt
from storage import platforms
from storage.engine import Busy, Closed, Connection, Store, Unit
from storage.platforms import Credential

EARLY = timedelta(minutes=5)
"""A token is asked for anew so long before it ends; both platforms let the old one live on for a while."""
SHORTEST_S = 30
LEASE = timedelta(seconds=25)
GAP = timedelta(seconds=60)
"""An Official Account may force a new token 20 times a day, 30 s apart."""
LOOK_S, LOOKS = 0.2, 60
TOKEN_AWAITED = "token_awaited"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that gives a token."""

    path: str
    body: dict[str, Any] | None
    query: dict[str, str]


Ask = Callable[[Asked], Awaitable[dict[str, Any]]]
"""Makes that call; raises DeliveryError."""


class Key(Protocol):
    """What an account proves itself with."""

    def asked(self, forced: bool) -> Asked:
        """The call for a token; a forced one ends the token there is."""


@dataclass(frozen=True, slots=True)
class WeChatKey:
    """An Official Account's; its call gives everybody the same token until it is forced."""

    app_id: str
    secret: str = field(repr=False)

    def asked(self, forced: bool) -> Asked:
        """POST stable_token."""
        body = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.secret, "force_refresh": forced}
        return Asked("/cgi-bin/stable_token", body, {})


@dataclass(frozen=True, slots=True)
class WeComKey:
    """A WeCom app's."""

    corp_id: str
    secret: str = field(repr=False)

    def asked(self, forced: bool) -> Asked:
        """GET gettoken, which nothing can force."""
        return Asked("/cgi-bin/gettoken", None, {"corpid": self.corp_id, "corpsecret": self.secret})


@dataclass(frozen=True, slots=True)
class Mine:
    """The right to ask the platform, until an instant; a `forced` token ends the one there is."""

    until: datetime
    forced: bool


class Not(Enum):
    """No token: somebody else asks for one, or one was forced a moment ago."""

    YET = "yet"
    AGAIN = "again"


Turn = Credential | Mine | Not


@dataclass(slots=True)
class Tokens:
    """Keeps an account's token; a network call is never made with a transaction open."""

    channel: str
    store: Store
    key: Key
    clock: Clock
    _held: Credential | None = field(default=None, repr=False)
    _asking: asyncio.Task[str] | None = field(default=None, repr=False)  # its result is a token

    async def value(self, ask: Ask, stale: str = "") -> str:
        """A token that is not `stale`, which the platform refused; raises DeliveryError, always to be tried again."""
        held = self._held
        if held is not None and held.value != stale and held.expires_at > self.clock.now():
            return held.value
        shared = self._asking is not None and not self._asking.done()
        found = await self._shared(ask, stale)
        if found == stale and shared:  # that task was on its way before anybody knew
            found = await self._shared(ask, stale)
        return found

    async def close(self) -> None:
        """Nobody waits any more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _shared(self, ask: Ask, stale: str) -> str:
        """Whoever comes while one asks gets what he gets, a failure too."""
        task = self._asking
        if task is None or task.done():
            task = self._asking = asyncio.create_task(self._found(ask, stale))
            task.add_done_callback(_heard)
        return await asyncio.shield(task)

    async def _found(self, ask: Ask, stale: str) -> str:
        turn: Turn = Not.YET
        for wait in (0.0, *[LOOK_S] * LOOKS):
            await asyncio.sleep(wait)
            turn = await self._turn(stale)
            if turn is not Not.YET:
                break
        if isinstance(turn, Mine):
            return await self._asked(ask, turn)
        if isinstance(turn, Not):
            raise DeliveryError(TOKEN_AWAITED if turn is Not.YET else TOKEN_INVALID, retry=True)
        self._held = turn
        return turn.value

    async def _asked(self, ask: Ask, turn: Mine) -> str:
        """The platform's token, kept for all processes."""
        try:
            value, lasts = _read(await ask(self.key.asked(turn.forced)))
        except DeliveryError as error:
            await self._write(partial(platforms.release_credential, channel=self.channel, until=turn.until))
            raise without_doubt(error) from error
        fresh = Credential(value, self.clock.now() + lasts)
        await self._write(partial(platforms.keep_credential, channel=self.channel, fresh=fresh, until=turn.until))
        self._held = fresh
        return value

    async def _turn(self, stale: str) -> Turn:
        """A look before the write: most looks find a token."""
        found = self._standing(await asyncio.to_thread(self.store.read, self._row), stale)
        return found if found is not None else await self._write(partial(self._claimed, stale=stale))

    def _claimed(self, connection: Connection, stale: str) -> Turn:
        """The right to ask, unless somebody was quicker."""
        row, now = self._row(connection), self.clock.now()
        found = self._standing(row, stale)
        if found is not None:
            return found
        until = now.replace(microsecond=0) + LEASE  # as it will be read again
        forced = row is not None and row.value == stale
        platforms.lease_credential(connection, self.channel, until, now if forced else None)
        return Mine(until, forced)

    def _standing(self, row: Credential | None, stale: str) -> Turn | None:
        """What a row says; None when somebody must ask."""
        now = self.clock.now()
        if row is None:
            return None
        if row.value != stale and row.expires_at > now:
            return row
        if row.asked_until is not None and row.asked_until > now:
            return Not.YET
        if row.value == stale and row.forced_at is not None and row.forced_at > now - GAP:
            return Not.AGAIN
        return None

    def _row(self, connection: Connection) -> Credential | None:
        return platforms.credential_of(connection, self.channel)

    async def _write(self, unit: Unit[T]) -> T:
        try:  # one after another in whatever process: no two find no row
            return await asyncio.wrap_future(self.store.submit(unit, f"credential {self.channel}"))
        except (Busy, Closed) as error:
            raise DeliveryError(TOKEN_AWAITED, retry=True) from error


def _read(answer: dict[str, Any]) -> tuple[str, timedelta]:
    """A token and how long it may be used."""
    value, lasts = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(lasts, int) or lasts <= 0:
        raise DeliveryError("answer_unclear", retry=True)
    # nearer to its end the platform gives the same once more, so it is asked again soon
    return value, max(timedelta(seconds=lasts) - EARLY, timedelta(seconds=min(lasts, SHORTEST_S)))


def _heard(task: asyncio.Task[str]) -> None:
    """Who waited may have left: an error that nobody takes is no fault of the program."""
    if not task.cancelled():
        task.exception()
