"""My points: the year by category against caps, and each figure opened down to its lines."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.phone.session import Caller, PhonePage
from handlers.context import Refused
from handlers.ledger.points import MyPoints, Why
from screens.phones import points_facts, why_facts
from screens.render import screen_of
from screens.texts import number

YEARS = range(2000, 2100)
TOTAL = "total"


async def points(caller: Caller, request: Request) -> Response:
    """The year; with `why` one figure of it."""
    query = request.query_params
    year, page = _whole(query.get("year", "")), _whole(query.get("page", ""))
    if "why" in query:
        node = query["why"][:64]
        return await _why(caller, Why("" if node == TOTAL else node, year if year in YEARS else 0, page))
    answer = await caller.ask(MyPoints(year if year in YEARS else 0))
    if isinstance(answer, Refused):
        return caller.page("said.html", 403, title=caller.say("Not done"), lines=caller.reasons(answer))
    title = caller.say("Points in {year}: {total}", year=answer.year, total=number(answer.total))
    return caller.page("points.html", title=title, points=points_facts(caller.say, answer))


async def _why(caller: Caller, query: Why) -> Response:
    answer = await caller.ask(query)
    if isinstance(answer, Refused):
        return caller.page("said.html", 404, title=caller.say("Not done"), lines=caller.reasons(answer))
    screen = screen_of(caller.say, answer)
    return caller.page("why.html", title=screen.title, why=why_facts(answer, screen))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


PAGES: tuple[PhonePage, ...] = (PhonePage("GET", "/m/points", points),)
