"""Reminders of a unit: the hour of the digest and what nobody below may mute."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from handlers.context import Refused
from handlers.reminding import ListWishes, SetWish, Wishes
from rules.reminding import BY_TEXT, MUTABLE
from screens.deliveries import notice_word

PATH = "/console/reminding"


async def wishes(visitor: Visitor, _request: Request) -> Response:
    """A form for each of the visitor's units."""
    answer: Wishes = await visitor.ask(ListWishes())
    kinds = [(kind, notice_word(visitor.say, kind)) for kind in MUTABLE]
    return visitor.page(
        "reminding.html", title=visitor.say("Reminders"), rows=answer.rows, kinds=kinds, hours=list(BY_TEXT)
    )


async def set_wish(visitor: Visitor, request: Request) -> Response:
    """Stores what a unit wants."""
    compulsory = tuple(kind for kind in MUTABLE if visitor.form.get(f"kind-{kind}"))
    wanted = SetWish(request.path_params["id"], visitor.form.get("hour", ""), compulsory)
    answer = await visitor.do(wanted)
    return visitor.refused(answer, PATH) if isinstance(answer, Refused) else visitor.to(PATH)


PAGES: tuple[Page, ...] = (Page("GET", PATH, wishes), Page("POST", f"{PATH}/{{id:int}}", set_wish))
