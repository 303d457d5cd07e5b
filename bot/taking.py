"""Taking due messages for sending: each body is drawn once and kept, and equal notices become one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.channel import Rendered
from bot.dialogs import Place, drawn
from handlers.announcements.waves import complete
from screens.notices import message
from screens.texts import words
from storage import batches, going, inbox, outbox, sending
from storage.engine import Connection
from storage.inbox import SHARED
from storage.lease import Owner
from storage.outbox import REPLY, Among, NoticeRow, OutboxRow


@dataclass(frozen=True, slots=True)
class Taking:
    """Inside a unit; `together` is how many addresses a call of each channel may have, where it is more than one.

    What was tried stays as it was tried, bytes and recipients in their order: a platform that recognises a call it has
    had before shows it to nobody twice, even when the process died between the call and its result.
    """

    locale: str
    public_url: str
    owner: Owner
    together: Mapping[str, int]

    def take(self, connection: Connection, now: datetime, most: int, among: Among) -> list[OutboxRow]:
        """Due rows with their bodies; a batch comes whole."""
        rows = outbox.claim(connection, now, most, among, self.owner)
        numbers = {row.batch for row in rows if row.batch is not None}
        if numbers:
            rows += batches.rest(connection, sorted(numbers), now, self.owner)
        ready = [row for row in rows if row.body is not None]
        fresh = [row for row in rows if row.body is None]
        notices = outbox.notices_of(connection, [row.id for row in fresh])
        groups: dict[Any, list[OutboxRow]] = {}
        for row in fresh:
            shared = row.kind != REPLY and row.channel in self.together
            key = (row.channel, row.kind, likeness(notices[row.id])) if shared else row.id
            groups.setdefault(key, []).append(row)
        alone = [some[0] for some in groups.values() if len(some) == 1]
        equal = [some for some in groups.values() if len(some) > 1]
        ready += self._alone(connection, alone, notices, now)
        for some in equal:
            ready += self._batched(connection, some, notices[some[0].id], now, among.but)
        return ready

    def _alone(
        self, connection: Connection, rows: Sequence[OutboxRow], notices: Mapping[int, list[NoticeRow]], now: datetime
    ) -> list[OutboxRow]:
        told = complete(connection, {row.id: notices[row.id] for row in rows})
        bodies: dict[int, Rendered] = {}
        tokens: list[dict[str, Any]] = []
        for row in rows:
            bodies[row.id], some = self._body(Place(row.channel, row.address), told[row.id], now)
            tokens += some
        inbox.issue(connection, tokens)
        sending.keep_bodies(connection, bodies)
        return [replace(row, body=bodies[row.id]) for row in rows]

    def _batched(
        self, connection: Connection, rows: list[OutboxRow], notices: list[NoticeRow], now: datetime, but: Sequence[str]
    ) -> list[OutboxRow]:
        """One body for these and for all that is like them, as many as one call may have; its buttons are everybody's
        who got it, since who may do what is asked of the handler, not of the button."""
        first = rows[0]
        found = {row.address: row for row in reversed(rows)}
        again = [row for row in rows if found[row.address] is not row]  # the same twice for one person
        going.put_back(connection, again, self.owner)
        room = self.together[first.channel] - len(found)
        more = batches.fresh(connection, first, now, room) if room > 0 else []
        told = batches.told(connection, [number for number, _ in more])
        like = likeness(notices)
        wanted = {address: number for number, address in reversed(more) if likeness(told[number]) == like}
        ids = [number for address, number in wanted.items() if address not in found and address not in but]
        whole = sorted([*found.values(), *outbox.take(connection, ids, now, self.owner)], key=lambda row: row.id)
        body, tokens = self._body(
            Place(first.channel, SHARED), complete(connection, {first.id: notices})[first.id], now
        )
        inbox.issue(connection, tokens)
        number = batches.form(connection, first.channel, whole, body, now)
        return [replace(row, body=body, batch=number) for row in whole]

    def _body(self, place: Place, notices: Sequence[NoticeRow], now: datetime) -> tuple[Rendered, list[dict[str, Any]]]:
        screen = message(words(self.locale), notices)
        (body,), tokens = drawn(place, [screen], now, self.public_url, pushed=True)
        return body | {"kind": notices[0].kind if len(notices) == 1 else "digest"}, tokens


def likeness(notices: Sequence[NoticeRow]) -> str:
    """The same for notices that say the same."""
    return repr([(row.kind, row.facts) for row in notices])
