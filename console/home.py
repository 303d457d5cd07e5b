"""The start: what waits for the visitor."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor


async def home(visitor: Visitor, _request: Request) -> Response:
    """What waits."""
    return visitor.page("home.html", title=visitor.say("Overview"))


PAGES: tuple[Page, ...] = (Page("GET", "/console", home),)
