"""The Official Account of a house: opened, its menu set, listening, closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from starlette.routing import Route

from bot.config import Settings
from bot.router import Router
from bot.sender import Sender
from bot.tencent.api import Api
from bot.tencent.envelope import Account, Envelope
from bot.tencent.hook import Hook
from bot.tencent.tokens import Tokens, WeChatKey
from bot.wechat.channel import WeChatChannel
from bot.wechat.door import Door
from bot.wechat.draw import template_of
from bot.wechat.edge import NAME
from bot.wechat.menu import until_introduced
from screens.texts import words
from storage.engine import Store

PATH = "/hooks/wechat"


class Service:
    """What runs beside the web application while the Official Account is on."""

    def __init__(self, settings: Settings, store: Store, router: Router, sender: Sender) -> None:
        self._settings = settings
        app, secret = settings.wechat_app_id, settings.wechat_secret.get_secret_value()
        token, aes_key = settings.wechat_token.get_secret_value(), settings.wechat_aes_key.get_secret_value()
        tokens = Tokens(NAME, store, WeChatKey(app, secret), router.clock)
        self.api = Api(NAME, settings.wechat_api, tokens, router.clock)
        self.channel = WeChatChannel(
            self.api,
            store,
            router.clock,
            ZoneInfo(settings.timezone),
            words(settings.locale),
            settings.address,
            template_of(settings.wechat_template),
            template_of(settings.wechat_subscribe),
        )
        self.door = Door(self.channel, router, sender, settings.data)
        envelope = Envelope(Account(NAME, token, aes_key, app))
        self._hook = Hook(PATH, envelope, self.door.take, self.door.late, router.clock.now)

    def routes(self) -> list[Route]:
        """Where the platform posts."""
        return self._hook.routes()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The client, for as long as something may be sent."""
        await self.api.open()
        try:
            yield
        finally:
            await self.api.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Takes messages until the block is left; the platform out of reach delays nobody else."""
        settings = self._settings
        menu = asyncio.create_task(until_introduced(self.api, settings.data, settings.wechat_app_id, settings.locale))
        try:
            yield
        finally:
            menu.cancel()
            await asyncio.gather(menu, return_exceptions=True)
