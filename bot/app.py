"""The composition root: the one file that knows all parts, and the only one that reads the clock."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import entry, webchat
from bot.channel import Channel
from bot.clock import Clock
from bot.config import Settings
from bot.demo import Demo
from bot.holidays import CHINA
from bot.router import Router
from bot.sender import Sender
from handlers.context import House
from handlers.desk import Desk
from handlers.members import WEBCHAT
from scheduler.runner import Runner
from storage.engine import Database, Reader
from storage.upgrade import upgrade

if TYPE_CHECKING:  # a house without Telegram holds none of it in memory
    from bot.telegram.service import Service

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


class FolderInUse(RuntimeError):
    """Another process works in this data folder."""


@dataclass(slots=True)
class Parts:
    """A house ready to serve."""

    settings: Settings
    database: Database
    desk: Desk
    clock: Clock
    lock: IO[str]

    def close(self) -> None:
        """Finishes what waits and gives the folder free."""
        self.database.close()
        self.lock.close()


def real_time() -> datetime:
    """The instant, in UTC."""
    return datetime.now(UTC)


def house(settings: Settings) -> House:
    """Time zone, calendar, and the doors known from before."""
    return House(ZoneInfo(settings.timezone), CHINA, doors=doors(settings))


def doors(settings: Settings) -> dict[str, str]:
    """Where invitations can be opened besides the web."""
    if not settings.telegram_token.get_secret_value():
        return {}
    from bot.telegram.menu import link, remembered

    known = remembered(settings.data)
    return {"telegram": link(known.username)} if known.username else {}


def lock_folder(folder: Path) -> IO[str]:
    """Takes a data folder for this process alone."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "zhibu.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise FolderInUse(str(folder)) from error
    return lock


def open_parts(settings: Settings, clock: Clock | None = None, lock: IO[str] | None = None) -> Parts:
    """Takes the data folder (unless it is held already), brings its tables up to date, and opens it."""
    lock = lock or lock_folder(settings.data)
    upgrade(settings.database)
    database = Database(settings.database)
    return Parts(settings, database, Desk(database, house(settings)), clock or Clock(real_time), lock)


@contextmanager
def read_only(settings: Settings) -> Iterator[tuple[Desk, datetime]]:
    """A desk for reading commands: it takes no lock and writes nothing."""
    reader = Reader(settings.database)
    try:
        yield Desk(reader, house(settings)), real_time()
    finally:
        reader.close()


def build(parts: Parts, *, demo: bool = False) -> Starlette:
    """The web application: chat, health, and in the demo its doors."""
    settings, desk, clock = parts.settings, parts.desk, parts.clock
    address = settings.address
    router = Router(desk, clock, settings.locale, address)
    channels: dict[str, Channel] = {WEBCHAT: webchat.WebChannel()}
    sender = Sender(desk, clock, channels, settings.locale, address)
    service = telegram_service(settings, router, sender)
    front = webchat.Front(settings, clock, desk, router, sender, webchat.environment())
    runner = Runner(desk, clock.now, sender.wake.set)
    ready = asyncio.Event()

    async def health(_request: Request) -> Response:
        status = "ok" if ready.is_set() else "starting"
        return JSONResponse({"status": status, "now": clock.now().isoformat()}, 200 if ready.is_set() else 503)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(parts.close)
            if service is not None:
                await stack.enter_async_context(service.opened())
            await runner.tick()
            if demo:
                await sender.drain()
            sending = asyncio.create_task(sender.run())
            stack.push_async_callback(_ended, sending)
            if service is not None:
                await stack.enter_async_context(service.listening())
            runner.start()
            stack.callback(runner.stop)
            ready.set()
            yield

    doors = Demo(front, runner).routes() if demo else entry.routes(front)
    return Starlette(
        routes=[Route("/healthz", health), webchat.static(), *([] if service is None else service.routes()), *doors],
        lifespan=lifespan,
        exception_handlers={404: partial(webchat.no_page, front)},
    )


def telegram_service(settings: Settings, router: Router, sender: Sender) -> Service | None:
    """Telegram, when a token is set; without one nothing of it is loaded."""
    if not settings.telegram_token.get_secret_value():
        return None
    from bot.telegram.service import Service

    service = Service(settings, router, sender)
    sender.serve(service.channel)
    return service


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
