"""An Official Account writes to people: by whichever of its three ways is open, chosen from rows before calling."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from bot.channel import DeliveryError, Pace, Rendered
from bot.clock import Clock
from bot.tencent.api import Api
from bot.tencent.errors import without_doubt
from bot.wechat import draw
from bot.wechat.draw import Json, Template
from bot.wechat.edge import NAME
from bot.wechat.pictures import png_of
from screens.texts import Say
from storage import platforms
from storage.engine import Busy, Connection, Store

log = structlog.get_logger(__name__)
PACE = Pace(a_second=40.0, address_s=0.0)
SHUT = "window_shut"


@dataclass(slots=True)
class WeChatChannel:
    """An account at the platform. Where no way is open, nothing is called: the message goes by another channel."""

    api: Api
    store: Store
    clock: Clock
    zone: ZoneInfo
    say: Say
    public_url: str
    template: Template
    subscribe: Template
    pace: Pace | None = PACE
    name: str = NAME
    idempotent: bool = False

    async def send(self, address: str, body: Rendered) -> None:
        """A piece of a reply, or a notice; raises DeliveryError."""
        if "screens" in body:
            await self._reply(address, body)
            return
        for way in (self._replied, self._notified, self._by_template):
            if await way(address, body):
                return
        raise DeliveryError(SHUT, retry=False)

    async def fetch(self, media: str) -> bytes:
        """The content of what somebody sent; raises DeliveryError."""
        return await self.api.fetch("/cgi-bin/media/get", {"media_id": media})

    async def _reply(self, address: str, body: Rendered) -> None:
        """What no answer carried: mostly one message, for the door puts each by itself."""
        for piece in draw.parts(body["screens"], self.say):
            if not await self._window(address) or not await self._written(address, await self._drawn(piece)):
                raise DeliveryError(SHUT, retry=False)

    async def _drawn(self, piece: Rendered) -> Json:
        """The fields of one message, its picture uploaded."""
        if not piece["image"]:
            return {"msgtype": "text", "text": {"content": draw.text([piece], self.say)}}
        picture = await asyncio.to_thread(png_of, piece["image"])
        try:
            kept = await self.api.upload("/cgi-bin/media/upload", "code.png", picture, {"type": "image"})
        except DeliveryError as error:
            raise without_doubt(error) from error
        return {"msgtype": "image", "image": {"media_id": str(kept.get("media_id", ""))}}

    async def _replied(self, address: str, body: Rendered) -> bool:
        """As a customer-service message, while the window is open."""
        if not await self._window(address):
            return False
        return await self._written(address, draw.pushed(body, self.say, self.public_url))

    async def _window(self, address: str) -> bool:
        now = self.clock.now()
        read = partial(platforms.window_of, channel=NAME, address=address, now=now)
        return bool(await asyncio.to_thread(self.store.read, read))

    async def _written(self, address: str, message: Json) -> bool:
        """Whether the platform took it; it may know better than our rows that the window is shut."""
        try:
            await self.api.call("/cgi-bin/message/custom/send", {"touser": address, **message})
        except DeliveryError as error:
            if error.code != SHUT:
                raise
            await self._noted(partial(platforms.shut_window, channel=NAME, address=address), address)
            return False
        await self._noted(partial(platforms.count_window, channel=NAME, address=address), address)
        return True

    async def _notified(self, address: str, body: Rendered) -> bool:
        """As a notification, while there is a consent that was not used."""
        template = self.subscribe.id

        def left(connection: Connection) -> int:
            return platforms.consents_of(connection, NAME, address, template)

        def ended(connection: Connection) -> None:
            platforms.end_consent(connection, NAME, address, template)

        def used(connection: Connection) -> None:
            platforms.count_consent(connection, NAME, address, template, -1)

        if not template or not await asyncio.to_thread(self.store.read, left):
            return False
        facts = {**self._fields(address, body, self.subscribe), "page": self._page(body)}
        try:
            await self.api.call("/cgi-bin/message/subscribe/bizsend", facts)
        except DeliveryError as error:
            if error.code != "no_consent":
                raise
            await self._noted(ended, address)
            return False
        await self._noted(used, address)
        return True

    async def _by_template(self, address: str, body: Rendered) -> bool:
        """As a template message, where the account has a template."""
        if not self.template.id:
            return False
        facts = {**self._fields(address, body, self.template), "url": self._page(body)}
        whole = json.dumps([facts, body], ensure_ascii=False, sort_keys=True)
        # within ten minutes the platform drops another of the same name
        once = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:32]
        await self.api.call("/cgi-bin/message/template/send", {**facts, "client_msg_id": once})
        return True

    def _fields(self, address: str, body: Rendered, template: Template) -> Json:
        moment = self.clock.now().astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        return {
            "touser": address,
            "template_id": template.id,
            "data": draw.fields(body, template, moment, self.say),
        }

    def _page(self, body: Rendered) -> str:
        return body["link"] or f"{self.public_url}/m"

    async def _noted(self, unit: Callable[[Connection], None], address: str) -> None:
        """What was sent stays sent: a count that is not kept is told by the platform sooner or later."""
        try:
            await asyncio.wrap_future(self.store.submit(unit, f"{NAME}:{address}"))
        except Busy:
            log.warning("window not counted", channel=NAME)
