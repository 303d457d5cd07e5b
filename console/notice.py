"""The notice about personal data comes before every page of the console, once for each version."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from handlers.privacy import AcknowledgeHere, AskNotice, NoticeShown

PATH = "/console/notice"


async def due(visitor: Visitor) -> bool:
    """Whether the visitor has still to read it; asked of the rows only in a house that has a notice."""
    if visitor.office.desk.house.notice is None:
        return False
    return isinstance(await visitor.ask(AskNotice()), NoticeShown)


async def notice(visitor: Visitor, _request: Request) -> Response:
    """The text and one button; who does not agree signs out."""
    answer = await visitor.ask(AskNotice())
    if not isinstance(answer, NoticeShown):
        return visitor.to("/console")
    words = answer.notice.told(visitor.actor.locale or visitor.office.locale)
    return visitor.page(
        "notice.html",
        title=words.title or visitor.say("How we handle your personal data"),
        lines=words.lines,
        version=answer.notice.version,
        navigation=(),
    )


async def acknowledge(visitor: Visitor, _request: Request) -> Response:
    """On into the console; another version meanwhile is shown there anew."""
    await visitor.do(AcknowledgeHere(visitor.form.get("version", "")))
    return visitor.to("/console")


PAGES: tuple[Page, ...] = (Page("GET", PATH, notice), Page("POST", PATH, acknowledge))
