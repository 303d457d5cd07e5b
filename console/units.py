"""Units: the tree with who holds which role, and how the month stands where that may be seen."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Page, Visitor
from handlers.context import Refused
from handlers.people import ListUnits, UnitTree
from screens.members import role_word
from screens.people import unit_word
from screens.texts import Say, month, names


async def units(visitor: Visitor, _request: Request) -> Response:
    """All units in reach."""
    answer = await visitor.ask(ListUnits())
    return visitor.refused(answer, "/console") if isinstance(answer, Refused) else _drawn(visitor, answer, "")


async def unit(visitor: Visitor, request: Request) -> Response:
    """One unit and all below it."""
    answer = await visitor.ask(ListUnits(request.path_params["id"]))
    return visitor.absent() if isinstance(answer, Refused) else _drawn(visitor, answer, answer.units[0].name)


def _drawn(visitor: Visitor, answer: UnitTree, name: str) -> Response:
    say = visitor.say
    top = min((each.path.count("/") for each in answer.units), default=0)
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "kind": unit_word(say, each.kind),
            "depth": min(each.path.count("/") - top, 5),
            "holders": _holders(say, answer.holders.get(each.id, ())),
            "people": each.people,
            "declared": each.declared,
            "waiting": each.waiting,
            "branch": each.kind == "branch",
        }
        for each in answer.units
    ]
    return visitor.page(
        "units.html",
        title=name or say("Units"),
        whole=not name,
        rows=rows,
        figures=answer.figures,
        month=month(say, answer.period),
    )


def _holders(say: Say, holders: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Role → its holders in a row."""
    found: dict[str, list[str]] = {}
    for role, who in holders:
        found.setdefault(role, []).append(who)
    return [(role_word(say, role), names(say, who)) for role, who in found.items()]


PAGES: tuple[Page, ...] = (Page("GET", "/console/units", units), Page("GET", "/console/units/{id:int}", unit))
