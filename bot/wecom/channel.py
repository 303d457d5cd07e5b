"""Sending to WeCom: messages to one or many members, cards changed in place, pictures, files fetched."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.channel import DeliveryError, Pace, Rendered
from bot.clock import Clock
from bot.tencent.api import Answer, Api
from bot.wecom.cards import PUSHED, REPLY, Edit, Json, as_fields, read_edit
from bot.wecom.draw import drawn, interactive, picture_of, weight
from bot.wecom.edge import NAME, address_of
from screens.texts import Say
from storage import platforms
from storage.engine import Busy, Closed, Connection, Store

log = structlog.get_logger(__name__)
SEND, UPDATE = "/cgi-bin/message/send", "/cgi-bin/message/update_template_card"
UPLOAD, FETCH = "/cgi-bin/media/upload", "/cgi-bin/media/get"
RECOGNISED_S, SPREAD_S = 14400, 3600
"""WeCom recognises the same call for four hours at most. It compares all of it: the span is a little different for each
message, so that two of the same words are two."""
TOGETHER = 1000
# a member gets 30 messages a minute, and what is more is dropped without a word; an endpoint takes 10,000 a minute
PACE = Pace(
    a_second=100.0,
    address_s=0.0,
    window=(20, 60.0),
    weigh=weight,
    together=TOGETHER,
    recognised_s=float(RECOGNISED_S - SPREAD_S),
)
CODE_LIFE = timedelta(hours=72)


@dataclass(slots=True)
class WecomChannel:
    """An app of a corporation."""

    api: Api
    agent: int
    say: Say
    public_url: str
    store: Store
    clock: Clock
    pace: Pace | None = PACE
    name: str = NAME
    idempotent: bool = True

    async def send(self, address: str, body: Rendered) -> None:
        """A new message, or the pressed card anew; what cannot be changed any more is sent."""
        edit, stamp = read_edit(body.get("edit", "")), str(body.get("number", 0))
        if edit is not None and await self._changed(address, body, edit, stamp):
            return
        refused = await self._handed([address], body, stamp)
        if address in refused:
            raise refused[address]

    async def send_many(self, addresses: Sequence[str], body: Rendered) -> dict[str, DeliveryError]:
        """One screen for up to 1000 members; gives those that WeCom does not deliver it to."""
        return await self._handed(addresses, body, f"b{body.get('number', 0)}")

    async def fetch(self, media: str) -> bytes:
        """A file's content; raises DeliveryError."""
        return await self.api.fetch(FETCH, {"media_id": media})

    def passive(self, body: Rendered) -> Json | None:
        """The card a press is answered with, as fields; None when the reply is no such card."""
        edit = read_edit(body.get("edit", ""))
        if edit is None or edit.flag != REPLY:
            return None
        stamp = "v" + hashlib.sha256(edit.code.encode()).hexdigest()[:12]
        found = interactive(drawn(body, self.say, self.public_url, stamp))
        return None if found is None else {"MsgType": "update_template_card", "TemplateCard": as_fields(found)}

    async def _handed(self, addresses: Sequence[str], body: Rendered, stamp: str) -> dict[str, DeliveryError]:
        """All messages of a body, in their order."""
        refused: dict[str, DeliveryError] = {}
        reply, messages = "screens" in body, await self._messages(body, stamp)
        card = interactive(messages) or {}
        if reply:
            await self._close_others(addresses[0], card.get("task_id", ""))
        for message in messages:
            answer = await self._pushed(addresses, message, stamp)
            refused |= refusals(answer, addresses)
            if reply and card and answer.get("response_code"):
                await self._remember(addresses[0], card["task_id"], str(answer["response_code"]))
        return refused

    async def _messages(self, body: Rendered, stamp: str) -> list[Json]:
        found = drawn(body, self.say, self.public_url, stamp)
        picture = picture_of(body)
        if picture:
            data = await asyncio.to_thread(png, picture)
            answer = await self.api.upload(UPLOAD, "qr.png", data, {"type": "image"})
            found.append({"msgtype": "image", "image": {"media_id": str(answer.get("media_id", ""))}})
        return found

    async def _pushed(self, addresses: Sequence[str], message: Json, stamp: str) -> Answer:
        """One call; the same one each time it is tried."""
        number = int(stamp.lstrip("b") or 0)
        call: dict[str, Any] = {
            "touser": "|".join(addresses),
            "agentid": self.agent,
            **message,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": RECOGNISED_S - number % SPREAD_S,
        }
        return await self.api.call(SEND, call)

    async def _changed(self, address: str, body: Rendered, edit: Edit, stamp: str) -> bool:
        """Whether the pressed card shows the reply now; else it is closed, unless others of its buttons still do
        something: a notice with several keeps them until one is refused."""
        change: Json | None = None
        if edit.flag == REPLY:
            found = interactive(drawn(body, self.say, self.public_url, f"u{stamp}"))
            change = None if found is None else {"template_card": found}
        if change is not None:
            return await self._updated(address, edit.code, change)
        if edit.flag != PUSHED or edit.buttons == 1 or body.get("refused"):
            await self._updated(address, edit.code, {"button": {"replace_name": self.say("Done")}})
        return False

    async def _updated(self, address: str, code: str, change: Json) -> bool:
        """False when the code was used or is too old; a lost answer is asked for again, for then it is used."""
        call = {"userids": [address], "agentid": self.agent, "response_code": code, **change}
        try:
            await self.api.call(UPDATE, call)
        except DeliveryError as error:
            if error.unknown:
                raise DeliveryError(error.code, retry=True) from error
            if error.retry:
                raise
            return False
        return True

    async def _close_others(self, address: str, task: str) -> None:
        """The reply before has no buttons any more; when that does not work they say so when they are pressed."""

        def take(connection: Connection) -> list[str]:
            return platforms.take_cards(connection, NAME, address, self.clock.now(), but=task)

        try:
            for code in await asyncio.wrap_future(self.store.submit(take)):
                await self._updated(address, code, {"button": {"replace_name": self.say("Goes on below")}})
        except (Busy, Closed, DeliveryError) as error:
            log.info("a card stays as it was", reason=type(error).__name__)

    async def _remember(self, address: str, task: str, code: str) -> None:
        expires_at = self.clock.now() + CODE_LIFE
        values = {"channel": NAME, "task": task, "address": address, "code": code, "expires_at": expires_at}
        try:
            await asyncio.wrap_future(self.store.submit(partial(platforms.keep_card, values=values)))
        except (Busy, Closed) as error:
            log.info("a card will stay as it is", reason=type(error).__name__)


def refusals(answer: Answer, addresses: Sequence[str]) -> dict[str, DeliveryError]:
    """Those an answer without an error leaves out: WeCom names them in small letters, joined by |, or in a list."""
    found: dict[str, DeliveryError] = {}
    for field, error in (
        ("invaliduser", DeliveryError("not_found", retry=False, blocked=True)),
        ("unlicenseduser", DeliveryError("unlicensed", retry=False)),
    ):
        named = answer.get(field) or ""
        users = named.split("|") if isinstance(named, str) else [str(each) for each in named]
        left_out = {address_of(user) for user in users}
        found |= {address: error for address in addresses if address_of(address) in left_out}
    return found


def png(link: str) -> bytes:
    """A link as a QR code."""
    import segno

    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="png", scale=8, border=3)
    return out.getvalue()
