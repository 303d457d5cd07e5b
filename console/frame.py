"""What every page stands in: the office behind it, the visitor in front of it, and its drawing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.access import NAVIGATION, WAYS
from console.phone.vouching import Phones
from handlers.context import Refused
from handlers.desk import Desk
from handlers.signin import Session
from rules.access import Actor
from screens.problems import sentence
from screens.texts import Say, moment, words

FOLDER = Path(__file__).parent
HASHED_AT_ONCE = 2
MOST_QUEUED = 40
T = TypeVar("T")


class Crowded(RuntimeError):
    """Too many passwords are being tried at this moment."""


class Drawn(Protocol):
    """A link's token and PIN with the hashes that are stored."""

    @property
    def token(self) -> str: ...
    @property
    def token_hash(self) -> str: ...
    @property
    def pin(self) -> str: ...
    @property
    def pin_hash(self) -> str: ...


class Secrets(Protocol):
    """Drawing and hashing: `bot.secrets`."""

    NOBODY: str

    def hashed(self, text: str) -> str:
        """The hash of a long random text."""

    def draw(self) -> Drawn:
        """A new token and PIN; slow."""

    def slowly_hashed(self, text: str) -> str:
        """The hash of a password; slow."""

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Whether a PIN or password is the one whose hash was stored; slow."""


def environment() -> Environment:
    """The templates: escaped by default, an unknown name is an error."""
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages need: the desk, the clock, words, secrets, and the sender to wake after a write.

    `reader` opens the house for reading in another process; `folder` holds the evidence.
    """

    desk: Desk
    now: Callable[[], datetime]
    locale: str
    address: str
    secrets: Secrets
    picture: Callable[[str], str]
    wake: Callable[[], None]
    reader: Callable[[], AbstractContextManager[tuple[Desk, datetime]]]
    folder: Path
    phones: Phones
    pages: Environment = field(default_factory=environment)
    turned_away: Counter[str] = field(default_factory=Counter)
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHED_AT_ONCE))
    queue: Counter[str] = field(default_factory=Counter)

    async def slowly(self, work: Callable[..., T], *given: Any) -> T:
        """Hashing, in a thread, two at once; whoever would wait behind too many is asked to come again."""
        if self.queue["hashing"] >= MOST_QUEUED:
            raise Crowded
        self.queue["hashing"] += 1
        try:
            async with self.hashing:
                return await asyncio.to_thread(work, *given)
        finally:
            self.queue["hashing"] -= 1

    def draw(self, template: str, say: Say, status: int = 200, **facts: Any) -> HTMLResponse:
        """A page in words."""
        given = {"say": say, "locale": self.locale.replace("_", "-"), "visitor": None, "navigation": ()} | facts
        return HTMLResponse(self.pages.get_template(template).render(**given), status)

    def plain(self, status: int, title: str, *lines: str, link: tuple[str, str] | None = None) -> HTMLResponse:
        """A page that only says something; `link` is an address and its words."""
        return self.draw("plain.html", words(self.locale), status, title=title, lines=lines, link=link)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in, with the roles of this moment, in front of one page."""

    office: Office
    request: Request
    session: Session
    say: Say
    csrf: str
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.session.actor

    async def ask(self, query: Any) -> Any:
        """The answer to a query, on a read connection."""
        return await asyncio.to_thread(self.office.desk.ask, self.actor, query, self.now)

    async def do(self, request: Any) -> Any:
        """The answer to a request, once it is durable."""
        answer = await asyncio.wrap_future(self.office.desk.submit(self.actor, request, self.now))
        self.office.wake()
        return answer

    def page(self, template: str, status: int = 200, **facts: Any) -> Response:
        """A page in the frame; `title` is among the facts."""
        given = {"visitor": self, "navigation": self.navigation(), "here": self.request.url.path}
        return self.office.draw(template, self.say, status, **given | facts)

    def refused(self, answer: Refused, back: str) -> Response:
        """Every reason in words, and the way back."""
        lines = dict.fromkeys(sentence(self.say, problem) for problem in answer.problems)
        link = (back, self.say("Back"))
        return self.page("refused.html", 422, title=self.say("Not done"), lines=list(lines), link=link)

    def absent(self) -> Response:
        """The same words for what does not exist and for what is not the visitor's to see."""
        line, link = self.say("There is nothing here that you may see."), ("/console", self.say("Overview"))
        return self.page("plain.html", 404, title=self.say("There is no such page"), lines=(line,), link=link)

    def to(self, path: str, **query: str) -> Response:
        """On to another page of the console, after a POST."""
        return RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), HTTPStatus.SEE_OTHER)

    def may_open(self, path: str) -> bool:
        """Whether a page without a thing in its path is open to the visitor."""
        way = WAYS.get(("GET", path))
        return way is not None and bool(self.actor.granted(way.action))

    def navigation(self) -> list[dict[str, Any]]:
        """The pages the visitor may open."""
        here = self.request.url.path
        return [
            {
                "path": entry.path,
                "icon": entry.icon,
                "label": entry.label(self.say),
                "here": here == entry.path or (entry.path != "/console" and here.startswith(f"{entry.path}/")),
            }
            for entry in NAVIGATION
            if self.may_open(entry.path)
        ]

    def moment(self, at: datetime | None) -> str:
        """An instant for people, in local time."""
        return "" if at is None else moment(self.say, at, self.office.desk.house.zone)


Draw = Callable[[Visitor, Request], Awaitable[Response]]


class Page(NamedTuple):
    """A page: what is drawn or done at a method and path of `console.access.ROUTES`."""

    method: str
    path: str
    draw: Draw
