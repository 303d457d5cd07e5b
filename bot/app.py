"""The composition root: the one file that knows all parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import entry, notice, secrets, vouching, webchat
from bot.channel import Channel
from bot.demo import Demo
from bot.dialogs import qr
from bot.hatch import Hatch
from bot.nightly import Nightly
from bot.opening import Parts, read_only
from bot.router import Router
from bot.sender import Sender
from console import app as console
from console.frame import Office
from console.phone import app as phone
from handlers.members import WEBCHAT
from scheduler.runner import Runner

if TYPE_CHECKING:  # a house without a channel holds none of it in memory
    from bot.channel import Service
    from bot.wechat.service import Service as WeChat
    from bot.wecom.service import Service as WeCom


@dataclass(slots=True)
class Works:
    """What works behind the web application, from its start to its end."""

    parts: Parts
    demo: bool
    router: Router
    sender: Sender
    runner: Runner
    services: list[Service]
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
            for service in self.services:
                await stack.enter_async_context(service.opened())
            await self.runner.tick()
            if self.demo:
                await self.sender.drain()
            self._beside(stack, self.sender.run())
            for service in self.services:
                await stack.enter_async_context(service.listening())
            self.runner.start()
            stack.callback(self.runner.stop)
            if not self.parts.settings.on_server:  # with several processes commands and backups go to the database
                await self._alone(stack)
            self.ready.set()
            yield

    async def _alone(self, stack: AsyncExitStack) -> None:
        """What only the one process of a data folder does: commands through its socket, and the nightly backup."""
        settings, wake = self.parts.settings, self.sender.wake.set
        hatch = Hatch(settings, self.router, wake)
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
    telegram, wechat = telegram_service(parts, router, sender), wechat_service(parts, router, sender)
    wecom = wecom_service(parts, router, sender)
    services: list[Service] = [service for service in (telegram, wechat, wecom) if service is not None]
    works = Works(parts, demo, router, sender, Runner(desk, clock.now, sender.wake.set), services)
    front = webchat.Front(settings, clock, desk, router, sender, webchat.environment())
    reader = partial(read_only, settings)
    apis = [None if each is None else each.api for each in (wechat, wecom)]
    phones = vouching.phones(settings, *apis)
    router.scene = phones.scene
    office = Office(
        desk, clock.now, settings.locale, address, secrets, qr, sender.wake.set, reader, settings.data, phones
    )
    doors = Demo(front, works.runner, office).routes() if demo else entry.routes(front)
    hooks = [route for service in services for route in service.routes()]
    return Starlette(
        routes=[
            Route("/healthz", works.health),
            webchat.static(),
            *notice.routes(front),
            *console.routes(office),
            *phone.routes(office),
            *hooks,
            *doors,
        ],
        lifespan=works.lifespan,
        exception_handlers={404: partial(webchat.no_page, front)},
    )


def telegram_service(parts: Parts, router: Router, sender: Sender) -> Service | None:
    """Telegram, when it is set up and may be used; else nothing of it is loaded. One of several processes polls."""
    if not parts.settings.telegram_on:
        return None
    from bot.telegram.service import Service

    lease = parts.database.lease("telegram")

    async def may_poll() -> bool:
        return lease.held()

    service = Service(parts.settings, router, sender, may_poll)
    sender.serve(service.channel)
    return service


def wechat_service(parts: Parts, router: Router, sender: Sender) -> WeChat | None:
    """The Official Account, when it is set up; else nothing of it is loaded."""
    if not parts.settings.wechat_on:
        return None
    from bot.wechat.service import Service

    service = Service(parts.settings, parts.database, router, sender)
    sender.serve(service.channel)
    return service


def wecom_service(parts: Parts, router: Router, sender: Sender) -> WeCom | None:
    """The WeCom app, when it is set up; else nothing of it is loaded."""
    if not parts.settings.wecom_on:
        return None
    from bot.wecom.service import Service

    service = Service(parts.settings, router, sender)
    sender.serve(service.channel)
    return service


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
