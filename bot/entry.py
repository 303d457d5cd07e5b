"""Coming in: sessions of the web chat, opened by a personal link and its PIN."""

from __future__ import annotations

import asyncio
import secrets as chance
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import secrets
from bot.proof import proof, proofs
from bot.webchat import COOKIE, Front, chat_page, csrf_of, newer, send, signed_in, stranger
from handlers.context import Refused
from handlers.members import FindInvitation, Invited, Redeem
from rules.access import SYSTEM
from screens.problems import sentence


def routes(front: Front) -> list[Route]:
    """The doors of a house that is in use."""

    async def chat(request: Request) -> Response:
        known = await signed_in(front, request)
        return stranger(front) if known is None else await chat_page(front, *known, None)

    async def items(request: Request) -> Response:
        known = await signed_in(front, request)
        return Response(status_code=HTTPStatus.UNAUTHORIZED) if known is None else await newer(front, request, known[0])

    async def post(request: Request) -> Response:
        known = await signed_in(front, request)
        return Response(status_code=HTTPStatus.UNAUTHORIZED) if known is None else await send(front, request, *known)

    async def evidence(request: Request) -> Response:
        known = await signed_in(front, request)
        return stranger(front) if known is None else await proof(front, request, known[0])

    async def evidence_of_line(request: Request) -> Response:
        known = await signed_in(front, request)
        return stranger(front) if known is None else await proofs(front, request, known[0])

    async def enter(request: Request) -> Response:
        return await enter_page(front, request)

    async def home(_request: Request) -> Response:
        return RedirectResponse("/chat", HTTPStatus.SEE_OTHER)

    return [
        Route("/", home),
        Route("/chat", chat),
        Route("/chat/items", items),
        Route("/chat/send", post, methods=["POST"]),
        Route("/chat/evidence/{id:int}", evidence),
        Route("/chat/evidence/line/{id:int}", evidence_of_line),
        Route("/chat/enter/{token}", enter, methods=["GET", "POST"]),
    ]


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
