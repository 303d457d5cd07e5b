"""A house whose members follow its Official Account: the platform's stand-in on one side, the house on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, cast

import httpx2 as httpx
import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts, real_time
from storage import members, outbox, platforms
from storage.engine import Connection
from tests.flows.people import People
from tests.houses import START
from tests.peers.wxplatform import Person, Platform

Json = dict[str, Any]
TEMPLATE, SUBSCRIBE = "TM00000000000001", "SUB0000000000001"
MOST_S = 30.0


@dataclass
class Follower:
    """Somebody in the account's chat; `shown` is the last thing he read."""

    person: Person
    shown: Json = field(default_factory=dict)
    tries: list[Json] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.person.address

    def says(self, text: str, **wish: Any) -> str:
        """Writes, and reads what is answered at once."""
        return self.heard(self.person.says(text, **wish))

    def clicks(self, key: str) -> str:
        """Presses a line of the menu bar."""
        return self.heard(self.person.platform.event(self.address, "CLICK", key))

    def sends_picture(self, content: bytes) -> str:
        return self.heard(self.person.platform.image(self.address, content))

    def heard(self, found: Json) -> str:
        assert found["fault"] is None, found
        self.tries = found["tries"]
        reply = found["reply"] or {}
        assert not reply or reply["MsgType"] == "text"
        return str(reply.get("Content", ""))

    def chooses(self, label: str, text: str, form: Callable[[str], str] = str) -> str:
        """Types the mark that stands before a label in a text."""
        marks = [line.split(". ", 1) for line in text.splitlines() if ". " in line]
        found = [mark for mark, *rest in marks if rest and rest[0].startswith(label) and len(mark) <= 2]
        assert found, f"no choice begins with {label} in: {text}"
        return self.says(form(found[-1]))

    def sees(self, *words: str) -> Json:
        """The next thing shown that has all the words."""
        self.shown = self.person.sees(*words)
        return self.shown

    def presses(self, label: str) -> str:
        """Presses a line of the menu that he saw last."""
        menu = self.shown["content"]
        line = next(each for each in menu["list"] if label in each["content"])
        fields = {"MsgType": "text", "Content": line["content"], "bizmsgmenuid": line["id"]}
        return self.heard(self.person.platform.send(self.address, fields))


@dataclass
class Account:
    """A running house with its Official Account."""

    platform: Platform
    parts: Parts
    people: People
    address: str
    followers: dict[str, Follower] = field(default_factory=dict)

    def bound(self, code: str) -> Follower:
        """A member's chat with the account, already bound."""
        if code not in self.followers:
            openid = f"oOpenId-of-{code}-0123456789"
            now = self.parts.clock.now()

            def bind(connection: Connection) -> None:
                member = members.member_by_code(connection, code)
                assert member is not None
                members.bind(connection, "wechat", openid, member, now)

            self.parts.database.write(bind)
            self.followers[code] = self.follower(openid)
        return self.followers[code]

    def follower(self, openid: str) -> Follower:
        """Somebody who follows the account."""
        return Follower(self.platform.person(openid))

    def later(self, **span: float) -> None:
        """Time passes on both sides, first here, where what falls due on the way is sent; there it is not too late."""
        then = self.parts.clock.now() + timedelta(**span)
        assert self.people.clock(then.isoformat()).status_code == 200
        self.platform.at(self.parts.clock.now())

    def window(self, code: str) -> int:
        """How many messages may be written to a member."""
        address, now = self.bound(code).address, self.parts.clock.now()
        return self.parts.database.read(partial(platforms.window_of, channel="wechat", address=address, now=now))

    def notify(self, code: str, key: str) -> None:
        """An urgent notice for a member."""
        number = self.parts.database.read(lambda connection: members.member_by_code(connection, code))
        row = {"member_id": number, "kind": "identity_bound", "key": key, "made_at": self.parts.clock.now()}
        facts = {"channel": "wechat", "declares": True}
        self.parts.database.write(lambda connection: outbox.tell(connection, [{**row, "facts": facts}]))

    def rows(self, table: sa.Table) -> list[Any]:
        return list(self.parts.database.read(lambda connection: connection.execute(sa.select(table)).all()))

    def until(self, reached: Callable[[], bool]) -> None:
        """Waits until something is so."""
        end = monotonic() + MOST_S
        while not reached():
            assert monotonic() < end, self.platform.calls()[-3:]
            sleep(0.05)

    @property
    def refused(self) -> list[Json]:
        """The calls of ours that the platform did not take; a token ends early where the clocks are moved apart."""
        return [
            each for each in self.platform.calls() if (each.get("out") or {}).get("errcode") not in (None, 0, 42001)
        ]


def settings(folder: Path, platform: Platform, **more: str) -> Settings:
    return Settings.model_validate(
        {"data": folder, "public_url": "https://zhibu.example", **platform.settings(), **more}
    )


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The house behind a real address, for the platform is another process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = monotonic() + MOST_S
    while not server.started:
        assert thread.is_alive()
        assert monotonic() < end
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(MOST_S)


@contextmanager
def house(folder: Path, platform: Platform, *, now: datetime = START, **more: str) -> Iterator[Account]:
    """The house, serving; time goes on from an instant. The platform goes on when the block is left."""
    clock = Clock(real_time, now)
    parts = open_parts(settings(folder, platform, **more), clock)
    platform.at(clock.now())
    with served(build(parts, demo=True)) as address, httpx.Client(base_url=address, timeout=60) as client:
        platform.at_bot(address)
        yield Account(platform, parts, People(cast(TestClient, client), parts), address)


@contextmanager
def wechat(folder: Path, **more: str) -> Iterator[Account]:
    """Both sides."""
    with Platform("wechat").serving() as platform, house(folder, platform, now=START, **more) as found:
        yield found
        assert platform.violations() == []
