"""Coming in: sessions of the web chat, opened by a personal link and its PIN."""

from __future__ import annotations

import asyncio
import secrets as chance
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import secrets
from bot.proof import proof, proofs
from bot.webchat import COOKIE, Front, chat_page, csrf_of, newer, send, signed_in, stranger
from handlers.context import Refused
from handlers.members import FindInvitation, Invited, Leave, Redeem
from rules.access import SYSTEM, Actor
from screens.problems import sentence

Act = Callable[[Request, Actor, str], Awaitable[Response]]


def routes(front: Front) -> list[Route]:
    """The doors of a house that is in use."""
    return [
        Route("/", partial(home, front)),
        Route("/chat", guarded(front, lambda _, actor, key: chat_page(front, actor, key, None))),
        Route("/chat/items", guarded(front, lambda request, actor, _: newer(front, request, actor), page=False)),
        Route(
            "/chat/send",
            guarded(front, lambda request, actor, key: send(front, request, actor, key), page=False),
            methods=["POST"],
        ),
        Route("/chat/leave", partial(leave_chat, front), methods=["POST"]),
        Route("/chat/evidence/{id:int}", guarded(front, lambda request, actor, _: proof(front, request, actor))),
        Route("/chat/evidence/{of}/{id:int}", guarded(front, lambda request, actor, _: proofs(front, request, actor))),
        Route("/chat/enter/{token}", partial(enter_page, front), methods=["GET", "POST"]),
    ]


def guarded(front: Front, act: Act, *, page: bool = True) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for those who are signed in; others get a page that says how to come in, or 401."""

    async def endpoint(request: Request) -> Response:
        known = await signed_in(front, request)
        if known is not None:
            return await act(request, *known)
        return stranger(front) if page else Response(status_code=HTTPStatus.UNAUTHORIZED)

    return endpoint


async def home(_front: Front, _request: Request) -> Response:
    """The chat is the home."""
    return RedirectResponse("/chat", HTTPStatus.SEE_OTHER)


async def enter_page(front: Front, request: Request) -> Response:
    """The PIN for a personal link; five tries, one entry."""
    token_hash, say, now = secrets.hashed(request.path_params["token"]), front.say, front.clock.now()
    found = await asyncio.to_thread(front.desk.ask, SYSTEM, FindInvitation(token_hash), now)
    if not isinstance(found, Invited):
        lines = [sentence(say, problem) for problem in found.problems]
        return front.page("plain.html", 404, title=say("Not done"), lines=lines, link=None)
    problem = None
    if request.method == "POST":
        async with request.form(max_fields=4) as form:
            pin = str(form.get("pin", ""))[:20].strip()
            if form.get("csrf") != csrf_of(token_hash):
                return Response(status_code=HTTPStatus.FORBIDDEN)
        correct = await asyncio.to_thread(secrets.matches, found.pin_hash, pin)
        key = chance.token_urlsafe(32)
        request_in = Redeem(token_hash, correct, secrets.hashed(key))
        answer = await asyncio.wrap_future(front.desk.submit(SYSTEM, request_in, now))
        if not isinstance(answer, Refused):
            response = RedirectResponse("/chat", HTTPStatus.SEE_OTHER)
            secure = front.settings.address.startswith("https:")
            age = int((answer.until - now).total_seconds())
            response.set_cookie(COOKIE, key, max_age=age, httponly=True, samesite="lax", secure=secure)
            return response
        problem = sentence(say, answer.problems[0])
    hint = found.name[0] + "*" + (found.name[-1] if len(found.name) > 2 else "")
    return front.page(
        "enter.html",
        title=say("Please enter your PIN"),
        name_hint=hint,
        problem=problem,
        csrf=csrf_of(token_hash),
    )


async def leave_chat(front: Front, request: Request) -> Response:
    """Ends the session of this device."""
    key = request.cookies.get(COOKIE, "")
    async with request.form(max_fields=2) as form:
        if form.get("csrf") != csrf_of(key):
            return Response(status_code=HTTPStatus.FORBIDDEN)
    await asyncio.wrap_future(front.desk.submit(SYSTEM, Leave(secrets.hashed(key)), front.clock.now()))
    response = RedirectResponse("/chat", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE)
    return response
