"""A list of data on a page: filters, a table with links, pages, and the way to take it away as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from console.frame import Visitor
from console.lists import PER_PAGE, Paging, filters, page_number
from handlers.context import Refused
from handlers.declarations.lists import Choices, ListChoices
from rules.periods import period_of
from screens.filters import FILTERS, ORDERS, Filter
from screens.lists import table_of
from screens.problems import sentence
from screens.tables import Column, shown
from screens.texts import Say

Asked = dict[str, str]
Options = Sequence[tuple[str, str]]
INDENT = "\u3000"


class Field(NamedTuple):
    """A filter: with options a choice, otherwise something typed."""

    name: str
    label: str
    options: Options = ()
    kind: str = "text"


class Tab(NamedTuple):
    """A neighbouring page: its address and words."""

    path: str
    label: Callable[[Say], str]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: `query` makes the handler's request, `links` the address behind some columns of a row (by number).

    Its filters are those of `screens.filters.FILTERS[kind]`; `fixed` are those that the page's own address says.
    `folded` is a heading with lines that are shown on request.
    """

    kind: str
    path: str
    action: str
    query: Callable[[Asked, int], Any]
    links: Callable[[Any, Any], Mapping[int, str]] = lambda answer, row: {}
    lead: int = 0
    empty: Callable[[Say], str] = lambda say: say("Nothing fits. Please widen the filter.")
    notes: Callable[[Say, Any], list[str]] = lambda say, answer: []
    tabs: tuple[Tab, ...] = ()
    tags: Callable[[Say], Mapping[str, str]] = lambda say: {}
    monthly: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)
    folded: Callable[[Say, Any], tuple[str, list[str]]] = lambda say, answer: ("", [])


class Shown(NamedTuple):
    """A cell of a page."""

    label: str
    text: str
    figure: bool
    href: str
    tag: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the template draws of an answer."""

    heads: list[Column] = field(default_factory=list)
    rows: list[list[Shown]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    folded: tuple[str, list[str]] = ("", [])
    total: int = 0


def asked_of(visitor: Visitor, request: Request, listing: Listing) -> Asked:
    """The filters asked for; a list by months starts with the current one."""
    asked = filters(request, *FILTERS[listing.kind])
    if listing.monthly and "period" not in request.query_params:
        asked["period"] = this_month(visitor)
    return {**asked, **listing.fixed}


def this_month(visitor: Visitor) -> str:
    """The current period."""
    return period_of(visitor.office.desk.house.today(visitor.now))


async def listed(visitor: Visitor, request: Request, listing: Listing) -> Response:
    """One page of a list; what is wrong with a filter is said above it."""
    say, asked, number = visitor.say, asked_of(visitor, request, listing), page_number(request)
    answer = await visitor.ask(listing.query(asked, (number - 1) * PER_PAGE))
    choices = await visitor.ask(ListChoices(listing.action))
    if isinstance(choices, Refused):
        return visitor.refused(choices, "/console")
    problems = [sentence(say, each) for each in answer.problems] if isinstance(answer, Refused) else []
    drawn = Drawn() if isinstance(answer, Refused) else drawn_of(visitor, listing, answer)
    title = next(tab.label(say) for tab in listing.tabs if tab.path == listing.path)
    return visitor.page(
        "list.html",
        422 if problems else 200,
        title=title,
        listing=listing,
        asked=asked,
        fields=fields_of(visitor, listing, choices),
        problems=problems,
        drawn=drawn,
        empty=listing.empty(say),
        tabs=tabs_of(visitor, listing.tabs),
        shown=Paging(listing.path, asked, min(number, max(1, -(-drawn.total // PER_PAGE))), drawn.total),
        exports=bool(visitor.actor.granted("export")),
    )


def tabs_of(visitor: Visitor, tabs: Sequence[Tab]) -> list[tuple[str, str]]:
    """The neighbouring pages that the visitor may open."""
    return [(tab.path, tab.label(visitor.say)) for tab in tabs if visitor.may_open(tab.path)]


def drawn_of(visitor: Visitor, listing: Listing, answer: Any) -> Drawn:
    """The columns a page has room for, with links and tags."""
    say, zone = visitor.say, visitor.office.desk.house.zone
    table, tags = table_of(say, answer), listing.tags(say)
    places = [place for place, column in enumerate(table.columns) if not column.aside]
    rows = []
    for row, cells in zip(answer.rows, table.rows, strict=True):
        links = listing.links(answer, row)
        texts = [shown(cell, zone) for cell in cells]
        rows.append(
            [
                Shown(
                    table.columns[place].title,
                    texts[place],
                    table.columns[place].kind == "number",
                    links.get(place, ""),
                    tags.get(texts[place], ""),
                )
                for place in places
            ]
        )
    heads = [table.columns[place] for place in places]
    return Drawn(heads, rows, listing.notes(say, answer), listing.folded(say, answer), answer.total)


def fields_of(visitor: Visitor, listing: Listing, choices: Choices) -> list[Field]:
    """The form of a list's filters."""
    say, given = visitor.say, {"criterion": [("", visitor.say("all")), *choices.criteria]}
    fields = []
    for name, each in FILTERS[listing.kind].items():
        if name in listing.fixed:
            continue
        if name == "unit":
            fields.append(unit_field(visitor, choices))
        else:
            fields.append(Field(name, each.label(say), given.get(name) or options(say, each), each.typed))
    return fields


def unit_field(visitor: Visitor, choices: Choices) -> Field:
    """The units in sight, indented as they stand in the tree."""
    depths = [unit.path.count("/") for unit in choices.units]
    top = min(depths, default=0)
    names = [
        (str(unit.id), f"{INDENT * (depth - top)}{unit.name}")
        for unit, depth in zip(choices.units, depths, strict=True)
    ]
    return Field("unit", visitor.say("Unit"), [("", visitor.say("all units")), *names])


def options(say: Say, each: Filter) -> Options:
    """The choices of a filter, "all" first; an order leaves nothing out. Nothing for one that is typed."""
    everything = [("", say("all"))] if each.words and each.words is not ORDERS else []
    return [*everything, *((code, word(say)) for code, word in each.words.items())]


def whole(text: str) -> int:
    """A number from an address or form; 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
