"""Who is in front of the door: the session's cookie, forms of our own pages, and signing in."""

from __future__ import annotations

import asyncio
import secrets as chance
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.frame import Office, Page, Visitor
from handlers.signin import SEEN_EVERY, FindSession, OpenForDemo, Session, StillHere
from rules.access import SYSTEM
from screens.texts import words

COOKIE = "zhibu_console"
MOST_FIELDS = 60


def csrf_of(office: Office, key: str) -> str:
    """What a form must carry: only who has the session's key can know it."""
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
    return RedirectResponse(f"/console/sign-in?next={quote(here)}", HTTPStatus.SEE_OTHER)


async def posted(office: Office, request: Request) -> dict[str, str] | None:
    """The fields of a form of our own pages; None when it comes from elsewhere."""
    if not own_origin(office, request):
        return None
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


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


async def enter_demo(office: Office, member: int) -> Response:
    """A session of the demo."""
    key = chance.token_urlsafe(32)
    now = office.now()
    request = OpenForDemo(member, office.secrets.hashed(key))
    answer = await asyncio.wrap_future(office.desk.submit(SYSTEM, request, now))
    return with_session(office, key, answer.until - now, "/console")


def with_session(office: Office, key: str, life: timedelta, path: str) -> Response:
    """On into the console, with the session's cookie."""
    response = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    secure = office.address.startswith("https:")
    age = int(life.total_seconds())
    response.set_cookie(COOKIE, key, max_age=age, path="/console", httponly=True, samesite="lax", secure=secure)
    return response


PAGES: tuple[Page, ...] = ()


def routes(office: Office) -> list[Route]:
    """The doors before one is signed in."""
    return []
