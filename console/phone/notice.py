"""The notice about personal data stands before the phone pages, where the house has one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.phone.session import Caller, PhonePage
from handlers.context import Refused
from handlers.privacy import AcknowledgeHere, AskNotice, NoticeShown

PATH = "/m/notice"
FIRST = "/m/declare"


async def due(caller: Caller) -> NoticeShown | None:
    """The notice that is still to be read; nothing is asked in a house without one."""
    if caller.office.desk.house.notice is None:
        return None
    answer = await caller.ask(AskNotice())
    return answer if isinstance(answer, NoticeShown) else None


async def read(caller: Caller, _request: Request) -> Response:
    """The whole text and one button."""
    shown = await due(caller)
    if shown is None:
        return caller.to(FIRST)
    told = shown.notice.told(caller.actor.locale or caller.office.locale)
    title = told.title or caller.say("How we handle your personal data")
    return caller.page("notice.html", title=title, lines=told.lines, version=shown.notice.version)


async def agree(caller: Caller, _request: Request) -> Response:
    """The proof is kept with its instant; an older version than the one in force proves nothing."""
    answer = await caller.do(AcknowledgeHere(caller.form["version"]))
    return caller.to(PATH if isinstance(answer, Refused) else FIRST)


PAGES: tuple[PhonePage, ...] = (PhonePage("GET", PATH, read), PhonePage("POST", PATH, agree))
