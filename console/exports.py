"""Files of data: made in another process, recorded, then handed out; and what one has taken away so far."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console.announcements import SENT, TO_WHOM
from console.declarations import LINES, MONTHLY
from console.deliveries import MESSAGES, NOT_REACHED, PROOFS
from console.files import FORMS
from console.frame import Page, Visitor
from console.ledger import ENTRIES
from console.listing import Listing, whole
from console.lists import Paging, page_number
from console.making import Job, Wanted, made
from console.trail import DEEDS
from handlers.context import Refused, refuse
from handlers.exports import ListExports, MayExport, RecordExport, Taken
from handlers.naming import Names
from handlers.publication import ShowPublication
from screens.deeds import EXPORTED
from screens.filters import FILTERS, narrowed_words
from screens.texts import joined
from screens.trail import pair

PATH = "/console/exports"
AT_ONCE = 2
CHUNK = 256 * 1024
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
LISTINGS: dict[str, Listing] = {
    each.kind: each for each in (LINES, MONTHLY, ENTRIES, SENT, TO_WHOM, MESSAGES, NOT_REACHED, PROOFS, DEEDS)
}


async def exports(visitor: Visitor, request: Request) -> Response:
    """What the visitor has taken away so far."""
    page = page_number(request)
    answer = await visitor.ask(ListExports((page - 1) * 50))
    if isinstance(answer, Refused):
        return visitor.refused(answer, "/console")
    say, rows = visitor.say, [_row(visitor, taken, answer.names) for taken in answer.rows]
    return visitor.page("exports.html", title=say("Exports"), rows=rows, shown=Paging(PATH, {}, page, answer.total))


def _row(visitor: Visitor, taken: Taken, names: Names) -> tuple[str, ...]:
    say = visitor.say
    told = narrowed_words(say, taken.kind, taken.narrowed, names)
    return (
        visitor.moment(taken.at),
        EXPORTED[taken.kind](say) if taken.kind in EXPORTED else say("other"),
        joined(say, *(pair(say, *each) for each in told)),
        taken.form,
        str(taken.rows),
    )


def wanted_of(visitor: Visitor) -> Wanted | Refused:
    """The list behind a form, with the same filters."""
    form, kind = visitor.form, visitor.form.get("list", "")
    if kind == "publication":
        unit, period = whole(form.get("unit", "")), form.get("period", "")[:7]
        sheet = (("unit", str(unit)), ("period", period))
        return Wanted(kind, ShowPublication(unit, period), sheet, f"/console/publication/{unit}/{period}")
    listing = LISTINGS.get(kind)
    if listing is None:
        return refuse("filter_unclear")
    asked = {name: form.get(name, "")[:60] for name in FILTERS[kind]}
    facts = tuple((name, value) for name, value in asked.items() if value)
    return Wanted(kind, listing.query(asked, 0), facts, listing.path)


async def make(visitor: Visitor, _request: Request) -> Response:
    """Makes a file of a whole list; it is recorded before it is handed out."""
    form, wanted = visitor.form.get("form", ""), wanted_of(visitor)
    if isinstance(wanted, Refused) or form not in FORMS:
        return visitor.refused(wanted if isinstance(wanted, Refused) else refuse("filter_unclear"), PATH)
    may = await visitor.ask(MayExport())
    if isinstance(may, Refused):
        return visitor.refused(may, wanted.back)
    office = visitor.office
    if office.queue["files"] >= AT_ONCE:
        return visitor.refused(refuse("export_busy"), wanted.back)
    locale = visitor.actor.locale or office.locale
    job = Job(office.reader, visitor.actor, wanted, visitor.now, locale, form, Path("file"))
    office.queue["files"] += 1
    try:
        answer = await made(job)
    finally:
        office.queue["files"] -= 1
    if isinstance(answer, Refused):
        return visitor.refused(answer, wanted.back)
    file, stream = answer
    recorded = await visitor.do(RecordExport(wanted.kind, form, wanted.narrowed, file.rows))
    if isinstance(recorded, Refused):
        stream.close()
        return visitor.refused(recorded, wanted.back)
    local = visitor.now.astimezone(office.desk.house.zone)
    name = quote(f"{file.title}_{local:%Y%m%d-%H%M}.{form}")
    headers = {
        "Content-Disposition": f"attachment; filename=\"export.{form}\"; filename*=UTF-8''{name}",
        "X-Rows": str(file.rows),
    }
    return StreamingResponse(_chunks(stream), media_type=MEDIA[form], headers=headers)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk


PAGES: tuple[Page, ...] = (Page("GET", PATH, exports), Page("POST", f"{PATH}/make", make))
