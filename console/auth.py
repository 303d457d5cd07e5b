"""Who is in front of the door: the session's cookie, forms of our own pages, and signing in."""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets as chance
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.frame import Office, Visitor
from handlers.context import Refused
from handlers.signin import (
    SEEN_EVERY,
    EnterByLink,
    EnterByPassword,
    FindLink,
    FindPassword,
    FindSession,
    OpenForDemo,
    Session,
    StillHere,
)
from rules.access import SYSTEM
from screens.problems import sentence
from screens.texts import Say, words

COOKIE = "zhibu_console"
DOOR = "zhibu_console_door"
MOST_FIELDS = 60
MOST_TYPED = 200
OURS = re.compile(r"/console(?:/[a-z0-9-]+)*")
DEVICES = (
    ("MicroMessenger", "wechat"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("OpenHarmony", "harmony"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)
"""What a browser's name of itself holds, and the word for it; the first that fits."""


def csrf_of(office: Office, key: str) -> str:
    """What a form must carry: only who has the cookie's key can know it."""
    return office.secrets.hashed(f"console form:{key}")[:40]


async def visitor(office: Office, request: Request) -> Visitor | None:
    """Whose session the cookie opens, with the roles of this moment."""
    key = request.cookies.get(COOKIE, "")
    if not key:
        return None
    now = office.now()
    found = await asyncio.to_thread(office.desk.ask, SYSTEM, FindSession(office.secrets.hashed(key)), now)
    if not isinstance(found, Session):
        return None
    if now - found.row.seen_at >= SEEN_EVERY:
        await asyncio.wrap_future(office.desk.submit(SYSTEM, StillHere(found.row.id), now))
    say = words(found.actor.locale or office.locale)
    return Visitor(office, request, found, say, csrf_of(office, key), now)


def to_sign_in(request: Request) -> Response:
    """Not signed in: to the door, and back here afterwards."""
    here = request.url.path if request.method == "GET" else "/console"
    return RedirectResponse(f"/console/sign-in?{urlencode({'next': here})}", HTTPStatus.SEE_OTHER)


async def posted(office: Office, request: Request, csrf: str) -> dict[str, str] | None:
    """The fields of a form that carries the key; None when it comes from elsewhere."""
    if not own_origin(office, request):
        return None
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return fields if hmac.compare_digest(fields.get("csrf", "").encode(), csrf.encode()) else None


def own_origin(office: Office, request: Request) -> bool:
    """Whether a browser says the form is ours; one that says nothing still needs the key."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return origin == office.address or urlsplit(origin).netloc == request.headers.get("host")


def foreign_form(office: Office) -> Response:
    """A form that is not ours, or of an older session."""
    say = words(office.locale)
    line = say("This form is not from your session. Please open the page again.")
    return office.plain(403, say("Not done"), line, link=("/console", say("Overview")))


def with_session(office: Office, key: str, life: timedelta, path: str) -> Response:
    """On into the console, with the session's cookie; a key is never used for two sessions."""
    response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    _set(office, response, COOKIE, key, life)
    response.delete_cookie(DOOR, path="/console")
    return response


def without_session() -> Response:
    """Back to the door."""
    response = RedirectResponse("/console/sign-in", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, path="/console")
    return response


def _set(office: Office, response: Response, name: str, value: str, life: timedelta) -> None:
    secure, age = office.address.startswith("https:"), int(life.total_seconds())
    response.set_cookie(name, value, max_age=age, path="/console", httponly=True, samesite="lax", secure=secure)


async def enter_demo(office: Office, member: int) -> Response:
    """A session of the demo."""
    key, now = chance.token_urlsafe(32), office.now()
    request = OpenForDemo(member, office.secrets.hashed(key))
    answer = await asyncio.wrap_future(office.desk.submit(SYSTEM, request, now))
    office.wake()
    return with_session(office, key, answer.until - now, "/console")


def routes(office: Office) -> list[Route]:
    """The doors before one is signed in."""
    return [
        Route("/console/enter/{token}", partial(link_page, office)),
        Route("/console/enter/{token}", partial(enter_by_link, office), methods=["POST"]),
        Route("/console/sign-in", partial(password_page, office)),
        Route("/console/sign-in", partial(enter_by_password, office), methods=["POST"]),
    ]


def _drawn(office: Office, request: Request, template: str, status: int, **facts: object) -> Response:
    """A page of the door: its form is bound to this browser, so that nobody signs another in."""
    door = request.cookies.get(DOOR) or chance.token_urlsafe(24)
    response = office.draw(template, words(office.locale), status, csrf=csrf_of(office, door), **facts)
    _set(office, response, DOOR, door, timedelta(hours=1))
    return response


async def _from_door(office: Office, request: Request) -> dict[str, str] | None:
    door = request.cookies.get(DOOR, "")
    return await posted(office, request, csrf_of(office, door)) if door else None


def _token_hash(office: Office, request: Request) -> str:
    return office.secrets.hashed(request.path_params["token"][:MOST_TYPED])


async def link_page(office: Office, request: Request) -> Response:
    """One button; looking at a link, as previews and mail scanners do, spends nothing."""
    say, query = words(office.locale), FindLink(_token_hash(office, request))
    found = await asyncio.to_thread(office.desk.ask, SYSTEM, query, office.now())
    if isinstance(found, Refused):
        return _over(office, say, found)
    return _drawn(office, request, "enter.html", 200, title=say("Enter the console"))


async def enter_by_link(office: Office, request: Request) -> Response:
    """Pressing the button spends the link."""
    if await _from_door(office, request) is None:
        return foreign_form(office)
    key = chance.token_urlsafe(32)
    wanted = EnterByLink(_token_hash(office, request), office.secrets.hashed(key), device_of(request))
    return await _enter(office, wanted, key, "/console", partial(_over, office, words(office.locale)))


def _over(office: Office, say: Say, answer: Refused) -> Response:
    lines = [sentence(say, problem) for problem in answer.problems]
    return office.plain(404, say("This link is over"), *lines, link=("/console/sign-in", say("Sign in")))


async def _enter(
    office: Office, wanted: EnterByLink | EnterByPassword, key: str, path: str, refused: Callable[[Refused], Response]
) -> Response:
    now = office.now()
    answer = await asyncio.wrap_future(office.desk.submit(SYSTEM, wanted, now))
    if isinstance(answer, Refused):
        return refused(answer)
    office.wake()
    return with_session(office, key, answer.until - now, path)


async def password_page(office: Office, request: Request) -> Response:
    """Code and password; and how to come in without."""
    return _sign_in(office, request, request.query_params.get("next", ""), None)


def _sign_in(office: Office, request: Request, path: str, answer: Refused | None) -> Response:
    say = words(office.locale)
    problems = [sentence(say, problem) for problem in answer.problems] if answer else []
    facts = {"title": say("Sign in to the console"), "next": ours(path), "problems": problems}
    return _drawn(office, request, "sign-in.html", 401 if problems else 200, **facts)


async def enter_by_password(office: Office, request: Request) -> Response:
    """The same work and the same words whether the code is known or not."""
    form = await _from_door(office, request)
    if form is None:
        return foreign_form(office)
    code, typed = form.get("code", "").strip()[:MOST_TYPED], form.get("password", "")[:MOST_TYPED]
    kept = await asyncio.to_thread(office.desk.ask, SYSTEM, FindPassword(code), office.now())
    correct = await office.slowly(office.secrets.matches, kept.hash or office.secrets.NOBODY, typed)
    key = chance.token_urlsafe(32)
    wanted = EnterByPassword(code, correct, kept.hash, office.secrets.hashed(key), device_of(request))
    path = ours(form.get("next", ""))
    return await _enter(office, wanted, key, path, partial(_sign_in, office, request, path))


def ours(path: str) -> str:
    """An address of the console, whatever was asked for."""
    return path if OURS.fullmatch(path) else "/console"


def device_of(request: Request) -> str:
    """What a browser says it runs on, in one word of `screens.signin`."""
    agent = request.headers.get("user-agent", "")
    return next((word for mark, word in DEVICES if mark in agent), "")
