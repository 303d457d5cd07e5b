"""Lines of declarations: the list, one line with all that happened to it, the review queue, months by branch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from console.frame import Page, Visitor
from console.listing import Asked, Listing, Tab, listed, tabs_of, whole
from console.lists import Paging, page_number
from handlers.context import Refused, refuse
from handlers.declarations.lists import ListLines, OpenLine
from handlers.declarations.many import DecideMany
from handlers.declarations.proof import OpenEvidence
from handlers.declarations.review import SHOWN, ShowQueue
from handlers.months import ListMonths
from screens.declarations import lines as words
from screens.deeds import action_word
from screens.texts import Say, number, signed

PATH = "/console/declarations"
QUEUE = f"{PATH}/queue"
MONTHS = f"{PATH}/months"
STATES = ("submitted", "approved", "returned", "rejected", "withdrawn")
TABS = (
    Tab(PATH, lambda say: say("Lines of declarations")),
    Tab(QUEUE, lambda say: say("For review")),
    Tab(MONTHS, lambda say: say("Branches by month")),
)


def _tags(say: Say) -> Mapping[str, str]:
    marks = {"submitted": "wait", "approved": "good", "returned": "bad", "rejected": "bad", "withdrawn": ""}
    return {words.state_word(say, state): f"tag {mark}" for state, mark in marks.items()}


def lines_query(asked: Asked, offset: int) -> ListLines:
    """The filters as a request."""
    return ListLines(
        unit=whole(asked["unit"]),
        member=asked["member"],
        period=asked["period"],
        criterion=asked["criterion"],
        offset=offset,
        state=asked["state"],
        source=asked["source"],
        text=asked["text"],
        sort=asked["sort"],
    )


LINES = Listing(
    kind="lines",
    path=PATH,
    action="see_lines",
    query=lines_query,
    links=lambda answer, row: {1: f"{PATH}/{row.line.id}", 8: f"{PATH}/{row.line.id}"},
    tabs=TABS,
    tags=_tags,
    monthly=True,
)


def _month_links(answer: Any, row: Any) -> dict[int, str]:
    unit, period = row[0].id, answer.period
    base = f"{PATH}?unit={unit}&period={period}"
    states = {place: f"{base}&state={state}" for place, state in enumerate(STATES, 4)}
    return {
        0: f"/console/publication/{unit}/{period}",
        3: f"{base}&source=member",
        **states,
        9: f"/console/ledger?unit={unit}&period={period}",
    }


MONTHLY = Listing(
    kind="months",
    path=MONTHS,
    action="see_lines",
    query=lambda asked, offset: ListMonths(whole(asked["unit"]), asked["period"], offset),
    links=_month_links,
    tabs=TABS,
    monthly=True,
)


async def lines(visitor: Visitor, request: Request) -> Response:
    """The list of lines."""
    return await listed(visitor, request, LINES)


async def months(visitor: Visitor, request: Request) -> Response:
    """A month, branch by branch."""
    return await listed(visitor, request, MONTHLY)


async def line(visitor: Visitor, request: Request) -> Response:
    """One line, and all that happened to it."""
    answer = await visitor.ask(OpenLine(request.path_params["id"]))
    if isinstance(answer, Refused):
        return visitor.refused(answer, PATH)
    say, shown = visitor.say, answer.row.line
    source = say("entered on behalf") if shown.behalf else words.source_word(say, shown.source)
    facts = [
        (say("Member"), f"{shown.member_name} ({answer.row.code})", f"/console/ledger/{shown.member}"),
        (say("Unit"), answer.row.unit_name, f"{PATH}?unit={answer.unit}&period={shown.period}"),
        (say("Month"), shown.period, ""),
        (say("Category"), shown.category, ""),
        (say("Option"), shown.option or "", ""),
        (say("Matter"), shown.matter or "", ""),
        (say("Quantity"), f"{number(shown.quantity)} {shown.criterion.unit}", ""),
        (say("Points"), signed(shown.points), ""),
        (say("Source"), source, ""),
        (say("Rule"), shown.criterion.clause, ""),
        (say("Rulebook"), say("{title}, version {version}", title=answer.title, version=answer.version), ""),
        (say("Note"), shown.note, ""),
    ]
    steps = [
        (visitor.moment(each.at), each.by or say("the system"), each.behalf, action_word(say, each.action), each.reason)
        for each in answer.history
    ]
    return visitor.page(
        "line.html",
        title=words.what(say, shown),
        answer=answer,
        facts=[fact for fact in facts if fact[1]],
        state=words.state_word(say, shown.state),
        tag=_tags(say)[words.state_word(say, shown.state)],
        steps=steps,
        entries=[(each, signed(each.points), visitor.moment(each.at)) for each in answer.entries],
        pin=f"{shown.id}:{shown.edition}",
    )


async def queue(visitor: Visitor, request: Request) -> Response:
    """What waits for the visitor's decision, flagged lines first."""
    page, say = page_number(request), visitor.say
    answer = await visitor.ask(ShowQueue((page - 1) * SHOWN))
    if isinstance(answer, Refused):
        return visitor.refused(answer, PATH)
    done, missed = request.query_params.get("done", ""), whole(request.query_params.get("missed", ""))
    notices = [say("Decided: {count} lines.", count=whole(done))] if done else []
    if missed:
        notices.append(
            say("{count} lines had changed meanwhile or were decided; they were left as they are.", count=missed)
        )
    rows = [
        (
            shown,
            words.what(say, shown),
            words.own(say, replace(shown, flags=())),
            say("entered on behalf") if shown.behalf else "",
            [words.flag_word(say, shown, flag) for flag in shown.flags],
        )
        for shown in answer.lines
    ]
    return visitor.page(
        "queue.html",
        title=say("For review"),
        rows=rows,
        notices=notices,
        pins=" ".join(f"{line_id}:{edition}" for line_id, edition in answer.pins),
        count=len(answer.pins),
        tabs=tabs_of(visitor, TABS),
        here_path=QUEUE,
        shown=Paging(QUEUE, {}, page, len(answer.pins), SHOWN),
    )


