"""The notice about personal data comes before every phone page, once for each version."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.phone.session import Caller, PhonePage
from handlers.privacy import AcknowledgeHere, AskNotice, NoticeShown

PATH = "/m/notice"


async def due(caller: Caller) -> bool:
    """Whether the member has still to read it; asked of the rows only in a house that has a notice."""
    if caller.office.desk.house.notice is None:
        return False
    return isinstance(await caller.ask(AskNotice()), NoticeShown)


async def notice(caller: Caller, _request: Request) -> Response:
    """The text and one button; who does not agree signs out."""
    answer = await caller.ask(AskNotice())
    if not isinstance(answer, NoticeShown):
        return caller.to("/m")
    words = answer.notice.told(caller.actor.locale or caller.office.locale)
    title = words.title or caller.say("How we handle your personal data")
    return caller.page("notice.html", title=title, lines=words.lines, version=answer.notice.version)


async def acknowledge(caller: Caller, _request: Request) -> Response:
    """On to the form; another version meanwhile is shown there anew."""
    await caller.do(AcknowledgeHere(caller.form["version"]))
    return caller.to("/m")


PAGES: tuple[PhonePage, ...] = (PhonePage("GET", PATH, notice), PhonePage("POST", PATH, acknowledge))
