"""The house opened, to serve or only to read: settings in, a desk on its database out; and the reading of the clock."""

from __future__ import annotations

import fcntl
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.config import Settings
from bot.holidays import CHINA
from bot.notice import notice_of
from handlers.context import House
from handlers.desk import Desk
from storage.engine import Store
from storage.opening import open_database, open_reader

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


class FolderInUse(RuntimeError):
    """Another process works in this data folder."""


class NothingThere(RuntimeError):
    """Nothing was ever stored here."""


@dataclass(slots=True)
class Parts:
    """A house ready to serve."""

    settings: Settings
    database: Store
    desk: Desk
    clock: Clock
    lock: IO[str]

    def close(self) -> None:
        """Finishes what waits and gives the folder free."""
        self.database.close()
        self.lock.close()


def settle() -> None:
    """What is loaded stays, so no search for garbage looks through it while the house serves."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def real_time() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def house(settings: Settings) -> House:
    """Time zone, calendar, the channels, their doors known from before, and the notice about personal data."""
    zone, notice = ZoneInfo(settings.timezone), notice_of(settings)
    return House(zone, CHINA, doors=doors(settings), channels=channels(settings), notice=notice)


def channels(settings: Settings) -> dict[str, bool]:
    """The channels that are set up and may be used, each with whether it may write to people at any time."""
    on = {
        "webchat": (True, True),
        "telegram": (settings.telegram_on, True),
        "wechat": (settings.wechat_on, bool(settings.wechat_template)),
        "wecom": (settings.wecom_on, True),
    }
    return {channel: free for channel, (there, free) in on.items() if there}


def doors(settings: Settings) -> dict[str, str]:
    """Where invitations can be opened besides the web."""
    if not settings.telegram_on:
        return {}
    from bot.telegram.menu import link, remembered

    known = remembered(settings.data)
    return {"telegram": link(known.username)} if known.username else {}


def lock_folder(folder: Path, *, shared: bool = False) -> IO[str]:
    """Takes a data folder for this process alone, or beside others whose data stands on a server."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "zhibu.lock").open("w")
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise FolderInUse(str(folder)) from error
    return lock


def open_parts(settings: Settings, clock: Clock | None = None, lock: IO[str] | None = None) -> Parts:
    """Takes the data folder (unless it is held already), brings its tables up to date, and opens it."""
    lock = lock or lock_folder(settings.data, shared=settings.on_server)
    try:
        database = open_database(settings.url)
    except BaseException:
        lock.close()
        raise
    return Parts(settings, database, Desk(database, house(settings)), clock or Clock(real_time), lock)


@contextmanager
def read_only(settings: Settings) -> Iterator[tuple[Desk, datetime]]:
    """A desk for reading commands: it takes no lock and writes nothing."""
    reader = open_reader(settings.url)
    if reader is None:
        raise NothingThere
    try:
        yield Desk(reader, house(settings)), real_time()
    finally:
        reader.close()
