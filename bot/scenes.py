"""Codes of the official account that open an invitation: asked from the platform once the invitation stands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.channel import DeliveryError, Rendered
from bot.dialogs import qr
from bot.replies import Reply
from handlers.members import INVITATION_DAYS
from screens.door import no_scene, scene_shown
from screens.screen import Screen
from screens.texts import Say

log = structlog.get_logger(__name__)
LINK = re.compile(r".*/chat/enter/([A-Za-z0-9_-]{20,64})")
LONGEST = timedelta(days=30)
PATIENCE_S = 4.0
Call = Callable[[str, dict[str, Any]], Awaitable[Mapping[str, Any]]]
"""A call of the platform's interface with a body; raises DeliveryError."""
Scene = Callable[[str, timedelta], Awaitable[str | None]]
"""What stands in the code for a token that is good so long; None when the platform gives none."""


async def scene_of(call: Call, token: str, life: timedelta) -> str | None:
    """Asks for a code with the token as its scene, good no longer than the invitation and the platform's 30 days."""
    body = {
        "expire_seconds": max(60, int(min(life, LONGEST).total_seconds())),
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": token}},
    }
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await call("/cgi-bin/qrcode/create", body)
    except (DeliveryError, TimeoutError) as error:
        log.warning("no code", code=getattr(error, "code", "timed_out"))
        return None
    address = answer.get("url")
    return address if isinstance(address, str) and re.fullmatch(r"https?://[\w./?=&%-]{1,300}", address) else None


async def with_scene(say: Say, reply: Reply, scene: Scene) -> list[Rendered]:
    """A reply that shows an invitation, with its code for WeChat below."""
    found = [LINK.fullmatch(screen["link"] or "") for screen in reply.screens]
    token = next((match[1] for match in found if match is not None), None) if reply.secret else None
    if token is None:
        return reply.screens
    address = await scene(token, INVITATION_DAYS)
    if address is None:
        return [*reply.screens, _drawn(no_scene(say), None)]
    return [*reply.screens, _drawn(scene_shown(say), qr(address))]


def _drawn(screen: Screen, image: str | None) -> Rendered:
    return {"title": screen.title, "lines": list(screen.lines), "choices": [], "image": image, "link": None}
