"""What is done with one post: read, picture fetched, handed to the router, answered or put into the outbox."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import structlog

from bot import media
from bot.channel import DeliveryError, Inbound, Rendered
from bot.replies import Reply, body_of, key_of
from bot.router import Router
from bot.sender import Sender
from bot.tencent import key
from bot.tencent.xml import Fields, text_of
from bot.wecom import edge
from bot.wecom.cards import REPLY, read_edit
from bot.wecom.channel import WecomChannel
from handlers.identities.accounts import AccountRemoved, MoveAddress, Reach
from rules.access import SYSTEM
from rules.problems import Problem
from storage import identities, inbox, outbox, sending
from storage.engine import Busy, Closed, Connection

log = structlog.get_logger(__name__)
MOST_RAW = 100_000


@dataclass(slots=True)
class Door:
    """Where posts come in, proven and each for the first time, as far as the process knows."""

    channel: WecomChannel
    router: Router
    sender: Sender
    folder: Path

    async def take(self, fields: Fields) -> Fields | None:
        """Handles a post and commits; gives the passive reply where there is one.

        Busy when nothing could be stored: the post must come again. One that cannot be handled is parked.
        """
        try:
            return await self._act(fields, edge.meaning(fields))
        except (Busy, Closed):
            raise
        except Exception as error:
            log.exception("post parked")
            await self._park(fields, error)
            return None

    async def late(self, fields: Fields, _reply: Fields) -> None:
        """The reply that no try of the platform took goes through the outbox."""
        inbound = edge.meaning(fields).inbound
        if inbound is None:
            return

        def unit(connection: Connection) -> None:
            stored = inbox.reply_to(connection, edge.NAME, inbound.external_id)
            if stored:
                self._put(connection, inbound, body_of(stored, inbound))

        await asyncio.wrap_future(self.router.desk.store.submit(unit))
        self.sender.replied(edge.NAME, inbound.address)

    async def _act(self, fields: Fields, found: edge.Meaning) -> Fields | None:
        for request in _told(found):
            await asyncio.wrap_future(self.router.desk.submit(SYSTEM, request, self.router.clock.now()))
        inbound = found.inbound
        if inbound is None or (found.entered and await self._was_here(inbound)):
            return None
        edit = read_edit(inbound.edit)
        if edit is not None and edit.flag == REPLY:
            return await self._pressed(fields, inbound)
        if found.fetch:
            inbound = await self._filed(inbound, found.fetch)
        await self._replied(inbound, await self.router.accept(inbound))
        return None

    async def _pressed(self, fields: Fields, inbound: Inbound) -> Fields | None:
        """A card in the answer takes the place of the pressed one; any other reply goes through the outbox, and is
        there before the press is acknowledged."""
        reply = await self.router.accept(replace(inbound, by_answer=True))
        if reply.queued:
            return None
        body = body_of(reply.screens, inbound)
        card = None if reply.secret else self.channel.passive(body)
        if card is not None:
            self.sender.wake.set()
            who = {"ToUserName": text_of(fields, "FromUserName"), "FromUserName": text_of(fields, "ToUserName")}
            return {**who, "CreateTime": int(self.router.clock.now().timestamp()), **card}
        if not reply.secret:
            await asyncio.wrap_future(
                self.router.desk.store.submit(lambda connection: self._put(connection, inbound, body))
            )
        await self._replied(inbound, reply)
        return None

    def _put(self, connection: Connection, inbound: Inbound, body: Rendered) -> None:
        name = key_of(inbound)
        if outbox.has_key(connection, [name]):
            return
        found = identities.bound(connection, edge.NAME, inbound.address)
        member = None if found is None else found.member
        row = {"key": name, "member_id": member, "channel": edge.NAME, "address": inbound.address, "body": body}
        sending.put_reply(connection, row, self.router.clock.now())

    async def _replied(self, inbound: Inbound, reply: Reply) -> None:
        """Wakes the sender; a secret is sent from memory, since the outbox would keep it."""
        if reply.secret:
            try:
                await self.channel.send(inbound.address, {**body_of(reply.screens, inbound), "number": 0})
            except DeliveryError as error:
                log.warning("a secret could not be shown", code=error.code)
        self.sender.replied(edge.NAME, inbound.address)

    async def _was_here(self, inbound: Inbound) -> bool:
        """Whether this member was ever answered: who is greeted each time he opens the app is nagged."""
        before = await asyncio.to_thread(
            self.router.desk.store.read, lambda connection: inbox.last_reply(connection, edge.NAME, inbound.address)
        )
        return bool(before)

    async def _filed(self, inbound: Inbound, number: str) -> Inbound:
        """The message with its picture; a stranger's is not fetched."""
        bound = await asyncio.to_thread(
            self.router.desk.store.read, lambda connection: identities.bound(connection, edge.NAME, inbound.address)
        )
        if bound is None:
            return inbound
        try:
            content = await self.channel.fetch(number)
        except DeliveryError as error:
            log.warning("file not fetched", code=error.code)
            return replace(inbound, problems=(Problem("file_not_fetched", {}),))
        kept = await asyncio.to_thread(media.file_in, self.folder, self.channel.say("photo") + ".jpg", content)
        return replace(inbound, problems=kept) if isinstance(kept, tuple) else replace(inbound, file=kept)

    async def _park(self, fields: Fields, error: Exception) -> None:
        """Keeps a post that could not be handled, once, with what went wrong."""
        name, now = key.key_of(fields), self.router.clock.now()

        def unit(connection: Connection) -> None:
            if inbox.seen(connection, edge.NAME, name):
                return
            row = {
                "channel": edge.NAME,
                "external_id": name,
                "address": edge.address_of(text_of(fields, "FromUserName")),
                "member_id": None,
                "said": {"text": "", "token": "", "raw": msgspec.json.encode(fields).decode()[:MOST_RAW]},
                "reply": None,
                "state": "parked",
                "error": f"{type(error).__name__}: {error}"[:2000],
                "received_at": now,
            }
            inbox.keep(connection, row)

        await asyncio.wrap_future(self.router.desk.store.submit(unit))


def _told(found: edge.Meaning) -> list[Any]:
    """What the platform tells about accounts."""
    requests: list[Any] = []
    if found.reach is not None:
        requests.append(Reach(edge.NAME, *found.reach))
    if found.removed:
        requests.append(AccountRemoved(edge.NAME, found.removed))
    if found.renamed is not None:
        requests.append(MoveAddress(edge.NAME, *found.renamed))
    return requests
