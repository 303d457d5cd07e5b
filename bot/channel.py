"""What every channel shares: a message as it came in, and how sending may fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from starlette.routing import Route

from rules.problems import Problem
from storage.evidence import Filed

Rendered = dict[str, Any]
"""A screen as every channel gets it: title, lines, choices (label, token, in replies a mark), image, link.

A reply that waits in the outbox is {"screens": [...], "edit": message}: all of them are one answer. On its way a body
has its "number" in the outbox, or that of its batch: the same at each try, and no other message's.
"""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message (来信), decoded once at the channel's edge; one of text, token, file and invitation is meant.

    `by_answer` says that the reply travels in the answer to the platform's request, else it goes through the outbox;
    `edit` is the message that the reply may replace, `invitation` the hash of an invitation's token, `name` how the
    sender calls himself on the platform.
    """

    channel: str
    address: str
    external_id: str
    text: str = ""
    token: str = ""
    file: Filed | None = None
    problems: tuple[Problem, ...] = ()
    by_answer: bool = True
    edit: str = ""
    invitation: str = ""
    name: str = ""


class DeliveryError(Exception):
    """Sending failed: `retry` says whether it is worth trying again, `unknown` that it may have arrived.

    `rest_s` is how long the platform wants this address left alone, `blocked` that the person cannot be reached there,
    `moved_to` the address that took the place of this one.
    """

    def __init__(
        self,
        code: str,
        *,
        retry: bool,
        unknown: bool = False,
        rest_s: float = 0.0,
        blocked: bool = False,
        moved_to: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry = retry
        self.unknown = unknown
        self.rest_s = rest_s
        self.blocked = blocked
        self.moved_to = moved_to


def one(_body: Rendered) -> int:
    """Most bodies are one message."""
    return 1


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform may be sent to: calls a second in all, seconds between two to one address.

    `window` is how many messages one address may have within how many seconds, as many at once as it likes;
    `weigh` says how many messages a body becomes. `together` is how many addresses one call may have, and
    `recognised_s` how long an idempotent platform recognises what it had before (0: for ever).
    """

    a_second: float
    address_s: float
    at_once: int = 64
    window: tuple[int, float] | None = None
    weigh: Callable[[Rendered], int] = one
    together: int = 1
    recognised_s: float = 0.0


class Channel(Protocol):
    """A way to reach people. Without a pace everything goes at once; an idempotent one may be sent the same twice."""

    name: str
    pace: Pace | None
    idempotent: bool

    async def send(self, address: str, body: Rendered) -> None:
        """Hands a screen to the platform; raises DeliveryError."""


@runtime_checkable
class Together(Protocol):
    """What a channel has besides when one call may go to many addresses."""

    async def send_many(self, addresses: Sequence[str], body: Rendered) -> dict[str, DeliveryError]:
        """Hands one screen to the platform for all of them; gives those that are refused, raises when all are."""


class Service(Protocol):
    """What runs beside the web application for a channel: opened to send, then listening, with addresses of its own."""

    def opened(self) -> AbstractAsyncContextManager[None]:
        """The client, for as long as something may be sent."""

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Takes messages until the block is left."""

    def routes(self) -> list[Route]:
        """Where the platform posts."""
