"""What is done with one update: read, file fetched, handed to the router, answered."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import structlog

from bot import media
from bot.channel import DeliveryError, Inbound, Rendered
from bot.dialogs import plain
from bot.router import Router
from bot.sender import Sender
from bot.telegram import edge
from bot.telegram.client import TelegramChannel
from bot.telegram.draw import Json, call, method
from handlers.identities.accounts import Reach
from rules.access import SYSTEM
from rules.evidence import MOST_BYTES, check_file
from rules.problems import Problem
from screens import door as words_at_the_door
from screens.texts import words
from storage import identities, inbox, outbox, sending
from storage.engine import Busy, Closed, Connection

log = structlog.get_logger(__name__)
MOST_RAW = 100_000
MOST_GROUPS = 1000
MOST_PRESSES, PRESS_WORKERS = 100, 2
PRESSES_A_SECOND = 20


class Presses:
    """Pressed buttons whose waiting mark is to end: best effort, the oldest dropped when there are too many.

    They go slowly, for an old one is worth nothing and each call takes as long as two presses.
    """

    def __init__(self, channel: TelegramChannel) -> None:
        self._channel = channel
        self._waiting: deque[str] = deque(maxlen=MOST_PRESSES)
        self._changed = asyncio.Event()

    def put(self, press: str) -> None:
        """Queues one; never waits."""
        self._waiting.append(press)
        self._changed.set()

    async def run(self) -> None:
        """Answers until cancelled."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(PRESS_WORKERS):
                workers.create_task(self._work())

    async def _work(self) -> None:
        while True:
            if not self._waiting:
                self._changed.clear()
                await self._changed.wait()
                continue
            await self._channel.answer_press(self._waiting.popleft())
            await asyncio.sleep(PRESS_WORKERS / PRESSES_A_SECOND)


@dataclass(slots=True)
class Door:
    """Where updates come in, by whatever way."""

    channel: TelegramChannel
    router: Router
    sender: Sender
    folder: Path
    presses: Presses
    _told: dict[str, str] = field(default_factory=dict)

    async def take(self, raw: Any, *, by_answer: bool = False) -> Json | None:
        """Handles one update and commits; gives the call that answers it, where it travels in the answer.

        Busy when nothing could be stored: the update must come again. One that cannot be read is parked.
        """
        try:
            found = edge.meaning(edge.read(raw))
        except msgspec.ValidationError as error:
            await self.park(msgspec.json.encode(raw), error)
            return None
        try:
            return await self._act(found, by_answer=by_answer)
        except (Busy, Closed):
            raise
        except Exception as error:
            log.exception("update parked")
            await self.park(msgspec.json.encode(raw), error)
            return None

    async def _act(self, found: edge.Meaning, *, by_answer: bool) -> Json | None:
        if found.press and not by_answer:
            self.presses.put(found.press)
        if found.reach is not None:
            request = Reach(edge.NAME, *found.reach)
            await asyncio.wrap_future(self.router.desk.submit(SYSTEM, request, self.router.clock.now()))
        if found.group:
            await self._refuse_group(found.group)
        answer = None
        inbounds = await self._fetched(found)
        for inbound in inbounds:  # an HTTP answer carries one reply; several go the other way, in their order
            alone = by_answer and len(inbounds) == 1
            # Telegram tells nobody when it refuses a call in an answer for being too many: in a rush they wait in line
            answers = alone and self.sender.may_answer(edge.NAME, inbound.address)
            answer = await self._reply(replace(inbound, by_answer=answers), alone=alone)
        return self._pressed(found.press, answer) if by_answer and found.press else answer

    def _pressed(self, press: str, answer: Json | None) -> Json:
        """An answer carries one call: the reply, or when that goes another way the end of the waiting mark."""
        if answer is None:
            return {"method": "answerCallbackQuery", "callback_query_id": press}
        self.presses.put(press)
        return answer

    async def _reply(self, inbound: Inbound, *, alone: bool) -> Json | None:
        reply = await self.router.accept(inbound)
        body: Rendered = {"screens": reply.screens, "edit": inbound.edit}
        # what comes again had no answer the first time: its reply is given now, unless it waits in the outbox
        if (inbound.by_answer or (alone and reply.again)) and not reply.queued:
            self.sender.wake.set()
            arguments = call(body, self.channel.say, inbound.address, self.channel.public_url)
            return {"method": method(arguments), **arguments}
        if reply.secret:
            await self._show_secret(inbound, body)
        self.sender.replied(edge.NAME, inbound.address)
        return None

    async def _show_secret(self, inbound: Inbound, body: Rendered) -> None:
        """A secret is sent from memory, since the outbox would keep it; one that is lost is made anew."""
        try:
            await self.channel.send(inbound.address, body)
        except DeliveryError as error:
            log.warning("a secret could not be shown", code=error.code)

    async def _fetched(self, found: edge.Meaning) -> tuple[Inbound, ...]:
        """The messages, the first with its file; a stranger's file is not fetched."""
        if found.fetch is None:
            return found.inbounds
        first, *more = found.inbounds
        bound = await asyncio.to_thread(
            self.router.desk.store.read, lambda connection: identities.bound(connection, edge.NAME, first.address)
        )
        if bound is None:
            return (first,)
        return (await self._filed(first, found.fetch), *more)

    async def _filed(self, inbound: Inbound, fetch: edge.Fetch) -> Inbound:
        if fetch.size > MOST_BYTES:
            return replace(inbound, problems=tuple(check_file(fetch.size, "")))
        try:
            content = await self.channel.fetch(fetch.file_id)
        except DeliveryError as error:
            log.warning("file not fetched", code=error.code)
            return replace(inbound, problems=(Problem("file_not_fetched", {}),))
        name = fetch.name or self.channel.say("photo") + ".jpg"
        kept = await asyncio.to_thread(media.file_in, self.folder, name, content)
        return replace(inbound, problems=kept) if isinstance(kept, tuple) else replace(inbound, file=kept)

    async def _refuse_group(self, address: str) -> None:
        """Says once an hour that groups are not served; nothing of a group is kept."""
        now = self.router.clock.now()
        key = f"reply:{edge.NAME}:group:{address}:{now:%Y-%m-%dT%H}"
        if self._told.get(address) == key:
            return
        if len(self._told) >= MOST_GROUPS:
            self._told.clear()
        self._told[address] = key
        screen = plain(words_at_the_door.group(words(self.router.locale)), self.router.public_url)

        def unit(connection: Connection) -> None:
            if outbox.has_key(connection, [key]):
                return
            row = {"key": key, "member_id": None, "channel": edge.NAME, "address": address}
            sending.put_reply(connection, {**row, "body": {"screens": [screen], "edit": ""}}, now)

        await asyncio.wrap_future(self.router.desk.store.submit(unit))
        self.sender.replied(edge.NAME, address)

    async def park(self, raw: bytes, error: Exception) -> None:
        """Keeps an update that cannot be read, once, with what went wrong."""
        found, now = edge.poison(raw), self.router.clock.now()
        log.warning("update cannot be read", update=found.external_id, error=type(error).__name__)

        def unit(connection: Connection) -> None:
            if inbox.seen(connection, edge.NAME, found.external_id):
                return
            row = {
                "channel": edge.NAME,
                "external_id": found.external_id,
                "address": found.address,
                "member_id": None,
                "said": {"text": "", "token": "", "raw": found.raw[:MOST_RAW]},
                "reply": None,
                "state": "parked",
                "error": f"{type(error).__name__}: {error}"[:2000],
                "received_at": now,
            }
            inbox.keep(connection, row)

        await asyncio.wrap_future(self.router.desk.store.submit(unit))
