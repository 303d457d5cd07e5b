"""The phone pages under /m: their routes, who gets through, and words for what goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from console.door import MOST_FORM, Door
from console.frame import FOLDER, Office
from console.phone import declare, doors, notice, points
from console.phone.session import MOST_FILES, PhonePage, caller, csrf_of, filled
from handlers.desk import Busy
from screens.texts import words

MOST_SENT = 64 * 1024 * 1024
PAGES: tuple[PhonePage, ...] = (*declare.PAGES, *points.PAGES, *notice.PAGES)


def routes(office: Office) -> list[BaseRoute]:
    """All of the phone pages as routes of the process's application; before signing in little may be sent."""
    app, secure = application(office), office.address.startswith("https:")
    small = Door(app, "/m/static/", MOST_FORM, secure=secure)
    large = Door(app, "/m/static/", MOST_SENT, secure=secure)
    return [Route("/m", small), Route("/m/in/{rest:path}", small), Route("/m/{rest:path}", large)]


def application(office: Office) -> Starlette:
    """The pages of the tables, the doors, and words for what goes wrong."""
    return Starlette(
        routes=[
            Mount("/m/static", StaticFiles(directory=FOLDER / "static")),
            *doors.routes(office),
            Route("/m", first),
            *(Route(page.path, guarded(office, page), methods=[page.method]) for page in PAGES),
        ],
        exception_handlers={
            404: partial(_no_page, office),
            405: partial(_no_page, office),
            413: partial(_too_large, office),
            Busy: partial(_busy, office),
            500: partial(_broken, office),
        },
    )


async def first(_request: Request) -> Response:
    """The form is the first page."""
    return RedirectResponse(declare.PAGE, 303)


def guarded(office: Office, page: PhonePage) -> Callable[[Request], Awaitable[Response]]:
    """The way to a page: session, the notice about personal data, and for a POST its origin and key."""

    async def endpoint(request: Request) -> Response:
        here = await caller(office, request)
        if here is None:
            return doors.to_door(office, request)
        if page not in notice.PAGES and await notice.due(here) is not None:
            return here.to(notice.PATH)
        if page.method == "POST":
            form = await filled(office, request, csrf_of(office, here.key), MOST_FILES)
            if form is None:
                return doors.foreign_form(office)
            here = replace(here, form=form)
        return await page.draw(here, request)

    return endpoint


async def _no_page(office: Office, _request: Request, error: Exception) -> Response:
    say, status = words(office.locale), int(getattr(error, "status_code", 404))
    return doors.said(office, status, say("There is no such page"), say("Please check the address."))


async def _too_large(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    return doors.said(office, 413, say("Too long"), say("What was sent is too large. Please send less."))


async def _busy(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    line = say("Nothing was stored just now. Please send it again in a minute.")
    return doors.said(office, 503, say("Please try again"), line)


async def _broken(office: Office, _request: Request, _error: Exception) -> Response:
    say = words(office.locale)
    line = say("Nothing was changed. An administrator finds the reason in the log.")
    return doors.said(office, 500, say("Something went wrong on our side"), line)
