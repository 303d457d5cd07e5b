"""The working days of units: a year by months, days off and days worked marked, a unit's own set and removed."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from handlers.calendars import ListDays, RemoveDay, SetDays
from handlers.context import Refused

PATH = "/console/calendar"


async def year(visitor: Visitor, request: Request) -> Response:
    """A year of one of the visitor's units."""
    asked = request.query_params
    answer = await visitor.ask(ListDays(_whole(asked.get("year", "")), _whole(asked.get("unit", ""))))
    if isinstance(answer, Refused):
        return visitor.refused(answer, PATH)
    months = [(month, [each for each in answer.days if each.day.month == month]) for month in range(1, 13)]
    years = (answer.year - 1, answer.year + 1)
    title = visitor.say("Working days")
    return visitor.page(
        "calendar.html", title=title, days=answer, months=[each for each in months if each[1]], years=years
    )


async def set_days(visitor: Visitor, request: Request) -> Response:
    """All pasted lines or none."""
    unit = int(request.path_params["id"])
    back = f"{PATH}?unit={unit}&year={_whole(visitor.form.get('year', ''))}"
    answer = await visitor.do(SetDays(unit, visitor.form.get("text", "")))
    return visitor.refused(answer, back) if isinstance(answer, Refused) else visitor.to(back)


async def remove_day(visitor: Visitor, request: Request) -> Response:
    """One of the unit's own."""
    unit, number = int(request.path_params["id"]), _whole(visitor.form.get("day", ""))
    day = date.fromordinal(number) if 0 < number <= date.max.toordinal() else date.min
    answer = await visitor.do(RemoveDay(unit, day))
    back = f"{PATH}?unit={unit}&year={day.year}"
    return visitor.refused(answer, back) if isinstance(answer, Refused) else visitor.to(back)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


PAGES: tuple[Page, ...] = (
    Page("GET", PATH, year),
    Page("POST", f"{PATH}/{{id:int}}", set_days),
    Page("POST", f"{PATH}/{{id:int}}/remove", remove_day),
)
