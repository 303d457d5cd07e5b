"""Deliveries: every message with its attempts in words, and who is not reached by any channel."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from console.listing import Asked, Listing, Tab, listed, whole
from handlers.deliveries import ListDeliveries, ListUnreached
from handlers.proofs import ListProofs
from screens.deliveries import STATES
from screens.privacy import STATES as STANDS
from screens.texts import Say

PATH = "/console/deliveries"
UNREACHED = f"{PATH}/unreached"
PROVEN = f"{PATH}/notice"
TABS = (
    Tab(PATH, lambda say: say("Deliveries")),
    Tab(UNREACHED, lambda say: say("Not reached by any channel")),
    Tab(PROVEN, lambda say: say("Notice about personal data")),
    Tab("/console/reminding", lambda say: say("Reminders")),
    Tab("/console/calendar", lambda say: say("Working days")),
)
ANSWERS = {"read": "good", "declined": "bad", "shown": "wait", "never": "wait"}
MARKS = {"due": "wait", "sending": "wait", "sent": "good", "failed": "bad", "unknown": "wait", "cancelled": ""}


def messages_query(asked: Asked, offset: int) -> ListDeliveries:
    """The filters as a request."""
    return ListDeliveries(
        whole(asked["unit"]),
        asked["member"],
        asked["state"],
        asked["kind"],
        asked["first"],
        asked["last"],
        offset,
        notice=asked["notice"],
    )


def _tags(say: Say) -> Mapping[str, str]:
    return {word(say): f"tag {MARKS[state]}" for state, word in STATES.items()}


MESSAGES = Listing(
    kind="messages",
    path=PATH,
    action="see_deliveries",
    query=messages_query,
    lead=1,
    links=lambda answer, row: {2: f"/console/people/{row.message.member}"},
    notes=lambda say, answer: [
        say("{first} to {last}: {count} messages", first=answer.first, last=answer.last, count=answer.total)
    ],
    tabs=TABS,
    tags=_tags,
)
NOT_REACHED = Listing(
    kind="unreached",
    path=UNREACHED,
    action="see_deliveries",
    query=lambda asked, offset: ListUnreached(whole(asked["unit"]), offset),
    links=lambda answer, row: {1: f"/console/people/{row.member}"},
    lead=1,
    empty=lambda say: say("Everybody is reached by some channel."),
    notes=lambda say, answer: [say("{count} members are not reached.", count=answer.total)] if answer.total else [],
    tabs=TABS,
)

PROOFS = Listing(
    kind="proofs",
    path=PROVEN,
    action="see_deliveries",
    query=lambda asked, offset: ListProofs(whole(asked["unit"]), asked["state"], offset),
    links=lambda answer, row: {1: f"/console/people/{row.member}"},
    lead=1,
    empty=lambda say: say("Nobody fits, or the house has no notice about personal data."),
    notes=lambda say, answer: (
        [say("Version {version}: {count} members", version=answer.version, count=answer.total)] if answer.total else []
    ),
    tabs=TABS,
    tags=lambda say: {STANDS[state](say): f"tag {mark}" for state, mark in ANSWERS.items()},
)


async def messages(visitor: Visitor, request: Request) -> Response:
    """The list of messages."""
    return await listed(visitor, request, MESSAGES)


async def unreached(visitor: Visitor, request: Request) -> Response:
    """Those whom somebody must tell in person."""
    return await listed(visitor, request, NOT_REACHED)


async def proofs(visitor: Visitor, request: Request) -> Response:
    """Who has read the notice about personal data."""
    return await listed(visitor, request, PROOFS)


PAGES: tuple[Page, ...] = (
    Page("GET", PATH, messages),
    Page("GET", UNREACHED, unreached),
    Page("GET", PROVEN, proofs),
)
