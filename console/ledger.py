"""The ledger: entries with the sum carried on, and a member's year explained down to its lines."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from console.listing import Asked, Listing, Tab, listed, whole
from console.lists import filters
from handlers.context import Refused
from handlers.ledger.lists import ExplainMember, ListEntries
from screens.declarations.lines import attendance_word
from screens.scoring import reason as why_in_words
from screens.texts import Say, amount, number, signed

PATH = "/console/ledger"
TABS = (Tab(PATH, lambda say: say("Ledger entries")),)


def entries_query(asked: Asked, offset: int) -> ListEntries:
    """The filters as a request."""
    return ListEntries(whole(asked["unit"]), asked["member"], asked["period"], asked["criterion"], offset)


def _notes(say: Say, answer: Any) -> list[str]:
    text = say(
        "{count} entries add up to {points}; before this page {carried}. Caps are applied in a member's year.",
        count=answer.total,
        points=signed(answer.points),
        carried=signed(answer.carried),
    )
    return [text] if answer.total else []


ENTRIES = Listing(
    kind="entries",
    path=PATH,
    action="see_ledger",
    query=entries_query,
    links=lambda answer, row: {
        2: f"{PATH}/{row.member}?year={row.period[:4]}",
        8: f"/console/declarations/{row.line}",
    },
    lead=1,
    notes=_notes,
    tabs=TABS,
    monthly=True,
)


async def entries(visitor: Visitor, request: Request) -> Response:
    """The list of entries."""
    return await listed(visitor, request, ENTRIES)


async def member(visitor: Visitor, request: Request) -> Response:
    """A member's year: figures against caps; each figure opens down to its lines."""
    asked = filters(request, "year", "node", "page")
    query = ExplainMember(request.path_params["id"], whole(asked["year"][:4]), asked["node"], whole(asked["page"][:6]))
    answer = await visitor.ask(query)
    if isinstance(answer, Refused):
        return visitor.refused(answer, PATH)
    say, points, why = visitor.say, answer.points, answer.explanation
    reasons = [
        (
            reason,
            _what(say, reason),
            signed(reason.posted),
            signed(reason.counted),
            _counts(say, reason),
            visitor.moment(reason.decided_at),
        )
        for reason in why.reasons
    ]
    figures = [
        (
            figure,
            signed(figure.counted),
            signed(figure.posted),
            "" if figure.cap is None else number(figure.cap),
            "" if figure.room is None else number(figure.room),
        )
        for figure in points.figures
    ]
    title = say("{name}: {total} points in {year}", name=answer.name, total=number(points.total), year=points.year)
    return visitor.page(
        "ledger-member.html",
        title=title,
        answer=answer,
        here_path=f"{PATH}/{answer.member}",
        base=number(points.base),
        counted=signed(why.counted),
        figures=figures,
        reasons=reasons,
    )


def _what(say: Say, reason: Any) -> str:
    if reason.attendance is not None:
        return f"{reason.criterion.name} {attendance_word(say, reason.attendance)}"
    return amount(reason.criterion, reason.quantity, reason.option, reason.matter)


def _counts(say: Say, reason: Any) -> str:
    if reason.reversal:
        return say("takes an entry back")
    if reason.cancelled:
        return say("taken back, counts 0")
    if reason.why:
        return say("counts 0: {why}", why=why_in_words(say, reason.why))
    if reason.capped != reason.posted and reason.criterion.factors:
        return say("factors and caps of the criterion")
    if reason.capped != reason.posted:
        return say("cap of the criterion")
    return say("cap of the category") if reason.counted != reason.capped else ""


PAGES: tuple[Page, ...] = (Page("GET", PATH, entries), Page("GET", f"{PATH}/{{id:int}}", member))
