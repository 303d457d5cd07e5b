"""Members who declare on WeChat or WeCom: they type, choose what confirms, and note what they read."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from benchmarks.declaring import CONFIRM, Declared
from benchmarks.telegram import declared, opened
from benchmarks.tencent import Platform, Shown, bots_time
from storage import identities, members
from storage.engine import Connection

REPLY_S = 600.0
MAY_REPEAT = 6
MARKED = re.compile(r"^\W*(\d{1,2}|[A-Z])\W\s*(?:" + "|".join(CONFIRM) + ")", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bound:
    """A member and his account at the platform."""

    code: str
    person: str


@dataclass(slots=True)
class Seen:
    """What the people at the phones know at the end; `maybe` got no answer, `misdirected` are sentences."""

    acknowledged: list[Declared] = field(default_factory=list)
    maybe: list[Declared] = field(default_factory=list)
    misdirected: list[str] = field(default_factory=list)
    messages: int = 0
    unanswered: int = 0


def bind_members(data: Path, channel: str) -> list[Bound]:
    """Gives every ordinary member of the sample an account."""
    now = bots_time()

    def unit(connection: Connection) -> list[Bound]:
        found = []
        for person in identities.reachable(connection, "webchat", now.date()):
            if person.role == "member":
                bound = Bound(person.code, f"account-of-{person.id}")
                members.bind(connection, channel, bound.person, person.id, now)
                found.append(bound)
        return found

    with opened(data) as database:
        return database.write(unit)


class Phone:
    """One member: types a declaration, chooses what confirms it, reads on."""

    def __init__(self, platform: Platform, bound: Bound, who: int, seen: Seen) -> None:
        self._platform, self._bound, self._who, self._seen = platform, bound, who, seen
        self._shown = platform.ledger.shown[bound.person]
        self._read = self._count = 0
        self._own: deque[Declared] = deque(maxlen=MAY_REPEAT)

    async def work(self, enough: Callable[[], bool]) -> None:
        """Declares until it is enough; what was begun is brought to its end."""
        while not enough():
            wanted = declared(self._who, self._bound.code, self._count)
            self._count += 1
            self._own.append(wanted)
            await self._declare(wanted)

    def look_around(self) -> None:
        """Reads what came late."""
        while self._read < len(self._shown):
            self._check(self._next())

    async def _declare(self, wanted: Declared) -> None:
        text = f"申报 志愿服务 {wanted.hours:g} 学习 {wanted.times:g}"
        if not await self._heard(self._platform.text(self._bound.person, text)):
            return
        draft = await self._sees(wanted, confirms=True)
        if draft is None:
            return
        if not await self._heard(self._choose(draft)):
            self._seen.maybe.append(wanted)  # stored or not: the platform gave up after three tries
        elif await self._sees(wanted, confirms=False) is not None:
            self._seen.acknowledged.append(wanted)

    async def _choose(self, draft: Shown) -> bool:
        key = next((key for label, key in draft.buttons if label.startswith(CONFIRM)), "")
        if key:
            return await self._platform.press(self._bound.person, draft, key)
        found = MARKED.search(draft.text)
        if found is None:
            raise ValueError(f"nothing confirms this draft: {draft}")
        return await self._platform.text(self._bound.person, found[1])

    async def _heard(self, sending: object) -> bool:
        self._seen.messages += 1
        return bool(await sending)  # type: ignore[misc]

    async def _sees(self, wanted: Declared, *, confirms: bool) -> Shown | None:
        """The draft with what confirms it, or the receipt without."""
        end = monotonic() + REPLY_S
        while monotonic() < end:
            while self._read < len(self._shown):
                shown = self._next()
                self._check(shown)
                if about(shown, wanted) and may_confirm(shown) == confirms:
                    return shown
            await self._platform.something(min(1.0, end - monotonic()))
        self._seen.unanswered += 1
        return None

    def _next(self) -> Shown:
        self._read += 1
        return self._shown[self._read - 1]

    def _check(self, shown: Shown) -> None:
        """What this member reads speaks of one of his own last declarations."""
        if not any(about(shown, wanted) for wanted in self._own):
            self._seen.misdirected.append(f"{self._bound.code} declares {self._own[-1]} and reads: {shown.text[:200]}")


def may_confirm(shown: Shown) -> bool:
    """Whether something on it confirms."""
    return any(label.startswith(CONFIRM) for label, _ in shown.buttons) or MARKED.search(shown.text) is not None


def about(shown: Shown, wanted: Declared) -> bool:
    """Whether a text speaks of a declaration."""
    lines = shown.text.splitlines()
    hours, times = f"志愿服务 {wanted.hours:g}小时", f"学习 {wanted.times:g}次"
    return any(hours in line for line in lines) and any(times in line for line in lines)


async def at_phones(phones: list[Phone], enough: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
    """All members declare while something else happens to the bot."""
    async with asyncio.TaskGroup() as group:
        for phone in phones:
            group.create_task(phone.work(enough))
        group.create_task(meanwhile())  # type: ignore[arg-type]
    for phone in phones:
        phone.look_around()
