"""The audit trail for those who watch over the house."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from console.listing import Asked, Listing, Tab, listed
from handlers.trail import ListDeeds

PATH = "/console/trail"


def deeds_query(asked: Asked, offset: int) -> ListDeeds:
    """The filters as a request."""
    return ListDeeds(asked["member"], asked["action"], asked["first"], asked["last"], offset)


DEEDS = Listing(
    kind="deeds",
    path=PATH,
    action="see_trail",
    query=deeds_query,
    links=lambda answer, row: {6: f"/console/declarations/{row.deed.subject_id}"} if row.deed.subject == "line" else {},
    lead=2,
    notes=lambda say, answer: [
        say("{first} to {last}: {count} deeds", first=answer.first, last=answer.last, count=answer.total)
    ],
    tabs=(Tab(PATH, lambda say: say("Audit trail")),),
)


async def deeds(visitor: Visitor, request: Request) -> Response:
    """The list of deeds."""
    return await listed(visitor, request, DEEDS)


PAGES: tuple[Page, ...] = (Page("GET", PATH, deeds),)