async def decide(visitor: Visitor, request: Request) -> Response:
    """Decides what was ticked, exactly as it was shown; later or changed lines are left alone."""
    form = visitor.form
    back = form.get("back", "")
    back = back if back.startswith(f"{PATH}/") and "//" not in back else QUEUE
    texts = form["pins"].split() if "pins" in form else [name[4:] for name in form if name.startswith("pin-")]
    pins = tuple((whole(left), whole(right)) for left, _, right in (text.partition(":") for text in texts))
    if not pins or any(not left or not right for left, right in pins):
        return visitor.refused(refuse("nothing_ticked"), back)
    answer = await visitor.do(DecideMany(pins, form.get("decision", ""), form.get("reason", "").strip()))
    if isinstance(answer, Refused):
        return visitor.refused(answer, back)
    missed = {"missed": str(answer.missed)} if answer.missed else {}
    return visitor.to(QUEUE, done=str(answer.done), **missed)


async def evidence(visitor: Visitor, request: Request) -> Response:
    """A file as it was handed in, to keep; never shown inside the page."""
    answer = await visitor.ask(OpenEvidence(request.path_params["id"]))
    if isinstance(answer, Refused):
        return visitor.absent()
    return FileResponse(visitor.office.folder / answer.stored, media_type=answer.media_type, filename=answer.name)


PAGES: tuple[Page, ...] = (
    Page("GET", PATH, lines),
    Page("GET", QUEUE, queue),
    Page("POST", f"{PATH}/decide", decide),
    Page("GET", MONTHS, months),
    Page("GET", f"{PATH}/{{id:int}}", line),
    Page("GET", "/console/evidence/{id:int}", evidence),
)
