"""The web door under /console: its routes, and who gets through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from console import (
    account,
    announcements,
    auth,
    calendars,
    declarations,
    deliveries,
    exports,
    home,
    ledger,
    notice,
    people,
    publication,
    reminding,
    trail,
    units,
)
from console.access import OPEN, WAYS, Way
from console.door import MOST_FORM, Door
from console.frame import FOLDER, Crowded, Office, Page, Visitor
from handlers.context import Refused
from handlers.desk import Busy
from handlers.reach import MayReach
from screens.texts import words

log = structlog.get_logger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]
PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *account.PAGES,
    *notice.PAGES,
    *units.PAGES,
    *people.PAGES,
    *declarations.PAGES,
    *ledger.PAGES,
    *publication.PAGES,
    *announcements.PAGES,
    *deliveries.PAGES,
    *reminding.PAGES,
    *calendars.PAGES,
    *trail.PAGES,
    *exports.PAGES,
)


def routes(office: Office) -> list[BaseRoute]:
    """All of the console as two routes of the process's application."""
    door = Door(application(office), "/console/static/", MOST_FORM, secure=office.address.startswith("https:"))
    return [Route("/console", door), Route("/console/{rest:path}", door)]


def application(office: Office) -> Starlette:
    """The pages of the tables, those before signing in, and words for what goes wrong."""
    return Starlette(
        routes=[
            Mount("/console/static", StaticFiles(directory=FOLDER / "static")),
            *auth.routes(office),
            *(Route(page.path, guarded(office, page), methods=[page.method]) for page in PAGES),
        ],
        exception_handlers={
            404: partial(_no_page, office),
            405: partial(_no_method, office),
            413: partial(_too_large, office),
            Busy: partial(_busy, office),
            Crowded: partial(_busy, office),
            500: partial(_broken, office),
        },
    )


def guarded(office: Office, page: Page) -> Endpoint:
    """The way to a page: session, the notice read, action, thing, and for a POST its origin and key."""
    way = WAYS[page.method, page.path]

    async def endpoint(request: Request) -> Response:
        visitor = await auth.visitor(office, request)
        if visitor is None:
            return auth.to_sign_in(request)
        if way.action != OPEN and await notice.due(visitor):
            return visitor.to(notice.PATH)
        away = await _turned_away(visitor, way, request)
        if away is not None:
            office.turned_away[f"{way.method} {way.path}"] += 1
            log.warning("console: turned away", way=way.path, member=visitor.actor.member, status=away.status_code)
            return away
        if way.method == "POST":
            form = await auth.posted(office, request, visitor.csrf)
            if form is None:
                return auth.foreign_form(office)
            visitor = replace(visitor, form=form)
        return await page.draw(visitor, request)

    return endpoint


async def _turned_away(visitor: Visitor, way: Way, request: Request) -> Response | None:
    """The refusal, when there is one: without a role no console, without the action 403, out of reach 404."""
    say = visitor.say
    if way.action == OPEN:
        return None
    if not visitor.actor.granted("console"):
        line = say("The console is for those who hold a role. Your points and declarations are in the chat.")
        return visitor.office.plain(403, say("No console for you"), line, link=("/chat", say("To the chat")))
    if not visitor.actor.granted(way.action):
        line = say("Your role does not open this page.")
        link = ("/console", say("Overview"))
        return visitor.page("plain.html", 403, title=say("Not for your role"), lines=(line,), link=link)
    if way.object:
        answer = await visitor.ask(MayReach(way.action, way.object, request.path_params["id"]))
        if isinstance(answer, Refused):
            return visitor.absent()
    return None


async def _no_page(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    line = say("Please check the address.")
    return office.plain(404, say("There is no such page"), line, link=("/console", say("Overview")))


async def _no_method(office: Office, _request: Request, error: Exception) -> Response:
    say = words(office.locale)
    line = say("This address is not used that way. Please start from the overview.")
    answer = office.plain(405, say("Not done"), line, link=("/console", say("Overview")))
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


async def _too_large(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    return office.plain(413, say("Too long"), say("What was sent is too large. Please send less."))


async def _busy(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    line = say("Nothing was stored just now. Please send it again in a minute.")
    return office.plain(503, say("Please try again"), line)


async def _broken(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    line = say("Nothing was changed. An administrator finds the reason in the log.")
    return office.plain(500, say("Something went wrong on our side"), line, link=("/console", say("Overview")))
