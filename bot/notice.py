"""The notice about personal data in a data folder: read once when the house is opened, and shown whole on a page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from rules.privacy import Notice, notice_problems, read_notice
from rules.problems import Problem

if TYPE_CHECKING:  # a house without pages holds none of them in memory
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.webchat import Front

FILE, ENGLISH = "notice.md", "notice.en.md"
PATH = "/notice"


def notice_of(settings: Settings) -> Notice | None:
    """The notice people acknowledge before anything else; None where there is none to show."""
    if problems_of(settings):
        return None
    given = _texts(settings.data)
    return None if given is None else read_notice(*given)


def problems_of(settings: Settings) -> list[Problem]:
    """Why the notice cannot be shown; without its file that is only wrong where the profile asks for one."""
    try:
        given = _texts(settings.data)
    except (OSError, UnicodeDecodeError):
        return [Problem("notice_unreadable", {"file": FILE})]
    if given is None:
        return [Problem("notice_missing", {"file": FILE})] if settings.profile == "cn-public" else []
    return notice_problems(*given)


def _texts(folder: Path) -> tuple[str, str] | None:
    path, english = folder / FILE, folder / ENGLISH
    if not path.exists():
        return None
    return path.read_text("utf-8"), english.read_text("utf-8") if english.exists() else ""


def routes(front: Front) -> list[Route]:
    """The notice as a page that everybody may read, where there is one."""
    from starlette.routing import Route

    return [] if front.desk.house.notice is None else [Route(PATH, partial(page, front))]


async def page(front: Front, _request: Request) -> Response:
    """The whole text: a chat may have cut it."""
    notice = front.desk.house.notice
    if notice is None:
        raise ValueError("no notice")
    words = notice.told(front.settings.locale)
    title = words.title or front.say("How we handle your personal data")
    return front.page("plain.html", title=title, lines=words.lines, link=None)
