"""What every channel shares: a message as it came in, and how sending may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from rules.problems import Problem
from storage.evidence import Filed

Rendered = dict[str, Any]
"""A screen as every channel gets it: title, lines, choices (label and token), image, link."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message (来信), decoded once at the channel's edge; exactly one of text, token and file is meant."""

    channel: str
    address: str
    external_id: str
    text: str = ""
    token: str = ""
    file: Filed | None = None
    problems: tuple[Problem, ...] = ()


class DeliveryError(Exception):
    """Sending failed: `retry` says whether it is worth trying again, `unknown` that it may have arrived."""

    def __init__(self, code: str, *, retry: bool, unknown: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.retry = retry
        self.unknown = unknown


class Channel(Protocol):
    """A way to reach people."""

    name: str

    async def send(self, address: str, body: Rendered) -> None:
        """Hands a screen to the platform; raises DeliveryError."""
