"""A house whose members have WeCom: the platform's stand-in on one side, the house on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2 as httpx
import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette

from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import Parts, open_parts, real_time
from storage import identities, members, outbox
from storage.engine import Connection
from tests.flows.people import People
from tests.houses import START
from tests.peers.wxplatform import Person, Platform

Json = dict[str, Any]
MOST_S = 30.0


@dataclass
class Colleague:
    """Somebody in the app's chat; `shown` is the last thing he read, a message or a card as it stands now."""

    person: Person
    shown: Json = field(default_factory=dict)
    answer: Json = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.person.address

    def says(self, text: str, *words: str, **wish: Any) -> str:
        """Writes, and reads on until something has all the words."""
        self.heard(self.person.says(text, **wish))
        return self.sees(*words)

    def sends_picture(self, content: bytes, *words: str) -> str:
        self.heard(self.person.platform.image(self.address, content))
        return self.sees(*words)

    def presses(self, label: str, *words: str, on: Json | None = None) -> str:
        """Presses a button of the card he reads, or of one he kept, and reads on."""
        self.press(label, on)
        return self.sees(*words)

    def press(self, label: str, on: Json | None = None) -> Json:
        return self.heard(self.person.presses(_as_call(on or self.shown), label))

    def heard(self, found: Json) -> Json:
        assert found["fault"] is None, found
        self.answer = found
        return found

    def sees(self, *words: str) -> str:
        """The next thing shown that has all the words."""
        self.shown = self.person.sees(*words)
        return self.text

    @property
    def text(self) -> str:
        """All that stands in what he reads."""
        return said(self.shown)

    @property
    def labels(self) -> list[str]:
        return [each["text"] for each in _as_call(self.shown)["content"].get("button_list", [])]


def said(shown: Json) -> str:
    """The words of a message or a card."""
    content = _as_call(shown)["content"]
    if shown["msgtype"] == "text":
        return str(content["content"])
    title = content.get("main_title", {}).get("title", "")
    return "\n".join(
        [title, content.get("sub_title_text", ""), *(each["text"] for each in content.get("button_list", []))]
    )


def _as_call(shown: Json) -> Json:
    """A card of a passive reply with the names that calls have."""
    if "TemplateCard" not in shown["content"]:
        return shown
    card = shown["content"]["TemplateCard"]
    some = card["ButtonList"] if isinstance(card["ButtonList"], list) else [card["ButtonList"]]
    content = {
        "task_id": card["TaskId"],
        "main_title": {"title": card["MainTitle"]["Title"]},
        "sub_title_text": card.get("SubTitleText", ""),
        "button_list": [{"text": each["Text"], "key": each["Key"]} for each in some],
    }
    return {**shown, "msgtype": "template_card", "content": content}


@dataclass
class App:
    """A running house with its WeCom app."""

    platform: Platform
    parts: Parts
    people: People
    address: str
    colleagues: dict[str, Colleague] = field(default_factory=dict)

    def bound(self, code: str) -> Colleague:
        """A member's chat with the app, already bound."""
        if code not in self.colleagues:
            now = self.parts.clock.now()

            def bind(connection: Connection) -> None:
                member = members.member_by_code(connection, code)
                assert member is not None
                members.bind(connection, "wecom", f"user-{code}", member, now)

            self.parts.database.write(bind)
            self.colleagues[code] = self.colleague(f"user-{code}")
        return self.colleagues[code]

    def colleague(self, userid: str) -> Colleague:
        return Colleague(self.platform.person(userid))

    def whose(self, userid: str) -> int | None:
        """The member an account belongs to."""
        found = self.parts.database.read(lambda connection: identities.bound(connection, "wecom", userid))
        return None if found is None else found.member

    def later(self, **span: float) -> None:
        """Time passes on both sides."""
        then = self.parts.clock.now() + timedelta(**span)
        assert self.people.clock(then.isoformat()).status_code == 200
        self.platform.at(self.parts.clock.now())

    def notify(self, code: str, key: str) -> None:
        """An urgent notice for a member."""
        number = self.parts.database.read(lambda connection: members.member_by_code(connection, code))
        row = {"member_id": number, "kind": "identity_bound", "key": key, "made_at": self.parts.clock.now()}
        facts = {"channel": "wecom", "declares": True}
        self.parts.database.write(lambda connection: outbox.tell(connection, [{**row, "facts": facts}]))

    def rows(self, table: sa.Table) -> list[Any]:
        return list(self.parts.database.read(lambda connection: connection.execute(sa.select(table)).all()))

    def states(self) -> list[str]:
        """The state of each message for WeCom, oldest first."""
        c = outbox.outbox.c
        query = sa.select(c.state).where(c.channel == "wecom").order_by(c.id)
        return list(self.parts.database.read(lambda connection: connection.execute(query).scalars().all()))

    def until(self, reached: Callable[[], bool]) -> None:
        """Waits until something is so."""
        end = monotonic() + MOST_S
        while not reached():
            assert monotonic() < end, self.states()
            sleep(0.05)

    @property
    def refused(self) -> list[Json]:
        """The calls of ours that the platform did not take."""
        return [each for each in self.platform.calls() if (each.get("out") or {}).get("errcode")]


def settings(folder: Path, platform: Platform) -> Settings:
    return Settings.model_validate({"data": folder, "public_url": "https://zhibu.example", **platform.settings()})


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
def house(folder: Path, platform: Platform, now: datetime = START) -> Iterator[App]:
    """The house, serving; time goes on from an instant. The platform goes on when the block is left."""
    clock = Clock(real_time, now)
    parts = open_parts(settings(folder, platform), clock)
    platform.at(clock.now())
    with served(build(parts, demo=True)) as address, httpx.Client(base_url=address, timeout=60) as client:
        platform.at_bot(address)
        yield App(platform, parts, People(client, parts), address)


@contextmanager
def wecom(folder: Path) -> Iterator[App]:
    """Both sides; nothing that the real platform would cut, drop or mangle."""
    with Platform("wecom").serving() as platform, house(folder, platform) as found:
        yield found
        assert platform.violations() == []
