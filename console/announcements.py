"""Announcements: what was sent, and who of the recipients has confirmed; writing and reminding stay in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from console.listing import Listing, Tab, listed, whole
from handlers.announcements.lists import ListAnnouncements, ListRecipients
from handlers.announcements.receiving import FullText, ReadAnnouncement
from handlers.context import Refused
from screens.announcements.standing import counts_lines
from screens.announcements.words import body
from screens.texts import Say, clean

PATH = "/console/announcements"


def _tags(say: Say) -> Mapping[str, str]:
    return {
        say("confirmed"): "tag good",
        say("being sent"): "tag wait",
        say("reached, not confirmed"): "tag wait",
        say("not reached"): "tag bad",
        say("withdrawn"): "tag",
    }


SENT = Listing(
    kind="announcements",
    path=PATH,
    action="announce",
    query=lambda asked, offset: ListAnnouncements(offset),
    links=lambda answer, row: {1: f"{PATH}/{row.number}"},
    lead=1,
    empty=lambda say: say("Nothing was announced yet. Write an announcement in the chat: type “announcement”."),
    notes=lambda say, answer: [say("New ones are written in the chat: type “announcement”.")] if answer.total else [],
    tabs=(Tab(PATH, lambda say: say("Announcements")),),
    tags=_tags,
)
TO_WHOM = Listing(
    kind="recipients",
    path=PATH,
    action="announce",
    query=lambda asked, offset: ListRecipients(whole(asked["announcement"]), asked["state"], offset),
    lead=0,
    notes=lambda say, answer: counts_lines(say, answer.row, answer.standing),
    tags=_tags,
)


async def sent(visitor: Visitor, request: Request) -> Response:
    """The list of announcements."""
    return await listed(visitor, request, SENT)


async def to_whom(visitor: Visitor, request: Request) -> Response:
    """How one stands."""
    number: int = request.path_params["id"]
    found: FullText | Refused = await visitor.ask(ReadAnnouncement(number))
    if isinstance(found, Refused):
        return visitor.refused(found, PATH)
    path, title, text = f"{PATH}/{number}", clean(found.row.title), body(found.row.text)
    listing = replace(
        TO_WHOM,
        path=path,
        tabs=(*SENT.tabs, Tab(path, lambda say: title)),
        fixed={"announcement": str(number)},
        folded=lambda say, answer: (say("The text"), text),
    )
    return await listed(visitor, request, listing)


PAGES: tuple[Page, ...] = (Page("GET", PATH, sent), Page("GET", f"{PATH}/{{id:int}}", to_whom))
