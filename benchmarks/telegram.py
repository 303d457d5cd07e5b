"""The bot on an emulated Telegram: its process, the members bound to chats, and people who declare there."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from benchmarks.declaring import CONFIRM, Declared
from benchmarks.process import HOST, NOW, Failed, Server
from storage import identities, members
from storage.engine import Connection, Database
from tests.peers.botapi import BotApi
from tests.peers.driving import Shown, shown

CHANNEL = "telegram"
SECRET = "benchmark-on-the-loopback"
FIRST_CHAT = 700_001
MOST_HOURS, MOST_TIMES = 48, 10
"""Hours come in halves, so one member can make 480 declarations that differ."""
REPLY_S = 600.0
"""A reply waits for starts that are cut short one after another; on a busy machine each takes many seconds."""
MAY_REPEAT = 6
"""So many of a chat's last texts may come again after a kill; an older one would be another member's."""


BEGAN = monotonic()


@dataclass(frozen=True, slots=True)
class Bound:
    """A member and his private chat."""

    code: str
    chat: int


class Reached(Protocol):
    """Where a Bot API is."""

    @property
    def address(self) -> str:
        """Without a path."""

    @property
    def token(self) -> str:
        """What the bot proves itself with."""


class Bot(Server):
    """The demo's process with Telegram, by polls or by webhook; its clock goes on from `NOW` through all its starts."""

    def __init__(self, work: Path, data: Path, api: Reached, mode: str) -> None:
        super().__init__(work, "bot", "demo", "--data", str(data), "--port", "{port}", "--now", NOW)
        self._environment |= {
            "ZHIBU_TELEGRAM_TOKEN": api.token,
            "ZHIBU_TELEGRAM_API": api.address,
            "ZHIBU_TELEGRAM_MODE": mode,
            "ZHIBU_TELEGRAM_SECRET": SECRET,
            "ZHIBU_PUBLIC_URL": f"http://{HOST}:{self.port}",
        }

    def start(self, most_s: float = 30.0) -> float:
        """Starts it where the clock stands: one that went back would let replies wait for their time."""
        now = datetime.fromisoformat(NOW) + timedelta(seconds=monotonic() - BEGAN)
        self._command[-1] = now.isoformat()
        return super().start(most_s)


@contextmanager
def opened(data: Path) -> Iterator[Database]:
    """The database of a folder no process works in."""
    from storage.upgrade import upgrade

    upgrade(data / "zhibu.db")
    database = Database(data / "zhibu.db")
    try:
        yield database
    finally:
        database.close()


def bind_members(data: Path, now: datetime) -> list[Bound]:
    """Gives every ordinary member of the sample a chat."""

    def unit(connection: Connection) -> list[Bound]:
        found = []
        for person in identities.reachable(connection, "webchat", now.date()):
            if person.role == "member":
                bound = Bound(person.code, FIRST_CHAT + person.id)
                members.bind(connection, CHANNEL, str(bound.chat), person.id, now)
                found.append(bound)
        return found

    with opened(data) as database:
        return database.write(unit)


def declared(who: int, code: str, number: int) -> Declared:
    """A member's declaration by its number, from 0: at any time no two members are at the same one."""
    index = (number * 53 + who) % (MOST_HOURS * MOST_TIMES)
    return Declared(code, (index % MOST_HOURS + 1) / 2, index // MOST_HOURS + 1)


@dataclass(slots=True)
class Seen:
    """What the people at the phones know at the end; `misdirected` are sentences about messages in a wrong chat."""

    acknowledged: list[Declared] = field(default_factory=list)
    updates: list[int] = field(default_factory=list)
    misdirected: list[str] = field(default_factory=list)
    repeated: int = 0
    unanswered: int = 0


class Phone:
    """One member at his phone: types a declaration, presses the confirming button, reads on."""

    def __init__(self, api: BotApi, bound: Bound, who: int, seen: Seen) -> None:
        self._api = api
        self._bound = bound
        self._who = who
        self._seen = seen
        self._read = 0
        self._count = 0
        self._texts: deque[str] = deque(maxlen=MAY_REPEAT)

    async def work(self, enough: Callable[[], bool]) -> None:
        """Declares until it is enough; what was begun is brought to its end."""
        while not enough():
            wanted = declared(self._who, self._bound.code, self._count)
            self._count += 1
            await self._declare(wanted)

    async def look_around(self) -> None:
        """Reads what came late."""
        await self._events(0)

    async def _declare(self, wanted: Declared) -> None:
        control, chat = self._api.control, self._bound.chat
        said = await control.text(chat, f"申报 志愿服务 {wanted.hours:g} 学习 {wanted.times:g}")
        self._seen.updates.append(said["update"])
        draft = await self._sees(wanted, button=True)
        if draft is None:
            return
        pressed = await control.press(chat, draft.id, draft.data(*CONFIRM))
        self._seen.updates.append(pressed["update"])
        if await self._sees(wanted, button=False) is not None:
            self._seen.acknowledged.append(wanted)

    async def _sees(self, wanted: Declared, *, button: bool) -> Shown | None:
        """The draft with its confirming button, or the receipt without one."""
        end = monotonic() + REPLY_S
        while (left := end - monotonic()) > 0:
            found = None
            for event in await self._events(left):
                self._check(event, wanted)
                if any(label.startswith(CONFIRM) for label in event.labels) == button and _about(event, wanted):
                    found = event
            if found is not None:
                return found
        self._seen.unanswered += 1
        return None

    async def _events(self, most_s: float) -> list[Shown]:
        events = await self._api.control.events(self._bound.chat, self._read, most_s)
        self._read += len(events)
        return [shown(each) for each in events if each["kind"] in ("message", "edit")]

    def _check(self, event: Shown, wanted: Declared) -> None:
        """A reply in this chat speaks of what this member declares now, or, when it came again, of what he just did."""
        if event.text in self._texts:
            self._seen.repeated += 1
        elif _about(event, wanted):
            self._texts.append(event.text)
        else:
            self._seen.misdirected.append(f"{self._bound.code} declares {wanted} and reads: {event.text[:200]}")


def _about(event: Shown, wanted: Declared) -> bool:
    lines = event.text.splitlines()
    hours, times = f"志愿服务 {wanted.hours:g}小时", f"学习 {wanted.times:g}次"
    return any(hours in line for line in lines) and any(times in line for line in lines)


def read(data: Path, query: str, *facts: Any) -> list[Any]:
    """Rows of a folder's database, read from the file itself."""
    with closing(sqlite3.connect(f"file:{data / 'zhibu.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(query, facts).fetchall()


async def at_phones(api: BotApi, phones: list[Phone], enough: Callable[[], bool], meanwhile: Callable[[], Any]) -> None:
    """All members declare while something else happens to the bot."""
    async with asyncio.TaskGroup() as group:
        for phone in phones:
            group.create_task(phone.work(enough))
        group.create_task(meanwhile())
    if not await api.control.settled(REPLY_S):
        raise Failed(f"{len(api.world.pending)} updates were still waiting for the bot at the end.")
    for phone in phones:
        await phone.look_around()
