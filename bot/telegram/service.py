"""The Telegram channel of a house: opened, introduced, listening, closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from starlette.routing import Route

from bot.channel import DeliveryError
from bot.config import Settings
from bot.router import Router
from bot.sender import Sender
from bot.telegram import webhook
from bot.telegram.client import TelegramChannel
from bot.telegram.door import Door, Presses
from bot.telegram.edge import NAME
from bot.telegram.menu import introduce, link
from bot.telegram.polling import LONGEST_PAUSE_S, always, poll
from screens.texts import words

log = structlog.get_logger(__name__)


class Service:
    """What runs beside the web application while Telegram is on."""

    def __init__(
        self,
        settings: Settings,
        router: Router,
        sender: Sender,
        may_poll: Callable[[], Awaitable[bool]] = always,
    ) -> None:
        self._settings = settings
        token = settings.telegram_token.get_secret_value()
        self.channel = TelegramChannel(token, settings.telegram_api, words(settings.locale), settings.address)
        self._presses = Presses(self.channel)
        self._may_poll = may_poll
        self.door = Door(self.channel, router, sender, settings.data, self._presses)

    def routes(self) -> list[Route]:
        """The webhook, in webhook mode."""
        if self._settings.telegram_mode == "polling":
            return []
        return [webhook.route(self.door, self._settings.telegram_secret.get_secret_value())]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The client, for as long as something may be sent."""
        await self.channel.open()
        try:
            yield
        finally:
            await self.channel.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Takes updates until the block is left; Telegram out of reach delays nobody else."""
        tasks = [asyncio.create_task(self._presses.run()), asyncio.create_task(self._start())]
        if self._settings.telegram_mode == "polling":
            tasks.append(asyncio.create_task(self._poll()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _poll(self) -> None:
        """Polls on, whatever happens."""
        while True:
            try:
                await poll(self.door, self._may_poll)
            except Exception:
                log.exception("polling stopped; goes on in a moment")
                await asyncio.sleep(1)

    async def _start(self) -> None:
        """The webhook first, then name and menu; each until it succeeds."""
        if self._settings.telegram_mode == "webhook":
            await _until_done("webhook", self._register)
        await _until_done("introduction", self._introduce)

    async def _register(self) -> None:
        secret = self._settings.telegram_secret.get_secret_value()
        await self.channel.ask("setWebhook", webhook.registration(self._settings.address, secret))

    async def _introduce(self) -> None:
        self._named(await introduce(self.channel, self._settings.data, self._settings.locale))

    def _named(self, username: str) -> None:
        self.door.router.desk.house.doors[NAME] = link(username)


async def _until_done(what: str, act: Callable[[], Awaitable[None]]) -> None:
    failures = 0
    while True:
        try:
            await act()
        except DeliveryError as error:
            failures += 1
            wait = max(error.rest_s, min(LONGEST_PAUSE_S, 2.0 ** (failures - 1)))
            log.warning("Telegram did not take it yet", what=what, code=error.code, seconds=wait)
            await asyncio.sleep(wait)
        else:
            return
