"""A house whose members have Telegram: the emulated Bot API on one side, the house on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Literal

import sqlalchemy as sa
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts
from storage import members, outbox
from storage.engine import Connection
from tests.flows.people import People
from tests.houses import START
from tests.peers.botapi import BotApi
from tests.peers.driving import Driver, Person
from tests.peers.limits import Limits

SECRET = "a-secret-of-the-webhook"
Mode = Literal["polling", "webhook"]
ADDRESS = "https://zhibu.example"


@dataclass
class Telegram:
    """A running house with its Telegram; members are bound by code."""

    api: Driver
    parts: Parts
    client: TestClient
    people: People
    numbers: dict[str, int] = field(default_factory=dict)

    def bound(self, code: str) -> Person:
        """A member's private chat with the bot, already bound."""
        number = self.numbers.setdefault(code, 1000 + len(self.numbers))

        def bind(connection: Connection) -> None:
            member = members.member_by_code(connection, code)
            assert member is not None
            now = self.parts.clock.now()
            members.bind(connection, "telegram", str(number), member, now)

        self.parts.database.write(bind)
        return self.api.person(number, code, started=True)

    def member(self, code: str) -> int:
        number = self.parts.database.read(lambda connection: members.member_by_code(connection, code))
        assert number is not None
        return number

    def notify(self, code: str, key: str) -> None:
        """An urgent notice for a member."""
        row = {"member_id": self.member(code), "kind": "identity_bound", "key": key, "made_at": self.parts.clock.now()}
        facts = {"channel": "telegram", "declares": True}
        self.parts.database.write(lambda connection: outbox.tell(connection, [{**row, "facts": facts}]))

    def pushed(self, code: str) -> list[str]:
        """The titles of what was pushed to a member's web chat."""
        return [item["title"] for item in self.people[code].inbox()]

    def states(self) -> dict[str, int]:
        """Message to Telegram by state."""
        c = outbox.outbox.c
        query = sa.select(c.state, sa.func.count()).where(c.channel == "telegram").group_by(c.state)
        return {row[0]: row[1] for row in self.parts.database.read(lambda connection: connection.execute(query).all())}

    def until(self, reached: Callable[[], bool]) -> None:
        """Asks the house until something is so; each question is a request, and takes its time."""
        end = monotonic() + 60
        while not reached():
            assert monotonic() < end, self.states()
            self.client.get("/healthz")


def settings(folder: Path, api: Driver, mode: Mode) -> Settings:
    return Settings(
        data=folder,
        public_url=ADDRESS,
        telegram_token=SecretStr(api.token),
        telegram_api=api.address,
        telegram_mode=mode,
        telegram_secret=SecretStr(SECRET),
    )


@contextmanager
def house(folder: Path, api: Driver, mode: Mode = "polling") -> Iterator[Telegram]:
    """The house, serving; the emulator goes on when the block is left."""
    parts = open_parts(settings(folder, api, mode), Clock(lambda: START))
    with TestClient(build(parts, demo=True)) as client:
        if mode == "webhook":
            api.deliver_to(client)
        yield Telegram(api, parts, client, People(client, parts))


@contextmanager
def telegram(folder: Path, mode: Mode = "polling", limits: Limits | None = None) -> Iterator[Telegram]:
    """Both sides."""
    with BotApi(limits=limits).serving() as api, house(folder, api, mode) as found:
        yield found
        assert api.violations == []
