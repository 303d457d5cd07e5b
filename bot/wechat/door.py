"""What is done with one message of an Official Account: read, file fetched, handed to the router, answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot import media
from bot.channel import DeliveryError, Inbound, Rendered
from bot.dialogs import plain
from bot.replies import key_of, turn_of
from bot.router import Router
from bot.sender import Sender
from bot.tencent import key as keys
from bot.tencent.xml import Fields, text_of
from bot.wechat import draw, edge
from bot.wechat.channel import WeChatChannel
from bot.wechat.edge import NAME
from handlers.identities.accounts import Reach
from rules.access import SYSTEM
from rules.problems import Problem
from screens import door as words_at_the_door
from storage import identities, inbox, members, outbox, platforms, sending
from storage.engine import Busy, Closed, Connection
from storage.platforms import Window

log = structlog.get_logger(__name__)
MOST_RAW = 100_000
MOST_KEY = 150
AFTER = timedelta(seconds=2)
"""What does not fit into the answer is pushed when that has arrived."""


@dataclass(slots=True)
class Door:
    """Where messages come in, each once, however often the platform tries."""

    channel: WeChatChannel
    router: Router
    sender: Sender
    folder: Path

    async def take(self, fields: Fields) -> Fields | None:
        """Handles one message and commits; gives the fields of its answer, None where there is none.

        Busy when nothing could be stored: the platform tries again. One that breaks the machine is parked.
        """
        try:
            return await self._act(edge.meaning(fields), fields)
        except (Busy, Closed):
            raise
        except Exception as error:
            log.exception("message parked", channel=NAME)
            await self._park(fields, error)
            return self._passive(fields, plain(words_at_the_door.broken(self.channel.say), self.channel.public_url))

    async def late(self, fields: Fields, _reply: Fields) -> None:
        """Pushes what no try of the platform carried; a secret is not, only that it was there."""
        address, external = text_of(fields, "FromUserName"), keys.key_of(fields)
        inbound, now = Inbound(NAME, address, external), self.router.clock.now()

        def unit(connection: Connection) -> None:
            stored = inbox.reply_to(connection, NAME, external)
            pieces = draw.parts(stored or [], self.channel.say)
            if pieces:
                self._put(connection, inbound, [(key_of(inbound), pieces[0])], now)

        await asyncio.wrap_future(self.router.desk.store.submit(unit, turn_of(inbound)))
        self.sender.replied(NAME, address)

    async def _act(self, found: edge.Meaning, fields: Fields) -> Fields | None:
        """What the platform tells of the sender is noted beside the message: one write holds both."""
        if found.undelivered:
            log.warning("notice not delivered", channel=NAME, why=found.undelivered)
        if found.reachable is not None:
            request = Reach(NAME, found.address, found.reachable)
            await asyncio.wrap_future(self.router.desk.submit(SYSTEM, request, self.router.clock.now()))
        noted, reply = await asyncio.gather(self._note(found), self._answer(found, fields), return_exceptions=True)
        for result in (noted, reply):
            if isinstance(result, BaseException):
                raise result
        return reply if isinstance(reply, dict) else None

    async def _note(self, found: edge.Meaning) -> None:
        """The window that the message opens; a consent is counted once, however often its event comes."""
        if found.opens is None and not found.consents:
            return
        now = self.router.clock.now()

        def unit(connection: Connection) -> None:
            if found.opens is not None:
                window = Window(found.opens.messages, now + found.opens.lasts)
                platforms.open_window(connection, NAME, found.address, window, now)
            if found.consents and not inbox.seen(connection, NAME, found.key):
                inbox.keep(connection, _row(found, {"text": ""}, now))
                for each in found.consents:
                    if each.yes:
                        platforms.count_consent(connection, NAME, found.address, each.template, 1)
                    else:
                        platforms.end_consent(connection, NAME, found.address, each.template)

        await asyncio.wrap_future(self.router.desk.store.submit(unit, f"{NAME}:{found.address}"))

    async def _answer(self, found: edge.Meaning, fields: Fields) -> Fields | None:
        if found.inbound is None:
            return None
        inbound = found.inbound if not found.media else await self._filed(found.inbound, found.media)
        reply = await self.router.accept(inbound)
        self.sender.wake.set()
        pieces = draw.parts(reply.screens, self.channel.say)
        if reply.queued or not pieces:  # its reply was late and is pushed
            return None
        if len(pieces) > 1 and not reply.secret:  # a secret's picture says what its link says, and neither is ever kept
            await self._push(inbound, pieces[1:])
        return self._passive(fields, pieces[0])

    def _passive(self, fields: Fields, piece: Rendered) -> Fields:
        """The answer to the platform's request; sender and receiver change places."""
        return {
            "ToUserName": text_of(fields, "FromUserName"),
            "FromUserName": text_of(fields, "ToUserName"),
            "CreateTime": int(self.router.clock.now().timestamp()),
            "MsgType": "text",
            "Content": draw.text([piece], self.channel.say),
        }

    async def _push(self, inbound: Inbound, pieces: Sequence[Rendered]) -> None:
        """What does not fit into the answer is in the outbox before that is given."""
        now, base = self.router.clock.now(), key_of(inbound)
        if len(base) > MOST_KEY:
            base = hashlib.sha256(inbound.external_id.encode()).hexdigest()
        rows = [(f"{base}:{number}", piece) for number, piece in enumerate(pieces, 2)]

        def unit(connection: Connection) -> None:
            self._put(connection, inbound, rows, now + AFTER)

        await asyncio.wrap_future(self.router.desk.store.submit(unit, turn_of(inbound)))

    def _put(
        self, connection: Connection, inbound: Inbound, rows: Sequence[tuple[str, Rendered]], due_at: datetime
    ) -> None:
        """Each piece is a message of its own; those that were put before are not put again."""
        known = outbox.has_key(connection, [key for key, _ in rows])
        member = members.bound_member(connection, NAME, inbound.address)
        for key, piece in rows:
            if key not in known:
                body = {"screens": [piece], "edit": ""}
                row = {"key": key, "member_id": member, "channel": NAME, "address": inbound.address, "body": body}
                sending.put_reply(connection, row, due_at)

    async def _filed(self, inbound: Inbound, number: str) -> Inbound:
        """The message with its file; a stranger's is not fetched."""
        store = self.router.desk.store
        bound = await asyncio.to_thread(
            store.read, lambda connection: identities.bound(connection, NAME, inbound.address)
        )
        if bound is None:
            return inbound
        try:
            content = await self.channel.fetch(number)
        except DeliveryError as error:
            log.warning("file not fetched", channel=NAME, code=error.code)
            return replace(inbound, problems=(Problem("file_not_fetched", {}),))
        kept = await asyncio.to_thread(media.file_in, self.folder, self.channel.say("photo") + ".jpg", content)
        return replace(inbound, problems=kept) if isinstance(kept, tuple) else replace(inbound, file=kept)

    async def _park(self, fields: Fields, error: Exception) -> None:
        """Keeps a message that could not be handled, once, with what went wrong."""
        external, now = keys.key_of(fields), self.router.clock.now()
        found = edge.Meaning(text_of(fields, "FromUserName")[: edge.MOST_ADDRESS], external)
        raw = json.dumps(fields, ensure_ascii=False)[:MOST_RAW]
        why = f"{type(error).__name__}: {error}"[:2000]

        def unit(connection: Connection) -> None:
            if not inbox.seen(connection, NAME, external):
                row = _row(found, {"text": "", "token": "", "raw": raw}, now)
                inbox.keep(connection, {**row, "state": "parked", "error": why})

        await asyncio.wrap_future(self.router.desk.store.submit(unit))


def _row(found: edge.Meaning, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A message that gets no answer, as the inbox keeps it."""
    return {
        "channel": NAME,
        "external_id": found.key,
        "address": found.address,
        "member_id": None,
        "said": said,
        "reply": None,
        "state": "done",
        "error": None,
        "received_at": now,
    }
