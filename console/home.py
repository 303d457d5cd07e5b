"""The start: what waits for the visitor, by what his roles may see."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from console.declarations import MONTHS, QUEUE
from console.frame import Page, Visitor
from handlers.waiting import ShowWaiting, Waiting
from screens.members import role_word
from screens.texts import Say, month, names

SHOWN = 30


async def home(visitor: Visitor, _request: Request) -> Response:
    """Matters that wait first, then the month of the branches."""
    waiting: Waiting = await visitor.ask(ShowWaiting())
    say = visitor.say
    branches = waiting.branches or ()
    return visitor.page(
        "home.html",
        title=say("Overview"),
        greeting=[role_word(say, role) for role in sorted({grant.role for grant in visitor.actor.grants})],
        today=visitor.now.astimezone(visitor.office.desk.house.zone).date().isoformat(),
        matters=[matter for matter in _matters(visitor, waiting) if matter["count"]],
        month=month(say, waiting.period),
        branches=branches[:SHOWN],
        more=max(0, len(branches) - SHOWN),
        people=sum(each.people for each in branches),
        declared=sum(each.declared for each in branches),
    )


def _matters(visitor: Visitor, waiting: Waiting) -> list[dict[str, Any]]:
    say = visitor.say
    earlier = {period: count for period, count in (waiting.undecided or {}).items() if period < waiting.period}
    reviews = visitor.may_open(QUEUE)
    return [
        {
            "count": waiting.to_review or 0,
            "label": say("lines wait for your review"),
            "more": "",
            "href": QUEUE,
        },
        {
            "count": sum(earlier.values()),
            "label": say("lines of earlier months are undecided"),
            "more": _months(say, earlier),
            "href": QUEUE if reviews else f"{MONTHS}?period={min(earlier, default='')}",
        },
        {
            "count": waiting.unreached_total if waiting.unreached is not None else 0,
            "label": say("people were not reached by their last message"),
            "more": names(say, [each.name for each in waiting.unreached or ()]),
            "href": "/console/people?reached=unreached",
        },
        {
            "count": waiting.unbound_total,
            "label": say("people have no account bound yet"),
            "more": "",
            "href": "/console/people?reached=unbound",
        },
        {
            "count": waiting.parked or 0,
            "label": say("messages could not be handled; they are kept, the reason is in the log"),
            "more": "",
            "href": "",
        },
    ]


def _months(say: Say, earlier: dict[str, int]) -> str:
    return names(say, [f"{month(say, period)} {count}" for period, count in earlier.items()])


PAGES: tuple[Page, ...] = (Page("GET", "/console", home),)
