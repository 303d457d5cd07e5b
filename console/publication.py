"""公示表: choosing a branch and month, and the sheet to print."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from console.listing import this_month, whole
from console.lists import filters
from handlers.context import Refused
from handlers.declarations.lists import ListChoices
from handlers.publication import ShowPublication
from rules.periods import shift
from screens.publication import caps_text, entries_text, title_of
from screens.texts import month, number, signed

PATH = "/console/publication"


async def choose(visitor: Visitor, request: Request) -> Response:
    """A branch and a month; last month's sheet is the usual one."""
    asked = filters(request, "unit", "period")
    if whole(asked["unit"]) and asked["period"]:
        return visitor.to(f"{PATH}/{whole(asked['unit'])}/{asked['period'].replace('/', '-')}")
    choices = await visitor.ask(ListChoices("publication"))
    if isinstance(choices, Refused):
        return visitor.refused(choices, "/console")
    say = visitor.say
    branches = [unit for unit in choices.units if unit.kind == "branch"]
    before = shift(this_month(visitor), -1)
    return visitor.page(
        "publications.html",
        title=say("Publication"),
        units=[(str(unit.id), unit.name) for unit in branches] if len(branches) > 1 else [],
        branches=branches,
        period=asked["period"] or before,
        before=before,
        now=this_month(visitor),
    )


async def sheet(visitor: Visitor, request: Request) -> Response:
    """The sheet of one branch and month."""
    period = request.path_params["period"]
    answer = await visitor.ask(ShowPublication(request.path_params["id"], period))
    if isinstance(answer, Refused):
        return visitor.refused(answer, PATH)
    say = visitor.say
    rows = [
        (
            row,
            [
                (signed(points) if points else "0", entries_text(say, row, category))
                for category, points in zip(answer.categories, row.by_category, strict=True)
            ],
            signed(row.deducted) if row.deducted else "0",
            signed(row.subtotal) if row.subtotal else "0",
            number(row.year_total),
            caps_text(say, row),
        )
        for row in answer.rows
    ]
    return visitor.page(
        "publication.html",
        title=title_of(say, answer),
        sheet=answer,
        rows=rows,
        month=month(say, answer.period),
        before=shift(answer.period, -1),
        after=shift(answer.period, 1),
        closed=visitor.moment(answer.closed_at),
        as_of=visitor.moment(answer.as_of),
        base=number(answer.base),
        exports=bool(visitor.actor.granted("export")),
    )


PAGES: tuple[Page, ...] = (Page("GET", PATH, choose), Page("GET", f"{PATH}/{{id:int}}/{{period}}", sheet))
