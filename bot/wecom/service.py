"""The WeCom channel of a house: its client opened, its door served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Route

from bot.config import Settings
from bot.router import Router
from bot.sender import Sender
from bot.tencent.api import Api
from bot.tencent.envelope import Account, Envelope
from bot.tencent.hook import Hook
from bot.tencent.tokens import Tokens, WeComKey
from bot.wechat.menu import until_introduced
from bot.wecom.channel import WecomChannel
from bot.wecom.door import Door
from bot.wecom.edge import NAME
from screens.texts import words

PATH = "/hooks/wecom"


class Service:
    """What runs beside the web application while WeCom is on."""

    def __init__(self, settings: Settings, router: Router, sender: Sender) -> None:
        self._settings = settings
        store, clock = router.desk.store, router.clock
        key = WeComKey(settings.wecom_corp_id, settings.wecom_secret.get_secret_value())
        self.api = Api(NAME, settings.wecom_api, Tokens(NAME, store, key, clock), clock)
        say = words(settings.locale)
        self.channel = WecomChannel(self.api, settings.wecom_agent_id, say, settings.address, store, clock)
        self.door = Door(self.channel, router, sender, settings.data)
        token, aes_key = settings.wecom_token.get_secret_value(), settings.wecom_aes_key.get_secret_value()
        self._envelope = Envelope(Account(NAME, token, aes_key, settings.wecom_corp_id))
        self._hook = Hook(PATH, self._envelope, self.door.take, self.door.late, clock.now)

    def routes(self) -> list[Route]:
        """Where WeCom posts, and checks the address."""
        return self._hook.routes()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The client, for as long as something may be sent."""
        await self.api.open()
        # WeCom waits one second when it checks the address: what reads its posts is loaded before
        await asyncio.to_thread(self._envelope.ready)
        try:
            yield
        finally:
            await self.api.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Takes messages until the block is left; WeCom out of reach delays nobody else."""
        settings = self._settings
        agent, account = str(settings.wecom_agent_id), f"{settings.wecom_corp_id} {settings.wecom_agent_id}"
        bar = until_introduced(self.api, settings.data, account, settings.locale, {"agentid": agent})
        menu = asyncio.create_task(bar)
        try:
            yield
        finally:
            menu.cancel()
            await asyncio.gather(menu, return_exceptions=True)
