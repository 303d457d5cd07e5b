"""Who is on the phone pages: the session's cookie, and forms of our own pages with their files."""

from __future__ import annotations

import asyncio
import hmac
import secrets as chance
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.auth import own_origin
from console.frame import Office
from handlers.context import Refused
from handlers.phones import FindPhoneSession, OnPhone, PhoneSession
from rules.access import SYSTEM, Actor
from rules.evidence import MOST_BYTES
from screens.problems import sentence
from screens.texts import Say, words

COOKIE = "zhibu_phone"
DOOR = "zhibu_phone_door"
MOST_FIELDS = 1500
MOST_FILES = 300
MOST_SENT_FILES = 20
DOOR_LIFE = timedelta(hours=1)


def csrf_of(office: Office, key: str) -> str:
    """What a form must carry: only who has the cookie's key can know it."""
    return office.secrets.hashed(f"phone form:{key}")[:40]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form: its fields, and its files by field, not yet looked at."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Caller:
    """A member in front of a phone page, with the roles of this moment."""

    office: Office
    request: Request
    actor: Actor
    say: Say
    key: str
    now: datetime
    form: Filled = field(default_factory=Filled)

    async def ask(self, query: Any) -> Any:
        """The answer to a query, on a read connection."""
        return await asyncio.to_thread(self.office.desk.ask, self.actor, query, self.now)

    async def do(self, request: Any) -> Any:
        """The answer to a request, once it is durable."""
        answer = await asyncio.wrap_future(self.office.desk.submit(self.actor, request, self.now))
        self.office.wake()
        return answer

    async def keep(self, name: str, content: bytes) -> Any:
        """A file under the hash of its content, or the problems that keep it out."""
        return await asyncio.to_thread(self.office.phones.keep, name, content)

    def page(self, template: str, status: int = 200, **facts: Any) -> Response:
        """A page in the frame; `title` is among the facts."""
        given = {"caller": self, "csrf": csrf_of(self.office, self.key), "here": self.request.url.path}
        return self.office.draw(f"phone/{template}", self.say, status, **given | facts)

    def reasons(self, answer: Refused) -> list[str]:
        """Every reason in words, each once."""
        return list(dict.fromkeys(sentence(self.say, problem) for problem in answer.problems))

    def to(self, path: str, **query: str) -> Response:
        """On to another page, after a POST."""
        return RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), HTTPStatus.SEE_OTHER)


class PhonePage(NamedTuple):
    """A page: what is drawn or done at a method and path."""

    method: str
    path: str
    draw: Callable[[Caller, Request], Awaitable[Response]]


async def caller(office: Office, request: Request) -> Caller | None:
    """Whose session the cookie opens."""
    key = request.cookies.get(COOKIE, "")
    if not key:
        return None
    now = office.now()
    query = FindPhoneSession(office.secrets.hashed(key))
    found = await asyncio.to_thread(office.desk.ask, SYSTEM, query, now)
    if not isinstance(found, PhoneSession):
        return None
    return Caller(office, request, found.actor, words(found.actor.locale or office.locale), key, now)


async def filled(office: Office, request: Request, csrf: str, most_files: int = 0) -> Filled | None:
    """A form that carries the key, with the files that were chosen; None when it comes from elsewhere."""
    if not own_origin(office, request):
        return None
    async with request.form(max_files=most_files, max_fields=MOST_FIELDS) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        if not hmac.compare_digest(fields.get("csrf", "").encode(), csrf.encode()):
            return None
        chosen = [(name, value) for name, value in form.items() if isinstance(value, UploadFile) and value.size]
        files = {
            name: (value.filename or "", await value.read(MOST_BYTES + 1)) for name, value in chosen[:MOST_SENT_FILES]
        }
    return Filled(fields, files)


def with_session(office: Office, key: str, answer: OnPhone) -> Response:
    """On to the page, with the session's cookie; a key is never used for two sessions."""
    response = RedirectResponse(f"/m/{answer.page}", HTTPStatus.SEE_OTHER)
    set_cookie(office, response, COOKIE, key, answer.until - office.now())
    response.delete_cookie(DOOR, path="/m")
    return response


def at_door(request: Request) -> str:
    """The key of this browser before anybody is known: the cookie's, or a new one."""
    return request.cookies.get(DOOR) or chance.token_urlsafe(24)


def set_cookie(office: Office, response: Response, name: str, value: str, life: timedelta) -> None:
    """A cookie for the phone pages alone, kept from scripts."""
    secure, age = office.address.startswith("https:"), int(life.total_seconds())
    response.set_cookie(name, value, max_age=age, path="/m", httponly=True, samesite="lax", secure=secure)
