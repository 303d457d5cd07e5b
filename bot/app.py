"""The composition root: the one file that knows all parts, and the only one that reads the clock."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import entry, secrets, webchat
from bot.channel import Channel
from bot.clock import Clock
from bot.config import Settings
from bot.demo import Demo
from bot.dialogs import qr
from bot.hatch import Hatch
from bot.holidays import CHINA
from bot.nightly import Nightly
from bot.router import Router
from bot.sender import Sender
from console import app as console
from console.frame import Office
from handlers.context import House
from handlers.desk import Desk
from handlers.members import WEBCHAT
from scheduler.runner import Runner
from storage.engine import Store
from storage.opening import open_database, open_reader

if TYPE_CHECKING:  # a house without Telegram holds none of it in memory
    from bot.telegram.service import Service

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


@dataclass(slots=True)
class Works:
    """What works behind the web application, from its start to its end."""

    parts: Parts
    demo: bool
    router: Router
    sender: Sender
    runner: Runner
    service: Service | None
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def health(self, _request: Request) -> Response:
        """Whether the house is ready to serve."""
        status = "ok" if self.ready.is_set() else "starting"
        facts = {"status": status, "now": self.parts.clock.now().isoformat()}
        return JSONResponse(facts, 200 if self.ready.is_set() else 503)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Opens in order, and closes in the order turned round."""
        async with AsyncExitStack() as stack:
            stack.callback(self.parts.close)
            if self.service is not None:
                await stack.enter_async_context(self.service.opened())
            await self.runner.tick()
            if self.demo:
                await self.sender.drain()
            self._beside(stack, self.sender.run())
            if self.service is not None:
                await stack.enter_async_context(self.service.listening())
            self.runner.start()
            stack.callback(self.runner.stop)
            if not self.parts.settings.on_server:  # with several processes commands and backups go to the database
                await self._alone(stack)
            self.ready.set()
            yield

    async def _alone(self, stack: AsyncExitStack) -> None:
        """What only the one process of a data folder does: commands through its socket, and the nightly backup."""
        settings, wake = self.parts.settings, self.sender.wake.set
        hatch = Hatch(settings.data, self.router, wake)
        stack.callback(hatch.close)
        await hatch.open()
        if not self.demo:
            self._beside(stack, Nightly(settings, self.parts.desk, self.parts.clock, wake).run())

    def _beside(self, stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
        stack.push_async_callback(_ended, asyncio.create_task(work))


def build(parts: Parts, *, demo: bool = False) -> Starlette:
    """The web application: chat, console, channels, health, and in the demo its doors."""
    settings, desk, clock = parts.settings, parts.desk, parts.clock
    address = settings.address
    router = Router(desk, clock, settings.locale, address)
    channels: dict[str, Channel] = {WEBCHAT: webchat.WebChannel()}
    sender = Sender(desk, clock, channels, settings.locale, address)
    service = telegram_service(parts, router, sender)
    works = Works(parts, demo, router, sender, Runner(desk, clock.now, sender.wake.set), service)
    front = webchat.Front(settings, clock, desk, router, sender, webchat.environment())
    reader = partial(read_only, settings)
    office = Office(desk, clock.now, settings.locale, address, secrets, qr, sender.wake.set, reader, settings.data)
    doors = Demo(front, works.runner, office).routes() if demo else entry.routes(front)
    hooks = [] if service is None else service.routes()
    return Starlette(
        routes=[Route("/healthz", works.health), webchat.static(), *console.routes(office), *hooks, *doors],
        lifespan=works.lifespan,
        exception_handlers={404: partial(webchat.no_page, front)},
    )


def telegram_service(parts: Parts, router: Router, sender: Sender) -> Service | None:
    """Telegram, when a token is set; without one nothing of it is loaded. One of several processes polls."""
    if not parts.settings.telegram_token.get_secret_value():
        return None
    from bot.telegram.service import Service

    lease = parts.database.lease("telegram")

    async def may_poll() -> bool:
        return lease.held()

    service = Service(parts.settings, router, sender, may_poll)
    sender.serve(service.channel)
    return service


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
