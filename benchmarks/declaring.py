"""Members who declare through the chat, each message with its own id."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from benchmarks.chat import Reply, Wire
from benchmarks.process import Failed

CONFIRM = ("确认", "Confirm")
HOURS_EACH, TIMES_EACH = 48, 10
MOST_EACH = HOURS_EACH * TIMES_EACH
"""Hours come in halves up to 24; no member declares the same hours and times twice: they name a declaration."""
ECHO = 0.1


@dataclass(frozen=True, slots=True, order=True)
class Declared:
    """One declaration of two lines: hours of 志愿服务, times of 学习."""

    persona: str
    hours: float
    times: float


def declared(persona: str, number: int) -> Declared:
    """A persona's declaration by its number, from 0."""
    if number >= MOST_EACH:
        raise Failed(f"One persona makes at most {MOST_EACH} declarations that can be told apart; take fewer.")
    turn, hours = divmod(number, HOURS_EACH)
    return Declared(persona, (hours + 1) / 2, (turn + number) % TIMES_EACH + 1)


def key(wanted: Declared) -> str:
    """What the ids of its messages begin with: no two declarations have the same."""
    return f"{wanted.persona}-{wanted.hours:g}-{wanted.times:g}"


@dataclass(slots=True)
class Told:
    """What the clients know at the end: what was acknowledged, and each message with its first reply."""

    acknowledged: list[Declared] = field(default_factory=list)
    replies: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    differing: int = 0


class Client:
    """Declares for some personas in turn; `echo` is the share of messages sent on all its connections at once."""

    def __init__(
        self, personas: Sequence[str], told: Told, chance: random.Random, *wires: Wire, echo: float = 0
    ) -> None:
        self._personas = personas
        self._told = told
        self._chance = chance
        self._echo = echo
        self._count = 0
        self.wires = wires

    async def work(self, enough: Callable[[], bool]) -> None:
        """Declares until it is enough; what was begun is brought to its end."""
        try:
            while not enough():
                turn, who = divmod(self._count, len(self._personas))
                self._count += 1
                await self.declare(declared(self._personas[who], turn))
        finally:
            for wire in self.wires:
                wire.close()

    async def declare(self, wanted: Declared) -> None:
        """One declaration: a line of text, then the confirming button."""
        text = f"申报 志愿服务 {wanted.hours:g} 学习 {wanted.times:g}"
        shown = await self._tell({"persona": wanted.persona, "text": text, "id": f"{key(wanted)}-text"})
        token = shown.choice(*CONFIRM)
        receipt = await self._tell({"persona": wanted.persona, "token": token, "id": f"{key(wanted)}-confirm"})
        self._told.acknowledged.append(wanted)
        self._told.kinds[receipt.kind] += 1

    async def _tell(self, message: dict[str, str]) -> Reply:
        if self._chance.random() < self._echo:
            first, *others = await asyncio.gather(*(wire.tell(message) for wire in self.wires))
            self._told.differing += sum(other != first for other in others)
        else:
            first = await self.wires[0].tell(message)
        self._told.replies.append((message, first))
        return msgspec.convert(first, Reply)


async def members(port: int) -> list[str]:
    """The personas who may declare."""
    wire = Wire(port)
    try:
        return [each.id for each in await wire.personas() if each.role == "member"]
    finally:
        wire.close()


def shared_out(personas: Sequence[str], clients: int) -> list[list[str]]:
    """The personas divided among clients; nobody is in two hands."""
    return [list(personas[index::clients]) for index in range(clients)]
