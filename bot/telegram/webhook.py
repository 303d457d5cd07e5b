"""Telegram's webhook: its secret proven, the update committed, and only then answered."""

from __future__ import annotations

import secrets
from http import HTTPStatus

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.bodies import read_body
from bot.telegram.door import Door
from bot.telegram.edge import UPDATES
from storage.engine import Busy, Closed

log = structlog.get_logger(__name__)
PATH = "/hooks/telegram"
MOST_BODY = 1024 * 1024
CONNECTIONS = 40


def registration(address: str, secret: str) -> dict[str, object]:
    """The arguments of setWebhook."""
    return {
        "url": address + PATH,
        "secret_token": secret,
        "allowed_updates": list(UPDATES),
        "max_connections": CONNECTIONS,
    }


def route(door: Door, secret: str) -> Route:
    """The address that Telegram posts to."""

    async def post(request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not secrets.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        body = await read_body(request, MOST_BODY)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            return await _answer(door, body)
        except (Busy, Closed):
            log.warning("database busy; Telegram will send it again")
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)

    return Route(PATH, post, methods=["POST"])


async def _answer(door: Door, body: bytes) -> Response:
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        await door.park(body, error)
        return Response(status_code=HTTPStatus.OK)
    call = await door.take(raw, by_answer=True)
    if call is None:
        return Response(status_code=HTTPStatus.OK)
    return Response(msgspec.json.encode(call), media_type="application/json")
