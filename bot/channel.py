"""What every channel shares: a message as it came in, and how sending may fail."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.routing import Route

from rules.problems import Problem
from storage.evidence import Filed

Rendered = dict[str, Any]
"""A screen as every channel gets it: title, lines, choices (label, token, in replies a mark), image, link.

A reply that waits in the outbox is {"screens": [...], "edit": message}: all of them are one answer.
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


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform may be sent to: messages a second in all, seconds between two to one address."""

    a_second: float
    address_s: float
    at_once: int = 64


class Channel(Protocol):
    """A way to reach people. Without a pace everything goes at once; an idempotent one may be sent the same twice."""

    name: str
    pace: Pace | None
    idempotent: bool

    async def send(self, address: str, body: Rendered) -> None:
        """Hands a screen to the platform; raises DeliveryError."""


class Service(Protocol):
    """What runs beside the web application for a channel: opened to send, then listening, with addresses of its own."""

    def opened(self) -> AbstractAsyncContextManager[None]:
        """The client, for as long as something may be sent."""

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Takes messages until the block is left."""

    def routes(self) -> list[Route]:
        """Where the platform posts."""
